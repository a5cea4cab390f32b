"""The templates of mails: each may be written anew, none added."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import Field
from sqlalchemy.orm import Session

from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.domain.spool import templates
from smartertrack_emu.domain.spool.builtin import OWN_VARIABLES

from .declaring import Call, Routes
from .models import Listing, Model, Paging

routes = Routes("Mail: templates")

_EXAMPLE: Mapping[str, Any] = {
    "subject": "Your login at %ServerName%",
    "body": "Hello %CustomerName%, your user name is %Username%.",
    "is_html": False,
}


class TemplateText(Model):
    """What a template is to say. Variables such as `%Subject%` are replaced; unknown ones stay as they are."""

    example: ClassVar[Mapping[str, Any]] = _EXAMPLE

    subject: str = Field(max_length=templates.LONGEST_SUBJECT)
    body: str = Field(max_length=templates.LONGEST_BODY)
    is_html: bool = False


class Template(Model):
    """A template, and what it may ask for."""

    example: ClassVar[Mapping[str, Any]] = {
        "name": "forgot-login",
        **_EXAMPLE,
        "variables": list(templates.VARIABLES),
    }

    name: str
    subject: str
    body: str
    is_html: bool
    variables: list[str]


def _find(call: Call, name: str) -> None:
    del call
    templates.require(name)


@routes.get("/mail/templates")
def list_mail_templates(call: Call, query: Paging) -> Listing[Template]:
    """List the templates."""
    found = call.read(lambda session, actor: templates.all_templates(session))  # noqa: ARG005 - all work gets one
    items = found[query.offset : query.offset + query.limit]
    return Listing[Template](items=[_shown(one) for one in items], total=len(found))


@routes.get("/mail/templates/{name}", finds=_find)
def get_mail_template(call: Call, name: str) -> Template:
    """Return a template."""
    return call.read(lambda session, actor: _shown(templates.get(session, name)))  # noqa: ARG005 - the same


@routes.put("/mail/templates/{name}", finds=_find)
def put_mail_template(call: Call, name: str, body: TemplateText) -> Template:
    """Write a template anew."""

    def work(session: Session, _: Principal) -> Template:
        templates.put(session, templates.Template(name, body.subject, body.body, body.is_html))
        return _shown(templates.get(session, name))

    return call.write(work)


@routes.delete("/mail/templates/{name}", finds=_find)
def restore_mail_template(call: Call, name: str) -> None:
    """Let a template be as it is built in."""
    call.write(lambda session, actor: templates.restore(session, name))  # noqa: ARG005 - the same


def _shown(template: templates.Template) -> Template:
    variables = [*templates.VARIABLES, *OWN_VARIABLES.get(template.name, ())]
    return Template(**template._asdict(), variables=variables)
