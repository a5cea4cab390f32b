"""Evidence: ours. Who may write articles: roles' rights, in each folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine, insert
from sqlalchemy.orm import Session

from smartertrack_emu.domain.errors import BadValue, HelpdeskError, NotFound, PermissionDenied
from smartertrack_emu.domain.kb import articles, writing
from smartertrack_emu.domain.kb.models import KbFolderRights
from smartertrack_emu.domain.people.accounts import Accounts
from smartertrack_emu.domain.people.models import BuiltInRole
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.store.unit_of_work import writing as transaction

STARTED, INTERNAL = 1, 2
NEW = {"folder_id": STARTED, "subject": "Fire", "body": "<p>Run.</p>"}

ACTS: list[tuple[str, Callable[[Session, Principal], Any]]] = [
    ("create", lambda session, actor: writing.create(session, actor, NEW)),
    ("modify", lambda session, actor: writing.change(session, actor, 1, {"subject": "New"})),
    ("modify", lambda session, actor: writing.flag(session, actor, 1)),
    ("mark_reviewed", lambda session, actor: writing.review(session, actor, 1)),
    ("delete", lambda session, actor: writing.delete(session, actor, 1)),
]


def customer(session: Session) -> Principal:
    return Accounts().log_in(session, "customer", "customer-pw").principal


@pytest.mark.parametrize(("right", "act"), ACTS)
def test_each_act_needs_its_right_in_the_folder(
    seeded_engine: Engine, right: str, act: Callable[[Session, Principal], Any]
) -> None:
    with transaction(seeded_engine) as session:
        actor = customer(session)
        with pytest.raises(PermissionDenied, match=right):
            act(session, actor)
        session.execute(
            insert(KbFolderRights).values(
                folder_id=STARTED, role_id=int(BuiltInRole.EVERYONE), may_view=True, **{f"may_{right}": True}
            )
        )
        act(session, actor)
        others = {one for one, _ in ACTS} - {right}
        for other, forbidden in ACTS:
            # A deleted article is told as such only to those who may see it.
            if other in others and right != "delete":
                with pytest.raises(PermissionDenied, match=other):
                    forbidden(session, actor)


def test_to_another_folder_with_the_right_to_create_there(seeded_engine: Engine) -> None:
    with transaction(seeded_engine) as session:
        actor = customer(session)
        session.execute(
            insert(KbFolderRights).values(
                folder_id=STARTED, role_id=int(BuiltInRole.EVERYONE), may_view=True, may_modify=True
            )
        )
        with pytest.raises(BadValue, match="there is no knowledge base folder"):
            writing.change(session, actor, 1, {"folder_id": INTERNAL})


def test_what_somebody_does_not_see_is_not_there(seeded_engine: Engine) -> None:
    with transaction(seeded_engine) as session:
        actor = customer(session)
        for _, act in ACTS[1:]:
            with pytest.raises(HelpdeskError) as refused:
                act(session, replace(actor, role_ids=frozenset()))
            assert type(refused.value) is NotFound
        shown, total = writing.page(session, actor, limit=10, offset=0)
        assert ([article.id for article in shown], total) == ([1], 1)
        assert articles.get(session, actor, 1) == shown[0]
