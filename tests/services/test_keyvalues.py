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
from smartertrack_emu.services.keyvalues import (
    Asked,
    Boolean,
    Integer,
    Keys,
    Moment,
    SortOrder,
    Text,
    Values,
    answer,
    parse_any,
    unknown_keys,
)
from smartertrack_emu.services.words import Known
from smartertrack_emu.store import migrate
from smartertrack_emu.store.engine import create_engine
from smartertrack_emu.store.unit_of_work import writing


class Listed(Keys):
    """A list's keys."""

    Subject = Text("subject")
    GroupID = Integer("group_id", also="Group", note="0 is none.")
    IsOpen = Boolean("is_open")
    DateStart = Moment("started_at")
    DateStartUtc = Moment()
    SortOrder = SortOrder()
    Number = Integer(required=True, documented=False)
    TicketID = Asked("id", source="the ticket itself")


NAMES = [key.name for key in Listed.keys]


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


def parse(session: Session, *pairs: str | None) -> Values:
    return Listed.parse(pairs, session)


def texts(values: Values) -> dict[str, str]:
    return {key.name: values.text(key) for key in values}


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
def test_parsed(session: Session, pairs: list[str | None], expected: dict[str, str]) -> None:
    assert texts(parse(session, *pairs)) == expected


@pytest.mark.parametrize(
    ("pair", "sentence"),
    [
        (
            "Colour=red",
            "The key 'Colour' is not known. Known keys: Subject, GroupID, IsOpen, DateStart, DateStartUtc, ",
        ),
        ("=red", "The key '' is not known."),
        ("Subject", "'Subject' is not in the form key=value."),
        ("Subject=a\x00b", "Subject: the value holds a character that cannot be stored."),
        ("Subject=\ud800", "Subject: the value holds a character that cannot be stored."),
        ("ticketid=7", "TicketID cannot be set: it follows from the ticket itself."),
    ],
)
def test_refused(session: Session, pair: str, sentence: str) -> None:
    with pytest.raises(BadValue) as raised:
        parse(session, pair)
    assert str(raised.value).startswith(sentence)


def test_without_blanks_it_is_the_same_list(session: Session) -> None:
    class Others(Keys):
        """Another list's keys."""

        Subject = Text("subject")

    values = parse(session, "Subject=a", "GroupID= ", "IsOpen=").without_blanks()
    assert texts(values) == {"Subject": "a"}
    assert values[Listed.GroupID] is None
    assert values.fields() == {"subject": "a"}
    with pytest.raises(KeyError, match="Subject"):
        values[Others.Subject]


def test_every_key_names_the_domains_field() -> None:
    fields = {key.name: key.field for key in Listed.keys if key.field != key.name}
    assert fields["TicketID"] == "id"
    assert (fields["Subject"], fields["GroupID"], fields["DateStart"]) == ("subject", "group_id", "started_at")


def test_other_keys(session: Session) -> None:
    def digits(word: str) -> str | None:
        return word if word.isdecimal() else None

    values = Listed.parse([" 12 =x", "Subject=y"], session, other=digits)
    assert (texts(values), values.others) == ({"Subject": "y"}, {"12": "x"})
    with pytest.raises(BadValue, match="'twelve'"):
        Listed.parse(["twelve=x"], session, other=digits)


def test_any_keys() -> None:
    assert parse_any([" Serial number =a=b", "", None, "12=x", "12=y"]) == {"Serial number": "a=b", "12": "y"}
    for bad in ("12", "12=\x00"):
        with pytest.raises(BadValue, match="12"):
            parse_any([bad])


@pytest.mark.parametrize(("text", "expected"), [("7", 7), (" -7 ", -7), ("+7", 7), ("007", 7), ("", None), (" ", None)])
def test_numbers(session: Session, text: str, expected: int | None) -> None:
    assert parse(session, f"GroupID={text}")[Listed.GroupID] == expected


@pytest.mark.parametrize("text", ["seven", "7.0", "1e3", "2147483648", "9" * 5000, "0x7", "\u0667", "1 2"])
def test_no_numbers(session: Session, text: str) -> None:
    with pytest.raises(BadValue, match=r"GroupID: .* is not a whole number"):
        parse(session, f"GroupID={text}")[Listed.GroupID]


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
def test_booleans(session: Session, text: str, expected: bool | None) -> None:
    assert parse(session, f"IsOpen={text}")[Listed.IsOpen] is expected


@pytest.mark.parametrize("text", ["on", "y", "-1", "true!"])
def test_no_booleans(session: Session, text: str) -> None:
    with pytest.raises(BadValue, match=r"IsOpen: .* is neither true nor false"):
        parse(session, f"IsOpen={text}")[Listed.IsOpen]


@pytest.mark.parametrize("text", ["2019-08-23T22:16:00", "8/23/2019 10:16:00 PM"])
def test_a_date_without_a_zone(session: Session, text: str) -> None:
    assert parse(session, f"DateStart={text}")[Listed.DateStart] == datetime(2019, 8, 24, 2, 16, tzinfo=UTC)
    assert parse(session, f"DateStartUtc={text}")[Listed.DateStartUtc] == datetime(2019, 8, 23, 22, 16, tzinfo=UTC)


def test_a_date_with_a_zone(session: Session) -> None:
    at = datetime(2019, 8, 23, 20, 16, tzinfo=UTC)
    for key in (Listed.DateStart, Listed.DateStartUtc):
        assert parse(session, f"{key.name}=2019-08-23T22:16:00+02:00")[key] == at


@pytest.mark.parametrize("text", ["", "0001-01-01T00:00:00", "1/1/0001 12:00:00 AM"])
def test_no_date_given(session: Session, text: str) -> None:
    assert parse(session, f"DateStart={text}")[Listed.DateStart] is None


@pytest.mark.parametrize("text", ["soon", "2019-02-30", "0001-01-01T01:00:00+14:00", "9999-12-31T23:59:59"])
def test_no_dates(session: Session, text: str) -> None:
    with pytest.raises(BadValue, match="DateStart: "):
        parse(session, f"DateStart={text}")[Listed.DateStart]


def test_sort_orders(session: Session) -> None:
    for text, expected in {"ascending": True, " Ascending": True, "DESCENDING": False, "": False}.items():
        assert parse(session, f"SortOrder={text}")[Listed.SortOrder] is expected
    assert parse(session)[Listed.SortOrder] is False
    with pytest.raises(BadValue, match="SortOrder must be ascending or descending"):
        parse(session, "SortOrder=up")[Listed.SortOrder]


def test_required(session: Session) -> None:
    parse(session, "Subject= a ", "GroupID=x").require(Listed.Subject, Listed.GroupID)
    for pairs in ([], ["GroupID="], ["GroupID=  "]):
        with pytest.raises(BadValue, match="GroupID is required"):
            parse(session, *pairs).require(Listed.GroupID)
    assert parse(session)[Listed.Number] is None
    assert parse(session, "Number=7")[Listed.Number] == 7
    with pytest.raises(BadValue, match="Number is required"):
        parse(session, "Number= ")[Listed.Number]


def test_what_was_given(session: Session) -> None:
    values = parse(session, "IsOpen=", "Subject=", "GroupID=7")
    assert values.fields() == {"is_open": None, "subject": "", "group_id": 7}
    assert values.without_blanks().fields() == {"group_id": 7}
    assert (values[Listed.Subject], values.get(Listed.Subject)) == ("", "")
    assert (values[Listed.DateStart], values.get(Listed.DateStart)) == (None, None)
    assert Listed.Subject in values
    assert Listed.DateStart not in values


def test_a_key_that_there_is_not(session: Session) -> None:
    """Mypy refuses it, as the remarks say; so does the first call that would read it."""

    class Others(Keys):
        Subject = Text()

    with pytest.raises(AttributeError):
        parse(session)[Listed.GroupId]  # type: ignore[attr-defined]
    with pytest.raises(AttributeError):
        parse(session)["GroupID"]  # type: ignore[index]
    with pytest.raises(KeyError):
        parse(session)[Others.Subject]
    with pytest.raises(ValueError, match="Twice has two keys of one name"):
        type("Twice", (Keys,), {"UserID": Integer(), "Userid": Integer()})


def test_asked() -> None:
    keys, unknown = Listed.asked(["groupid", " Subject ", "Colour", "GROUPID", "", None, "ticketid"])
    assert ([key.name for key in keys], unknown) == (["GroupID", "Subject", "TicketID"], ["Colour"])
    assert unknown_keys(["Colour", "Size"]) == "Not known and left out: Colour, Size."
    assert unknown_keys([]) == ""


def test_documented() -> None:
    settable = ("Subject", "GroupID", "IsOpen", "DateStart", "DateStartUtc", "SortOrder")
    assert Listed.to_ask().names == (*settable, "TicketID")
    assert Listed.to_ask(but=Listed.TicketID).names == Listed.to_give().names == settable
    assert Listed.to_give(by_second_names=True).names[:3] == ("Subject", "Group", "IsOpen")
    assert Listed.to_give().text().startswith("Known are Subject, GroupID, ")
    assert Listed.to_give().text().endswith(", SortOrder. GroupID: 0 is none.")


def test_what_values_are_is_told() -> None:
    assert Listed.to_give().keys == (
        Known("Subject", "text"),
        Known("GroupID", "whole number", "0 is none.", "Group"),
        Known("IsOpen", "true or false"),
        Known("DateStart", "date and time, in the installation's zone if it says none"),
        Known("DateStartUtc", "date and time, in UTC if it says none"),
        Known("SortOrder", "ascending or descending"),
    )
    assert Listed.to_give(by_second_names=True).keys[1] == Known("Group", "whole number", "0 is none.", "GroupID")
    assert Listed.to_ask().keys == ()


def test_answered() -> None:
    class Level(IntEnum):
        LOW = 1

    at = datetime(2024, 1, 2, 3, 4, 5, 678, tzinfo=timezone(timedelta(hours=1)))
    pairs = [("A", "x=y"), ("B", True), ("C", False), ("D", None), ("E", 7), ("F", Level.LOW), ("G", at)]
    assert answer(pairs) == ["A=x=y", "B=True", "C=False", "D=", "E=7", "F=1", "G=2024-01-02T02:04:05Z"]


def _read_all(values: Values) -> None:
    for key in Listed.keys[:-1]:
        try:
            value = values[key]
        except BadValue as error:
            assert key.name in str(error)  # noqa: PT017 - either may happen
        else:
            assert not isinstance(value, datetime) or value.tzinfo is UTC


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.text()
        | st.builds(
            "{}={}".format,
            st.sampled_from([*NAMES, "group", " SUBJECT "]),
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
        values = parse(session, *pairs)
    except BadValue as error:
        assert str(error).encode()  # noqa: PT017 - a refusal is as good as an answer, and can be sent
        return
    given = texts(values)
    assert set(given) <= set(NAMES)
    assert texts(parse(session, *pairs)) == given
    assert texts(parse(session, *(f"{key}={text}" for key, text in given.items()))) == given
    _read_all(values)
