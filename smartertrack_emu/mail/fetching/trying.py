"""Going to an account's server: to fetch mails, or only to see whether it works, which changes nothing there."""

from __future__ import annotations

from smartertrack_emu.desk.mailing import Tested
from smartertrack_emu.domain.inbox.accounts import Account
from smartertrack_emu.domain.spool.accounts import AccountKind, MailAccount

from .connecting import Watch
from .mailbox import ConnectionFailedError, DroppedError, FetchFailedError, LoginFailedError, Mailbox


def test(row: MailAccount) -> Tested:
    """Connect to an account's server and log in; nothing is fetched."""
    account = Account(*(getattr(row, name) for name in Account._fields))
    watch = Watch(account.timeout_seconds)
    try:
        open_mailbox(account, watch).close()
    except (ConnectionFailedError, LoginFailedError, FetchFailedError, DroppedError) as error:
        return Tested(ok=False, detail=str(error))
    finally:
        watch.stop()
    return Tested(ok=True, detail=f"{account.host}:{account.port} answers, and lets us in.")


def open_mailbox(account: Account, watch: Watch) -> Mailbox:
    """Connect to an account's server and log in; ConnectionFailedError, LoginFailedError."""
    if account.kind is AccountKind.IMAP:
        from .imap import ImapMailbox  # noqa: PLC0415 - the library is loaded by who needs it

        return ImapMailbox(account, watch)
    from .pop import PopMailbox  # noqa: PLC0415 - the same

    return PopMailbox(account, watch)
