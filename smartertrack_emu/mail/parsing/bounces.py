"""Bounces: which mail came back, from whom, and why."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from typing import Final

from smartertrack_emu.domain.inbox.letters import Bounce, FailedRecipient

from .headers import Headers, message_ids, one_line, read_header
from .structure import Mail, Part
from .transfer import decode_body

_DAEMONS: Final = ("mailer-daemon", "postmaster")
_LOOKED_AT: Final = 65_536
"""Bytes of a bounce that is no report in which its recipients are looked for."""

_MOST_RECIPIENTS: Final = 100
_BLANK_LINE = re.compile(rb"\r?\n[ \t]*\r?\n")
_RETURNED_ID = re.compile(rb"^message-id:[ \t]*(<[^<>\s]{1,995}>)", re.IGNORECASE | re.MULTILINE)
_RETURNED_SUBJECT = re.compile(rb"^subject:[ \t]*([^\r\n]{0,998})", re.IGNORECASE | re.MULTILINE)
_RETURNED = ("message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers")
_STATUS = ("message/delivery-status", "message/global-delivery-status")


def find_bounce(mail: Mail) -> Bounce | None:
    """Return what a mail says of another that came back, None where it is no bounce.

    It is one as `multipart/report` with a delivery status (RFC 3464), or where it comes from a mail server itself, with
    an empty Return-Path, and tells of a mail in another way.
    """
    parts = list(_leaves(mail.root))
    status = next((part for part in parts if part.type in _STATUS), None)
    returned = next((part for part in parts if part.type in _RETURNED), None)
    if status is not None:
        recipients = tuple(_told(mail, status))
    elif _comes_from_daemon(mail.root.headers):
        recipients = tuple(_guessed(mail))
        if returned is None and not recipients:
            return None
    else:
        return None
    if returned is not None:
        content = decode_body(mail.content(returned), returned.headers.plain("content-transfer-encoding")).content
        headers = read_header(_header_of(content))
        ids = headers.message_ids("message-id")
        return Bounce(recipients, ids[0] if ids else "", headers.text("subject"))
    said = mail.raw[mail.root.start : mail.root.start + _LOOKED_AT]
    id_, subject = _RETURNED_ID.search(said), _RETURNED_SUBJECT.search(said)
    found = next(message_ids(id_[1].decode("ascii", "replace")), "") if id_ else ""
    return Bounce(recipients, found, one_line(subject[1].decode("utf-8", "replace")) if subject else "")


def _leaves(part: Part) -> Iterator[Part]:
    if not part.children:
        yield part
    for child in part.children:
        yield from _leaves(child)


def _header_of(content: bytes) -> bytes:
    end = _BLANK_LINE.search(content, 0, 2 * _LOOKED_AT)
    return content[: end.start() if end else 2 * _LOOKED_AT]


def _comes_from_daemon(headers: Headers) -> bool:
    path = headers.raw("return-path")
    if not path or path[0].strip() not in (b"<>", b""):
        return False
    senders = headers.mailboxes("from")
    return any((box.address or box.name).lower().partition("@")[0] in _DAEMONS for box in senders[:1])


def _told(mail: Mail, part: Part) -> Iterator[FailedRecipient]:
    """Give the recipients of a delivery status (RFC 3464): a block of fields each, after the one of the mail."""
    content = decode_body(mail.content(part), part.headers.plain("content-transfer-encoding")).content
    for block in _BLANK_LINE.split(content[: 16 * _LOOKED_AT])[: 2 * _MOST_RECIPIENTS]:
        fields = read_header(block)
        address = _typed(fields.text("final-recipient")) or _typed(fields.text("original-recipient"))
        if not address:
            continue
        action, status = fields.plain("action").lower(), fields.text("status").partition(" ")[0]
        is_final = action == "failed" or (not action and status.startswith("5"))
        diagnostic = _typed(fields.text("diagnostic-code")) or action
        yield FailedRecipient(address.strip("<>")[:320], status[:20], diagnostic[:1000], is_final)


def _typed(value: str) -> str:
    """Return what stands behind the type in a field such as `rfc822; a@example.com`."""
    return value.partition(";")[2].strip() or ("" if ";" in value else value)


def _guessed(mail: Mail) -> Iterator[FailedRecipient]:
    """Give the recipients of a bounce in words, as Mailman's library reads the words of many servers."""
    from email import message_from_bytes, policy  # noqa: PLC0415 - few mails need it

    from flufl.bounce import all_failures  # noqa: PLC0415 - the same

    logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL)
    try:
        delayed, failed = all_failures(message_from_bytes(mail.raw[: 2 * _LOOKED_AT], policy=policy.compat32))
    except Exception:  # noqa: BLE001 - it raises whatever the bytes make it, and then they tell nothing
        return
    for addresses, is_final in ((failed, True), (delayed, False)):
        for address in sorted(addresses)[:_MOST_RECIPIENTS]:
            yield FailedRecipient(one_line(_word(address))[:320], "", "", is_final)


def _word(address: object) -> str:
    return address.decode("utf-8", "replace") if isinstance(address, bytes) else str(address)
