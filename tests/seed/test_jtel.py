"""The section `jtel`: what it comes to, and its mistakes with their places. Ours."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, select

from smartertrack_emu.domain.models import Campaign, Contact, ContactNumber, DiallerSettings, ResultCode
from smartertrack_emu.store.unit_of_work import reading

from .conftest import Load
from .test_references import Problems

TOKEN = "a-token-of-a-client-1"


def test_the_usual_results(filled: Engine, load: Load) -> None:
    load(
        """
        jtel:
          clients: [{id: 7, name: Acme}]
          campaigns:
            - client: 7
              name: Spring
              contacts: [{name: Max, numbers: ["+49 89 1", "0049892"], result: LATER, next_try: +1h, tries: 2}]
          dialler:
            default: busy
            rules: [{campaign: spring, number: "49*", outcomes: [busy, answered]}]
        """
    )
    with reading(filled) as session:
        campaign = session.scalars(select(Campaign)).one()
        keys = {one.id: one.export_key for one in session.scalars(select(ResultCode))}
        assert list(keys.values()) == [
            "SUCCESS",
            "REFUSED",
            "LATER",
            "APPOINTMENT",
            "NO_NUMBER",
            "MAX_TRIES",
            "INCOMING",
        ]
        named = (campaign.no_number_result_id, campaign.incoming_call_result_id, campaign.max_tries_result_id)
        assert [keys[one] for one in named if one] == ["NO_NUMBER", "INCOMING", "MAX_TRIES"]
        contact = session.scalars(select(Contact)).one()
        assert (contact.is_open, contact.tries, keys[contact.result_code_id or 0]) == (True, 2, "LATER")
        assert list(session.scalars(select(ContactNumber.digits))) == ["49891", "49892"]
        settings = session.get(DiallerSettings, 1)
        assert settings is not None
        assert settings.default_outcome == "busy"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("clients: [{name: x}]", "jtel.clients[0].id: is missing"),
        ("clients: [{id: 1, name: x, tokens: [short]}]", "jtel.clients[0].tokens[0]: must have 20 to 200"),
        (f"clients: [{{id: 1, name: x, tokens: [{TOKEN}, {TOKEN}]}}]", "jtel.clients[0].tokens[1]: is used twice"),
        ("clients: [{id: 1, name: x, departments: [Nope]}]", 'jtel.clients[0].departments[0]: no department "Nope"'),
        ("clients: [{id: 1, name: x, departments: []}]", "jtel.clients[0].departments: is empty"),
        ("campaigns: [{client: 9, name: x}]", "jtel.campaigns[0].client: no client with the id 9"),
        ("events: [{client: 9, ticket: 1, type: fax, sender: x}]", "jtel.events[0].client: no client"),
        ("groups: [{group: Nope}]", 'jtel.groups[0].group: no group "Nope"'),
        ("dialler: {default: never}", "jtel.dialler.default: 'never' is none of"),
        (
            "dialler: {rules: [{campaign: Nope, outcomes: [busy]}]}",
            "jtel.dialler.rules: [0].campaign: there is no campaign",
        ),
        ("dialler: {every_seconds: 0}", "jtel.dialler.every_seconds: must be at least 1"),
    ],
)
def test_mistakes(problems: Problems, text: str, problem: str) -> None:
    (found,) = problems(f"jtel: {{{text}}}")
    assert found.startswith(problem)


@pytest.mark.parametrize(
    ("campaign", "problem"),
    [
        ("results: [{key: A, kind: done}, {key: A, kind: abort}]", ".results[1].key: there is a result"),
        ("results: [{key: A, kind: delay}]", ".results[0].delay_minutes: is needed by the kind delay"),
        ("results: [{key: A, kind: never}]", ".results[0].kind: must be one of done, abort, delay, appointment"),
        ("max_tries_result: MAX", '.max_tries_result: no result "MAX"'),
        ("contacts: [{name: x, numbers: [], result: SUCCES}]", '.contacts[0].result: no result "SUCCES"; did you mean'),
        ("contacts: [{name: x}]", ".contacts[0].numbers: is missing"),
        ('contacts: [{name: x, numbers: ["1","2","3","4","5","6","7"]}]', ".contacts[0].numbers: are more than 6"),
        ('contacts: [{name: x, numbers: [""]}]', ".contacts[0].numbers[0]: must not be empty"),
        ("from: +2d, to: +1d", ".to: is before its beginning"),
        ("group: Nope", '.group: no group "Nope"'),
    ],
)
def test_mistakes_in_campaigns(problems: Problems, campaign: str, problem: str) -> None:
    (found,) = problems(f"jtel: {{clients: [{{id: 1, name: x}}], campaigns: [{{client: 1, name: c, {campaign}}}]}}")
    assert found.startswith(f"jtel.campaigns[0]{problem}")


def test_names_of_campaigns(problems: Problems) -> None:
    assert problems(
        """
        jtel:
          clients: [{id: 1, name: x}, {id: 2, name: y}]
          campaigns: [{client: 1, name: Spring}, {client: 2, name: spring}, {client: 1, name: SPRING}]
        """
    ) == ['jtel.campaigns[2].name: there is a campaign "SPRING" already: jtel.campaigns[0] has it']
