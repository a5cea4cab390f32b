"""PHP's SoapClient, reading the WSDL from the server: both SOAP versions. Seen: a real client."""

from __future__ import annotations

import pytest

from tests.clients.conftest import Tell
from tests.clients.story import check, told
from tests.services.api import Api


@pytest.mark.parametrize("seeded_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_php(php: Tell, api: Api, version: str) -> None:
    check(php(told(api.url, version)))
