"""Templates of mails: thirteen, by name; each may be written anew. Eight are documented, all texts are ours.

A template is no program: a variable `%Name%` is replaced by its value, an unknown one stays as it is. In HTML values
are encoded; in subjects line breaks become spaces.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from smartertrack_emu.domain.errors import BadValue, NotFound
from smartertrack_emu.domain.html import encode
from smartertrack_emu.domain.known import known
from smartertrack_emu.domain.naming import shown
from smartertrack_emu.domain.structure.emulation import begin_epoch

from .builtin import BUILT_IN
from .models import MailTemplate

VARIABLES: Final = (
    "Subject",
    "TicketNumber",
    "CustomerName",
    "CustomerEmail",
    "Department",
    "Group",
    "Agent",
    "TicketUrl",
    "SurveyUrl",
    "VerifyUrl",
    "Username",
    "ServerName",
    "BaseUrl",
)
"""What every template may ask for; one that a mail has no value for becomes empty. The first two are documented."""

LONGEST_SUBJECT: Final = 500
LONGEST_BODY: Final = 200_000

_VARIABLE = re.compile(r"%([A-Za-z]{1,40})%")
_BREAKS = re.compile(r"[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+")

Values = Mapping[str, str | Callable[[], str]]
"""The variables' values by their names; one that takes a statement to find may be a function."""


class Template(NamedTuple):
    """A template as it stands now."""

    name: str
    subject: str
    body: str
    is_html: bool


class Text(NamedTuple):
    """A mail's subject and body, made of a template."""

    subject: str
    body: str
    is_html: bool


def all_templates(session: Session) -> list[Template]:
    """Return the templates as they stand in the database."""
    written = changed(session)
    return [Template(name, *written.get(name, built_in)) for name, built_in in BUILT_IN.items()]


def get(session: Session, name: str) -> Template:
    """Return a template as it stands in the database; NotFound."""
    require(name)
    row = session.get(MailTemplate, name)
    return Template(name, *(BUILT_IN[name] if row is None else (row.subject, row.body, row.is_html)))


def put(session: Session, template: Template) -> None:
    """Write a template anew; NotFound, BadValue where the subject or the body is empty or too long."""
    require(template.name)
    for text, field, most in ((template.subject, "subject", LONGEST_SUBJECT), (template.body, "body", LONGEST_BODY)):
        if not text.strip():
            raise BadValue(field, "is required.")
        if len(text) > most:
            raise BadValue(field, f"is longer than {most} characters.")
    begin_epoch(session)  # which also keeps others from writing one at the same time
    session.execute(delete(MailTemplate).where(MailTemplate.name == template.name))
    session.execute(insert(MailTemplate), [template._asdict()])
    session.expire_all()


def restore(session: Session, name: str) -> None:
    """Let a template be as it is built in; NotFound."""
    require(name)
    begin_epoch(session)
    session.execute(delete(MailTemplate).where(MailTemplate.name == name))
    session.expire_all()


def require(name: str) -> None:
    """Raise NotFound where there is no template of this name."""
    if name not in BUILT_IN:
        raise NotFound(f"There is no template {shown(name)}.")


def changed(session: Session) -> dict[str, tuple[str, str, bool]]:
    """Return subject, body and whether it is HTML, of the templates that were written anew."""
    columns = (MailTemplate.name, MailTemplate.subject, MailTemplate.body, MailTemplate.is_html)
    return {name: (subject, body, is_html) for name, subject, body, is_html in session.execute(select(*columns))}


def text_of(session: Session, name: str, values: Values) -> Text:
    """Return what a template says with these values, by what this process knows: it costs no statement."""
    return filled(session, written_text(session, name), values)


def written_text(session: Session, name: str) -> Text:
    """Return a template with its variables, by what this process knows."""
    return Text(*(known(session).templates.get(name) or BUILT_IN[name]))


def filled(session: Session, text: Text, values: Values) -> Text:
    """Return a text with its variables replaced."""
    values = {"BaseUrl": known(session).base_url, **values}
    return Text(
        one_line(replaced(text.subject, values)),
        replaced(text.body, values, encoded=text.is_html),
        text.is_html,
    )


def replaced(text: str, values: Values, *, encoded: bool = False) -> str:
    """Return a text with its variables replaced; `encoded`: it is HTML, and the values are to show as they are."""

    def value_of(match: re.Match[str]) -> str:
        name = match[1]
        value = values.get(name)
        if value is None:
            return "" if name in VARIABLES else match[0]
        found = value if isinstance(value, str) else value()
        return encode(found) if encoded else found

    return _VARIABLE.sub(value_of, text)


def one_line(text: str) -> str:
    """Return a text on one line, as a subject has to be."""
    return _BREAKS.sub(" ", text).strip()
