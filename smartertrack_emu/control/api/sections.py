"""The sections of the control API, in the order of its documentation."""

from __future__ import annotations

from collections.abc import Sequence

from . import (
    articles,
    chats,
    clock,
    departments,
    documentation,
    event_rules,
    events,
    faults,
    groups,
    jobs,
    journal,
    logs,
    mail_accounts,
    mail_incoming,
    mail_outgoing,
    mail_templates,
    options,
    recurring_tasks,
    reports,
    self_diagnostic,
    server,
    state,
    texts,
    tickets,
    work,
)
from .declaring import Routes

SECTIONS: Sequence[Routes] = (
    server.routes,
    options.routes,
    self_diagnostic.routes,
    logs.routes,
    jobs.routes,
    mail_outgoing.routes,
    mail_incoming.routes,
    mail_accounts.routes,
    mail_templates.routes,
    clock.routes,
    state.routes,
    faults.routes,
    journal.routes,
    chats.routes,
    tickets.routes,
    work.routes,
    articles.routes,
    groups.routes,
    departments.routes,
    recurring_tasks.routes,
    texts.routes,
    reports.routes,
    events.routes,
    event_rules.routes,
    documentation.routes,
)
