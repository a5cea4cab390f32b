"""Events of channels, where agents talk among themselves. Numbers, titles and arguments are documented."""

from typing import NamedTuple

from .declaring import event


@event(505000, "Chat Channel Joined", "agentUsername", "channel", "message")
class ChatChannelJoined(NamedTuple):
    """An agent joined a channel."""

    agent_username: str
    channel: str
    message: str = ""


@event(505001, "Chat Channel Left", "agentUsername", "channel", "message")
class ChatChannelLeft(NamedTuple):
    """An agent left a channel."""

    agent_username: str
    channel: str
    message: str = ""


@event(505002, "Chat Channel Invited", "agentUsername", "channel", "message", "fromAgentUsername")
class ChatChannelInvited(NamedTuple):
    """An agent invited another into a channel."""

    agent_username: str
    channel: str
    message: str
    from_agent_username: str
