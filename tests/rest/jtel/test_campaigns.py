"""Evidence: documented (list, find, clone, delete, result codes) and ours."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import func, select

from smartertrack_emu.domain.models import Attempt, Campaign, Contact, ContactNumber, ResultCode, ResultText
from smartertrack_emu.store.unit_of_work import reading
from tests.rest.jtel.client import Jtel

RESULTS = ("MaxTriesResultCodesID", "AbortOnNoTelNumberResultCodesID", "IncomingCallResultCodesID")


def test_list_get_find(jtel: Jtel, sales: Jtel) -> None:
    first, second = jtel.records("dialler/campaigns")
    assert [one["Name"] for one in (first, second)] == ["Campaign 1000", "Übermorgen 100%"]
    assert [first[name] for name in ("nContacts", "nContactsOpen", "nContactsDone", "nContactsAborted")] == [5, 4, 1, 0]
    assert [first[name] for name in RESULTS] == [6, 5, 7]
    for path in ("dialler/campaigns/1", "dialler/campaigns/campaign/1"):
        assert jtel.one("GET", path) == first
    assert [one["ID"] for one in jtel.records("dialler/campaigns/campaign", name="ÜBER")] == [2]
    assert [one["ID"] for one in jtel.records("dialler/campaigns/campaign", name="0%")] == [2]
    assert jtel.records("dialler/campaigns/campaign", name="_") == []
    assert jtel.error("GET", "dialler/campaigns/campaign?name=", status=400) == "name is required"
    assert [one["ID"] for one in sales.records("dialler/campaigns")] == [3]
    for path in ("dialler/campaigns/1", "dialler/campaigns/campaign/1/resultCodes"):
        assert sales.error("GET", path, status=404) == "Dialler campaign not found"


def test_result_codes(jtel: Jtel) -> None:
    path = "dialler/campaigns/campaign/1/resultCodes"
    german = [one["Content"] for one in jtel.records(path)]
    assert german == ["Erfolg", "Refused", "Später", "APPOINTMENT", "NO_NUMBER", "Max Tries (Abort)", "INCOMING"]
    assert jtel.records(path, languagesID=2) == jtel.records(path)
    english = jtel.records(path, languagesID="1")
    assert [one["Content"] for one in english][:3] == ["Success", "Refused", "Später"]
    kinds = [[one[name] for name in ("bDone", "bAborted", "bDelay", "bAppointment")] for one in english]
    assert kinds[:4] == [
        [True, False, False, False],
        [False, True, False, False],
        [False, False, True, False],
        [False, False, False, True],
    ]
    assert [(one["nDelay"], one["bAgentBound"]) for one in english][2:4] == [(120, False), (None, True)]
    for wrong in ("0", "3", "x", ""):
        assert jtel.error("GET", path, params={"languagesID": wrong}, status=400).startswith("languagesID")


def test_clone(jtel: Jtel, sales: Jtel) -> None:
    source = jtel.one("GET", "dialler/campaigns/1")
    made = jtel.one("POST", "dialler/campaigns/clone", {"source": "cAMPAIGN 1000", "destination": "Копия ' %"})
    same = [
        name
        for name in source
        if name not in ("Name", "ID", "dtCreated", "dtLastModified", *RESULTS) and name[0] != "n"
    ]
    assert [made[name] for name in same] == [source[name] for name in same]
    assert (made["nMaxTries"], made["nContacts"], made["Name"]) == (3, 0, "Копия ' %")
    of_copy = {
        one["ID"]: one["ExportKey"]
        for one in jtel.records(
            f"dialler/campaigns/{made['ID']}/resultCodes".replace("campaigns/", "campaigns/campaign/")
        )
    }
    assert [of_copy[made[name]] for name in RESULTS] == ["MAX_TRIES", "NO_NUMBER", "INCOMING"]
    assert not of_copy.keys() & set(range(1, 22))
    other = jtel.one("POST", "dialler/campaigns/clone", {"source": "Campaign 1000", "destination": "b", "userData": ""})
    assert other["UserData"] == ""
    for source_name, destination, status, sentence in (
        ("Nobody", "x", 404, "Dialler campaign not found"),
        ("Campaign", "x", 404, "Dialler campaign not found"),
        ("Campaign 1000", "campaign 1000", 409, "Dialler campaign already exists"),
        ("Campaign 1000", "копия ' %", 409, "Dialler campaign already exists"),
        ("x" * 65, "x", 400, "source is longer than 64 characters"),
        ("Campaign 1000", "x" * 65, 400, "destination is longer than 64 characters"),
        ("Campaign 1000", "", 400, "destination is required"),
    ):
        body = {"source": source_name, "destination": destination}
        assert jtel.error("POST", "dialler/campaigns/clone", body, status=status) == sentence
    assert (
        sales.one("POST", "dialler/campaigns/clone", {"source": "Campaign 1000", "destination": "b"})["ClientsID"] == 2
    )


def test_of_several_clones_at_once_one_wins(jtel: Jtel) -> None:
    with ThreadPoolExecutor(4) as pool:
        asked = [
            pool.submit(
                jtel.call, "POST", "dialler/campaigns/clone", json={"source": "Campaign 1000", "destination": "x"}
            )
            for _ in range(4)
        ]
        assert sorted(one.result().status_code for one in asked) == [200, 409, 409, 409]


def test_delete(jtel: Jtel, sales: Jtel) -> None:
    assert sales.error("DELETE", "dialler/campaigns/1", status=404) == "Dialler campaign not found"
    assert jtel.error("DELETE", "dialler/campaigns/campaign", params={"name": "Campaign"}, status=404)
    assert jtel.error("DELETE", "dialler/campaigns/campaign", status=400) == "name is required"
    assert jtel.done("DELETE", "dialler/campaigns/campaign/1") == {"status": 200}
    assert jtel.error("DELETE", "dialler/campaigns/1", status=404) == "Dialler campaign not found"
    assert jtel.done("DELETE", "dialler/campaigns/campaign", name="ÜBERMORGEN 100%") == {"status": 200}
    assert sales.done("DELETE", "dialler/campaigns/3") == {"status": 200}
    with reading(jtel.api.engine) as session:
        for model in (Campaign, ResultCode, ResultText, Contact, ContactNumber, Attempt):
            assert session.scalar(select(func.count()).select_from(model)) == 0
