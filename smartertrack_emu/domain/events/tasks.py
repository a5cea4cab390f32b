"""Events of tasks. Numbers, titles and arguments are documented; what the history says is ours."""

from collections.abc import Mapping
from typing import NamedTuple

from .arguments import COMMENT, TASK
from .declaring import event
from .words import Value, attributes


@event(507000, "Task Created", TASK)
class TaskCreated(NamedTuple):
    """A task was created."""

    task_id: int


@event(507001, "Task Modified", TASK)
class TaskModified(NamedTuple):
    """Attributes of a task, given by their names, got other values."""

    task_id: int
    old_values: Mapping[str, Value]
    values: Mapping[str, Value]

    def describe(self) -> str:
        """`Changed: subject, due_at`."""
        return attributes(self.values)


@event(507002, "Task Deleted", TASK)
class TaskDeleted(NamedTuple):
    """A task was marked as deleted."""

    task_id: int


@event(507003, "Task Started", TASK)
class TaskStarted(NamedTuple):
    """A task's start was reached: once for each date it is given."""

    task_id: int


@event(507004, "Task Due", TASK)
class TaskDue(NamedTuple):
    """A task's due date was reached: once for each date it is given."""

    task_id: int


@event(507005, "Task Comment Added", TASK, COMMENT)
class TaskCommentAdded(NamedTuple):
    """A note was added to a task."""

    task_id: int
    note_id: int
