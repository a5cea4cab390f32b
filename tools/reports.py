"""docs/reports.md: what each report shows."""

from __future__ import annotations

from smartertrack_emu.domain.across.reports.making import declared
from smartertrack_emu.domain.people.reports import REPORTS

from .markdown import document, table


def reports() -> str:
    """Return docs/reports.md."""
    rows = ((one.title, ", ".join(declared(one).columns), declared(one).told) for one in REPORTS)
    return document(
        "Reports",
        "The reports that GetAllReports lists, over a span of days: `GET /_emu/api/reports/{guid or title}?from=&to=` "
        "answers one as JSON, CSV or HTML, and the job email-report mails those that are scheduled "
        "([control API](control-api.md)). The product documents that there are reports, and who may see them; what "
        "they show is ours.",
        "Days are those of the installation's time zone. An item belongs to the day on which it was opened, began, was "
        "written down or created, and what is told of it is as it is now. Deleted items do not count. Numbers have at "
        "most two digits behind the point; an average of nothing is empty.",
        table(("Report", "Columns", ""), rows),
    )
