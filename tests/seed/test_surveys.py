"""Surveys in seed files, and the departments that ask them. Ours."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Engine, select

from smartertrack_emu.domain.models import Department, Survey
from smartertrack_emu.domain.surveys import questions
from smartertrack_emu.domain.surveys.questions import Question, QuestionKind
from smartertrack_emu.store.unit_of_work import reading

from .conftest import Load

WHOLE = """
brands: [{name: Acme}]
surveys:
  - {id: 7, name: After a chat, questions: [{kind: Text, text: "What else?"}]}
  - name: After a ticket
    header: Dear customer
    thank_you: Thanks!
    questions:
      - {kind: rating, text: "How did we do?", required: true, weight: 2, steps: 10}
      - {kind: choice, text: "Again?", options: ["Yes", "No"]}
departments:
  - {name: Support, groups: [{name: Level 1}], survey_after_ticket: After a ticket, survey_after_chat: 7}
  - {name: Sales, groups: [{name: Sales}]}
"""


def test_surveys(filled: Engine, load: Load) -> None:
    load(WHOLE)
    with reading(filled) as session:
        found = {one.name: one for one in session.scalars(select(Survey))}
        ticket = found["After a ticket"]
        asked = select(Department.survey_after_ticket_id, Department.survey_after_chat_id).order_by(Department.id)
        assert [tuple(row) for row in session.execute(asked)] == [(ticket.id, 7), (None, None)]
        assert (ticket.header, ticket.thank_you) == ("Dear customer", "Thanks!")
        assert questions.read(ticket.questions) == [
            Question(QuestionKind.RATING, "How did we do?", required=True, weight=2, steps=10),
            Question(QuestionKind.CHOICE, "Again?", options=("Yes", "No")),
        ]


def test_mistakes(problems: Callable[[str], list[str]]) -> None:
    said = problems("""
    brands: [{name: Acme}]
    surveys:
      - {name: A, questions: [{kind: rating, text: x, steps: 11}]}
      - {name: B}
    departments:
      - {name: Support, groups: [{name: Level 1}], survey_after_ticket: C}
    """)
    assert said[0] == "surveys[0]: questions: question 1 does not have 2 to 10 steps"
    assert said[1].startswith("surveys[1]: questions holds none")
    assert said[2].startswith('departments[0].survey_after_ticket: no survey "C"')
    assert len(said) == 3
