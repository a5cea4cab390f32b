"""The sections about people: users, organizations, reminders, telephone accounts."""

from __future__ import annotations

import json
from uuid import uuid4

from sqlalchemy import select

from smartertrack_emu.domain.customfields.models import UserFieldValue
from smartertrack_emu.domain.errors import BadValue
from smartertrack_emu.domain.events.people import UserCreated
from smartertrack_emu.domain.notifications.models import Reminder
from smartertrack_emu.domain.organizations.models import Organization, OrganizationMember
from smartertrack_emu.domain.people.models import BuiltInRole, User, UserRole
from smartertrack_emu.domain.people.users import checked_password
from smartertrack_emu.domain.structure.models import Group, GroupMember
from smartertrack_emu.domain.text import key
from smartertrack_emu.domain.tickets.rebalance_rules import RebalanceRule, time_of_day
from smartertrack_emu.domain.voip.models import VoipAccount

from .catalogue import placed
from .errors import quoted
from .format import Membership, OrganizationEntry, SeedDocument, UserEntry, VoipAccountEntry
from .plan import Plan


def plan_users(plan: Plan, document: SeedDocument) -> None:
    """Plan users with their roles and groups."""
    for entry, place in placed(document.users, "users"):
        _plan_user(plan, entry, place)


def _plan_user(plan: Plan, entry: UserEntry, place: str) -> None:
    created = plan.when(entry.created, plan.now)
    user = User(
        id=plan.ids.of(entry),
        username=entry.username,
        email=entry.email,
        is_email_verified=bool(entry.email) and entry.email_verified,
        display_name=entry.username if entry.display_name is None else entry.display_name,
        display_name_for_chat=entry.display_name_for_chat,
        avatar_source=entry.avatar_source,
        time_zone_index=entry.time_zone_index,
        language=entry.language,
        authentication_type=entry.authentication,
        active_directory_domain=entry.active_directory_domain,
        force_password_reset=entry.force_password_reset,
        is_away=entry.away,
        away_since=plan.now if entry.away else None,
        phone_country_code=entry.phone_country_code,
        phone_number=entry.phone,
        phone_extension=entry.phone_extension,
        signature=entry.signature,
        created_at=created,
        last_login_at=plan.when_or_none(entry.last_login),
        deleted_at=plan.when_or_none(entry.deleted),
    )
    _name_user(plan, user, place)
    if entry.password is not None and user.deleted_at is None:
        try:
            plan.passwords.append((user, checked_password(entry.password)))
        except BadValue as error:
            plan.problems.add(f"{place}.password", error.said(str.capitalize).rstrip("."))
    plan.rows.append(user)
    roles = _roles(plan, entry, place)
    plan.rows.extend(UserRole(user_id=user.id, role_id=role) for role in sorted(roles))
    plan.note_user(user.id, roles, set())
    groups: set[int] = set()
    if entry.groups and not plan.is_agent(user):
        plan.problems.add(f"{place}.groups", "only a user with an employee role, such as Agent, is in groups")
    for member, where in placed(entry.groups, f"{place}.groups"):
        _plan_membership(plan, user, member, where, groups)
    plan.note_user(user.id, roles, groups)
    for field_id, value in plan.field_values(entry.custom_fields, place, of_users=True):
        plan.rows.append(UserFieldValue(user_id=user.id, field_id=field_id, value=value))
    plan.event(UserCreated(user.id), plan.system(), created)


def _name_user(plan: Plan, user: User, place: str) -> None:
    """Let the user be found; a deleted one keeps nobody from their names."""
    if user.deleted_at is not None:
        user.username_key = user.email_key = None
        plan.deleted_users.append(user)
        plan.users.add(user, user.id, place)
        return
    other = plan.customer(user.email)
    if other is not None:
        plan.problems.add(f"{place}.email", f"{quoted(user.email)} is the address of {quoted(other.username)} already")
    plan.users.add_unique(
        user, user.id, f"{place}.username", user.username, among=lambda other: other.deleted_at is None
    )


def _roles(plan: Plan, entry: UserEntry, place: str) -> set[int]:
    """The user's roles; everybody with an account is of Everyone and a Registered User."""
    roles = {int(BuiltInRole.EVERYONE), int(BuiltInRole.REGISTERED_USER)}
    for index, reference in enumerate(entry.roles):
        role = plan.roles.find(reference, f"{place}.roles[{index}]")
        if role is not None:
            roles.add(role.id)
    return roles


def _plan_membership(plan: Plan, user: User, entry: Membership, place: str, groups: set[int]) -> None:
    group = _group(plan, entry, place)
    if group is None:
        return
    if group.id in groups:
        plan.problems.add(f"{place}.group", f"{quoted(group.name)} stands there twice")
        return
    groups.add(group.id)
    plan.rows.append(
        GroupMember(
            group_id=group.id,
            user_id=user.id,
            is_group_admin=entry.admin,
            receives_tickets=entry.tickets,
            receives_chats=entry.chats,
            ticket_weight=entry.ticket_weight,
            chat_weight=entry.chat_weight,
            max_tickets=entry.max_tickets,
            max_chats=entry.max_chats,
            round_robin=entry.round_robin,
            idle_logoff_minutes=entry.idle_logoff_minutes,
            idle_hand_off=entry.idle_hand_off,
        )
    )


def _group(plan: Plan, entry: Membership, place: str) -> Group | None:
    found = plan.stands_in(entry.department, entry.group, place)
    return None if found is None else found[1]


def plan_rebalance_rules(plan: Plan, document: SeedDocument) -> None:
    """Plan the rules by which groups' tickets are evened out."""
    for entry, place in placed(document.rebalance_rules, "rebalance_rules"):
        found = plan.stands_in(entry.department, entry.group, place)
        group = None if found is None else found[1]
        agents = [
            plan.agent_in(reference, group, f"{place}.agents[{index}]") for index, reference in enumerate(entry.agents)
        ]
        for index, word in enumerate(entry.at):
            try:
                time_of_day(word)
            except ValueError:
                plan.problems.add(f"{place}.at[{index}]", "must be a time of the day, as 08:30")
        columns = entry.model_dump(exclude={"id", "group", "department", "agents", "at"})
        row = RebalanceRule(
            **columns,
            id=plan.ids.of(entry),
            group_id=None if group is None else group.id,
            agent_ids=json.dumps(sorted({agent.id for agent in agents if agent is not None})),
            at=json.dumps(sorted(set(entry.at))),
            last_run_at=plan.now,
        )
        plan.rows.append(row)


def plan_organizations(plan: Plan, document: SeedDocument) -> None:
    """Plan organizations with their members."""
    for entry, place in placed(document.organizations, "organizations"):
        _plan_organization(plan, entry, place)


def _plan_organization(plan: Plan, entry: OrganizationEntry, place: str) -> None:
    organization = Organization(
        id=plan.ids.of(entry),
        name=entry.name,
        website=entry.website,
        phone_number=entry.phone,
        created_at=plan.when(entry.created, plan.now),
    )
    plan.organizations.add_unique(organization, organization.id, f"{place}.name", entry.name)
    plan.rows.append(organization)
    seen: set[tuple[int, str]] = set()
    for member, where in placed(entry.members, f"{place}.members"):
        one = (int(member.type), key(member.value))
        if one in seen:
            plan.problems.add(where, f"{quoted(member.value)} stands there twice")
        seen.add(one)
        plan.rows.append(
            OrganizationMember(
                id=plan.ids.of(member), organization_id=organization.id, type=member.type, value=member.value
            )
        )


def plan_reminders(plan: Plan, document: SeedDocument) -> None:
    """Plan reminders."""
    for entry, place in placed(document.reminders, "reminders"):
        user = plan.user(entry.user, f"{place}.user")
        if user is None:
            continue
        occurred = plan.when(entry.at, plan.now)
        plan.rows.append(
            Reminder(
                id=plan.ids.of(entry),
                user_id=user.id,
                category=entry.category,
                subject=entry.subject,
                body=entry.body,
                occurred_at=occurred,
                raised_at=plan.when(entry.raised, occurred),
                snoozed_until=plan.when_or_none(entry.snoozed_until),
                dismissed_at=plan.when_or_none(entry.dismissed),
            )
        )


def plan_voip_accounts(plan: Plan, document: SeedDocument) -> None:
    """Plan telephone accounts."""
    seen: set[str] = set()
    for entry, place in placed(document.voip_accounts, "voip_accounts"):
        guid = entry.guid or str(uuid4())
        if guid in seen or plan.session.scalar(select(VoipAccount.id).where(VoipAccount.guid == guid)) is not None:
            plan.problems.add(f"{place}.guid", f"{guid} is in use already")
        seen.add(guid)
        _plan_account(plan, entry, guid, place)


def _plan_account(plan: Plan, entry: VoipAccountEntry, guid: str, place: str) -> None:
    user = plan.user(entry.user, f"{place}.user")
    where = None
    if entry.department is not None or entry.group is not None:
        where = plan.stands_in(entry.department, entry.group, place)
    if user is None:
        return
    plan.rows.append(
        VoipAccount(
            id=plan.ids.of(entry),
            guid=guid,
            user_id=user.id,
            department_id=where[0].id if where else None,
            group_id=where[1].id if where and entry.group is not None else None,
            display_name=entry.display_name,
            extension=entry.extension,
            country_code=entry.country_code,
            phone_number=entry.phone,
            sip_server=entry.sip_server,
            sip_domain=entry.sip_domain,
            sip_port=entry.sip_port,
            sip_auth_name=entry.sip_auth_name,
            login=entry.login,
            password=entry.password,
            stun_server=entry.stun_server,
            stun_port=entry.stun_port,
            max_lines=entry.max_lines,
            allow_record_control=entry.allow_record_control,
            auto_record_calls=entry.auto_record_calls,
            is_available=entry.available,
        )
    )
