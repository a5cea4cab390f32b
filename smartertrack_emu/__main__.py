"""`python -m smartertrack_emu`."""

from smartertrack_emu.cli import app

app()
