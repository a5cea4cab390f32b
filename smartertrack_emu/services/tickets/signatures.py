"""Agents' signatures."""

from typing import Annotated

from smartertrack_emu.asmx.declare import Doc
from smartertrack_emu.domain.html import to_text
from smartertrack_emu.domain.tickets import signatures
from smartertrack_emu.services.calls import Call
from smartertrack_emu.services.inputs import DepartmentId, GroupId
from smartertrack_emu.services.names import PLACE
from smartertrack_emu.services.results import StringRequestResult

from .service import tickets


@tickets.operation(names=PLACE)
def GetAgentsSignature(
    call: Call,
    DepartmentID: DepartmentId,
    GroupID: GroupId,
    plainText: Annotated[bool, Doc("True for plain text, False for HTML.")],
) -> StringRequestResult:
    """Return the caller's signature for a department and group."""
    html = signatures.signature(call.session, call.actor, DepartmentID, GroupID)
    return StringRequestResult(RequestResult=to_text(html) if plainText else html)
