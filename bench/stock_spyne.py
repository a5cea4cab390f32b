"""Stock Spyne serving the measured operations from constants."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Any

from spyne.server.wsgi import WsgiApplication
from waitress import serve

from smartertrack_emu.asmx.spyne_compat import (
    Application,
    Array,
    Boolean,
    ComplexModel,
    DateTime,
    Integer32,
    ServiceBase,
    Soap11,
    Unicode,
    rpc,
)
from smartertrack_emu.services.tickets.types import TicketInfo

from .requests import NAMESPACE

_TYPES = {int: Integer32, bool: Boolean, datetime: DateTime}
_MEMBERS = [
    (name, _TYPES.get(type(value), Unicode) if name != "FollowUpDateUtc" else DateTime)
    for name in TicketInfo.__dataclass_fields__
    for value in [getattr(TicketInfo(), name)]
]


def _model(name: str, members: list[tuple[str, Any]]) -> Any:
    return type(name, (ComplexModel,), {"__namespace__": NAMESPACE, "_type_info": members})


Info = _model("TicketInfo", _MEMBERS)
Result = [("Result", Boolean), ("ResultCode", Integer32)]
InfoResult = _model("TicketInfoResult", [("Message", Unicode), *Result, ("Ticket", Info)])
ArrayResult = _model("TicketInfoArrayResult", [("Message", Unicode), *Result, ("Tickets", Array(Info))])
StringResult = _model("StringRequestResult", [("Message", Unicode), ("RequestResult", Unicode), *Result])

_NOW = datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)
_TICKET = {
    name: "some text of a ticket" if kind is Unicode else _NOW if kind is DateTime else True if kind is Boolean else 7
    for name, kind in _MEMBERS
}


class svcTickets(ServiceBase):  # noqa: N801 - the wire's name
    """The three operations."""

    @rpc(Unicode, Unicode, Integer32, _returns=InfoResult, _args=["authUserName", "authPassword", "ticketId"])
    def GetTicketInfo(ctx: Any, *_: Any) -> Any:  # noqa: N802, N805
        return InfoResult(Message="", Result=True, ResultCode=0, Ticket=Info(**_TICKET))

    @rpc(
        Unicode, Unicode, Array(Unicode), _returns=ArrayResult, _args=["authUserName", "authPassword", "searchCriteria"]
    )
    def GetTicketsBySearch(ctx: Any, *_: Any) -> Any:  # noqa: N802, N805
        return ArrayResult(Message="", Result=True, ResultCode=0, Tickets=[Info(**_TICKET) for _ in range(100)])

    @rpc(
        *[Unicode] * 2, *[Integer32] * 3, *[Unicode] * 3, *[Boolean] * 3,
        _returns=StringResult,
        _args=[
            "authUserName", "authPassword", "departmentID", "groupId", "userIdOfAgent", "toAddress", "subject", "body",
            "isHtml", "setWaiting", "sendEmail",
        ],
    )  # fmt: skip
    def CreateTicket(ctx: Any, *_: Any) -> Any:  # noqa: N802, N805
        return StringResult(Message="", RequestResult="168-24F24A57-000E", Result=True, ResultCode=0)


if __name__ == "__main__":
    application = Application([svcTickets], NAMESPACE, in_protocol=Soap11(validator="soft"), out_protocol=Soap11())
    serve(WsgiApplication(application), host="127.0.0.1", port=int(sys.argv[1]), threads=4)
