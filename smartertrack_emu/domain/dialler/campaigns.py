"""Campaigns of a client: listed with their figures, cloned, deleted; their result codes in a language."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, and_, delete, func, insert, literal, or_, select
from sqlalchemy.orm import Session, aliased

from smartertrack_emu.domain.clients.clients import Reach
from smartertrack_emu.domain.clients.models import Client
from smartertrack_emu.domain.errors import AlreadyExists, BadValue, NotFound
from smartertrack_emu.domain.naming import storable
from smartertrack_emu.domain.text import key
from smartertrack_emu.store import listing
from smartertrack_emu.store.listing import Condition, Fields, Listed, Page, Wanted
from smartertrack_emu.store.types import AnyRow

from .kinds import LANGUAGES, ResultKind
from .models import Campaign, Contact, ResultCode, ResultText

campaigns, contacts, codes = Campaign.__table__.c, Contact.__table__.c, ResultCode.__table__.c
_SAME = (
    "group_id", "language", "is_active", "active_from", "active_to", "max_tries", "retry_minutes", "ring_seconds",
    "preview_seconds", "max_parallel_lines", "caller_id", "is_caller_id_active", "closes_on_incoming_call",
)  # fmt: skip
"""What a clone has as its source has it."""

RESULTS = ("no_number_result_id", "incoming_call_result_id", "max_tries_result_id")
"""The columns of a campaign that name one of its results."""


class NoCampaign(NotFound):
    """There is no such campaign of the client's."""


class CampaignExists(AlreadyExists):
    """The client has a campaign of this name."""


def page(session: Session, reach: Reach, wanted: Wanted) -> Page:
    """Return campaigns of a client with the figures of their contacts."""
    columns, base = _columns(reach)
    return listing.read(session, base, columns, wanted, tie=campaigns.id)


def get(session: Session, reach: Reach, campaign_id: int) -> Fields:
    """Return a campaign with its figures; NoCampaign."""
    columns, base = _columns(reach)
    found = listing.read(session, base.where(campaigns.id == campaign_id), columns, Wanted("id"), tie=campaigns.id)
    if not found.rows:
        raise no_campaign(campaign_id)
    return found.rows[0]


def named(session: Session, reach: Reach, name: str) -> Page:
    """Return the campaigns whose name contains a text, in any letter case, by name and id."""
    return page(session, reach, Wanted("name", conditions=[Condition("name", "~", name)]))


def require(session: Session, reach: Reach, campaign_id: int) -> AnyRow:
    """Return a campaign's row (id, language, name_key); NoCampaign."""
    found = select(campaigns.id, campaigns.language, campaigns.name_key).where(
        campaigns.id == campaign_id, campaigns.client_id == reach.client_id
    )
    row = session.execute(found).one_or_none()
    if row is None:
        raise no_campaign(campaign_id)
    return row


def called(session: Session, reach: Reach, name: str) -> int:
    """Return the id of the campaign with this whole name, in any letter case; NoCampaign."""
    found: int | None = session.scalar(
        select(campaigns.id).where(campaigns.client_id == reach.client_id, campaigns.name_key == key(storable(name)))
    )
    if found is None:
        raise NoCampaign("There is no campaign of this name.")
    return found


def no_campaign(campaign_id: int) -> NoCampaign:
    """Return what to raise where there is no such campaign."""
    return NoCampaign(f"There is no dialler campaign {campaign_id}.")


def clone(session: Session, reach: Reach, source: str, destination: str, user_data: str | None) -> int:
    """Copy a campaign with its results, without its contacts, and return the copy's id.

    `user_data` None: the source's. NoCampaign; CampaignExists where the destination is there, the source itself too.
    """
    # Two at once come one after the other, whatever their sources: the second finds the first's copy.
    session.execute(select(Client.id).where(Client.id == reach.client_id).with_for_update())
    found = session.get(Campaign, called(session, reach, source))
    if found is None:
        raise NoCampaign("There is no campaign of this name.")
    taken = select(campaigns.id).where(
        campaigns.client_id == reach.client_id, campaigns.name_key == key(storable(destination))
    )
    if session.scalar(taken) is not None:
        raise CampaignExists("There is a campaign of this name already.")
    copy = Campaign(
        client_id=reach.client_id,
        name=destination,
        user_data=found.user_data if user_data is None else user_data,
        **{name: getattr(found, name) for name in _SAME},
    )
    session.add(copy)
    session.flush()
    copies = _clone_results(session, found.id, copy.id)
    for name in RESULTS:
        setattr(copy, name, copies.get(getattr(found, name)))
    session.flush()
    return copy.id


def _clone_results(session: Session, source_id: int, copy_id: int) -> dict[int, int]:
    """Copy the results of a campaign, and return the copies' ids by the sources'."""
    copies = {}
    found = session.scalars(select(ResultCode).where(codes.campaign_id == source_id).order_by(codes.sort_order))
    for one in found.all():
        copy = ResultCode(
            campaign_id=copy_id,
            export_key=one.export_key,
            kind=one.kind,
            delay_minutes=one.delay_minutes,
            is_agent_bound=one.is_agent_bound,
            sort_order=one.sort_order,
        )
        session.add(copy)
        session.flush()
        copies[one.id] = copy.id
    texts = session.execute(
        select(ResultText.result_code_id, ResultText.language, ResultText.content)
        .join(ResultCode, ResultCode.id == ResultText.result_code_id)
        .where(codes.campaign_id == source_id)
    ).all()
    if texts:
        rows = [
            {"result_code_id": copies[code_id], "language": language, "content": content}
            for code_id, language, content in texts
        ]
        session.execute(insert(ResultText), rows)
    return copies


def remove(session: Session, reach: Reach, campaign_id: int) -> None:
    """Delete a campaign with its results, contacts and attempts; call logs stay. NoCampaign."""
    require(session, reach, campaign_id)
    session.execute(
        delete(Campaign).where(Campaign.id == campaign_id), execution_options={"synchronize_session": False}
    )


def check_language(language: int | None) -> None:
    """Raise BadValue for a language that there is not."""
    if language is not None and language not in LANGUAGES:
        raise BadValue("language", "must be 1 (English) or 2 (German).")


def result_codes(session: Session, reach: Reach, campaign_id: int, language: int | None = None) -> list[Fields]:
    """Return the results of a campaign as they are called in a language; None: the campaign's. NoCampaign, BadValue."""
    check_language(language)
    row = require(session, reach, campaign_id)
    statement = result_statement(language or row.language).where(codes.campaign_id == campaign_id)
    return list(session.execute(statement.order_by(codes.sort_order, codes.id)).mappings())


def result_statement(language: int | None = None) -> Select[Any]:
    """Select results with their text in a language, else the other's, else their key; None: each campaign's own."""
    wanted, other = aliased(ResultText), aliased(ResultText)
    of = campaigns.language if language is None else literal(language)
    return (
        select(
            codes.id,
            codes.campaign_id,
            codes.export_key,
            codes.kind,
            codes.delay_minutes,
            codes.is_agent_bound,
            func.coalesce(wanted.content, other.content, codes.export_key).label("content"),
        )
        .select_from(ResultCode.__table__)
        .join(Campaign.__table__, campaigns.id == codes.campaign_id)
        .outerjoin(wanted, and_(wanted.result_code_id == codes.id, wanted.language == of))
        .outerjoin(other, and_(other.result_code_id == codes.id, other.language != of))
    )


def _columns(reach: Reach) -> tuple[dict[str, Listed], Select[Any]]:
    figures = (
        select(
            contacts.campaign_id,
            func.count().label("contacts"),
            func.count().filter(contacts.is_open).label("open"),
            func.count().filter(~contacts.is_open, codes.kind == ResultKind.DONE).label("done"),
            func.count()
            .filter(~contacts.is_open, or_(codes.kind.is_(None), codes.kind != ResultKind.DONE))
            .label("aborted"),
        )
        .select_from(Contact.__table__)
        .outerjoin(ResultCode.__table__, codes.id == contacts.result_code_id)
        .group_by(contacts.campaign_id)
        .subquery("figures")
    )
    own = {
        "preview_seconds": Listed(campaigns.preview_seconds, "number"),
        "max_parallel_lines": Listed(campaigns.max_parallel_lines, "number", empty=True),
        "closes_on_incoming_call": Listed(campaigns.closes_on_incoming_call, "flag"),
        "active_to": Listed(campaigns.active_to, "moment", empty=True),
        "language": Listed(campaigns.language, "number"),
        "is_caller_id_active": Listed(campaigns.is_caller_id_active, "flag"),
        "name": Listed(campaigns.name, "text"),
        "id": Listed(campaigns.id, "number"),
        "user_data": Listed(campaigns.user_data, "text", empty=True),
        "group_id": Listed(campaigns.group_id, "number", empty=True),
        "is_active": Listed(campaigns.is_active, "flag"),
        "active_from": Listed(campaigns.active_from, "moment", empty=True),
        "caller_id": Listed(campaigns.caller_id, "text"),
        "max_tries": Listed(campaigns.max_tries, "number"),
        "retry_minutes": Listed(campaigns.retry_minutes, "number"),
        "ring_seconds": Listed(campaigns.ring_seconds, "number"),
        "created_at": Listed(campaigns.created_at, "moment"),
        "modified_at": Listed(campaigns.modified_at, "moment"),
        "client_id": Listed(campaigns.client_id, "number"),
    }
    results = {name: Listed(campaigns[name], "number", empty=True) for name in RESULTS}
    counted = {
        name: Listed(func.coalesce(figures.c[name], 0), "number") for name in ("contacts", "open", "done", "aborted")
    }
    base = (
        select(campaigns.id)
        .select_from(Campaign.__table__)
        .outerjoin(figures, figures.c.campaign_id == campaigns.id)
        .where(campaigns.client_id == reach.client_id)
    )
    return own | results | counted, base
