"""At which address the server is reached, and by whom: what may decide it, and what may not.

A caller says in Host where they reached the server. That is good enough for what only they read. A proxy in front says
in X-Forwarded-* where its own caller reached it, and who that is; it is believed when the settings name it. The base
URL of the settings stands over both. `settle` writes the outcome into the WSGI environment under the standard's own
names: `wsgi.url_scheme`, `HTTP_HOST`, `SCRIPT_NAME` and `REMOTE_ADDR`. `application_uri` then makes every URL.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, unquote_to_bytes, urlsplit

from smartertrack_emu import gateway

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Network = IPv4Network | IPv6Network

_NAME = r"[A-Za-z0-9_](?:[A-Za-z0-9_.\-]{0,253})"
_HOST = re.compile(rf"(?:{_NAME}|\[[0-9A-Fa-f:.]{{2,45}}\])(?::(?P<port>[0-9]{{0,5}}))?", re.ASCII)
_PREFIX = re.compile(r"(?:/[A-Za-z0-9._~%\-]+)*/?", re.ASCII)
_LONGEST_HOST = 300
_LONGEST_PREFIX = 200
_LARGEST_PORT = 65535
_MOST_HOPS = 20
"""Proxies in a row that are followed back."""

_DEFAULT_PORTS = {"http": "80", "https": "443"}
_WILDCARDS = ("", "0.0.0.0", "::")  # noqa: S104 - compared with, not listened on
_REFUSAL = b"The Host of the request is not a host name or an address, with or without a port.\n"


def is_loopback(host: str) -> bool:
    """Say whether an address to listen on is reached from this machine alone."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


@lru_cache(maxsize=256)
def is_host(text: str) -> bool:
    """Say whether a text is a host name, an IPv4 address or an IPv6 address in brackets, with or without a port."""
    match = _HOST.fullmatch(text)
    return match is not None and int(match["port"] or 0) <= _LARGEST_PORT


def read_base_url(text: str) -> str:
    """Return a base URL without its trailing slash; ValueError says what it should look like. "" stays ""."""
    if not text:
        return ""
    parts = urlsplit(text)
    if parts.scheme not in _DEFAULT_PORTS or not is_host(parts.netloc[:_LONGEST_HOST]):
        message = f"{text[:200]!r} is not a URL like https://desk.example or https://desk.example:8443/track"
        raise ValueError(message)
    if parts.query or parts.fragment or not _PREFIX.fullmatch(parts.path):
        message = (
            f"{text[:200]!r}: nothing may follow the path, and the path holds letters, digits, '-', '.', '_' and '~'"
        )
        raise ValueError(message)
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


class MailServer(NamedTuple):
    """A mail server as a URL names it; `security` is none, starttls or tls."""

    host: str
    port: int
    security: str
    username: str
    password: str


_MAIL_PORTS = {"none": 25, "starttls": 587, "tls": 465}


def read_smtp_url(text: str) -> MailServer | None:
    """Return the mail server of a URL, None for ""; ValueError, which repeats nothing of it, for another text."""
    if not text:
        return None
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        parts, host, port = urlsplit(""), "", None
    is_one = host and parts.scheme in ("smtp", "smtps") and parts.path in ("", "/") and not parts.fragment
    if not is_one or parts.query not in ("", "starttls") or (parts.query and parts.scheme == "smtps"):
        message = "it is not a URL like smtp://user:password@host:1025, smtps://host or smtp://host?starttls"
        raise ValueError(message)
    security = "tls" if parts.scheme == "smtps" else parts.query or "none"
    return MailServer(
        host, port or _MAIL_PORTS[security], security, unquote(parts.username or ""), unquote(parts.password or "")
    )


def read_networks(text: str) -> tuple[Network, ...]:
    """Return the addresses and networks in a list with commas; ValueError names the one that is none."""
    networks: list[Network] = []
    for one in filter(None, map(str.strip, text.split(","))):
        try:
            networks.append(ip_network(one, strict=False))
        except ValueError:
            message = f"{one[:100]!r} is not an IP address or a network such as 10.0.0.0/8"
            raise ValueError(message) from None
    return tuple(networks)


def listening_url(host: str, port: int) -> str:
    """Return the URL of a server that listens on a host and port; one that listens on all addresses is at localhost."""
    if host in _WILDCARDS:
        host = "localhost"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def settle(
    application: WSGIApplication, *, own_url: str, base_url: str = "", proxies: Sequence[Network] = ()
) -> WSGIApplication:
    """Return the application with its environment put right before each request.

    `base_url`: where the server is reached, whatever a request says; "" leaves it to the request. `proxies`: whose
    X-Forwarded-* are believed. `own_url`: where the server listens, for requests that name no host at all. A Host that
    cannot be one is answered with 400, unless the base URL makes it of no account.
    """
    fixed = _environment_of(base_url) if base_url else {}
    own_host = urlsplit(own_url).netloc
    follow = _follower(tuple(proxies)) if proxies else None

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if follow is not None:
            follow(environ)
        if fixed:
            environ.update(fixed)
            return application(environ, start_response)
        host = environ.get("HTTP_HOST")
        if not host:
            environ["HTTP_HOST"] = own_host
        elif len(host) > _LONGEST_HOST or not is_host(host):
            return gateway.answer(environ, start_response, "400 Bad Request", _REFUSAL)
        return application(environ, start_response)

    return answer


def _environment_of(base_url: str) -> dict[str, str]:
    """Return what the environment holds where a URL is the root of an application."""
    parts = urlsplit(base_url)
    path = unquote_to_bytes(parts.path).decode("latin-1")  # as WSGI has it
    return {"wsgi.url_scheme": parts.scheme, "HTTP_HOST": parts.netloc, "SCRIPT_NAME": path}


def _follower(proxies: tuple[Network, ...]) -> Callable[[WSGIEnvironment], None]:
    """Return the function that follows a request back through `proxies` to its client."""

    @lru_cache(maxsize=1024)
    def is_proxy(address: IPv4Address | IPv6Address) -> bool:
        return any(address in network for network in proxies)

    def follow(environ: WSGIEnvironment) -> None:
        client = _address_in(environ.get("REMOTE_ADDR", ""))
        if client is None or not is_proxy(client):
            return
        # Each proxy adds whom it was called by at the end: what stands before the first stranger, the stranger wrote.
        passed = 1
        for entry in reversed(environ.get("HTTP_X_FORWARDED_FOR", "").rsplit(",", _MOST_HOPS)[-_MOST_HOPS:]):
            address = _address_in(entry)
            if address is None:
                break
            client = address
            if not is_proxy(address):
                break
            passed += 1
        environ["REMOTE_ADDR"] = environ["REMOTE_HOST"] = str(client)
        environ.pop("REMOTE_PORT", None)
        _take_address(environ, passed)

    return follow


@lru_cache(maxsize=1024)
def _known_address(text: str) -> IPv4Address | IPv6Address | None:
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _address_in(text: str) -> IPv4Address | IPv6Address | None:
    """Return the address in a hop of X-Forwarded-For, which may have a port and brackets; None for anything else."""
    text = text.strip(' \t"')
    return _known_address(text) if len(text) <= _LONGEST_HOST else None


def _take_address(environ: WSGIEnvironment, passed: int) -> None:
    """Take scheme, host, port and prefix from the outermost of the `passed` proxies that says so."""

    def said(name: str) -> str:
        # Where each proxy adds its word, the outermost one's stands as far from the end as there are proxies.
        words = environ.get(f"HTTP_X_FORWARDED_{name}", "").rsplit(",", passed)[-passed:]
        return str(words[0]).strip(' \t"')

    scheme = said("PROTO").lower()
    if scheme in _DEFAULT_PORTS:
        environ["wsgi.url_scheme"] = scheme
    host = said("HOST") or environ.get("HTTP_HOST", "")
    port = said("PORT")
    bare = is_host(host[:_LONGEST_HOST]) and not re.search(r":[0-9]*\Z", host)
    if bare and port.isascii() and port.isdigit() and port != _DEFAULT_PORTS[environ["wsgi.url_scheme"]]:
        host = f"{host}:{port}"
    environ["HTTP_HOST"] = host
    prefix = said("PREFIX")
    if len(prefix) <= _LONGEST_PREFIX and _PREFIX.fullmatch(prefix):
        environ["SCRIPT_NAME"] = unquote_to_bytes(prefix.rstrip("/")).decode("latin-1")
