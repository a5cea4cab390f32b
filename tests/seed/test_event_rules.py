"""The section of rules for events: what it names is looked up, and a running server follows it. All of it is ours."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from sqlalchemy import Engine, select

from smartertrack_emu import seed
from smartertrack_emu.domain.models import EventRule, Installation
from smartertrack_emu.store.unit_of_work import reading, writing

RULE = {"name": "All", "type": 502000, "actions": [{"kind": "note", "text": "x"}]}


def load(engine: Engine, folder: Path, **sections: object) -> None:
    file = folder / "rules.yaml"
    file.write_text(yaml.safe_dump(sections), encoding="utf-8")
    with writing(engine) as session:
        seed.load(session, seed.read(file), attachments=folder)


def test_rules(filled: Engine, tmp_path: Path) -> None:
    with reading(filled) as session:
        epoch = session.get_one(Installation, 1).epoch
    users = [{"username": "dora", "roles": ["Agent"], "email": "dora@acme.example"}]
    fields = [{"name": "Urgency", "type": "SingleLineText"}]
    to = {"kind": "transfer", "group": "New", "agent": "dora"}
    groups = [{"name": "Fresh", "brand": "Acme", "groups": [{"name": "New"}]}]
    given = RULE | {"conditions": {"cf_Urgency": "x"}, "actions": [to], "enabled": False}
    structure = {"brands": [{"name": "Acme"}], "users": users, "custom_fields": fields, "departments": groups}
    load(filled, tmp_path, **structure, event_rules=[given])
    with reading(filled) as session:
        rule = session.scalars(select(EventRule)).one()
        assert session.get_one(Installation, 1).epoch == epoch + 1
    assert (rule.name, rule.event_id, rule.enabled, json.loads(rule.conditions)) == (
        "All",
        502000,
        False,
        {"cf_Urgency": "x"},
    )
    assert json.loads(rule.actions) == [to | {"once_per_item": False, "at_most_every_seconds": 0}]


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"type": 5}, "event_rules[0].type: 5 is no type of event that a rule can be for"),
        ({"actions": []}, "event_rules[0].actions: needs 1 to 20"),
        ({"actions": [{"kind": "sing"}]}, "event_rules[0].actions: action 1: its kind is none of"),
        ({"conditions": {"nothing": 1}}, "event_rules[0].conditions: events of the type 502000 have no argument"),
        ({"conditions": {"cf_Nope": "x"}}, 'event_rules[0].conditions: no custom field "Nope"'),
        (
            {"actions": [{"kind": "transfer", "group": "Nowhere"}]},
            'event_rules[0].actions[0].group: no group "Nowhere"',
        ),
        ({"actions": [{"kind": "transfer", "agent": "nobody"}]}, 'event_rules[0].actions[0].agent: no user "nobody"'),
        (
            {"actions": [{"kind": "reminder", "user": "nobody", "subject": "x"}]},
            'event_rules[0].actions[0].user: no user "nobody"',
        ),
        ({"actions": [{"kind": "status", "status": "Lost"}]}, "event_rules[0].actions[0].status: 'Lost' is none of"),
        ({"actions": [{"kind": "webhook", "url": "ftp://a/"}]}, "event_rules[0].actions: action 1: 'ftp://a/' is no"),
        ({"name": None}, "event_rules[0].name: "),
    ],
)
def test_mistakes(filled: Engine, tmp_path: Path, given: dict[str, object], problem: str) -> None:
    with pytest.raises(seed.SeedError) as refused:
        load(filled, tmp_path, event_rules=[RULE | given])
    (told,) = refused.value.problems
    assert told.startswith(problem)
