"""How the database answers what some work asks: the plan of each statement, as text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.orm import Session


def planned(session: Session, work: Callable[[Session], object]) -> list[str]:
    """Run some work, and return the plans of what it selected, in order."""
    asked: list[tuple[str, Any]] = []
    connection = session.connection()

    def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        asked.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", note)
    try:
        work(session)
    finally:
        event.remove(connection, "before_cursor_execute", note)
    explain = "EXPLAIN QUERY PLAN " if connection.dialect.name == "sqlite" else "EXPLAIN "
    if connection.dialect.name != "sqlite":
        session.execute(text("SET LOCAL enable_seqscan TO off"))  # of few rows it would read them all
    plans = []
    for statement, parameters in asked:
        if statement.startswith("SELECT"):
            rows = connection.exec_driver_sql(explain + statement, parameters)
            plans.append(" ".join(str(row) for row in rows))
    return plans
