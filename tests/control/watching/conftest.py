"""A server that is watched, on a database of its own for every test."""

from __future__ import annotations

from tests.services.conftest import api, seeded_engine, seeded_postgresql, seeded_sqlite, seeded_url

__all__ = ["api", "seeded_engine", "seeded_postgresql", "seeded_sqlite", "seeded_url"]
