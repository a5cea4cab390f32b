"""Events of mail that could not be fetched or sent. Numbers, titles and arguments are documented."""

from typing import NamedTuple

from .arguments import POP_ACCOUNT, SMTP_ACCOUNT
from .declaring import event


@event(509000, "POP Connection Failed", POP_ACCOUNT, "error", "customerEmail")
class PopConnectionFailed(NamedTuple):
    """The server of an account that mail is fetched from could not be reached."""

    account_id: int | None
    error: str
    customer_email: str = ""


@event(509001, "POP Login Failed", POP_ACCOUNT, "error", "customerEmail")
class PopLoginFailed(NamedTuple):
    """The server of an account that mail is fetched from refused the login."""

    account_id: int | None
    error: str
    customer_email: str = ""


@event(509002, "POP Download Failed", POP_ACCOUNT, "error", "customerEmail")
class PopDownloadFailed(NamedTuple):
    """A mail could not be fetched."""

    account_id: int | None
    error: str
    customer_email: str = ""


@event(509003, "POP Import Failed", POP_ACCOUNT, "error", "customerEmail")
class PopImportFailed(NamedTuple):
    """A mail was fetched and could not be read into the helpdesk."""

    account_id: int | None
    error: str
    customer_email: str = ""


_FAILED = ("customerEmail", "error", "final", "ticketNumber")


@event(510000, "SMTP Connection Failed", SMTP_ACCOUNT, *_FAILED)
class SmtpConnectionFailed(NamedTuple):
    """The server of an account that mail is sent through could not be reached."""

    account_id: int | None
    error: str
    final: bool = False
    customer_email: str = ""
    ticket_number: str = ""


@event(510001, "SMTP Login Failed", SMTP_ACCOUNT, *_FAILED)
class SmtpLoginFailed(NamedTuple):
    """The server of an account that mail is sent through refused the login."""

    account_id: int | None
    error: str
    final: bool = False
    customer_email: str = ""
    ticket_number: str = ""


@event(510002, "SMTP Delivery Failed", SMTP_ACCOUNT, *_FAILED)
class SmtpDeliveryFailed(NamedTuple):
    """A mail was refused; `final` where it is not tried again."""

    account_id: int | None
    error: str
    final: bool
    customer_email: str
    ticket_number: str = ""
