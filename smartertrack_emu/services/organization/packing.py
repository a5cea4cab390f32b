"""From the domain's agents to the wire's."""

from __future__ import annotations

from collections.abc import Iterable

from smartertrack_emu.domain.people.agents import Agent

from .types import AgentInfo, AgentInfoArrayResult


def agent_info(agent: Agent) -> AgentInfo:
    """Return one agent."""
    return AgentInfo(agent.display_name, agent.id, agent.username)


def agent_list(agents: Iterable[Agent]) -> AgentInfoArrayResult:
    """Return agents as a result."""
    return AgentInfoArrayResult(Agents=[AgentInfo(name, user_id, username) for user_id, username, name in agents])
