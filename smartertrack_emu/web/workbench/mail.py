"""/_emu/mail: what went out and what came in, as one knows it from a mail catcher; and a mail to put in by hand."""

from __future__ import annotations

import io
import re
from email.message import EmailMessage
from email.utils import formatdate
from typing import Any

from flask import Response, abort, request

from smartertrack_emu.domain import clock
from smartertrack_emu.web import headers

from . import room
from .asking import Answered, ask

pages = room.blueprint("mail")

OUTGOING = ("waiting", "sending", "sent", "failed", "held")
INCOMING = ("waiting", "imported", "ignored", "failed")
TABS = {"outgoing": ("html", "text", "source", "headers", "attachments"), "incoming": ("source", "headers")}
_LONGEST_SOURCE = 500_000
_BREAKS = re.compile(r"[\r\n\x00]+")


@pages.get("/_emu/mail")
def mail() -> Response:
    """Show the mails that went out, or with `?box=incoming` those that came in."""
    return _list(request.args.get("box", "outgoing"))


@pages.get("/_emu/mail/<any(outgoing, incoming):box>/<int:mail_id>")
def one_mail(box: str, mail_id: int) -> Response:
    """Show a mail; `?tab=` chooses what of it."""
    return _show(box, mail_id)


@pages.get("/_emu/mail/outgoing/<int:mail_id>/html")
def html_of(mail_id: int) -> Response:
    """Return the HTML of a mail for a frame, in which nothing of it is run or loaded."""
    found = ask("GET", f"/mail/outgoing/{mail_id}")
    if not found.is_ok:
        abort(found.status)
    headers.isolate()
    return Response(found.content["html"] or "", content_type="text/html; charset=utf-8")


@pages.post("/_emu/mail/<any(outgoing, incoming):box>/<int:mail_id>")
def change(box: str, mail_id: int) -> Response:
    """Try a mail again, or delete it."""
    if request.form.get("action") == "delete":
        answer = ask("DELETE", f"/mail/{box}/{mail_id}")
        return room.go_to("/_emu/mail", box=box, done="deleted") if answer.is_ok else _show(box, mail_id, answer)
    answer = ask("POST", f"/mail/{box}/{mail_id}/retry")
    return room.go_to(f"/_emu/mail/{box}/{mail_id}", done="retried") if answer.is_ok else _show(box, mail_id, answer)


@pages.post("/_emu/mail/delete")
def delete_all() -> Response:
    """Delete all mails of a box in a state."""
    box, state = _box(request.form.get("box", "")), request.form.get("state", "")
    answer = ask("DELETE", f"/mail/{box}", query={"state": state})
    return room.go_to("/_emu/mail", box=box, done="emptied") if answer.is_ok else _list(box, answer)


@pages.post("/_emu/mail")
def compose() -> Response:
    """Put a mail in as if a mailbox had held it."""
    message = EmailMessage()
    for name in ("From", "To", "Subject"):
        value = _BREAKS.sub(" ", request.form.get(name.lower(), "")).strip()
        if value:
            message[name] = value
    message["Date"] = formatdate(clock.now().timestamp())
    message.set_content(request.form.get("text", ""))
    answer = ask("POST", "/mail/incoming", file=io.BytesIO(message.as_bytes()), content_type="message/rfc822")
    if not answer.is_ok:
        return _list("incoming", answer)
    return room.go_to("/_emu/mail", box="incoming", done="composed")


def _box(name: str) -> str:
    return "incoming" if name == "incoming" else "outgoing"


def _list(box: str, refused: Answered | None = None) -> Response:
    box = _box(box)
    names = ("state", "recipient", "subject") if box == "outgoing" else ("state", "sender")
    wanted = {name: request.args.get(name, "").strip() for name in names}
    offset = room.number("offset")
    found = ask("GET", f"/mail/{box}", query={**wanted, "limit": room.PAGE, "offset": offset})
    listed: Any = found.content if found.is_ok else {"items": [], "total": 0}
    at = "created_at" if box == "outgoing" else "received_at"
    return room.page(
        "mails",
        refused=refused or (None if found.is_ok else found),
        box=box,
        items=[{**one, "moment": room.moment_of(one[at])} for one in listed["items"]],
        total=listed["total"],
        offset=offset,
        size=room.PAGE,
        wanted=wanted,
        kept={"box": box, **wanted},
        states=OUTGOING if box == "outgoing" else INCOMING,
        is_filtered=any(wanted.values()),
        zone=room.zone(),
        done=request.args.get("done", ""),
    )


def _show(box: str, mail_id: int, refused: Answered | None = None) -> Response:
    found = ask("GET", f"/mail/{box}/{mail_id}")
    if not found.is_ok:
        abort(found.status)
    tabs = TABS[box]
    tab = request.args.get("tab", "")
    if tab not in tabs:
        tab = "text" if box == "outgoing" and not found.content["html"] else tabs[0]
    raw = ask("GET", f"/mail/{box}/{mail_id}/raw") if tab in ("source", "headers") else None
    source = "" if raw is None or not raw.is_ok else raw.body[:_LONGEST_SOURCE].decode(errors="replace")
    if tab == "headers":
        source = re.split(r"\r?\n\r?\n", source, maxsplit=1)[0]
    if tab == "html":
        headers.allow_frames()
    return room.page(
        "mail",
        refused=refused,
        box=box,
        mail=found.content,
        moment=room.moment_of(found.content["created_at" if box == "outgoing" else "received_at"]),
        tab=tab,
        tabs=tabs,
        source=source,
        zone=room.zone(),
        done=request.args.get("done", ""),
    )
