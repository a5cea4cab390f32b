"""The table of settings in README.md."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

from pydantic import SecretStr

from smartertrack_emu import cli
from smartertrack_emu.config import Settings

from .markdown import ROOT, table

_START, _END = "<!-- settings", "<!-- /settings -->"
_OPTIONS = {"database": "database_url"}
"""Command line parameter -> the setting it is called after, where the names differ."""


def readme() -> str:
    """Return README.md with the settings as they are."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    before, start, rest = text.partition(_START)
    remark, close, rest = rest.partition("-->\n")
    _, end, after = rest.partition(_END)
    return "\n".join([before + start + remark + close.rstrip("\n"), *_settings(), end + after])


def _settings() -> Iterator[str]:
    options = {
        _OPTIONS.get(name, name): f"`--{name.replace('_', '-')}`" for name in inspect.signature(cli.serve).parameters
    }
    prefix = Settings.model_config["env_prefix"]
    return table(
        ("Variable", "Option", "Default", "Meaning"),
        (
            (f"`{prefix}{name.upper()}`", options.get(name, ""), _default(field.default), field.description or "")
            for name, field in Settings.model_fields.items()
        ),
    )


def _default(value: object) -> str:
    shown = value.get_secret_value() if isinstance(value, SecretStr) else str("" if value is None else value)
    if not shown:
        return ""
    return f"`{shown.lower() if isinstance(value, bool) else shown}`"
