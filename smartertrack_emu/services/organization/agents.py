"""Agents, and who of them is being given what."""

from __future__ import annotations

from smartertrack_emu.services.calls import Call, NotBuilt
from smartertrack_emu.services.service import AGENT_CREDENTIALS

from .service import organization
from .types import AgentInfoArrayResult, AgentRoleInfo


@organization.operation(credentials=AGENT_CREDENTIALS)
def ValidateAgent(call: Call) -> AgentRoleInfo:
    """Check an agent's user name and password, and return the agent and his roles."""
    raise NotBuilt


@organization.operation(credentials=AGENT_CREDENTIALS)
def GetQueueUser(call: Call) -> AgentRoleInfo:
    """Return the user that stands for the queue."""
    raise NotBuilt


@organization.operation()
def GetAllAgents(call: Call) -> AgentInfoArrayResult:
    """List all agents."""
    raise NotBuilt


@organization.operation()
def GetAgentsForDepartment(call: Call, DepartmentID: int) -> AgentInfoArrayResult:
    """List the agents of a department."""
    raise NotBuilt


@organization.operation()
def GetActiveTicketAgentsForGroup(call: Call, GroupID: int) -> AgentInfoArrayResult:
    """List the members of a group who are receiving tickets."""
    raise NotBuilt


@organization.operation()
def GetActiveChatAgentsForGroup(call: Call, GroupID: int) -> AgentInfoArrayResult:
    """List the members of a group who are switched on for chats."""
    raise NotBuilt


@organization.operation()
def GetAvailableChatAgentsForGroup(call: Call, GroupID: int) -> AgentInfoArrayResult:
    """List the members of a group who can be given a chat now."""
    raise NotBuilt


@organization.operation()
def GetAgentsForGroup(call: Call, GroupID: int) -> AgentInfoArrayResult:
    """List the members of a group."""
    raise NotBuilt
