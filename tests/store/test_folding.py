"""Evidence: ours. Texts are folded alike by Python and by both databases, and found as they stand."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, literal, select, true

from smartertrack_emu.store import listing
from smartertrack_emu.store.folding import _FOLDED, fold_letters, folded
from smartertrack_emu.store.listing import Condition, Listed
from smartertrack_emu.store.unit_of_work import reading

TEXTS = (
    "",
    "ABC",
    "Straße",
    "STRASSE",
    "ẞ",
    "ÄÖÜ äöü",
    "ΣΑΣ ς",
    "\u0130\u0131I",
    "ДЖ",
    "\U00010400",
    "'%_\\; DROP",
    "ﬀ",
    "Ǆ",
)


def test_alike(engine: Engine) -> None:
    all_letters = "".join(map(chr, _FOLDED))
    with reading(engine) as session:
        for text in (*TEXTS, all_letters):
            assert session.scalar(select(folded(literal(text)))) == fold_letters(text)
        assert session.scalar(select(folded(literal(None, literal("").type)))) is None


def test_python_and_sql_agree_with_the_words_they_know() -> None:
    assert fold_letters("Straße") == fold_letters("STRASSE") == fold_letters("STRAẞE")
    assert fold_letters("ÄRGER") == "ärger"


@pytest.mark.parametrize("text", TEXTS[1:])
def test_contains_takes_no_character_for_a_pattern(engine: Engine, text: str) -> None:
    with reading(engine) as session:
        rows = select(literal(f"x{text}y").label("name")).subquery()
        columns = {"name": Listed(rows.c.name, "text")}
        for wanted, found in ((text, 1), (text + "%", 0), ("_" + text, 0)):
            met = listing.where(columns, [Condition("name", "~", wanted)])
            assert len(session.execute(select(rows.c.name).where(true(), *met)).all()) == found
