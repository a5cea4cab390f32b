"""Signatures over HTTP: by department and group, HTML or plain, documented; precedence and the placeholder are ours."""

from __future__ import annotations

from typing import Any

import pytest

from smartertrack_emu.domain.models import Department, Group, User
from tests.services.api import Api
from tests.services.tickets.steps import (
    ALICE,
    LEVEL_1,
    LEVEL_2,
    SALES,
    SALES_GROUP,
    SUPPORT,
    change,
    ok,
    refused,
    statements,
)


def signature(api: Api, department: int, group: int, *, plain: bool = False, by: str = "alice") -> Any:
    return ok(api.tickets(by).GetAgentsSignature(department, group, plain)).RequestResult


def test_html_and_plain(api: Api) -> None:
    assert signature(api, SUPPORT, LEVEL_1) == "<p>-- <br>Alice Agent, Acme Support</p>"
    text = signature(api, SUPPORT, LEVEL_1, plain=True)
    assert [line.strip() for line in text.splitlines()] == ["--", "Alice Agent, Acme Support"]


def test_department_or_group_alone(api: Api) -> None:
    whole = signature(api, SUPPORT, LEVEL_1, by="bob")
    assert whole == "<p>-- <br>Bob Agent, Acme Support</p>"
    assert signature(api, SUPPORT, 0, by="bob") == signature(api, 0, LEVEL_2, by="bob") == whole


def test_the_groups_goes_before_the_departments(api: Api) -> None:
    change(api, Group, LEVEL_2, signature="<i>{agent}</i>, Level 2")
    assert signature(api, SUPPORT, LEVEL_2) == "<i>Alice Agent</i>, Level 2"
    assert "Acme Support" in signature(api, SUPPORT, LEVEL_1)


def test_the_agents_own_where_there_is_no_other(api: Api) -> None:
    assert signature(api, SALES, SALES_GROUP) is None
    change(api, User, ALICE, signature="<p>Alice</p>", display_name="A & B")
    assert signature(api, SALES, SALES_GROUP) == "<p>Alice</p>"
    change(api, Department, SALES, signature="<p>{agent}</p>")
    assert signature(api, SALES, SALES_GROUP) == "<p>A &amp; B</p>"
    assert signature(api, SALES, SALES_GROUP, plain=True) == "A & B"


@pytest.mark.parametrize(
    ("department", "group", "code", "word"),
    [
        (99, 0, -4, "department 99"),
        (0, 99, -4, "group 99"),
        (SALES, LEVEL_1, -5, "group 1"),
        (0, 0, -5, "departmentID"),
    ],
)
def test_refused(api: Api, department: int, group: int, code: int, word: str) -> None:
    refused(api.tickets("alice").GetAgentsSignature(department, group, plainText=False), code, word)


def test_not_for_customers(api: Api) -> None:
    refused(api.tickets("customer").GetAgentsSignature(SUPPORT, LEVEL_1, plainText=False), -3)


def test_statements(api: Api) -> None:
    assert statements(api, lambda: api.tickets("alice").GetAgentsSignature(SUPPORT, LEVEL_1, plainText=False)) == 2
