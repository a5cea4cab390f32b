"""How many chats there are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from smartertrack_emu.domain.chats import counts
from smartertrack_emu.services.calls import Call

from .service import chats
from .types import ChatCountInfo, ChatCountInfoArrayResult


def _pack(rows: Iterable[Any]) -> ChatCountInfoArrayResult:
    return ChatCountInfoArrayResult(
        ChatCounts=[
            ChatCountInfo(
                ActiveCount=row.active,
                BrandId=row.brand_id,
                DepartmentId=row.department_id,
                GroupId=row.group_id,
                InactiveCount=row.inactive,
                UserId=row.agent_id,
            )
            for row in rows
        ]
    )


@chats.operation()
def GetChatCounts_Agent(call: Call) -> ChatCountInfoArrayResult:
    """Count the caller's chats by brand, department and group."""
    return _pack(counts.counts(call.session, call.actor, of_agent=call.actor.id))


@chats.operation()
def GetChatCounts_Global(call: Call) -> ChatCountInfoArrayResult:
    """Say how many chats each agent has in each group, department and brand, as far as the caller may see."""
    return _pack(counts.counts(call.session, call.actor))
