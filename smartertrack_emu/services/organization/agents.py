"""Agents, and who of them is being given what."""

from smartertrack_emu.domain.chats import assignment
from smartertrack_emu.domain.people import agents
from smartertrack_emu.domain.people.models import BuiltInRole
from smartertrack_emu.services.calls import Call
from smartertrack_emu.services.inputs import DepartmentId, GroupId
from smartertrack_emu.services.service import credentials

from .packing import agent_info, agent_list
from .service import organization
from .types import AgentInfo, AgentInfoArrayResult, AgentRoleInfo


@organization.operation(
    credentials=credentials(
        "agentUserName", "agentPassword", first_means="User name to check.", second_means="Password to check."
    )
)
def ValidateAgent(call: Call) -> AgentRoleInfo:
    """Check an agent's user name and password, and return the agent and his roles."""
    actor = call.actor
    return AgentRoleInfo(Agent=AgentInfo(actor.display_name, actor.id, actor.username), Roles=sorted(actor.role_ids))


@organization.operation(
    credentials=credentials("agentUserName", "agentPassword", first_means="User name of the calling agent.")
)
def GetQueueUser(call: Call) -> AgentRoleInfo:
    """Return the user that stands for the queue."""
    return AgentRoleInfo(Agent=agent_info(agents.queue(call.session)), Roles=[int(BuiltInRole.EVERYONE)])


@organization.operation()
def GetAllAgents(call: Call) -> AgentInfoArrayResult:
    """List all agents."""
    return agent_list(agents.agents(call.session))


@organization.operation()
def GetAgentsForDepartment(call: Call, DepartmentID: DepartmentId) -> AgentInfoArrayResult:
    """List the agents of a department."""
    return agent_list(agents.agents_of_department(call.session, DepartmentID))


@organization.operation()
def GetActiveTicketAgentsForGroup(call: Call, GroupID: GroupId) -> AgentInfoArrayResult:
    """List the members of a group who are receiving tickets."""
    return agent_list(agents.receiving_tickets(call.session, GroupID))


@organization.operation()
def GetActiveChatAgentsForGroup(call: Call, GroupID: GroupId) -> AgentInfoArrayResult:
    """List the members of a group who are switched on for chats."""
    return agent_list(agents.receiving_chats(call.session, GroupID))


@organization.operation()
def GetAvailableChatAgentsForGroup(call: Call, GroupID: GroupId) -> AgentInfoArrayResult:
    """List the members of a group who can be given a chat now."""
    return agent_list(assignment.available_agents(call.session, GroupID))


@organization.operation()
def GetAgentsForGroup(call: Call, GroupID: GroupId) -> AgentInfoArrayResult:
    """List the members of a group."""
    return agent_list(agents.agents_of_group(call.session, GroupID))
