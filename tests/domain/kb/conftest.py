"""Rules of the knowledge base are tested with the data that the services are tested with."""

from tests.services.conftest import seeded_engine, seeded_postgresql, seeded_sqlite, seeded_url

__all__ = ["seeded_engine", "seeded_postgresql", "seeded_sqlite", "seeded_url"]
