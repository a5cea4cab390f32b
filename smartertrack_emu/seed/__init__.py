"""The seed file: a helpdesk written down, for tests and for a first start. docs/seed.md has the format.

Each name is imported when it is first asked for: a server with a database that is not new reads no seed file.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from .errors import SeedError

if TYPE_CHECKING:
    from .format import SeedDocument
    from .loading import hashes_of, load
    from .reading import parse, read

__all__ = ["SeedDocument", "SeedError", "hashes_of", "load", "parse", "read"]

_MODULES = {
    "SeedDocument": ".format",
    "hashes_of": ".loading",
    "load": ".loading",
    "parse": ".reading",
    "read": ".reading",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    found = globals()[name] = getattr(importlib.import_module(_MODULES[name], __name__), name)
    return found
