"""The time zone of the installation, and what stands in for one that is not known: ours."""

from datetime import UTC
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, update

from smartertrack_emu.domain.errors import NotPossible
from smartertrack_emu.domain.models import Installation
from smartertrack_emu.domain.structure import installation
from smartertrack_emu.store.unit_of_work import reading, writing


def test_the_installations_zone(engine: Engine) -> None:
    with writing(engine) as session:
        assert installation.time_zone(session) is UTC
        session.add(Installation(server_name="Acme", time_zone="Europe/Berlin"))
        session.flush()
        assert installation.time_zone(session) == ZoneInfo("Europe/Berlin")
        assert installation.time_zone_to_show(session) == ZoneInfo("Europe/Berlin")
        session.execute(update(Installation).values(time_zone="Mars/Olympus"))
    with reading(engine) as session:
        with pytest.raises(NotPossible, match="Mars/Olympus"):
            installation.time_zone(session)
        assert installation.time_zone_to_show(session) is UTC
