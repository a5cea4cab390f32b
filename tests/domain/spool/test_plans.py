"""Evidence: ours. What the engine asks of many mails is read from indexes, on both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from smartertrack_emu.desk.desk import Desk
from smartertrack_emu.domain import clock
from smartertrack_emu.domain.across import delivery
from smartertrack_emu.domain.spool import listing
from smartertrack_emu.domain.spool.listing import Filter
from smartertrack_emu.domain.spool.mails import Mail, mail_row, spool
from smartertrack_emu.domain.spool.models import MailKind, MailState, OutgoingMail
from smartertrack_emu.store.statements import here
from tests.jobs.conftest import desk
from tests.plans import planned

__all__ = ["desk"]

MANY = 3_000


@pytest.fixture
def many(desk: Desk) -> Desk:
    """A desk with many mails, the most of them sent."""

    def fill(session: Session) -> None:
        mail = Mail("casey@example.com", "Fire", "It burns. " * 50)
        states = {0: MailState.WAITING, 1: MailState.HELD, 2: MailState.FAILED}
        rows = [
            mail_row(session, mail, kind=MailKind.MESSAGE, department_id=None, state=states.get(n % 50, MailState.SENT))
            for n in range(MANY)
        ]
        session.execute(insert(OutgoingMail), rows)

    desk.write(fill)
    desk.write(lambda session: session.execute(text("ANALYZE outgoing_mails")))
    return desk


@pytest.mark.parametrize(
    ("work", "index"),
    [
        (lambda session: delivery.due(session, delay=timedelta(), most=500), "ix_outgoing_mails_due"),
        (delivery.any_sending, "ix_outgoing_mails_"),
        (listing.counts, "ix_outgoing_mails_"),
        (lambda session: listing.page(session, Filter(state=MailState.FAILED), limit=50), "ix_outgoing_mails_"),
    ],
)
def test_read_from_indexes(many: Desk, work: Any, index: str) -> None:
    plans = many.read(lambda session: planned(session, work))
    assert index in plans[0], plans[0]


def test_spooling_is_one_statement(desk: Desk) -> None:
    def count(session: Session) -> int:
        before = here.count
        spool(session, Mail("a@b.example", "S", "B"), kind=MailKind.MESSAGE, ticket_number="N")
        return here.count - before

    assert desk.write(count) == 1


def test_answers_are_counted_from_their_index(many: Desk) -> None:
    query = (
        "SELECT count(*) FROM outgoing_mails WHERE is_answer AND recipient_keys = 'x' "
        f"AND created_at > '{clock.now().isoformat()}'"
    )

    def explain(session: Session) -> str:
        is_sqlite = session.get_bind().dialect.name == "sqlite"
        asked = query.replace("is_answer", "is_answer = 1") if is_sqlite else query
        rows = session.execute(text(("EXPLAIN QUERY PLAN " if is_sqlite else "EXPLAIN ") + asked))
        return " ".join(str(row) for row in rows)

    assert "ix_outgoing_mails_answers" in many.read(explain)
