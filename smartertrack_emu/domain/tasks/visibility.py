"""Which tasks somebody sees: managers and administrators all, an agent their own and those of items they see.

So a task with no item is seen by its agent, managers and administrators. A deleted task is seen by nobody (ours).
"""

from sqlalchemy import ColumnElement, and_, exists, false, or_
from sqlalchemy.orm import InstrumentedAttribute

from smartertrack_emu.domain import items
from smartertrack_emu.domain.calllogs.models import CallLog
from smartertrack_emu.domain.chats.models import Chat
from smartertrack_emu.domain.errors import NotFound
from smartertrack_emu.domain.kinds import ItemKind
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.domain.tickets.models import Ticket

from .models import Task

_ITEMS: dict[ItemKind, tuple[InstrumentedAttribute[int | None], type[Ticket | Chat | CallLog]]] = {
    ItemKind.TICKET: (Task.ticket_id, Ticket),
    ItemKind.CHAT: (Task.chat_id, Chat),
    ItemKind.CALL_LOG: (Task.call_log_id, CallLog),
}


def visible_to(actor: Principal) -> list[ColumnElement[bool]]:
    """Return the conditions that a task meets which the actor sees."""
    there = Task.deleted_at.is_(None)
    if actor.sees_all_groups:
        return [there]
    if not actor.is_agent:
        return [false()]
    of_items = [
        and_(column.is_not(None), exists().where(model.id == column, *items.visible_to(actor, kind)))
        for kind, (column, model) in _ITEMS.items()
    ]
    return [there, or_(Task.agent_id == actor.id, *of_items)]


def of_item(item: items.Item) -> ColumnElement[bool]:
    """Return the condition for the tasks of an item."""
    return _ITEMS[item.kind][0] == item.id


def no_task(task_id: int) -> NotFound:
    """Return what to raise where there is no such task, or none that the caller sees."""
    return NotFound(f"There is no task {task_id}.")
