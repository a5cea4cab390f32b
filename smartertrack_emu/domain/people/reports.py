"""The reports that roles may be allowed to see: their titles, and GUIDs that are the same on every installation.

The product's own reports are not documented; these stand for them, so that `SetReportPermissions` has something to
name.
"""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID, uuid5

_OURS = UUID("6b1a7c1e-52d5-4f0e-9a0b-5a1f2f6f7c10")
"""Any GUID of ours: the reports' are made from it and their titles, so a title never changes."""

_TITLES = (
    "Agent Activity",
    "Agent Ratings",
    "Call Log Overview",
    "Call Logs by Agent",
    "Call Logs by Department",
    "Chat Overview",
    "Chats by Agent",
    "Chats by Department",
    "Chat Wait Times",
    "Knowledge Base Article Views",
    "Knowledge Base Searches",
    "Survey Results",
    "Task Overview",
    "Tasks by Agent",
    "Ticket Backlog",
    "Ticket First Response Times",
    "Ticket Overview",
    "Ticket Resolution Times",
    "Tickets by Agent",
    "Tickets by Department",
    "Tickets by Group",
    "Tickets by Organization",
    "Time Logs by Agent",
    "Time Logs by Category",
)


class Report(NamedTuple):
    """A report: its GUID in lower case, and its title."""

    id: str
    title: str


REPORTS: tuple[Report, ...] = tuple(Report(str(uuid5(_OURS, title)), title) for title in _TITLES)

_BY_ID = {report.id: report for report in REPORTS}


def find(guid: str) -> Report | None:
    """Return the report with this GUID, in any letter case and with or without braces; None for an unknown one."""
    return _BY_ID.get(guid.strip().strip("{}").lower())
