"""ACD events, their types and statuses, ACD groups."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, time
from functools import partial
from typing import Any

from smartertrack_emu.domain.acd import events, groups, opening
from smartertrack_emu.domain.acd.kinds import EventStatus, EventType
from smartertrack_emu.domain.acd.opening import NewEvent
from smartertrack_emu.rest.answering import Reply
from smartertrack_emu.rest.declaring import Operation, Parameter, Record
from smartertrack_emu.rest.refusals import bad

from .call import MOST_ID, Call
from .lists import list_parameters, of_constants, read_asked
from .packing import listed, recorded
from .records import ACD_EVENT, ACD_EVENT_STATUS, ACD_EVENT_TYPE, ACD_GROUP

Values = Mapping[str, Any]

_TYPE_WORDS = {
    EventType.VOICE_MAIL: "VoiceMail",
    EventType.FAX: "Fax",
    EventType.CALLBACK: "Callback",
    EventType.SMS: "SMS",
    EventType.EMAIL: "Email",
    EventType.CHAT: "Chat",
    EventType.TICKET: "Ticket",
}
_STATUS_WORDS = {
    EventStatus.ENTER_SYSTEM: "EnterSystem",
    EventStatus.DISTRIBUTE: "Distribute",
    EventStatus.TRANSPORT_SMTP: "TransportSMTP",
    EventStatus.TRANSPORT_TO_GROUP: "TransportToGroup",
    EventStatus.TRANSPORT_AGENT: "TransportAgent",
    EventStatus.NEW: "New",
    EventStatus.SEEN: "Seen",
    EventStatus.REMIND: "Remind",
    EventStatus.CHAT_CLOSED: "ChatClosed",
    EventStatus.DONE: "Done",
    EventStatus.ERROR: "Error",
}
TYPES = [{"id": int(one), "short_text": f"AcdEventTypes.{word}"} for one, word in _TYPE_WORDS.items()]
STATUSES = [{"id": int(one), "short_text": f"AcdEventStatus.{word}"} for one, word in _STATUS_WORDS.items()]

_DAY = re.compile(r"(\d{4})(-?)(\d\d)\2(\d\d)", re.ASCII)
_TIME = re.compile(r"(\d\d):?(\d\d)", re.ASCII)
_LIST_IS_WRONG = (400, "A list parameter cannot be read or is out of range")
_NO_INTEGER = (400, "The id is not an integer")


def list_events(call: Call, values: Values) -> Reply:
    """List the events of the client."""
    return call.listed(ACD_EVENT, values, partial(events.page, call.session, call.reach))


def get_event(call: Call, values: Values) -> Reply:
    """Return an event."""
    return recorded([call.pack(ACD_EVENT, events.get(call.session, call.reach, values["AcdEventsID"]))])


def create_event(call: Call, values: Values) -> Reply:
    """Make an event."""
    opened = opening.open_event(
        call.session,
        call.actor,
        call.reach,
        NewEvent(
            type=values["AcdEventTypesID"],
            sender=values["Sender"],
            subject=values["Subject"],
            group_id=values["AcdGroupsID"],
            configuration_group_id=values["AcdConfigurationGroupsID"],
            agent_group_id=values["AcdAgentGroupsID"],
            user_id=values["UsersID"],
            receiver=values["Receiver"],
            body=values["Body"],
            crm_url=values["CrmURL"],
            user_data=values["UserData"],
            priority=values["nPriority"],
            appointment_at=opening.appointment(_day(values), _time(values), call.zone),
        ),
    )
    row = events.get(call.session, call.reach, opened.event_id)
    return recorded([call.pack(ACD_EVENT, {**row, "result": "UPDATED"} if opened.is_updated else row)])


def _day(values: Values) -> date | None:
    text = values["dtAppointmentDate"]
    if text is None:
        return None
    found = _DAY.fullmatch(text)
    try:
        if found is not None:
            return date(int(found[1]), int(found[3]), int(found[4]))
    except ValueError:
        pass
    raise bad("dtAppointmentDate must be in the format yyyy-mm-dd or yyyymmdd")


def _time(values: Values) -> time | None:
    text = values["dtAppointmentTime"]
    if text is None:
        return None
    found = _TIME.fullmatch(text)
    try:
        if found is not None:
            return time(int(found[1]), int(found[2]))
    except ValueError:
        pass
    raise bad("dtAppointmentTime must be in the format hh:mm or hhmm")


def list_types(call: Call, values: Values) -> Reply:
    """List the types of events."""
    return _constants(call, ACD_EVENT_TYPE, TYPES, values)


def list_statuses(call: Call, values: Values) -> Reply:
    """List the statuses of events."""
    return _constants(call, ACD_EVENT_STATUS, STATUSES, values)


def _constants(call: Call, record: Record, rows: list[dict[str, Any]], values: Values) -> Reply:
    found, total = of_constants(record, rows, read_asked(record, values, call.zone).wanted)
    return listed([call.pack(record, row) for row in found], values, total)


def list_groups(call: Call, values: Values) -> Reply:
    """List the groups of the client."""
    return call.listed(ACD_GROUP, values, partial(groups.page, call.session, call.reach))


def get_group(call: Call, values: Values) -> Reply:
    """Return a group."""
    return recorded([call.pack(ACD_GROUP, groups.get(call.session, call.reach, values["AcdGroupsID"]))])


def find_groups(call: Call, values: Values) -> Reply:
    """Find groups by a part of their name."""
    found = groups.named(call.session, call.reach, values["name"])
    return recorded([call.pack(ACD_GROUP, row) for row in found.rows])


OPERATIONS = (
    Operation(
        "ListAcdEvents",
        "GET",
        "acd/events",
        "List all events of the client.",
        list_events,
        "list",
        ACD_EVENT,
        list_parameters("dtCreated"),
        errors=(_LIST_IS_WRONG,),
    ),
    Operation(
        "GetAcdEvent",
        "GET",
        "acd/events/event/{AcdEventsID}",
        "Return one event.",
        get_event,
        "records",
        ACD_EVENT,
        (Parameter("AcdEventsID", "path", "Integer", required=True, is_id=True, range=(1, MOST_ID * 10 + 9)),),
        errors=(_NO_INTEGER, (404, "ACD event not found")),
    ),
    Operation(
        "CreateAcdEvent",
        "POST",
        "acd/events/create",
        "Make an event, which is a ticket. Result_ is UPDATED where its group takes no duplicates and it was there.",
        create_event,
        "records",
        ACD_EVENT,
        (
            Parameter("AcdEventTypesID", "body", "Integer", required=True, field="type", about="Not 6"),
            Parameter("AcdGroupsID", "body", "Integer", is_id=True, field="group_id", about="This, or the next two"),
            Parameter("AcdConfigurationGroupsID", "body", "Integer", is_id=True, field="configuration_group_id"),
            Parameter("AcdAgentGroupsID", "body", "Integer", is_id=True, field="agent_group_id"),
            Parameter("UsersID", "body", "Integer", is_id=True, field="user_id"),
            Parameter("Sender", "body", required=True, longest=255, field="sender"),
            Parameter("Receiver", "body", longest=255),
            Parameter("Subject", "body", required=True, longest=1_000, field="subject"),
            Parameter("Body", "body", longest=1_000_000, about="Of type 3 alone"),
            Parameter("CrmURL", "body", longest=2_000, field="crm_url"),
            Parameter("UserData", "body", longest=255),
            Parameter("nPriority", "body", "Integer", default=events.PRIORITY, range=(0, 100), field="priority"),
            Parameter("dtAppointmentDate", "body", field="appointment_day", about="yyyy-mm-dd or yyyymmdd"),
            Parameter("dtAppointmentTime", "body", about="hh:mm or hhmm"),
        ),
        aliases=(("POST", "acd/events/event"),),
        errors=((400, "A value is missing or wrong"), (404, "ACD group not found"), (404, "User not found")),
        writes=True,
        fields={"agent_id": "UsersID", "customer": "Sender"},
    ),
    Operation(
        "ListAcdEventTypes",
        "GET",
        "acd/events/types",
        "List the types of events.",
        list_types,
        "list",
        ACD_EVENT_TYPE,
        list_parameters("ID"),
        errors=(_LIST_IS_WRONG,),
    ),
    Operation(
        "ListAcdEventStatus",
        "GET",
        "acd/events/status",
        "List the statuses of events.",
        list_statuses,
        "list",
        ACD_EVENT_STATUS,
        list_parameters("ID"),
        errors=(_LIST_IS_WRONG,),
    ),
    Operation(
        "ListAcdGroups",
        "GET",
        "acd/groups",
        "List the groups of the client.",
        list_groups,
        "list",
        ACD_GROUP,
        list_parameters("Name"),
        errors=(_LIST_IS_WRONG,),
    ),
    Operation(
        "GetAcdGroup",
        "GET",
        "acd/groups/group/{AcdGroupsID}",
        "Return one group.",
        get_group,
        "records",
        ACD_GROUP,
        (Parameter("AcdGroupsID", "path", "Integer", required=True, is_id=True),),
        errors=(_NO_INTEGER, (404, "ACD group not found")),
    ),
    Operation(
        "FindAcdGroups",
        "GET",
        "acd/groups/group",
        "Find groups by a part of their name; nothing found is no error.",
        find_groups,
        "records",
        ACD_GROUP,
        (Parameter("name", "query", required=True),),
        errors=((400, "name is missing or empty"),),
    ),
)
