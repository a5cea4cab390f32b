"""The seeded databases, here without a server."""

from tests.services.conftest import seeded_engine, seeded_postgresql, seeded_sqlite, seeded_url

__all__ = ["seeded_engine", "seeded_postgresql", "seeded_sqlite", "seeded_url"]
