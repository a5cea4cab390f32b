"""What a seed file comes to: rows with all their values, put into the database when no problem was found."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.attachments.models import Attachment
from smartertrack_emu.domain.calllogs.models import CallLog
from smartertrack_emu.domain.chats.models import Chat
from smartertrack_emu.domain.customfields.fields import Field, checked
from smartertrack_emu.domain.customfields.models import CustomField, CustomFieldOption
from smartertrack_emu.domain.errors import BadValue
from smartertrack_emu.domain.events.declaring import HelpdeskEvent
from smartertrack_emu.domain.events.models import Event
from smartertrack_emu.domain.events.publishing import row
from smartertrack_emu.domain.numbers import make_number
from smartertrack_emu.domain.organizations.models import Organization
from smartertrack_emu.domain.people.models import QUEUE_ID, SYSTEM_ID, Role, User, UserRole
from smartertrack_emu.domain.structure.models import Brand, Department, Group, GroupMember, TransferServer
from smartertrack_emu.domain.surveys.models import Survey
from smartertrack_emu.domain.text import key_or_none
from smartertrack_emu.domain.tickets.models import Ticket
from smartertrack_emu.domain.timelogs.models import TimeLogCategory
from smartertrack_emu.store.base import Base

from .catalogue import Directory, Ids, Kind, by_key, by_text, next_free
from .errors import Problems, quoted
from .format import SeedDocument
from .values import Moment


class Plan:
    """The rows of a seed file so far, and what names in it stand for."""

    def __init__(self, session: Session, document: SeedDocument) -> None:
        self.session = session
        self.now = clock.now()
        self.problems = Problems()
        self.ids = Ids(session, document, self.problems)
        self.rows: list[Base] = []
        self.contents: list[tuple[Attachment, bytes]] = []
        self.passwords: list[tuple[User, str]] = []
        self.deleted_users: list[User] = []
        self.changes: list[tuple[Base, dict[str, Any]]] = []
        self.fields_options: dict[int, tuple[str, ...]] = {}
        self._next: dict[type[Base], int] = {}
        self._numbers: set[str] = set()
        self._employee_roles = set(session.scalars(select(Role.id).where(Role.is_employee)))
        self._employees: dict[int, bool] = {}
        self._groups_of: dict[int, set[int]] = {}

        problems = self.problems
        self.brands = Directory(
            session, problems, Kind("brand", Brand, by_key(Brand.name_key), lambda row: (row.name,))
        )
        self.roles = Directory(session, problems, Kind("role", Role, by_key(Role.name_key), lambda row: (row.name,)))
        self.fields = Directory(
            session,
            problems,
            Kind("custom field", CustomField, by_key(CustomField.display_name_key), lambda row: (row.display_name,)),
        )
        self.departments = Directory(
            session, problems, Kind("department", Department, by_key(Department.name_key), lambda row: (row.name,))
        )
        self.groups = Directory(
            session, problems, Kind("group", Group, by_key(Group.name_key), lambda row: (row.name,))
        )
        self.users = Directory(
            session, problems, Kind("user", User, by_key(User.username_key), lambda row: (row.username,))
        )
        self.organizations = Directory(
            session,
            problems,
            Kind("organization", Organization, by_key(Organization.name_key), lambda row: (row.name,)),
        )
        self.servers = Directory(
            session,
            problems,
            Kind("transfer server", TransferServer, by_key(TransferServer.name_key), lambda row: (row.name,)),
        )
        self.categories = Directory(
            session,
            problems,
            Kind("time log category", TimeLogCategory, by_key(TimeLogCategory.name_key), lambda row: (row.name,)),
        )
        self.surveys = Directory(
            session, problems, Kind("survey", Survey, by_text(Survey.name), lambda row: (row.name,))
        )
        self.tickets = Directory(
            session,
            problems,
            Kind("ticket", Ticket, by_text(Ticket.subject, Ticket.number), lambda row: (row.subject, row.number)),
        )
        self.chats = Directory(session, problems, Kind("chat", Chat, by_text(Chat.number), lambda row: (row.number,)))
        self.call_logs = Directory(
            session,
            problems,
            Kind("call log", CallLog, by_text(CallLog.subject, CallLog.number), lambda row: (row.subject, row.number)),
        )

    def next_id(self, model: type[Base]) -> int:
        """The id of a row that is no entry of its own."""
        self._next[model] = self._next.get(model) or next_free(self.session, model)
        self._next[model] += 1
        return self._next[model] - 1

    @property
    def chosen_tables(self) -> tuple[type[Base], ...]:
        """The tables whose ids were given out here."""
        return (*self.ids.tables, *self._next)

    def when(self, moment: Moment | None, otherwise: datetime) -> datetime:
        """The moment a field gives, or what it is without one."""
        return otherwise if moment is None else moment.at(self.now)

    def when_or_none(self, moment: Moment | None) -> datetime | None:
        """The moment a field gives, if any."""
        return None if moment is None else moment.at(self.now)

    def in_order(self, moment: datetime | None, start: datetime | None, place: str) -> None:
        """Note a problem where a moment is before what it cannot be before."""
        if moment is not None and start is not None and moment < start:
            self.problems.add(place, f"is before its beginning, {start:%Y-%m-%dT%H:%M:%SZ}")

    def note_user(self, user_id: int, role_ids: set[int], group_ids: set[int]) -> None:
        """Remember what a user of the file is."""
        self._employees[user_id] = not role_ids.isdisjoint(self._employee_roles)
        self._groups_of[user_id] = group_ids

    def note_employee_role(self, role_id: int) -> None:
        """Remember that who has this role is an agent."""
        self._employee_roles.add(role_id)

    def is_agent(self, user: User) -> bool:
        """Say whether a user has an employee role."""
        if user.id not in self._employees:
            held = set(self.session.scalars(select(UserRole.role_id).where(UserRole.user_id == user.id)))
            self._employees[user.id] = not held.isdisjoint(self._employee_roles)
        return self._employees[user.id]

    def is_in_group(self, user: User, group: Group) -> bool:
        """Say whether a user is a member of a group."""
        if user.id not in self._groups_of:
            found = self.session.scalars(select(GroupMember.group_id).where(GroupMember.user_id == user.id))
            self._groups_of[user.id] = set(found)
        return group.id in self._groups_of[user.id]

    def user(self, reference: int | str | None, place: str) -> User | None:
        """The user a reference stands for."""
        return None if reference is None else self.users.find(reference, place)

    def agent(self, reference: int | str | None, place: str) -> User | None:
        """The agent a reference stands for; a problem where it names none."""
        user = self.user(reference, place)
        if user is not None and not self.is_agent(user):
            self.problems.add(place, f"{quoted(user.username)} has no employee role")
            return None
        return user

    def holder(self, reference: int | str | None, group: Group | None, place: str, *, is_history: bool) -> User | None:
        """Who has an item: an agent of its group, or the queue where none is given.

        A problem where they were deleted, unless the item `is_history`: over, or deleted itself.
        """
        if reference is None:
            return self.session.get(User, QUEUE_ID)
        user = self.user(reference, place)
        if user is None or user.id == QUEUE_ID:
            return user
        if user.deleted_at is not None and not is_history:
            self.problems.add(place, f"{quoted(user.username)} is deleted, and has only what is closed or deleted too")
        return self.agent_in(user.id, group, place)

    def agent_in(self, reference: int | str, group: Group | None, place: str) -> User | None:
        """The agent a reference stands for; a problem where it names none, or one who is not in the group."""
        agent = self.agent(reference, place)
        if agent is not None and group is not None and not self.is_in_group(agent, group):
            self.problems.add(place, f"{quoted(agent.username)} is not in group {quoted(group.name)}")
        return agent

    def writer(self, reference: int | str | None, holder: User | None, place: str, field: str) -> User | None:
        """Which agent wrote something: who is named in `field`, else who has the item."""
        if reference is not None:
            return self.agent(reference, f"{place}.{field}")
        if holder is not None and holder.id == QUEUE_ID:
            self.problems.add(place, f"nobody has this item: say which agent it was with `{field}`")
            return None
        return holder

    def one_item(
        self, ticket: int | str | None, chat: int | str | None, call_log: int | str | None, place: str
    ) -> tuple[str, int] | None:
        """The one item that something is about: its column and id."""
        given = [
            (name, reference)
            for name, reference in (("ticket", ticket), ("chat", chat), ("call_log", call_log))
            if reference is not None
        ]
        if len(given) != 1:
            self.problems.add(place, "needs one ticket, chat or call_log, and no more")
            return None
        (name, reference), where = given[0], f"{place}.{given[0][0]}"
        found: Ticket | Chat | CallLog | None
        if name == "ticket":
            found = self.tickets.find(reference, where)
        elif name == "chat":
            found = self.chats.find(reference, where)
        else:
            found = self.call_logs.find(reference, where)
        return None if found is None else (f"{name}_id", found.id)

    def system(self) -> User:
        """The system's own user."""
        user = self.session.get(User, SYSTEM_ID)
        if user is None:
            raise LookupError("the database has not been filled: it has no system user")
        return user

    def customer(self, email: str) -> User | None:
        """The user with an e-mail address, of the file or of the database."""
        wanted = key_or_none(email)
        if wanted is None:
            return None
        of_file = self.users.first(lambda user: user.email_key == wanted)
        return of_file or self.session.scalar(select(User).where(User.email_key == wanted))

    def department(self, reference: int | str | None, place: str) -> Department | None:
        """The department a reference stands for."""
        return None if reference is None else self.departments.find(reference, place)

    def stands_in(
        self, department: int | str | None, group: int | str | None, place: str
    ) -> tuple[Department, Group] | None:
        """Department and group of an item: either gives the other, a department its first group."""
        if department is None and group is None:
            self.problems.add(place, "needs a department or a group")
            return None
        in_department = None
        if department is not None and (in_department := self.department(department, f"{place}.department")) is None:
            return None
        if group is None:
            return None if in_department is None else self._first_group(in_department, place)
        if in_department is None:
            found = self.groups.find(group, f"{place}.group")
        else:
            wanted = in_department.id
            found = self.groups.find(
                group,
                f"{place}.group",
                among=lambda row: row.department_id == wanted,
                of=f" in department {quoted(in_department.name)}",
            )
        if found is None:
            return None
        owner = in_department or self.departments.find(found.department_id, place)
        return None if owner is None else (owner, found)

    def _first_group(self, department: Department, place: str) -> tuple[Department, Group] | None:
        group = self.groups.first(lambda row: row.department_id == department.id) or self.session.scalar(
            select(Group).where(Group.department_id == department.id).order_by(Group.sort_order, Group.id).limit(1)
        )
        if group is None:
            self.problems.add(f"{place}.department", f"{quoted(department.name)} has no group")
            return None
        return department, group

    def field_values(self, values: dict[str, str], place: str, *, of_users: bool) -> Iterator[tuple[int, str]]:
        """The fields named, by their ids, with their values: global ones of users and departments, else the others."""
        seen: set[int] = set()
        of = " among the global ones" if of_users else " among those that are not global"
        for name, value in values.items():
            where = f"{place}.custom_fields.{name}"
            field = self.fields.find(name, where, among=lambda row: row.is_global == of_users, of=of)
            if field is None:
                continue
            if field.id in seen:
                self.problems.add(where, "stands there twice")
            seen.add(field.id)
            yield field.id, self.checked(field, value, where)

    def checked(self, field: CustomField, value: str, place: str) -> str:
        """The value as the field holds it; a problem where it takes no such value."""
        if field.id not in self.fields_options:
            offered = select(CustomFieldOption.value).where(CustomFieldOption.field_id == field.id)
            self.fields_options[field.id] = tuple(self.session.scalars(offered))
        options = self.fields_options[field.id]
        definition = Field(field.id, field.display_name, field.data_type, "", field.is_global, options)
        try:
            return checked(definition, value)
        except BadValue as error:
            self.problems.add(place, str(error).removeprefix(f"{field.display_name}: ").rstrip("."))
            return value

    def number(
        self, given: str | None, row_id: int, at: datetime, column: InstrumentedAttribute[str], place: str
    ) -> str:
        """The number given, unless it is another's, or a new one."""
        number = given or make_number(row_id, at)
        while number in self._numbers and given is None:
            number = make_number(row_id, at)
        if given is not None and (
            number in self._numbers or self.session.scalar(select(column).where(column == number)) is not None
        ):
            self.problems.add(f"{place}.number", f"{number} is in use already")
        self._numbers.add(number)
        return number

    def event(self, event: HelpdeskEvent, actor: User | None, at: datetime, *, name: str = "") -> None:
        """Add an event to an item's history; `name` is who did it where they have no account."""
        actor_id, actor_name = (None, name) if actor is None else (actor.id, actor.username)
        self.rows.append(Event(**row(event, actor_id, actor_name, at)))
