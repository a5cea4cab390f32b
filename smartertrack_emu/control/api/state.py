"""The state of the whole: reset it; keep it as a snapshot, bring it back, carry it elsewhere."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from flask import Response, request
from pydantic import Field
from werkzeug.wsgi import wrap_file

from smartertrack_emu.control.state import state

from .declaring import Answer, Call, Media, Routes
from .entrance import PREFIX
from .models import Listing, Model, Moment, Paging

routes = Routes("State")

_PIECE = 256 * 1024
_UNPACKED = 20
"""How many times the bytes of the largest request a snapshot may have when it is unpacked."""

_GZIP = "application/gzip"
_NO_NAME = "The name is no snapshot's."
_FULL = "The server's disk is full, or the database is away."
_BUSY = "Another reset, snapshot or restore does not end."


class ToReset(Model):
    """What the server shall be put back to."""

    example: ClassVar[Mapping[str, Any]] = {"to": "seed"}

    to: Literal["seed", "empty"] = Field(
        default="seed", description="seed: as at the first start with the seed file; empty: as without one."
    )


class Reset(Model):
    """What the server was put back to, and how long that took."""

    example: ClassVar[Mapping[str, Any]] = {"to": "seed", "milliseconds": 180}

    to: Literal["seed", "empty"]
    milliseconds: int


class Snapshot(Model):
    """A snapshot: `bytes` of all that is in it, unpacked; `version` of the emulator that made it."""

    example: ClassVar[Mapping[str, Any]] = {
        "name": "before-upgrade",
        "created_at": "2025-06-01T08:00:00Z",
        "bytes": 749634,
        "version": "0.1.0",
        "database": "sqlite",
    }

    name: str
    created_at: Moment
    bytes: int
    version: str
    database: Literal["sqlite", "postgresql"]


def _find(call: Call, name: str) -> object:
    return call.emulator.state.snapshot(name)


@routes.post("/reset", errors={409: f"The server has no seed file, or one that cannot be loaded. {_BUSY}", 503: _FULL})
def reset(call: Call, body: ToReset) -> Reset:
    """Put data, files, clock, faults and journal back to a first start.

    Calls under way finish first. Snapshots and log files stay.
    """
    return Reset(to=body.to, milliseconds=call.emulator.state.reset(body.to))


@routes.get("/snapshots")
def list_snapshots(call: Call, query: Paging) -> Listing[Snapshot]:
    """List the snapshots in the order of their names."""
    found = call.emulator.state.snapshots()
    items = found[query.offset : query.offset + query.limit]
    return Listing[Snapshot](items=[_shown(one) for one in items], total=len(found))


@routes.put(
    "/snapshots/{name}", also={201: "The snapshot is a new one."}, errors={409: _BUSY, 422: _NO_NAME, 503: _FULL}
)
def take_snapshot(call: Call, name: str) -> Answer[Snapshot]:
    """Keep data, files, settings and clock under a name; another snapshot of that name is replaced."""
    taken, is_new = call.emulator.state.take(name)
    if not is_new:
        return Answer(_shown(taken))
    return Answer(_shown(taken), status=201, headers={"Location": f"{PREFIX}/snapshots/{name}"})


@routes.get("/snapshots/{name}", errors={404: "There is no such snapshot.", 422: _NO_NAME, 503: _FULL}, finds=_find)
def export_snapshot(call: Call, name: str) -> Annotated[Response, Media(_GZIP)]:
    """Return a snapshot as one file, to carry it elsewhere."""
    file, length = call.emulator.state.export(name)
    response = Response(wrap_file(request.environ, file, _PIECE), mimetype=_GZIP, direct_passthrough=True)
    response.call_on_close(file.close)
    response.content_length = length
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.tar.gz"'
    return response


@routes.delete("/snapshots/{name}", errors={404: "There is no such snapshot.", 409: _BUSY, 422: _NO_NAME}, finds=_find)
def delete_snapshot(call: Call, name: str) -> None:
    """Forget a snapshot."""
    call.emulator.state.delete(name)


@routes.post(
    "/snapshots/{name}/restore",
    errors={
        404: "There is no such snapshot.",
        409: f"A newer version made the snapshot, or it is of the other kind of database. {_BUSY}",
        422: _NO_NAME,
        503: _FULL,
    },
    finds=_find,
)
def restore_snapshot(call: Call, name: str) -> Snapshot:
    """Put a snapshot's data, files, settings and clock in the place of the present ones.

    Calls under way finish first. Journal, faults and sessions stay.
    """
    return _shown(call.emulator.state.restore(name))


@routes.post(
    "/snapshots/{name}/import",
    status=201,
    errors={409: f"The name is taken. {_BUSY}", 422: "The body is no snapshot that can be used here.", 503: _FULL},
)
def import_snapshot(call: Call, name: str, body: Annotated[bytes, Media(_GZIP)]) -> Answer[Snapshot]:
    """Keep what another server exported under a name.

    Unpacked it may have twenty times the bytes of the largest request; `serve --snapshot` takes any.
    """
    most = call.emulator.settings.max_request_bytes * _UNPACKED
    found = call.emulator.state.import_(name, io.BytesIO(body), most=most)
    return Answer(_shown(found), headers={"Location": f"{PREFIX}/snapshots/{name}"})


def _shown(found: state.Snapshot) -> Snapshot:
    return Snapshot(
        name=found.name,
        created_at=found.created_at,
        bytes=found.bytes,
        version=found.version,
        database="sqlite" if found.database == "sqlite" else "postgresql",
    )
