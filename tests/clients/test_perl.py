"""Perl's SOAP::Lite, without a WSDL and with its own xsi:type and encodingStyle everywhere. Seen: a real client."""

from __future__ import annotations

import pytest

from tests.clients.conftest import Tell
from tests.clients.story import check, told
from tests.services.api import Api


@pytest.mark.parametrize("seeded_url", ["sqlite"], indirect=True)
def test_perl(perl: Tell, api: Api) -> None:
    check(perl(told(api.url, "1.1")))
