"""Bodies as a page shows them: indented and coloured, as text that is never run. Each character is looked at once."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import escape
from urllib.parse import parse_qsl

from markupsafe import Markup

_DEEPEST = 30
"""Levels that are indented; what lies deeper stands where these do."""

_LONGEST = 1024 * 1024
"""Characters of JSON when it is indented; what would be longer is shown as it is."""

_ENDS = (("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>"), ("<", ">"))
_ATTRIBUTE = re.compile(r"""(?<=\s)([^\s=<>"'/]++)(\s*+=\s*+)("[^"]*"|'[^']*')""")
_NAME = re.compile(r"</?[^\s<>/]*")


def shown(body: str, content_type: str) -> Markup:
    """Return a body for a page, by its media type or, where that says nothing, by how it begins."""
    kind = content_type.partition(";")[0].strip().lower()
    begins = body.lstrip("\ufeff \t\r\n")[:1]
    if kind.endswith("xml") or (begins == "<" and "html" not in kind):
        return _xml(body)
    if kind.endswith("json") or begins in ("{", "["):
        return _json(body)
    if kind == "application/x-www-form-urlencoded":
        return _form(body)
    return Markup.escape(body)


def _form(body: str) -> Markup:
    pairs = parse_qsl(body, keep_blank_values=True)
    return Markup("\n").join(Markup('<b class="x-name">{}</b> = {}').format(name, value) for name, value in pairs)


def _json(body: str) -> Markup:
    parts: list[str] = []
    left = _LONGEST
    try:
        for part in json.JSONEncoder(indent=2, ensure_ascii=False).iterencode(json.loads(body)):
            parts.append(part)
            left -= len(part)
            if left < 0:
                return Markup.escape(body)
    except (ValueError, RecursionError):
        return Markup.escape(body)
    return Markup.escape("".join(parts))


def _xml(body: str) -> Markup:
    lines: list[str] = []
    depth = 0
    tokens = [one for one in _tokens(body) if one.strip()]
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token.startswith("</"):
            depth = max(0, depth - 1)
            lines.append(_indent(depth) + _coloured(token))
        elif _opens(token):
            # An element of nothing but text stands on one line.
            short = tokens[at + 1 : at + 3]
            if short and short[0].startswith("</"):
                lines.append(_indent(depth) + _coloured(token) + _coloured(short[0]))
                at += 1
            elif len(short) == 2 and not short[0].startswith("<") and short[1].startswith("</"):
                lines.append(_indent(depth) + _coloured(token) + escape(short[0]) + _coloured(short[1]))
                at += 2
            else:
                lines.append(_indent(depth) + _coloured(token))
                depth += 1
        else:
            lines.append(_indent(depth) + _coloured(token))
        at += 1
    return Markup("\n".join(lines))  # noqa: S704 - each part is escaped where it is coloured


def _opens(token: str) -> bool:
    return token.startswith("<") and not token.startswith(("<?", "<!", "</")) and not token.endswith("/>")


def _indent(depth: int) -> str:
    return "  " * min(depth, _DEEPEST)


def _tokens(body: str) -> Iterator[str]:
    """Return markup and the texts between, in order; what is not closed goes to the end."""
    at, unclosed = 0, set[str]()
    while at < len(body):
        if body[at] != "<":
            end = body.find("<", at)
            end = len(body) if end < 0 else end
            yield body[at:end].strip()
            at = end
            continue
        end = -1
        for start, close in _ENDS:
            if body.startswith(start, at) and close not in unclosed:
                end = body.find(close, at + len(start))
                if end >= 0:
                    end += len(close)
                    break
                unclosed.add(close)  # looked for once
        if end < 0:
            end = len(body)
        yield body[at:end]
        at = end


def _coloured(token: str) -> str:
    """Return HTML. Plain strings: a body may be twenty thousand tokens, and `Markup` takes its time for each."""
    if not token.startswith("<"):
        return escape(token.strip())
    if token.startswith(("<!", "<?")):
        return f'<i class="x-mute">{escape(token)}</i>'
    name = _NAME.match(token)
    head = name[0] if name else ""
    parts = [f'<b class="x-tag">{escape(head)}</b>']
    last = len(head)
    for found in _ATTRIBUTE.finditer(token, last):
        key, equals, value = found.groups()
        parts.append(escape(token[last : found.start()]))
        parts.append(f'<span class="x-name">{escape(key)}</span>{equals}<span class="x-mute">{escape(value)}</span>')
        last = found.end()
    rest = token[last:]
    parts.append(f'<b class="x-tag">{escape(rest)}</b>' if rest in (">", "/>") else escape(rest))
    return "".join(parts)
