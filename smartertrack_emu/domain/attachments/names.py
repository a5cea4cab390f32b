"""Names of files as they are sent: whatever path stands before a name is left out, on whichever system it was made."""

from __future__ import annotations

import re

from smartertrack_emu.domain.errors import BadValue
from smartertrack_emu.domain.naming import shown, storable

LONGEST = 1000
"""Characters of the longest name (ours); percent-encoded in an address it still fits into a request's first line."""

_SEPARATORS = re.compile(r"[/\\]")


def file_name(text: str, field: str = "name") -> str:
    r"""Return the last component of a path: `../etc/passwd` and `C:\etc\passwd` are both `passwd`.

    BadValue, naming the `field`, where there is none (nothing, `.` or `..`), for a name that is too long, and for one
    with a character that cannot be stored.
    """
    if not text.strip():
        raise BadValue(field, "is required.")
    name = _SEPARATORS.split(text)[-1]
    if name.strip() in ("", ".", ".."):
        raise BadValue(field, f": {shown(text)} is not the name of a file.")
    if len(name) > LONGEST:
        raise BadValue(field, f"is longer than {LONGEST} characters.")
    if storable(name) != name:
        raise BadValue(field, "holds a character that no file name can hold.")
    return name
