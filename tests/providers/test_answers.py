"""Reading answers: ours."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from smartertrack_emu.providers.answers import Answer, FaultError, NotUnderstoodError, read
from tests.providers.hostile import result

WHOLE = result(
    "Do",
    "<Result> true </Result><Message>said <!-- quietly -->&lt;so&gt;</Message><ID>7</ID>"
    '<Items><Item><ID>1</ID></Item><Item><ID>-2</ID></Item></Items><None xmlns:x="urn:x" x:nil="true"/>',
)


def answer() -> Answer:
    return read(WHOLE.encode(), "Do")


def test_members() -> None:
    assert answer().is_true("Result")
    assert not answer().is_true("ID")
    assert not answer().is_true("Other")
    assert (answer().text("Message"), answer().text("None"), answer().text("Other")) == ("said <so>", "", "")
    assert (answer().number("ID"), answer().required("ID")) == (7, "7")
    assert [item.number("ID") for item in answer().items("Items")] == [1, -2]
    assert answer().items("Other") == []
    assert answer().member("Other") is None


@pytest.mark.parametrize("text", ["", "seven", "7.0", "\u0667", "--7", "-", "9" * 1000])
def test_what_is_no_number(text: str) -> None:
    with pytest.raises(NotUnderstoodError, match=r"^ID$"):
        read(result("Do", f"<ID>{text}</ID>").encode(), "Do").number("ID")


@pytest.mark.parametrize("name", ["None", "Other"])
def test_what_is_required(name: str) -> None:
    with pytest.raises(NotUnderstoodError, match=f"^{name}$"):
        answer().required(name)


def test_a_fault() -> None:
    said = '<e:Envelope xmlns:e="urn:e"><e:Body><e:Fault><faultstring>No.</faultstring></e:Fault></e:Body></e:Envelope>'
    with pytest.raises(FaultError, match=r"^No\.$"):
        read(said.encode(), "Do")


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
@example(b"\xff\xfe<\x00a\x00/\x00>\x00")
@example(b'<?xml version="1.0" encoding="utf-7"?><a/>')
@example(b"<a>&b;</a>")
@example(b"<?a b?><a/>")
def test_anything_is_read_or_refused(content: bytes) -> None:
    with pytest.raises(NotUnderstoodError):
        read(content, "Do")


@given(
    st.integers(0, len(WHOLE) - 1),
    st.integers(0, 3),
    st.sampled_from(["", "<", ">", "&", "/", '"', "x", "\x00", "]]>"]),
)
def test_a_broken_answer_is_read_or_refused(at: int, left_out: int, put_in: str) -> None:
    try:
        found = read((WHOLE[:at] + put_in + WHOLE[at + left_out :]).encode(), "Do")
        found.is_true("Result")
        [item.number("ID") for item in found.items("Items")]
    except (NotUnderstoodError, FaultError):
        pass
