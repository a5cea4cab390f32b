"""The documentation's site: `make docs` builds it into site/, and fails where a link leads nowhere."""

import re
from pathlib import Path

from sphinx.application import Sphinx

from smartertrack_emu import __version__

project = "smartertrack-emu"
author = "smartertrack-emu contributors"
release = __version__
extensions = ["myst_parser"]
myst_heading_anchors = 4
html_theme = "furo"
html_title = f"smartertrack-emu {release}"
html_copy_source = False
html_show_sphinx = False

ROOT = Path(__file__).resolve().parents[1]
INCLUDED = {"start": "README.md", "working": "CONTRIBUTING.md", "changes": "CHANGELOG.md"}
"""Page -> the file in the checkout's root that it shows: what is written there is not repeated here."""

_LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#]*)")


def _include(app: Sphinx, name: str, content: list[str]) -> None:
    """Show files of the root as pages, and lead to these pages whoever links to those files.

    Other links beyond docs/ are to files of the checkout. The site carries them along.
    """
    depth = name.count("/")
    if name in INCLUDED:
        file = ROOT / INCLUDED[name]
        app.env.note_dependency(str(file))
        content[0] = _LINK.sub(lambda link: f"]({_from_docs(link[1])}", file.read_text(encoding="utf-8"))
    up = "../" * depth
    for page, file_name in INCLUDED.items():
        content[0] = content[0].replace(f"]({up}../{file_name}", f"]({up}{page}.md")
    if name == "decisions/README":
        content[0] += "\n```{toctree}\n:hidden:\n:glob:\n\n0*\n```\n"


def _from_docs(path: str) -> str:
    """Return where a link of a file in the root leads from docs/."""
    if path == "docs/decisions":
        return "decisions/README.md"
    return path.removeprefix("docs/") if path.startswith("docs/") else f"../{path}"


def setup(app: Sphinx) -> None:
    """Have Sphinx ask for each page's text."""
    app.connect("source-read", _include)
