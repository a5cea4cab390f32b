"""Forms as browsers send them (documented: WHATWG's URL standard), read piece by piece within limits (ours)."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartertrack_emu.asmx import urlencoded
from smartertrack_emu.asmx.limits import MOST_TEXT, LimitExceededError
from smartertrack_emu.asmx.urlencoded import Bytes, Texts, collect, decode

ENCODED = st.lists(
    st.sampled_from(
        [b"%41", b"%4", b"%", b"%%", b"%g1", b"%2B", b"%25", b"%3D", b"%0a", b"+", b"=", b"\n", b"\r", b"a"]
    )
    | st.binary(max_size=2)
).map(b"".join)


@pytest.fixture(scope="module", params=[7, urlencoded._PIECE])
def piece(request: pytest.FixtureRequest) -> Iterator[None]:
    """Pieces of a few bytes, so that escapes lie across their ends, and of the size they have."""
    before, urlencoded._PIECE = urlencoded._PIECE, request.param
    yield
    urlencoded._PIECE = before


@given(text=ENCODED)
def test_decoding_is_what_the_standard_library_does(piece: None, text: bytes) -> None:
    assert decode(text) == unquote_to_bytes(text.replace(b"+", b" "))


FIELDS = st.lists(
    st.tuples(
        st.sampled_from(["a", "A", "%61", "b", "", "other"]), st.sampled_from(["", "1", "x=y", "%C3%A4", "+", "%FF"])
    )
)


@given(fields=FIELDS, separators=st.lists(st.sampled_from(["&", "&&"]), min_size=20, max_size=20))
def test_fields_are_found_by_their_names(piece: None, fields: list[tuple[str, str]], separators: list[str]) -> None:
    form = "".join(f"{name}={value}{separators[n % 20]}" for n, (name, value) in enumerate(fields))
    wanted = Texts()
    collect(form.encode(), {"a": wanted})
    meant = {"": "", "1": "1", "x=y": "x=y", "%C3%A4": "ä", "+": " ", "%FF": "\ufffd"}
    assert wanted.values == [meant[value] for name, value in fields if name in ("a", "A", "%61")]


def test_a_field_without_a_value_is_empty() -> None:
    wanted = Texts()
    collect(b"a&b&a=", {"a": wanted})
    assert wanted.values == ["", ""]


def number(text: str) -> int:
    """Read what is no plain decimal, as a converter would."""
    if not text.strip().isdecimal():
        raise ValueError("no number")
    return int(text)


@given(data=st.binary(max_size=300))
def test_bytes_are_decimals(piece: None, data: bytes) -> None:
    wanted = Bytes(number)
    collect("&".join(f"data={byte}" for byte in data).encode(), {"data": wanted})
    assert bytes(wanted.values) == data
    assert wanted.is_given is bool(data)
    assert wanted.bad is None


def test_bytes_in_other_spellings_are_asked_about() -> None:
    wanted = Bytes(number)
    collect(b"data=+65&DATA=%36%36&data=067&data=x&data=y", {"data": wanted})
    assert (bytes(wanted.values), wanted.bad) == (b"ABC", ("x", "no number"))


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        (b"a=1&" * 100_001, "The form has more than 100000 fields."),
        (b"&" * 100_001, "The form has more than 100000 fields."),
        (b"a=" + b"%" * 1_000_001, "The form has more than 1000000 percent signs that encode nothing."),
        (b"a=" + b"x" * (MOST_TEXT + 1), "The form has more than 8388608 bytes of text."),
        (b"a=" + b"x" * MOST_TEXT + b"&a=x", "The form has more than 8388608 bytes of text."),
    ],
)
def test_limits_of_texts(form: bytes, sentence: str) -> None:
    with pytest.raises(LimitExceededError, match=f"^{sentence}$"):
        collect(form, {"a": Texts()})


def test_a_text_as_long_as_may_be() -> None:
    wanted = Texts()
    collect(b"b=" + b"y" * MOST_TEXT + b"&a=" + b"x" * MOST_TEXT, {"a": wanted})
    assert [len(value) for value in wanted.values] == [MOST_TEXT], "what nobody wants does not count"


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        (b"d=1&" * 1_200_001, "The form has more than 1200000 fields."),
        (b"x=1&" * 100_001, "The form has more than 100000 fields."),
        (b"d=01&" * 100_001, "The form has more than 100000 bytes that are no plain decimals."),
    ],
)
def test_limits_of_bytes(form: bytes, sentence: str) -> None:
    with pytest.raises(LimitExceededError, match=f"^{sentence}$"):
        collect(form, {"d": Bytes(number)})


def test_a_mebibyte_of_bytes() -> None:
    wanted = Bytes(number)
    collect(b"a=1&" + b"&".join([b"data=255"] * 1_048_576), {"a": Texts(), "data": wanted})
    assert bytes(wanted.values) == b"\xff" * 1_048_576


def test_a_name_longer_than_any_is_nobodys() -> None:
    wanted = Texts()
    collect(b"%61" * 400 + b"=1&a=2", {"a": wanted, "a" * 400: Texts()})
    assert wanted.values == ["2"]
