"""What surveys ask, what may be answered, and what the answers come to (members seen, limits and the mean ours)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final

from smartertrack_emu.domain.errors import BadValue
from smartertrack_emu.domain.naming import storable

MOST_QUESTIONS: Final = 100
MOST_OPTIONS: Final = 50
LONGEST_TEXT: Final = 1_000
"""Characters of a question."""
LONGEST_OPTION: Final = 200
LONGEST_ANSWER: Final = 10_000
LEAST_STEPS, MOST_STEPS = 2, 10
MOST_WEIGHT: Final = 100

Answer = int | str | None
"""A rating's number, a text, or nothing."""


class QuestionKind(StrEnum):
    """What an answer is: a number from 1 to `steps`, a text, or one of the options (seen)."""

    RATING = "rating"
    TEXT = "text"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Question:
    """A question. `weight` and `steps` count for ratings alone, `options` for choices."""

    kind: QuestionKind
    text: str
    required: bool = False
    weight: int = 1
    steps: int = 5
    options: tuple[str, ...] = ()


class WrongAnswers(BadValue):
    """Answers that the questions do not take; `mistakes`: what is wrong, by the question's place, from 0."""

    def __init__(self, mistakes: Mapping[int, str]) -> None:
        first = min(mistakes)
        super().__init__("answers", f": question {first + 1} {mistakes[first]}")
        self.mistakes = mistakes


def checked(questions: Sequence[Question]) -> str:
    """Return questions as they are stored; BadValue."""
    if not questions:
        raise BadValue("questions", "holds none: a survey needs one or more.")
    if len(questions) > MOST_QUESTIONS:
        raise BadValue("questions", f"holds more than {MOST_QUESTIONS}.")
    for number, question in enumerate(questions, 1):
        wrong = _wrong(question)
        if wrong:
            raise BadValue("questions", f": question {number} {wrong}")
    return json.dumps([asdict(question) for question in questions], ensure_ascii=False)


def _wrong(question: Question) -> str:
    if not question.text.strip():
        return "has no text."
    if len(question.text) > LONGEST_TEXT:
        return f"is longer than {LONGEST_TEXT} characters."
    if any(storable(text) != text for text in (question.text, *question.options)):
        return "holds a character that cannot be stored."
    if not 1 <= question.weight <= MOST_WEIGHT:
        return f"has a weight that is not between 1 and {MOST_WEIGHT}."
    if not LEAST_STEPS <= question.steps <= MOST_STEPS:
        return f"does not have {LEAST_STEPS} to {MOST_STEPS} steps."
    return _wrong_options(question)


def _wrong_options(question: Question) -> str:
    options = question.options
    if question.kind is not QuestionKind.CHOICE:
        return "has options, which only choices have." if options else ""
    if not options:
        return "is a choice without options."
    if len(options) > MOST_OPTIONS:
        return f"has more than {MOST_OPTIONS} options."
    if any(not option.strip() or len(option) > LONGEST_OPTION for option in options):
        return f"has an option that is empty or longer than {LONGEST_OPTION} characters."
    return "has an option twice." if len(set(options)) < len(options) else ""


def read(stored: str) -> list[Question]:
    """Return the questions that are stored."""
    return [
        Question(**{**one, "kind": QuestionKind(one["kind"]), "options": tuple(one["options"])})
        for one in json.loads(stored)
    ]


def answered(questions: Sequence[Question], given: Sequence[Answer]) -> list[Answer]:
    """Return one answer for each question, in their order; None where nothing was answered. WrongAnswers, BadValue.

    `given` may be shorter: what is missing was not answered. A text of spaces is no answer.
    """
    if len(given) > len(questions):
        raise BadValue("answers", f"holds {len(given)}, and there are {len(questions)} questions.")
    padded = [*given, *[None] * (len(questions) - len(given))]
    answers = [None if isinstance(one, str) and not one.strip() else one for one in padded]
    pairs = enumerate(zip(questions, answers, strict=True))
    mistakes = {place: wrong for place, (question, answer) in pairs if (wrong := _wrong_answer(question, answer))}
    if mistakes:
        raise WrongAnswers(mistakes)
    return answers


def _wrong_answer(question: Question, answer: Answer) -> str:
    if answer is None:
        return "is required." if question.required else ""
    if question.kind is QuestionKind.RATING:
        is_step = isinstance(answer, int) and not isinstance(answer, bool) and 1 <= answer <= question.steps
        return "" if is_step else f"takes a number from 1 to {question.steps}."
    if not isinstance(answer, str):
        return "takes a text."
    if question.kind is QuestionKind.CHOICE:
        return "" if answer in question.options else "takes one of its options."
    if len(answer) > LONGEST_ANSWER:
        return f"takes {LONGEST_ANSWER} characters at most."
    return "" if storable(answer) == answer else "holds a character that cannot be stored."


def rating(questions: Sequence[Question], answers: Sequence[Answer]) -> int | None:
    """Return the weighted mean of answer/steps in percent, rounded; None where no rating was answered."""
    rated = [
        (question.weight, answer / question.steps)
        for question, answer in zip(questions, answers, strict=True)
        if question.kind is QuestionKind.RATING and isinstance(answer, int)
    ]
    if not rated:
        return None
    mean = sum(weight * share for weight, share in rated) / sum(weight for weight, _ in rated)
    return int(mean * 100 + 0.5)


def kept(questions: Sequence[Question], answers: Sequence[Answer]) -> str:
    """Return questions with their answers as they are stored: they can be read when the survey has changed."""
    pairs: list[dict[str, Any]] = [
        {"kind": question.kind, "text": question.text, "answer": answer}
        for question, answer in zip(questions, answers, strict=True)
    ]
    return json.dumps(pairs, ensure_ascii=False)
