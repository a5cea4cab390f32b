"""What cannot be imported."""

from __future__ import annotations


class NotImportableError(Exception):
    """A mail is not imported; the sentence begins with what is wrong."""
