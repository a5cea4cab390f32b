"""The section `jtel` of a seed file: clients, settings of groups, events, campaigns."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from smartertrack_emu.domain import models
from smartertrack_emu.domain.acd.kinds import EventType
from smartertrack_emu.domain.dialler.kinds import ResultKind

from .format_entry import Entry, Many, Part
from .values import Count, Id, Name, Ref, Required, When, names_of, one_of, words_of

EventTypeWord = Annotated[EventType, BeforeValidator(one_of(names_of(EventType)))]
ResultKindWord = Annotated[ResultKind, BeforeValidator(one_of(words_of(ResultKind)))]
Language = Annotated[int, Field(ge=1, le=2)]
CampaignName = Annotated[str, Field(min_length=1, max_length=64)]
Number = Annotated[str, Field(max_length=32)]


class ClientEntry(Entry):
    """A client with its tokens; its id is given."""

    row = models.Client
    id: Id
    name: Name
    enabled: bool = True
    departments: list[Ref] | None = None
    tokens: Many[str]


class GroupSettingsPart(Part):
    """What a group has for the ACD."""

    group: Ref
    department: Ref | None = None
    foreign_system_id: str | None = None
    service_level_seconds: Count = 30
    duplicate_events: bool = True


class EventPart(Part):
    """What a ticket has beside itself, as its client would have given it."""

    client: Id
    ticket: Ref
    type: EventTypeWord
    sender: Required
    receiver: str | None = None
    user_data: str | None = None
    crm_url: str | None = None
    priority: int = Field(50, ge=0, le=100)


class ResultEntry(Entry):
    """A result that a campaign's contacts may get."""

    row = models.ResultCode
    key: Annotated[str, Field(min_length=1, max_length=32)]
    kind: ResultKindWord
    en: str | None = None
    de: str | None = None
    delay_minutes: Count | None = None
    agent_bound: bool = False


def _usual() -> list[ResultEntry]:
    """Return the results of a campaign that names none."""
    return [ResultEntry.model_validate(one) for one in _USUAL]


_USUAL: tuple[dict[str, Any], ...] = (
    {"key": "SUCCESS", "kind": ResultKind.DONE, "en": "Success", "de": "Erfolg"},
    {"key": "REFUSED", "kind": ResultKind.ABORT, "en": "Refused", "de": "Abgelehnt"},
    {"key": "LATER", "kind": ResultKind.DELAY, "en": "Later", "de": "Später", "delay_minutes": 120},
    {"key": "APPOINTMENT", "kind": ResultKind.APPOINTMENT, "en": "Appointment", "de": "Termin", "agent_bound": True},
    {"key": "NO_NUMBER", "kind": ResultKind.ABORT, "en": "No Number (Abort)", "de": "Keine Nummer (Abbruch)"},
    {"key": "MAX_TRIES", "kind": ResultKind.ABORT, "en": "Max Tries (Abort)", "de": "Max. Versuche (Abbruch)"},
    {"key": "INCOMING", "kind": ResultKind.DONE, "en": "Called us", "de": "Hat angerufen"},
)


class ContactEntry(Entry):
    """Somebody to be called."""

    row = models.Contact
    name: Annotated[str, Field(min_length=1, max_length=64)]
    first_name: str | None = Field(None, max_length=64)
    numbers: list[Number]
    user_data: str | None = Field(None, max_length=64)
    locked: bool = False
    result: str | None = None
    next_try: When | None = None
    tries: Count = 0
    client: str | None = Field(None, max_length=64)
    service: str | None = Field(None, max_length=64)
    reference_number: str | None = Field(None, max_length=64)
    salutation: str | None = Field(None, max_length=16)
    title: str | None = Field(None, max_length=16)
    company: str | None = Field(None, max_length=64)
    address: str | None = Field(None, max_length=64)
    postal_code: str | None = Field(None, max_length=10)
    city: str | None = Field(None, max_length=64)
    country: str | None = Field(None, max_length=64)
    region: str | None = Field(None, max_length=256)
    account_owner: str | None = Field(None, max_length=64)
    account_bank: str | None = Field(None, max_length=32)
    account_national_bank_code: str | None = Field(None, max_length=10)
    account_bic: str | None = Field(None, max_length=11)
    account_number: str | None = Field(None, max_length=20)
    account_iban: str | None = Field(None, max_length=34)
    fax_number: str | None = Field(None, max_length=32)
    email: str | None = Field(None, max_length=256)
    website: str | None = Field(None, max_length=100_000)
    comment: str | None = Field(None, max_length=100_000)
    external_system_link: str | None = Field(None, max_length=2_000)
    model: str | None = Field(None, max_length=64)
    tag: str | None = Field(None, max_length=64)
    amount: float | None = None
    random_sort_order: int | None = Field(None, ge=-(2**31), le=2**31 - 1)
    reserved_user: Ref | None = None
    follow_up_user: Ref | None = None


class CampaignEntry(Entry):
    """A campaign with its results and contacts."""

    row = models.Campaign
    client: Id
    name: CampaignName
    group: Ref | None = None
    department: Ref | None = None
    language: Language = 1
    user_data: str | None = Field(None, max_length=64)
    active: bool = True
    from_: When | None = Field(None, alias="from")
    to: When | None = None
    max_tries: Count = 3
    retry_minutes: Count = 60
    ring_seconds: Count = 30
    preview_seconds: Count = 5
    max_parallel_lines: Count | None = None
    caller_id: str = ""
    caller_id_active: bool = False
    close_on_incoming_call: bool = False
    results: list[ResultEntry] = Field(default_factory=_usual)
    no_number_result: str | None = None
    incoming_call_result: str | None = None
    max_tries_result: str | None = None
    contacts: Many[ContactEntry]


class DiallerRule(Part):
    """What the attempts at some numbers come to."""

    campaign: Name | None = None
    number: str | None = None
    outcomes: list[str] = Field(min_length=1)


class DiallerPart(Part):
    """Whether the dialler runs by itself, and what its attempts come to."""

    running: bool = False
    every_seconds: int = Field(10, ge=1, le=86_400)
    default: str = "answered"
    rules: Many[DiallerRule]


class JtelPart(Part):
    """All that the jtel dialect has beside the helpdesk."""

    clients: Many[ClientEntry]
    groups: Many[GroupSettingsPart]
    events: Many[EventPart]
    campaigns: Many[CampaignEntry]
    dialler: DiallerPart | None = None
