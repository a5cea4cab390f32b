"""Downloads of attachments: no login, an address that cannot be guessed, dead when the item is deleted."""

from __future__ import annotations

from urllib.parse import quote

from smartertrack_emu.desk.desk import Desk
from smartertrack_emu.domain.across import downloads
from smartertrack_emu.domain.attachments import files
from smartertrack_emu.domain.errors import NotFound
from smartertrack_emu.store.unit_of_work import reading

from .responses import Response, text


def download(desk: Desk, token: str) -> Response:
    """Return a complete file's content under its original name, never to be shown inside our own pages."""
    try:
        with reading(desk.engine) as session:
            found = downloads.find(session, token)
        content = files.open_content(desk.attachments, found)
    except (NotFound, FileNotFoundError):
        return text(404, "There is no such file.")
    headers = [
        ("Content-Disposition", f"attachment; filename*=UTF-8''{quote(found.name, safe='')}"),
        ("Cache-Control", "private, no-store"),
    ]
    return Response(200, "application/octet-stream", content, headers, length=found.received_length)
