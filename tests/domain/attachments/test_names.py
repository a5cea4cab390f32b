"""Names of files: the last component of whatever path is sent, and never one that leads elsewhere (ours)."""

from __future__ import annotations

from contextlib import suppress
from ntpath import basename as windows_basename
from posixpath import basename
from urllib.parse import quote, urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartertrack_emu.domain.attachments.names import file_name
from smartertrack_emu.domain.errors import BadValue


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ("a.txt", "a.txt"),
        (" a .txt ", " a .txt "),
        ("/etc/passwd", "passwd"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("C:\\Users/Casey\\a.txt", "a.txt"),
        ("...", "..."),
        ("..a", "..a"),
        ("x" * 1000, "x" * 1000),
        ("y" * 5000 + "/a.txt", "a.txt"),
    ],
)
def test_the_last_component(sent: str, name: str) -> None:
    assert file_name(sent) == name


@pytest.mark.parametrize(
    "sent", ["", "  ", ".", "..", " .. ", "/", "\\", "a/", "a\\", "a/..", "a\\.", "x" * 1001, "a\0", "\ud800"]
)
def test_no_name(sent: str) -> None:
    with pytest.raises(BadValue, match="key"):
        file_name(sent, "key")


@given(st.text(st.sampled_from("./\\ a:\u00e9%\0") | st.characters()))
def test_an_address_with_a_name_stays_where_it_is(sent: str) -> None:
    with suppress(BadValue):
        name = file_name(sent)
        assert sent.endswith(name)
        assert name == basename(name)
        assert name in (windows_basename(name), name[:2] + windows_basename(name))  # a drive is no folder
        address = urljoin("http://host/", f"Download/token/{quote(name, safe='')}")
        assert address.startswith("http://host/Download/token/")
        assert address.isascii()
