"""The sections of the control API, in the order of its documentation."""

from __future__ import annotations

from collections.abc import Sequence

from . import clock, documentation, faults, server
from .declaring import Routes

SECTIONS: Sequence[Routes] = (server.routes, clock.routes, faults.routes, documentation.routes)
