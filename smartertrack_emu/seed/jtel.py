"""The section `jtel`: clients, what groups and tickets have beside themselves, campaigns with their contacts."""

from __future__ import annotations

from sqlalchemy import select

from smartertrack_emu.domain.acd.kinds import EventType
from smartertrack_emu.domain.acd.models import AcdEvent, AcdGroupSettings
from smartertrack_emu.domain.acd.opening import is_url
from smartertrack_emu.domain.clients import clients
from smartertrack_emu.domain.clients.models import Client, ClientDepartment, ClientToken
from smartertrack_emu.domain.dialler import rules
from smartertrack_emu.domain.dialler.contacts import TEXTS, digits_of
from smartertrack_emu.domain.dialler.kinds import MOST_NUMBERS, ResultKind
from smartertrack_emu.domain.dialler.models import (
    Campaign,
    Contact,
    ContactNumber,
    DiallerSettings,
    ResultCode,
    ResultText,
)
from smartertrack_emu.domain.errors import BadValue
from smartertrack_emu.domain.structure.models import Group
from smartertrack_emu.domain.text import key

from .catalogue import placed
from .errors import quoted, suggestion
from .format import SeedDocument
from .format_jtel import CampaignEntry, ClientEntry, ContactEntry, EventPart, JtelPart
from .plan import Plan

_ENGLISH, _GERMAN = 1, 2
_OF_CAMPAIGN = (("no_number", "NO_NUMBER"), ("incoming_call", "INCOMING"), ("max_tries", "MAX_TRIES"))


def plan_jtel(plan: Plan, document: SeedDocument) -> None:
    """Plan what the jtel dialect has."""
    part = document.jtel
    tokens: dict[str, str] = {}
    for entry, place in placed(part.clients, "jtel.clients"):
        _plan_client(plan, entry, place, tokens)
    _plan_groups(plan, part)
    known = {entry.id for entry in part.clients} | set(plan.session.scalars(select(Client.id)))
    for event, place in placed(part.events, "jtel.events"):
        if _is_client(plan, event.client, known, place):
            _plan_event(plan, event, place)
    names: dict[tuple[int, str], str] = {}
    for campaign, place in placed(part.campaigns, "jtel.campaigns"):
        if _is_client(plan, campaign.client, known, place):
            _plan_campaign(plan, campaign, place, names)
    _plan_dialler(plan, part, {name for _, name in names})


def _is_client(plan: Plan, client_id: int, known: set[int], place: str) -> bool:
    if client_id in known:
        return True
    plan.problems.add(f"{place}.client", f"no client with the id {client_id}")
    return False


def _plan_client(plan: Plan, entry: ClientEntry, place: str, tokens: dict[str, str]) -> None:
    plan.rows.append(Client(id=entry.id, name=entry.name, is_enabled=entry.enabled, created_at=plan.now))
    given: dict[int, None] = {}
    for index, reference in enumerate(entry.departments or ()):
        department = plan.departments.find(reference, f"{place}.departments[{index}]")
        if department is not None:
            given[department.id] = None
    if entry.departments == []:
        plan.problems.add(f"{place}.departments", "is empty; leave it out for all departments")
    plan.rows.extend(ClientDepartment(client_id=entry.id, department_id=one) for one in given)
    for index, token in enumerate(entry.tokens):
        where = f"{place}.tokens[{index}]"
        try:
            clients.check_token(token)
        except BadValue as error:
            plan.problems.add(where, error.said(lambda field: "").strip().rstrip("."))  # noqa: ARG005 - the place says it
            continue
        hashed = clients.digest(token)
        stored = plan.session.scalar(select(ClientToken.id).where(ClientToken.token_hash == hashed))
        if hashed in tokens or stored is not None:
            plan.problems.add(where, f"is used twice: {tokens.get(hashed, 'it is in the database')}")
        tokens.setdefault(hashed, where)
        plan.rows.append(
            ClientToken(
                id=plan.next_id(ClientToken),
                client_id=entry.id,
                token_hash=hashed,
                hint=clients.hint_of(token),
                created_at=plan.now,
            )
        )


def _plan_groups(plan: Plan, part: JtelPart) -> None:
    seen: set[int] = set()
    for entry, place in placed(part.groups, "jtel.groups"):
        found = plan.stands_in(entry.department, entry.group, place)
        if found is None:
            continue
        group = found[1]
        if group.id in seen:
            plan.problems.add(f"{place}.group", f"{quoted(group.name)} stands there twice")
        seen.add(group.id)
        values = {
            "foreign_system_id": entry.foreign_system_id,
            "service_level_seconds": entry.service_level_seconds,
            "allows_duplicates": entry.duplicate_events,
        }
        stored = plan.session.get(AcdGroupSettings, group.id)
        if stored is not None:
            plan.changes.append((stored, values))
        else:
            plan.rows.append(AcdGroupSettings(group_id=group.id, **values))


def _plan_event(plan: Plan, entry: EventPart, place: str) -> None:
    ticket = plan.tickets.find(entry.ticket, f"{place}.ticket")
    if entry.type is EventType.CHAT:
        plan.problems.add(f"{place}.type", "a ticket is no chat")
    if entry.crm_url and not is_url(entry.crm_url):
        plan.problems.add(f"{place}.crm_url", "must be an absolute http or https URL")
    if ticket is None:
        return
    if plan.session.get(AcdEvent, ticket.id) is not None or any(
        isinstance(row, AcdEvent) and row.ticket_id == ticket.id for row in plan.rows
    ):
        plan.problems.add(f"{place}.ticket", f"{quoted(ticket.subject)} is an event already")
    plan.rows.append(
        AcdEvent(
            ticket_id=ticket.id,
            client_id=entry.client,
            type=entry.type,
            sender=entry.sender,
            receiver=entry.receiver,
            user_data=entry.user_data,
            crm_url=entry.crm_url or None,
            priority=entry.priority,
        )
    )


def _plan_campaign(plan: Plan, entry: CampaignEntry, place: str, names: dict[tuple[int, str], str]) -> None:
    name_key = key(entry.name)
    taken = select(Campaign.id).where(Campaign.client_id == entry.client, Campaign.name_key == name_key)
    if (entry.client, name_key) in names or plan.session.scalar(taken) is not None:
        first = names.get((entry.client, name_key), "the database")
        plan.problems.add(f"{place}.name", f"there is a campaign {quoted(entry.name)} already: {first} has it")
    names.setdefault((entry.client, name_key), place)
    active_from, active_to = plan.when_or_none(entry.from_), plan.when_or_none(entry.to)
    plan.in_order(active_to, active_from, f"{place}.to")
    campaign = Campaign(
        id=plan.ids.of(entry),
        client_id=entry.client,
        name=entry.name,
        user_data=entry.user_data,
        group_id=_group_id(plan, entry, place),
        language=entry.language,
        is_active=entry.active,
        active_from=active_from,
        active_to=active_to,
        max_tries=entry.max_tries,
        retry_minutes=entry.retry_minutes,
        ring_seconds=entry.ring_seconds,
        preview_seconds=entry.preview_seconds,
        max_parallel_lines=entry.max_parallel_lines,
        caller_id=entry.caller_id,
        is_caller_id_active=entry.caller_id_active,
        closes_on_incoming_call=entry.close_on_incoming_call,
        created_at=plan.now,
        modified_at=plan.now,
    )
    results = _plan_results(plan, entry, place, campaign)
    for word, usual in _OF_CAMPAIGN:
        named = getattr(entry, f"{word}_result")
        found = results.get(named or usual)
        if named is not None and found is None:
            plan.problems.add(f"{place}.{word}_result", f"no result {quoted(named)}{suggestion(named, results)}")
        setattr(campaign, f"{word}_result_id", None if found is None else found.id)
    plan.rows.append(campaign)
    for contact, where in placed(entry.contacts, f"{place}.contacts"):
        _plan_contact(plan, contact, where, campaign, results)


def _group_id(plan: Plan, entry: CampaignEntry, place: str) -> int | None:
    if entry.group is None:
        return None
    found: tuple[object, Group] | None = plan.stands_in(entry.department, entry.group, place)
    return None if found is None else found[1].id


def _plan_results(plan: Plan, entry: CampaignEntry, place: str, campaign: Campaign) -> dict[str, ResultCode]:
    results: dict[str, ResultCode] = {}
    for order, (one, where) in enumerate(placed(entry.results, f"{place}.results")):
        if one.key in results:
            plan.problems.add(f"{where}.key", f"there is a result {quoted(one.key)} already")
            continue
        if (one.kind is ResultKind.DELAY) != (one.delay_minutes is not None):
            plan.problems.add(f"{where}.delay_minutes", "is needed by the kind delay, and by no other")
        row = ResultCode(
            id=plan.ids.of(one),
            campaign_id=campaign.id,
            export_key=one.key,
            kind=one.kind,
            delay_minutes=one.delay_minutes,
            is_agent_bound=one.agent_bound,
            sort_order=order,
        )
        results[one.key] = row
        plan.rows.append(row)
        for language, content in ((_ENGLISH, one.en), (_GERMAN, one.de)):
            if content is not None:
                plan.rows.append(ResultText(result_code_id=row.id, language=language, content=content))
    return results


def _plan_contact(
    plan: Plan, entry: ContactEntry, place: str, campaign: Campaign, results: dict[str, ResultCode]
) -> None:
    result = None if entry.result is None else results.get(entry.result)
    if entry.result is not None and result is None:
        near = suggestion(entry.result, results)
        plan.problems.add(f"{place}.result", f"no result {quoted(entry.result)}{near}")
    if len(entry.numbers) > MOST_NUMBERS:
        plan.problems.add(f"{place}.numbers", f"are more than {MOST_NUMBERS}")
    reserved, follow_up = (
        plan.user(entry.reserved_user, f"{place}.reserved_user"),
        plan.user(entry.follow_up_user, f"{place}.follow_up_user"),
    )
    is_open = result is None or result.kind.is_open
    contact = Contact(
        id=plan.ids.of(entry),
        campaign_id=campaign.id,
        is_locked=entry.locked,
        is_open=is_open,
        tries=entry.tries,
        result_code_id=None if result is None else result.id,
        next_try_at=plan.when_or_none(entry.next_try) if is_open else None,
        amount=entry.amount,
        random_sort_order=entry.random_sort_order,
        reserved_user_id=None if reserved is None else reserved.id,
        follow_up_user_id=None if follow_up is None else follow_up.id,
        created_at=plan.now,
        modified_at=plan.now,
        **{name: getattr(entry, name) for name in TEXTS},
    )
    plan.rows.append(contact)
    for number, text in enumerate(entry.numbers[:MOST_NUMBERS], 1):
        if not text:
            plan.problems.add(f"{place}.numbers[{number - 1}]", "must not be empty")
        plan.rows.append(ContactNumber(contact_id=contact.id, place=number, number=text, digits=digits_of(text)))


def _plan_dialler(plan: Plan, part: JtelPart, named: set[str]) -> None:
    entry = part.dialler
    if entry is None:
        return
    given = rules.Rules(entry.default, [rules.Rule(one.outcomes, one.campaign, one.number) for one in entry.rules])
    try:
        rules.check_rules(given, [*named, *plan.session.scalars(select(Campaign.name_key))])
    except BadValue as error:
        field = error.fields[0]
        plan.problems.add(f"jtel.dialler.{field}", error.said(lambda _: "").lstrip(": ").rstrip("."))
    values = {
        "is_running": entry.running,
        "every_seconds": entry.every_seconds,
        "default_outcome": entry.default,
        "rules": rules.written(given.rules),
    }
    stored = plan.session.get(DiallerSettings, 1)
    if stored is not None:
        plan.changes.append((stored, values))
    else:
        plan.rows.append(DiallerSettings(id=1, last_result="", **values))
