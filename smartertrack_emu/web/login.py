"""Who opens a page: HTTP Basic, or a handshake of a telephone program (`?handshake=TOKEN`, good once)."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as NotBase64
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from smartertrack_emu.desk.desk import Desk
from smartertrack_emu.domain.errors import LoginFailed
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.domain.voip import handshakes
from smartertrack_emu.store.unit_of_work import read, writing

from .responses import Response, text

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_LONGEST_QUERY = 8_000


def credentials(environ: WSGIEnvironment) -> tuple[str, str] | None:
    """Return user name and password of an HTTP Basic login; None where there is none, or none that can be read."""
    scheme, _, encoded = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        username, colon, password = b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (NotBase64, ValueError):
        return None
    return (username, password) if colon and "\x00" not in username else None


def by_password(desk: Desk, given: tuple[str, str], address: str) -> Principal:
    """Return whose user name and password these are, given at an address; LoginFailed, PermissionDenied."""
    return read(desk.engine, lambda session: desk.accounts.log_in(session, *given, address)).principal


def required(desk: Desk, environ: WSGIEnvironment, what: str) -> Principal:
    """Return who opens a page that needs a login, by their handshake or their password.

    LoginFailed, in a sentence that begins with `what` where there is no login; PermissionDenied.
    """
    token = query(environ).get("handshake")
    if token is not None:
        with writing(desk.engine) as session:
            user_id = handshakes.redeem(session, token)
            return desk.accounts.principal_of(session, user_id)
    given = credentials(environ)
    if given is None:
        message = f"{what}: give a user name and a password."
        raise LoginFailed(message)
    return by_password(desk, given, environ.get("REMOTE_ADDR", ""))


def ask(sentence: str, realm: str) -> Response:
    """Have the browser ask for a user name and a password."""
    return text(401, sentence, headers=[("WWW-Authenticate", f'Basic realm="{realm}", charset="UTF-8"')])


def query(environ: WSGIEnvironment) -> dict[str, str]:
    """Return the parameters of a page's address by their names in small letters, the first of each."""
    given = environ.get("QUERY_STRING", "")
    if len(given) > _LONGEST_QUERY:
        return {}
    try:
        pairs = parse_qsl(given, keep_blank_values=True, max_num_fields=20)
    except ValueError:
        return {}
    return {name.lower(): value for name, value in reversed(pairs)}
