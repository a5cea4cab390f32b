"""What a rule can do: the kinds of actions, their members, and which of them suit which events.

Kinds are documented where the product has such an action, the members are ours. An action is a JSON object with its
`kind`; `read` completes and checks one. Whether what it names is there is looked at by who knows the desk.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from smartertrack_emu.domain import naming
from smartertrack_emu.domain.errors import BadValue
from smartertrack_emu.domain.kinds import ItemKind, Priority
from smartertrack_emu.domain.naming import shown
from smartertrack_emu.domain.text import fold

from .declaring import EventType

MOST: Final = 20
"""Actions of one rule."""

LONGEST_TEXT: Final = 10_000
LONGEST_NAME: Final = 500
MOST_ADDRESSES: Final = 50
MOST_SECONDS: Final = 366 * 86_400
INVITING: Final = 503007
"""The type of event that an invitation can follow."""

WHO: Final = ("customer", "agent", "group")
"""Whom an e-mail can be to besides addresses."""


class Member(NamedTuple):
    """A member of an action: text, truth or texts. A text that is `needed` is not blank."""

    type: str
    needed: bool = False
    longest: int = LONGEST_NAME


_TEXT = Member("text", needed=True, longest=LONGEST_TEXT)
KINDS: Final[Mapping[str, Mapping[str, Member]]] = {
    "notify-provider": {},
    "email": {
        "to": Member("texts", needed=True),
        "subject": Member("text"),
        "body": Member("text", longest=LONGEST_TEXT),
        "html": Member("truth"),
    },
    "reminder": {
        "user": Member("text", needed=True),
        "subject": Member("text", needed=True),
        "body": Member("text", longest=LONGEST_TEXT),
    },
    "transfer": {"group": Member("text"), "agent": Member("text")},
    "priority": {"priority": Member("text", needed=True)},
    "status": {"status": Member("text", needed=True)},
    "note": {"text": _TEXT},
    "webhook": {"url": Member("text", needed=True, longest=2_000)},
    "log": {"text": _TEXT},
    "invite": {"message": _TEXT},
}
"""By their kinds, as they are declared and shown."""

CALLS: Final = ("notify-provider", "webhook")
"""Kinds that ask another system: outside of transactions, and again where that failed."""

_SUITS: Final[Mapping[str, tuple[ItemKind, ...]]] = {
    "transfer": (ItemKind.TICKET, ItemKind.CHAT, ItemKind.TASK),
    "priority": (ItemKind.TICKET, ItemKind.TASK),
    "status": (ItemKind.TICKET, ItemKind.TASK),
    "note": (ItemKind.TICKET, ItemKind.CHAT, ItemKind.TASK),
    "invite": (ItemKind.VISITOR,),
}
"""Which items the actions are for that are not for all."""

_EMPTY: Final[Mapping[str, Any]] = {"text": "", "truth": False, "texts": []}


def read(declared: EventType, place: int, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the action at a place of a rule for a type of event, with all members of its kind; BadValue."""
    what = f": action {place + 1}"
    kind = given.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise BadValue("actions", f"{what}: its kind is none of {', '.join(KINDS)}.")
    members = KINDS[kind]
    unknown = given.keys() - members.keys() - {"kind", "once_per_item", "at_most_every_seconds"}
    if unknown:
        raise BadValue("actions", f"{what}: {kind} has no member {shown(min(unknown))}.")
    suits = _SUITS.get(kind)
    if (suits is not None and declared.item_kind not in suits) or (kind == "invite" and declared.number != INVITING):
        raise BadValue("actions", f"{what}: {kind} cannot follow events of the type {declared.number}.")
    action: dict[str, Any] = {"kind": kind}
    for name, member in members.items():
        action[name] = _member(what, name, member, given.get(name, _EMPTY[member.type]))
    _check(what, declared, action)
    action["once_per_item"] = _truth(what, "once_per_item", given.get("once_per_item", False))
    action["at_most_every_seconds"] = _seconds(what, given.get("at_most_every_seconds", 0))
    return action


def _member(what: str, name: str, member: Member, value: Any) -> Any:
    if member.type == "truth":
        return _truth(what, name, value)
    if member.type == "texts":
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise BadValue("actions", f"{what}: {name} must be a list of texts.")
        if not 0 < len(value) <= MOST_ADDRESSES:
            raise BadValue("actions", f"{what}: {name} needs 1 to {MOST_ADDRESSES}.")
        return list(value)
    if not isinstance(value, str):
        raise BadValue("actions", f"{what}: {name} must be a text.")
    if len(value) > member.longest:
        raise BadValue("actions", f"{what}: {name} has more than {member.longest} characters.")
    if member.needed and not value.strip():
        raise BadValue("actions", f"{what}: {name} is required.")
    if naming.storable(value) != value:
        raise BadValue("actions", f"{what}: {name} holds a character that cannot be kept.")
    return value


def _truth(what: str, name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise BadValue("actions", f"{what}: {name} must be true or false.")
    return value


def _seconds(what: str, value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MOST_SECONDS:
        raise BadValue("actions", f"{what}: at_most_every_seconds must be a whole number from 0 to {MOST_SECONDS}.")
    return value


def _check(what: str, declared: EventType, action: Mapping[str, Any]) -> None:
    """Check what can be checked of an action by itself."""
    kind = action["kind"]
    if kind == "email":
        for address in action["to"]:
            if address not in WHO:
                _check_address(what, address)
    elif kind == "priority" and fold(action["priority"]) not in {fold(one.word) for one in Priority}:
        words = ", ".join(one.word for one in Priority)
        raise BadValue("actions", f"{what}: {shown(action['priority'])} is none of {words}.")
    elif kind == "transfer":
        if not action["group"].strip() and not action["agent"].strip():
            raise BadValue("actions", f"{what}: transfer needs a group or an agent.")
        if declared.item_kind is ItemKind.TASK and (action["group"].strip() or not action["agent"].strip()):
            raise BadValue("actions", f"{what}: a task is given to an agent, and is in no group.")
    elif kind == "webhook":
        check_url(what, action["url"])


def _check_address(what: str, address: str) -> None:
    try:
        naming.email(address, "to", required=True)
    except BadValue:
        who = ", ".join(WHO)
        raise BadValue("actions", f"{what}: {shown(address)} is neither an e-mail address nor {who}.") from None


def check_url(what: str, url: str) -> None:
    """Raise BadValue for what is no address of a web page: http or https, with a host, no user name, no fragment."""
    try:
        parts = urlsplit(url)
        is_right = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        is_right = is_right and parts.username is None and parts.password is None and "#" not in url
    except ValueError:
        is_right = False
    if not is_right:
        why = "is no http or https address without a user name and a fragment."
        raise BadValue("actions", f"{what}: {shown(url)} {why}")
    if any(letter <= " " or letter == "\x7f" for letter in url):
        raise BadValue("actions", f"{what}: the address holds a blank or a control character.")
