"""Evidence: documented (each line of the errors log is mailed to the address of the option) and ours (the bounds)."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy
from sqlalchemy import select

from smartertrack_emu.compose import make_desk
from smartertrack_emu.config import Settings
from smartertrack_emu.desk.desk import Desk
from smartertrack_emu.domain.people.initial import create_initial
from smartertrack_emu.domain.spool import error_mails
from smartertrack_emu.domain.spool.models import MailKind, OutgoingMail
from smartertrack_emu.domain.structure import emulation, engine_settings
from smartertrack_emu.logs import mailed
from smartertrack_emu.logs.mailed import ErrorMails
from smartertrack_emu.store.unit_of_work import writing

logger = logging.getLogger("smartertrack_emu.log.errors")


@pytest.fixture
def desk(engine: sqlalchemy.Engine, tmp_path: Path) -> Desk:
    with writing(engine) as session:
        create_initial(session, admin_password_hash=None)
    return make_desk(Settings(data=tmp_path), engine)


@pytest.fixture
def mails(desk: Desk) -> Iterator[ErrorMails]:
    made = ErrorMails(desk)
    desk.shared.on_renewal.append(made.follow)
    yield made
    made.close()


def choose(desk: Desk, address: str) -> None:
    desk.write(lambda session: engine_settings.change(session, {"error_email": address}))
    desk.read(emulation.epoch)  # the process follows


def told(desk: Desk) -> list[str]:
    return [mail.body for mail in desk.read(lambda session: list(session.scalars(select(OutgoingMail))))]


def test_a_line_is_a_mail(desk: Desk, mails: ErrorMails) -> None:
    logger.warning("nobody wants this")
    choose(desk, "admin@acme.example")
    logger.warning("the disk is nearly full")
    logger.info("all is well")
    logger.warning("mail 1: refused", extra={"mail_kind": "error"})
    logging.getLogger("smartertrack_emu.desk").error("a call failed: token=abc")
    mails.close()
    first, second = told(desk)
    assert "the disk is nearly full" in first
    assert "a call failed: token=***" in second
    kinds = desk.read(lambda session: set(session.scalars(select(OutgoingMail.kind))))
    assert kinds == {MailKind.ERROR}


def test_who_wants_none_any_more_gets_none(desk: Desk, mails: ErrorMails) -> None:
    choose(desk, "admin@acme.example")
    assert mails in logging.getLogger().handlers
    choose(desk, "")
    assert mails not in logging.getLogger().handlers
    logger.warning("told to nobody")
    mails.close()
    assert told(desk) == []


def test_two_in_one_process_mail_a_line_once(desk: Desk, mails: ErrorMails) -> None:
    second = ErrorMails(desk)
    desk.shared.on_renewal.append(second.follow)
    choose(desk, "admin@acme.example")
    logger.warning("once")
    second.close()
    mails.close()
    assert len(told(desk)) == 1


def test_the_transaction_that_logs_waits_for_nothing(desk: Desk, mails: ErrorMails) -> None:
    """It holds the write lock while the mail waits for it, and its undoing does not take the mail along."""
    choose(desk, "admin@acme.example")

    def fail(session: object) -> None:
        del session
        logger.error("it went wrong")
        raise ValueError

    with pytest.raises(Exception):  # noqa: B017 - whatever the desk makes of it
        desk.write(fail)
    mails.close()
    assert any("it went wrong" in body for body in told(desk))


def test_lines_that_wait_are_bounded(desk: Desk, mails: ErrorMails, monkeypatch: pytest.MonkeyPatch) -> None:
    """And one that cannot be mailed makes no further line that is."""
    choose(desk, "admin@acme.example")
    begun, go_on, tried = threading.Event(), threading.Event(), list[str]()

    def tell(session: object, line: str) -> None:
        del session
        tried.append(line)
        begun.set()
        go_on.wait(30)
        raise ValueError

    monkeypatch.setattr(error_mails, "tell", tell)
    logger.warning("the first")
    assert begun.wait(30)
    for number in range(mailed.MOST_WAITING + 5):
        logger.warning("%d", number)
    go_on.set()
    mails.close()
    assert tried[0] == "the first"
    assert len(tried) <= mailed.MOST_WAITING + 1
    assert told(desk) == []
