"""Words, expressions and snippets: rules of ours."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from smartertrack_emu.domain.html import to_text
from smartertrack_emu.domain.kb.articles import slug
from smartertrack_emu.domain.search.expression import MOST_CLAUSES, Clause, Expression, parse
from smartertrack_emu.domain.search.snippets import SNIPPET_LENGTH, beginning, passage
from smartertrack_emu.domain.search.words import (
    BOUNDARY,
    LONGEST_BODY,
    LONGEST_TITLE,
    LONGEST_WORD,
    body_words,
    title_words,
    words,
    written,
)

ANY = st.text(st.characters(), max_size=80)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("How to reset your e-mail?", "how to reset your e mail"),
        ("Größe CAFÉ ÅNGSTRÖM \ufb01ne \uff37\uff49\uff44\uff45", "grosse cafe angstrom fine wide"),
        ("168-24F24A57-000E", "168 24f24a57 000e"),
        ("snake_case don't 3.14", "snake case don t 3 14"),
        ("密码 reset", "密 码 reset"),
        ("パスワード", "パ ス ワ ー ド"),
        ("שָׁלוֹם", "שלום"),
        ("हिन्दी शब्द", "हिन्दी शब्द"),
        ("пароль Ёлка", "пароль елка"),
        ("한국어", "한국어"),
        ("!?¶ … \x00 \ud800", ""),
    ],
)
def test_words(text: str, expected: str) -> None:
    assert " ".join(words(text)) == expected


def test_long_words_and_texts_are_cut() -> None:
    assert words("x" * 1000) == ["x" * LONGEST_WORD]
    assert len(title_words("word " * 10_000)) <= LONGEST_TITLE
    stored = body_words("wörter " * 100_000)
    assert LONGEST_BODY - 10 < len(stored) <= LONGEST_BODY
    assert set(stored.split()) == {"worter"}


@given(ANY)
def test_words_are_what_the_databases_can_hold(text: str) -> None:
    for word in words(text):
        assert 0 < len(word) <= LONGEST_WORD
        assert not set(word) & set(" '\"\\:&|!()=*\x00" + BOUNDARY)
        word.encode()
        assert words(word) == [word]


@given(ANY)
def test_written_words_are_all_words(text: str) -> None:
    for start, end, found in written(text):
        assert words(text[start:end]) == found


@pytest.mark.parametrize(
    ("text", "required", "excluded", "preferred"),
    [
        ("reset password", ["reset", "password"], [], []),
        ('"Reset password" -mail', ["reset password"], ["mail"], []),
        ('-"reset password" x', ["x"], ["reset password"], []),
        ("pass* e-mail", ["pass*", "e mail"], [], []),
        ("how to reset a password", ["reset", "password"], [], ["how", "to", "a"]),
        ("how to", ["how", "to"], [], []),
        ('"how" to reset', ["how", "reset"], [], ["to"]),
        ("to*", ["to*"], [], []),
        ("the -password", ["the"], ["password"], []),
        ("a-b -c-d", ["a b"], ["c d"], []),
        ("--x \u2013y \u2212z", [], ["x", "y", "z"], []),
        ("“two words” «three more»", ["two words", "three more"], [], []),
        ('open "never closed', ["open", "never closed"], [], []),
        ("same same SAME", ["same"], [], []),
        ("AND OR NOT", ["not"], [], ["and", "or"]),
        ('* - "" ?', [], [], []),
    ],
)
def test_expressions(text: str, required: list[str], excluded: list[str], preferred: list[str]) -> None:
    def shown(clauses: tuple[Clause, ...]) -> list[str]:
        return [" ".join(clause.words) + "*" * clause.is_prefix for clause in clauses]

    found = parse(text)
    assert shown(found.required) == required
    assert shown(found.excluded) == excluded
    assert shown(found.preferred) == preferred
    assert found.is_empty is (not required and not excluded)


@given(st.text(st.one_of(st.characters(), st.sampled_from(' "*-')), max_size=200))
@example("word " * 1000)
@example('"' * 1000)
@example("-" * 1000 + "x")
def test_every_text_is_an_expression(text: str) -> None:
    found = parse(text)
    clauses = (*found.required, *found.excluded, *found.preferred)
    assert len(clauses) <= MOST_CLAUSES
    assert all(clause.words for clause in clauses)


def test_what_is_typed_twice_with_and_without_quotes_is_required() -> None:
    assert parse('the "the" x').required == (Clause(("the",)), Clause(("x",)))


FILLER = "nothing of note stands here " * 20


def test_a_passage_has_what_was_looked_for() -> None:
    text = f"{FILLER} needle alone {FILLER} the Needle in a HAYSTACK here {FILLER}"
    shown = passage(text, parse("needle haystack"))
    assert "the Needle in a HAYSTACK here" in shown
    assert shown.startswith("… ")
    assert shown.endswith(" …")
    assert len(shown) <= SNIPPET_LENGTH + 4
    assert "Größe" in passage(f"{FILLER} die Größe {FILLER}", parse("GROS*"))


def test_a_passage_without_it_is_the_beginning() -> None:
    assert passage("Short text.", parse("needle")) == "Short text." == beginning("  Short\n text. ")
    assert passage(FILLER, parse("needle")) == beginning(FILLER)
    assert passage("", Expression()) == beginning("") == ""


@given(ANY, ANY, st.integers(0, 30))
def test_no_text_breaks_a_snippet(text: str, typed: str, times: int) -> None:
    for shown in (beginning(text * times), passage(text * times, parse(typed))):
        assert len(shown) <= SNIPPET_LENGTH + 4


@given(ANY)
@example("<script>x</script>")
@example("<!-- -->")
@example("<b" * 500)
def test_any_html_reads_as_text(html: str) -> None:
    assert isinstance(to_text(html), str)


@given(ANY)
def test_slugs(subject: str) -> None:
    made = slug(subject)
    assert 0 < len(made) <= 80
    assert made == made.strip("-").lower()
    assert made.replace("-", "").isalnum()
    assert made.isascii()
