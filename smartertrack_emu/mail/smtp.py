"""Speaking SMTP: one connection to one account's server, and what it says of each recipient. Documented (RFC 5321).

A server that offers no TLS where the account wants it is refused, never spoken to in clear. Every step has the
account's time limit.
"""

from __future__ import annotations

import logging
import re
import smtplib
import socket
import ssl
from collections.abc import Sequence
from enum import Enum, auto
from types import TracebackType
from typing import Any, Final, Self

from smartertrack_emu.desk.mailing import Tested
from smartertrack_emu.domain.across.delivery import Account
from smartertrack_emu.domain.spool.accounts import MailAccount
from smartertrack_emu.domain.spool.results import Result, ResultState
from smartertrack_emu.store.batches import batches

MOST_MAILS: Final = 100
"""How many mails go over one connection."""

MOST_RECIPIENTS: Final = 100
"""How many recipients one transaction has."""

_LONGEST_REPLY: Final = 500
_CLOSING: Final = 421
_GO_ON: Final = 334
"""What a server answers while a login goes on."""

_log = logging.getLogger("smartertrack_emu.log.smtp")


class Step(Enum):
    """What failed before any mail could be sent."""

    CONNECTION = auto()
    LOGIN = auto()


class AccountError(Exception):
    """An account's server could not be reached, or refused the login; the message says how."""

    def __init__(self, step: Step, sentence: str) -> None:
        super().__init__(sentence)
        self.step = step


class ClosedError(Exception):
    """The server ended the connection in the middle of a mail. `is_over`: it wants no more of them now."""

    def __init__(self, sentence: str, *, is_over: bool) -> None:
        super().__init__(sentence)
        self.is_over = is_over


def test(account: MailAccount) -> Tested:
    """Connect to an account's server and log in; nothing is sent."""
    try:
        Connection(Account(*(getattr(account, name) for name in Account._fields))).close()
    except AccountError as error:
        return Tested(ok=False, detail=str(error))
    says = "answers, and lets us in." if account.username else "answers."
    return Tested(ok=True, detail=f"{account.host}:{account.port} {says}")


class Connection:
    """A connection over which mails go. It is closed by leaving the block."""

    def __init__(self, account: Account) -> None:
        """Connect, encrypt and log in as the account says; AccountError."""
        self.mails = 0
        self._is_fresh = True
        self._smtp = _connect(account)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Say goodbye where the server still listens."""
        try:
            self._smtp.quit()
        except (OSError, smtplib.SMTPException):
            self._smtp.close()

    def send(self, sender: str, recipients: Sequence[str], data: bytes, *, needs_utf8: bool) -> list[Result]:
        """Send a mail, and return what became of it for each recipient, with the server's reply.

        ClosedError where the connection ended before the server had answered for all of them.
        """
        self.mails += 1
        results: list[Result] = []
        try:
            for some in batches(list(recipients), MOST_RECIPIENTS):
                results += self._send(sender, some, data, needs_utf8=needs_utf8)
        except smtplib.SMTPServerDisconnected:
            raise ClosedError("The server closed the connection.", is_over=False) from None
        except TimeoutError:
            raise ClosedError("The server did not answer in time.", is_over=True) from None
        except OSError as error:
            raise ClosedError(f"The connection was lost: {_reason(error)}.", is_over=False) from None
        return results

    def _send(self, sender: str, recipients: Sequence[str], data: bytes, *, needs_utf8: bool) -> list[Result]:
        smtp = self._smtp
        has_utf8 = smtp.has_extn("smtputf8")
        needs_utf8 = needs_utf8 or not sender.isascii()
        if needs_utf8 and not has_utf8:
            return [_refused(one, _NO_UTF8) for one in recipients]
        results = {one: _refused(one, why) for one in recipients if (why := _not_writable(one, has_utf8=has_utf8))}
        writable = [one for one in recipients if one not in results]
        if writable:
            if not self._is_fresh:
                smtp.rset()
            self._is_fresh = False
            results |= self._transaction(sender, writable, data, needs_utf8=needs_utf8)
        return [results[one] for one in recipients]

    def _transaction(
        self, sender: str, recipients: Sequence[str], data: bytes, *, needs_utf8: bool
    ) -> dict[str, Result]:
        smtp = self._smtp
        limit = smtp.esmtp_features.get("size", "")
        if limit.isdigit() and 0 < int(limit) < len(data):
            reply = f"The mail has {len(data)} bytes, and the server takes {limit}."
            return {one: _refused(one, reply) for one in recipients}
        options = [f"SIZE={len(data)}"] if smtp.has_extn("size") else []
        if needs_utf8 or not all(map(str.isascii, recipients)):
            options += ["SMTPUTF8", "BODY=8BITMIME"] if smtp.has_extn("8bitmime") else ["SMTPUTF8"]
        smtp.command_encoding = "utf-8" if "SMTPUTF8" in options else "ascii"
        code, said = smtp.mail(sender, options)
        if code != 250:
            return {one: self._result(one, code, said) for one in recipients}
        results: dict[str, Result] = {}
        accepted: list[str] = []
        for one in recipients:
            code, said = smtp.rcpt(one)
            if code in (250, 251):
                accepted.append(one)
            else:
                results[one] = self._result(one, code, said)
        if accepted:
            answer: tuple[int, bytes | str]
            try:
                answer = smtp.data(data)
            except smtplib.SMTPDataError as error:
                answer = error.smtp_code, error.smtp_error
            results |= {one: self._result(one, *answer) for one in accepted}
        return results

    def _result(self, address: str, code: int, reply: bytes | str) -> Result:
        """Return what a reply means for a recipient; ClosedError where it is the server's last."""
        words = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
        said = f"{code} {words}".replace("\n", " ")[:_LONGEST_REPLY]
        if code == _CLOSING:
            raise ClosedError(said, is_over=True)
        if 200 <= code < 300:
            return Result(address, ResultState.ACCEPTED, said)
        return Result(address, ResultState.REFUSED if code >= 500 else ResultState.WAITING, said)


_NO_UTF8: Final = "The server takes no addresses beyond ASCII."


_ADDRESS = re.compile(r"[^\x00-\x20\x7f<>@]+@[^\x00-\x20\x7f<>@]+")


def _not_writable(address: str, *, has_utf8: bool) -> str:
    """Say why an address cannot be told to a server; nothing where it can."""
    if not _ADDRESS.fullmatch(address):
        return "This is no address that mail can be sent to."
    return "" if has_utf8 or address.isascii() else _NO_UTF8


class _Noting(smtplib.SMTP):
    """Notes in the log of SMTP what is said on both sides, without the mails themselves and without passwords."""

    _is_secret = False

    def putcmd(self, cmd: str, args: str = "") -> None:
        is_login = cmd[:4].upper() == "AUTH"
        said = f"{cmd} {args}".rstrip() if not is_login else "AUTH ***"
        _log.info("> %s", "***" if self._is_secret else said)
        self._is_secret = self._is_secret or is_login
        super().putcmd(cmd, args)

    def getreply(self) -> tuple[int, bytes]:
        code, reply = super().getreply()
        self._is_secret = self._is_secret and code == _GO_ON
        _log.info("< %s %s", code, reply.decode("utf-8", "replace").replace("\n", " | ")[:_LONGEST_REPLY])
        return code, reply


class _NotingTls(_Noting, smtplib.SMTP_SSL):
    """The same, encrypted from the first byte."""


def _refused(address: str, reply: str) -> Result:
    return Result(address, ResultState.REFUSED, reply)


def _connect(account: Account) -> smtplib.SMTP:
    smtp: smtplib.SMTP | None = None
    try:
        name, seconds = _own_name(), account.timeout_seconds
        if account.security == "tls":
            smtp = _NotingTls(account.host, account.port, name, timeout=seconds, context=_context(account))
        else:
            smtp = _Noting(account.host, account.port, name, timeout=seconds)
        smtp.ehlo_or_helo_if_needed()
        if account.security == "starttls":
            if not smtp.has_extn("starttls"):
                raise AccountError(Step.CONNECTION, "The server offers no encryption (STARTTLS).")  # noqa: TRY301 - closes below
            smtp.starttls(context=_context(account))
            smtp.ehlo_or_helo_if_needed()
        if account.username:
            _log_in(smtp, account)
    except AccountError:
        _drop(smtp)
        raise
    except (OSError, smtplib.SMTPException) as error:
        _drop(smtp)
        raise AccountError(Step.CONNECTION, f"{account.host}:{account.port}: {_reason(error)}") from None
    return smtp


def _log_in(smtp: smtplib.SMTP, account: Account) -> None:
    try:
        offered = smtp.esmtp_features.get("auth", "").upper().split()
        ways: dict[str, Any] = {"CRAM-MD5": smtp.auth_cram_md5, "PLAIN": smtp.auth_plain, "LOGIN": smtp.auth_login}
        way = next((one for one in ways if one in offered), None)
        if way is None:
            raise AccountError(Step.LOGIN, "The server offers no way to log in.")
        smtp.user, smtp.password = account.username, account.password
        smtp.auth(way, ways[way])
    except smtplib.SMTPAuthenticationError as error:
        raise AccountError(Step.LOGIN, f"The login was refused: {_reason(error)}") from None
    except smtplib.SMTPException as error:
        raise AccountError(Step.LOGIN, f"The login failed: {_reason(error)}") from None
    except (UnicodeError, ValueError):
        raise AccountError(Step.LOGIN, "The user name or the password cannot be sent: they are beyond ASCII.") from None


def _drop(smtp: smtplib.SMTP | None) -> None:
    if smtp is not None:
        smtp.close()


def _context(account: Account) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if not account.verify_certificate:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _own_name() -> str:
    """Return what this machine calls itself, without asking the network."""
    name = socket.gethostname()
    return name if name.isascii() and name and " " not in name else "localhost"


def _reason(error: Exception) -> str:
    """Return what went wrong, in words."""
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error.decode("utf-8", "replace") if isinstance(error.smtp_error, bytes) else error.smtp_error
        return f"{error.smtp_code} {said}".replace("\n", " ")[:_LONGEST_REPLY]
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the certificate is not valid: {error.verify_message}"
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return "the server closed the connection"
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    return str(error)[:_LONGEST_REPLY] or type(error).__name__
