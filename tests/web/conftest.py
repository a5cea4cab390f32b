"""The pages are tested against the same running server as the services."""

from __future__ import annotations

from tests.services.conftest import api, seeded_engine, seeded_postgresql, seeded_sqlite, seeded_url

__all__ = ["api", "seeded_engine", "seeded_postgresql", "seeded_sqlite", "seeded_url"]
