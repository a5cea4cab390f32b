"""Events of surveys. Numbers and titles are documented; the arguments but the rating are ours."""

from typing import NamedTuple

from .declaring import event

_ARGUMENTS = ("survey", "rating", "item", "customerEmail", "agentUsername", "departmentName", "groupName")


@event(506000, "Survey Answered", *_ARGUMENTS)
class SurveyAnswered(NamedTuple):
    """A customer answered a survey."""

    survey: str
    rating: int | None
    item: str
    customer_email: str
    agent_username: str
    department_name: str
    group_name: str


@event(506001, "Survey Offered", *_ARGUMENTS)
class SurveyOffered(NamedTuple):
    """A customer was asked to answer a survey; there is no rating yet."""

    survey: str
    rating: int | None
    item: str
    customer_email: str
    agent_username: str
    department_name: str
    group_name: str
