"""The probe service over HTTP, once a worker."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .wire import serving


@pytest.fixture(scope="session")
def port() -> Iterator[int]:
    """A server of the probe service with the project's own settings."""
    with serving() as port:
        yield port
