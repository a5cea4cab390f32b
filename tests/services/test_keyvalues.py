"""Lists of 'key=value' texts: splitting, letter case and dates are seen in real clients, what is refused is ours."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from enum import IntEnum
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from smartertrack_emu.domain.errors import BadValue
from smartertrack_emu.domain.models import Installation
from smartertrack_emu.services.keyvalues import Keys, Values, answer, unknown_keys
from smartertrack_emu.store import migrate
from smartertrack_emu.store.engine import create_engine
from smartertrack_emu.store.unit_of_work import writing

KEYS = Keys("Subject", "GroupID", "IsOpen", "DateStart", "DateStartUtc", aliases={"Group": "GroupID"})


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """A session on an installation whose zone is not UTC."""
    path: Path = tmp_path_factory.mktemp("keyvalues") / "smartertrack.db"
    engine = create_engine(f"sqlite:///{path}", synchronous="OFF")
    migrate.upgrade(engine)
    with writing(engine) as session:
        session.add(Installation(server_name="Acme", time_zone="America/New_York"))
        session.flush()
        yield session
    engine.dispose()


def one(pair: str) -> Values:
    return KEYS.parse([pair])


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        (["Subject=a"], {"Subject": "a"}),
        (["subject=a=b=c"], {"Subject": "a=b=c"}),
        ([" SUBJECT = a "], {"Subject": " a "}),
        (["groupid=1", "GroupId=2"], {"GroupID": "2"}),
        (["GroupID=1", "Group=2"], {"GroupID": "2"}),
        (["Subject="], {"Subject": ""}),
        (["", None, "  ", "Subject=a"], {"Subject": "a"}),
        ([], {}),
    ],
)
def test_parsed(pairs: list[str | None], expected: dict[str, str]) -> None:
    assert KEYS.parse(pairs) == expected


@pytest.mark.parametrize(
    ("pair", "sentence"),
    [
        ("Colour=red", "The key 'Colour' is not known. Known keys: Subject, GroupID, IsOpen, DateStart, DateStartUtc."),
        ("=red", "The key '' is not known."),
        ("Subject", "'Subject' is not in the form key=value."),
        ("Subject=a\x00b", "Subject: the value holds a character that cannot be stored."),
        ("Subject=\ud800", "Subject: the value holds a character that cannot be stored."),
    ],
)
def test_refused(pair: str, sentence: str) -> None:
    with pytest.raises(BadValue) as raised:
        one(pair)
    assert str(raised.value).startswith(sentence)


def test_other_keys() -> None:
    assert KEYS.parse([" 12 =x", "Subject=y"], other=lambda key: key if key.isdecimal() else None) == {
        "12": "x",
        "Subject": "y",
    }
    with pytest.raises(BadValue, match="'twelve'"):
        KEYS.parse(["twelve=x"], other=lambda key: key if key.isdecimal() else None)


@pytest.mark.parametrize(("text", "expected"), [("7", 7), (" -7 ", -7), ("+7", 7), ("007", 7), ("", None), (" ", None)])
def test_numbers(text: str, expected: int | None) -> None:
    assert one(f"GroupID={text}").integer("GroupID") == expected


@pytest.mark.parametrize("text", ["seven", "7.0", "1e3", "2147483648", "9" * 5000, "0x7", "\u0667", "1 2"])
def test_no_numbers(text: str) -> None:
    with pytest.raises(BadValue, match=r"GroupID: .* is not a whole number"):
        one(f"GroupID={text}").integer("GroupID")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("true", True),
        ("True", True),
        ("1", True),
        ("YES", True),
        ("false", False),
        ("0", False),
        ("no", False),
        ("", None),
    ],
)
def test_booleans(text: str, expected: bool | None) -> None:
    assert one(f"IsOpen={text}").boolean("IsOpen") is expected


@pytest.mark.parametrize("text", ["on", "y", "-1", "true!"])
def test_no_booleans(text: str) -> None:
    with pytest.raises(BadValue, match=r"IsOpen: .* is neither true nor false"):
        one(f"IsOpen={text}").boolean("IsOpen")


@pytest.mark.parametrize("text", ["2019-08-23T22:16:00", "8/23/2019 10:16:00 PM"])
def test_a_date_without_a_zone(session: Session, text: str) -> None:
    assert one(f"DateStart={text}").moment("DateStart", session) == datetime(2019, 8, 24, 2, 16, tzinfo=UTC)
    assert one(f"DateStartUtc={text}").moment("DateStartUtc", session) == datetime(2019, 8, 23, 22, 16, tzinfo=UTC)


def test_a_date_with_a_zone(session: Session) -> None:
    at = datetime(2019, 8, 23, 20, 16, tzinfo=UTC)
    for key in ("DateStart", "DateStartUtc"):
        assert one(f"{key}=2019-08-23T22:16:00+02:00").moment(key, session) == at


@pytest.mark.parametrize("text", ["", "0001-01-01T00:00:00", "1/1/0001 12:00:00 AM"])
def test_no_date_given(session: Session, text: str) -> None:
    assert one(f"DateStart={text}").moment("DateStart", session) is None


@pytest.mark.parametrize("text", ["soon", "2019-02-30", "0001-01-01T01:00:00+14:00", "9999-12-31T23:59:59"])
def test_no_dates(session: Session, text: str) -> None:
    with pytest.raises(BadValue, match="DateStart: "):
        one(f"DateStart={text}").moment("DateStart", session)


def test_required() -> None:
    assert one("Subject= a ").required("Subject") == " a "
    assert one("GroupID=7").required_integer("GroupID") == 7
    for read in (Values.required, Values.required_integer):
        for values in (Values(), Values(GroupID=""), Values(GroupID="  ")):
            with pytest.raises(BadValue, match="GroupID is required"):
                read(values, "GroupID")


def test_asked() -> None:
    assert KEYS.asked(["groupid", " Subject ", "Colour", "GROUPID", "", None]) == (["GroupID", "Subject"], ["Colour"])
    assert unknown_keys(["Colour", "Size"]) == "Not known and left out: Colour, Size."
    assert unknown_keys([]) == ""


def test_answered() -> None:
    class Level(IntEnum):
        LOW = 1

    at = datetime(2024, 1, 2, 3, 4, 5, 678, tzinfo=timezone(timedelta(hours=1)))
    pairs = [("A", "x=y"), ("B", True), ("C", False), ("D", None), ("E", 7), ("F", Level.LOW), ("G", at)]
    assert answer(pairs) == ["A=x=y", "B=True", "C=False", "D=", "E=7", "F=1", "G=2024-01-02T02:04:05Z"]


def _read_all(values: Values, session: Session) -> None:
    for read in (values.integer, values.required_integer, values.boolean, values.required):
        try:
            read("GroupID")
        except BadValue as error:
            assert "GroupID" in str(error)  # noqa: PT017 - either may happen
    for key in ("DateStart", "DateStartUtc"):
        try:
            moment = values.moment(key, session)
        except BadValue as error:
            assert key in str(error)  # noqa: PT017 - the same
        else:
            assert moment is None or moment.tzinfo is UTC


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.text()
        | st.builds(
            "{}={}".format,
            st.sampled_from([*KEYS.names, "group", " SUBJECT "]),
            st.text()
            | st.text("0123456789-/: TZAPM.+", max_size=30)
            | st.integers().map(str)
            | st.datetimes().map(str),
        )
    )
)
@example(["GroupID=" + "1" * 10_000])
@example(["DateStart=9999-12-31T23:59:59.999999-14:00"])
def test_no_list_crashes(session: Session, pairs: list[str]) -> None:
    try:
        values = KEYS.parse(pairs)
    except BadValue as error:
        assert str(error).encode()  # noqa: PT017 - a refusal is as good as an answer, and can be sent
        return
    assert set(values) <= set(KEYS.names)
    assert KEYS.parse(pairs) == values
    assert KEYS.parse(f"{key}={value}" for key, value in values.items()) == values
    _read_all(values, session)
