"""docs/decisions/README.md: the list of decisions, by their titles."""

from __future__ import annotations

import re

from .markdown import ROOT

INDEX = "docs/decisions/README.md"
_LIST = "\n- "
_TITLE = re.compile(r"# (?P<number>\d{4})\. (?P<title>\S.*)")


def decisions() -> str:
    """Return the index; ValueError names a decision that does not begin with `# `, its number, a dot and its title."""
    index = ROOT / INDEX
    before, _, _ = index.read_text(encoding="utf-8").partition(_LIST)
    lines = []
    for file in sorted(index.parent.glob("0*.md")):
        first = file.read_text(encoding="utf-8").partition("\n")[0]
        found = _TITLE.fullmatch(first)
        if found is None or found["number"] != file.name[:4]:
            message = f"{file.name} begins with {first!r}, and not with '# {file.name[:4]}. ' and a title"
            raise ValueError(message)
        lines.append(f"- {found['number']} [{found['title']}]({file.name})")
    return "\n".join([before.rstrip(), "", *lines, ""])
