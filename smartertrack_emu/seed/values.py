"""What stands in the fields of a seed file: moments, words of enumerations, references, texts of custom fields."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Annotated, Any, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field

from smartertrack_emu.domain import naming
from smartertrack_emu.domain.across.reports.models import DateRange, Frequency
from smartertrack_emu.domain.customfields.models import FieldType
from smartertrack_emu.domain.errors import BadValue
from smartertrack_emu.domain.kinds import NoteKind, Priority, TicketStatus
from smartertrack_emu.domain.notifications.models import ReminderCategory
from smartertrack_emu.domain.organizations.models import MemberType
from smartertrack_emu.domain.people.models import AuthenticationType, AvatarSource
from smartertrack_emu.domain.people.reports import REPORTS
from smartertrack_emu.domain.people.rights import Right
from smartertrack_emu.domain.spool.accounts import AccountKind, Security
from smartertrack_emu.domain.spool.builtin import BUILT_IN
from smartertrack_emu.domain.structure.models import Distribution, RoundRobin, TicketSubmission
from smartertrack_emu.domain.surveys.questions import QuestionKind
from smartertrack_emu.domain.tasks.models import EstimateUnit, RecurrenceKind, TaskStatus, Weekday

from .errors import quoted, suggestion

Member = TypeVar("Member", bound=Enum)

MAX_INT = 2**31 - 1
MAX_ROLE_ID = 2**15 - 1

_RELATIVE = re.compile(r"([+-])([0-9]{1,9})([smhdw])", re.ASCII)
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}
_FARTHEST = 365 * 1000 * 86400
_MOMENT = "must be a date: ISO 8601 with a zone (2024-05-01T09:30:00Z), or relative to now (-2d, -3h, +45m)"


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment, or how far from now it is."""

    absolute: datetime | None
    offset: timedelta

    def at(self, now: datetime) -> datetime:
        """The moment it stands for, aware, UTC."""
        return self.absolute or now + self.offset


def _moment(value: Any) -> Moment:
    if isinstance(value, Moment):
        return value
    if not isinstance(value, str):
        raise ValueError(_MOMENT)  # noqa: TRY004 - pydantic reads ValueErrors alone
    if value == "now":
        return Moment(None, timedelta())
    if relative := _RELATIVE.fullmatch(value):
        sign, number, unit = relative.groups()
        seconds = int(number) * _UNITS[unit]
        if seconds > _FARTHEST:
            raise ValueError("is too far from now: a thousand years at the most")
        offset = timedelta(seconds=seconds)
        return Moment(None, -offset if sign == "-" else offset)
    return Moment(_absolute(value), timedelta())


def _absolute(value: str) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError(_MOMENT) from None
    if moment.tzinfo is None:
        raise ValueError("needs a time zone: end it with Z, or with an offset such as +02:00")
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("is outside the years 1 to 9999 in UTC") from None


def _since(value: Any) -> Moment | None:
    if value is False:
        return None
    return Moment(None, timedelta()) if value is True else _moment(value)


def _normal(word: str) -> str:
    return re.sub(r"[\s_-]+", " ", word.strip()).casefold()


def one_of(words: dict[str, Member]) -> Callable[[Any], Member]:
    """Return what reads one of these words, however it is written."""
    by_normal = {_normal(word): member for word, member in words.items()}
    listed = ", ".join(words) if len(words) <= 12 else ""

    def read(value: Any) -> Member:
        if isinstance(value, Enum) and value in words.values():
            return value  # type: ignore[return-value]
        if isinstance(value, str) and (found := by_normal.get(_normal(value))) is not None:
            return found
        known = f"must be one of {listed}" if listed else "is not known"
        near = suggestion(value, words) if isinstance(value, str) else ""
        raise ValueError(f"{known}, not {quoted(value)}{near}")

    return read


def names_of(members: type[Member]) -> dict[str, Member]:
    """Return members by their names, in lower case."""
    return {member.name.lower().replace("_", " "): member for member in members}


def words_of(members: type[Member]) -> dict[str, Member]:
    """Return members by what they are stored as."""
    return {str(member.value): member for member in members}


_MEMBER_TYPES = {
    "username": MemberType.USERNAME,
    "email": MemberType.EMAIL,
    "domain": MemberType.DOMAIN,
    "phone": MemberType.PHONE_NUMBER,
}


def _report(value: Any) -> str:
    """The GUID of the report with this title."""
    titles = {report.title.casefold(): report for report in REPORTS}
    if isinstance(value, str) and (found := titles.get(value.casefold())) is not None:
        return found.id
    near = suggestion(value, [report.title for report in REPORTS]) if isinstance(value, str) else ""
    raise ValueError(f"no report {quoted(value)}{near}")


def _template(value: Any) -> str:
    """The name of a mail template."""
    if isinstance(value, str) and value in BUILT_IN:
        return value
    near = suggestion(value, list(BUILT_IN)) if isinstance(value, str) else ""
    raise ValueError(f"no mail template {quoted(value)}{near}")


def _field_text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, str | int | float):
        return str(value)
    raise ValueError("must be text, a number, true or false")


def _reference(value: Any) -> int | str:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ValueError("must be a name, or an id")  # noqa: TRY004 - pydantic reads ValueErrors alone
    if isinstance(value, int) and not 1 <= value <= MAX_INT:
        raise ValueError(f"must be an id from 1 to {MAX_INT}")
    return value


def _name(value: str) -> str:
    try:
        return naming.name(value, "it")
    except BadValue as error:
        raise ValueError(str(error).rstrip(".")) from None


def _address(value: Any) -> str:
    try:
        return naming.email(value if isinstance(value, str) else "-", "it")
    except BadValue:
        raise ValueError("must be an e-mail address") from None


def _url(value: str) -> str:
    try:
        parts = urlsplit(value)
        is_one = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
        is_more = parts.username or parts.password or parts.query or parts.fragment
    except ValueError:  # brackets that do not close, a port that is no number
        is_one = is_more = ""
    if not is_one or is_more:
        raise ValueError("must be an address such as https://help.example.com, without a user name, query or fragment")
    return value


When = Annotated[Moment, BeforeValidator(_moment)]
Since = Annotated[Moment | None, BeforeValidator(_since)]
"""True (now), false (not), or since when."""
Id = Annotated[int, Field(ge=1, le=MAX_INT)]
AtLeastOne = Annotated[int, Field(ge=1, le=MAX_INT)]
Count = Annotated[int, Field(ge=0, le=MAX_INT)]
Required = Annotated[str, Field(min_length=1)]
Name = Annotated[str, Field(min_length=1), AfterValidator(_name)]
Ref = Annotated[int | str, BeforeValidator(_reference)]
"""Something by its name, or by its id."""
Address = Annotated[str, BeforeValidator(_address)]
"""One e-mail address, or none: empty."""
Url = Annotated[str, AfterValidator(_url)]
"""Where a web server is."""
FieldText = Annotated[str, BeforeValidator(_field_text)]
ReportTitle = Annotated[str, BeforeValidator(_report)]
"""A report by its title; read as its GUID."""
Number = Annotated[str, Field(pattern=r"^[0-9A-F]{3}-[0-9A-F]{8}-[0-9A-F]{4}$")]

TimeOfDay = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
"""HH:MM."""

KindWord = Annotated[RecurrenceKind, BeforeValidator(one_of(words_of(RecurrenceKind)))]
DayWord = Annotated[Weekday, BeforeValidator(one_of(names_of(Weekday)))]
FrequencyWord = Annotated[Frequency, BeforeValidator(one_of(words_of(Frequency)))]
RangeWord = Annotated[DateRange, BeforeValidator(one_of(words_of(DateRange)))]
PriorityWord = Annotated[Priority, BeforeValidator(one_of(names_of(Priority)))]
TicketStatusWord = Annotated[TicketStatus, BeforeValidator(one_of(names_of(TicketStatus)))]
TaskStatusWord = Annotated[TaskStatus, BeforeValidator(one_of(names_of(TaskStatus)))]
EstimateUnitWord = Annotated[EstimateUnit, BeforeValidator(one_of(names_of(EstimateUnit)))]
NoteKindWord = Annotated[NoteKind, BeforeValidator(one_of(names_of(NoteKind)))]
FieldTypeWord = Annotated[FieldType, BeforeValidator(one_of(words_of(FieldType)))]
SubmissionWord = Annotated[TicketSubmission, BeforeValidator(one_of(words_of(TicketSubmission)))]
DistributionWord = Annotated[Distribution, BeforeValidator(one_of(words_of(Distribution)))]
RoundRobinWord = Annotated[RoundRobin, BeforeValidator(one_of(words_of(RoundRobin)))]
MemberTypeWord = Annotated[MemberType, BeforeValidator(one_of(_MEMBER_TYPES))]
RightWord = Annotated[Right, BeforeValidator(one_of(words_of(Right)))]
CategoryWord = Annotated[ReminderCategory, BeforeValidator(one_of(names_of(ReminderCategory)))]
QuestionKindWord = Annotated[QuestionKind, BeforeValidator(one_of(words_of(QuestionKind)))]
AvatarWord = Annotated[AvatarSource, BeforeValidator(one_of(names_of(AvatarSource)))]
AuthenticationWord = Annotated[AuthenticationType, BeforeValidator(one_of(names_of(AuthenticationType)))]
AccountWord = Annotated[AccountKind, BeforeValidator(one_of(words_of(AccountKind)))]
SecurityWord = Annotated[Security, BeforeValidator(one_of(words_of(Security)))]
TemplateWord = Annotated[str, BeforeValidator(_template)]
"""A mail template by its name."""
Port = Annotated[int, Field(ge=1, le=65_535)]
