"""What may stand in the log: one line is one line, whoever wrote parts of it, and no secret is in it."""

from __future__ import annotations

import logging
import re
from types import TracebackType

_LONGEST_MESSAGE = 4_000
_LONGEST_TRACEBACK = 64_000
_CUT = " [cut]"

_UNSAFE = re.compile(
    "["
    "\x00-\x1f\x7f-\x9f"  # control characters: new lines, and what steers a terminal
    "\u061c\u200b-\u200f\u2028\u2029\u202a-\u202e\u2060-\u206f\ufeff"  # separators of lines, changes of direction
    "\ud800-\udfff"  # halves of characters, which no file takes
    "\U000e0000-\U000e007f"  # invisible letters
    "]"
)

_SECRET = re.compile(
    r"""
      (/(?:Download|Verify)/|/Portal/Tickets/[^/\s]{1,100}/)[^\s/?:"'<>]+  # what opens without a login
    | ((?:[?&]h|\b(?:token|handshake|secret|passwd|pwd|\w{0,20}password))["']?\s?[=:]\s?["']?)[^\s&"'<>]+
    | (://[^\s/:@]{0,100}:)[^\s/@]{1,200}(?=@)                           # the password in a database's URL
    | (\bBasic\s)[A-Za-z0-9+/=]{8,}                                     # HTTP's user name and password
    """,
    re.IGNORECASE | re.VERBOSE | re.ASCII,
)
"""What is secret, known by what stands before it, which is in the one group that matched."""


def mask(text: str) -> str:
    """Return a text with *** in place of every secret that is known by what stands before it."""
    return _SECRET.sub(_masked, text)


def _masked(match: re.Match[str]) -> str:
    return f"{match[match.lastindex or 0]}***"


def in_one_line(text: str) -> str:
    """Return a text with all that is no visible character written as an escape."""
    return _UNSAFE.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape").decode()


class Formatter(logging.Formatter):
    """Writes a record as one line; a traceback follows indented, so that none of its lines looks like a record."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        """Return the record's line, bounded."""
        text = super().formatMessage(record)
        text = in_one_line(mask(text[:_LONGEST_TRACEBACK]))
        return text if len(text) <= _LONGEST_MESSAGE else text[:_LONGEST_MESSAGE] + _CUT

    def formatException(  # noqa: N802 - logging's name
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        """Return a traceback, bounded; its end says most."""
        return _indented(super().formatException(ei))

    def formatStack(self, stack_info: str) -> str:  # noqa: N802 - logging's name
        """Return a stack like a traceback."""
        return _indented(super().formatStack(stack_info))


def _indented(text: str) -> str:
    if len(text) > _LONGEST_TRACEBACK:
        # From a space on, lest half a secret lose what it is known by.
        text = "... " + text[-_LONGEST_TRACEBACK:].partition(" ")[2]
    return "\n".join(f"    {in_one_line(line)}" for line in mask(text).split("\n"))
