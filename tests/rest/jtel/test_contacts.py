"""Evidence: seen (fields, lengths, import, batch) and ours. Contacts of the dialler's campaigns."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from smartertrack_emu.domain.dialler.contacts import TEXTS, digits_of
from smartertrack_emu.rest.jtel.records import DIALLER_CONTACT
from tests.rest.jtel.client import Jtel

NEW = {"DiallerCampaignsID": 1, "Name": "Żółć 'x'; -- ☎", "PhoneNumber1": "+49 30 1"}
IMPORT = "dialler/contacts/import"


def test_list_get_find(jtel: Jtel, sales: Jtel) -> None:
    assert [one["ID"] for one in jtel.records("dialler/contacts", diallerCampaignsID=1)] == [5, 4, 1, 3, 2]
    assert jtel.records("dialler/contacts", diallerCampaignsID=2) == []
    for unknown in (3, 99, 2**40):
        sentence = jtel.error("GET", "dialler/contacts", params={"diallerCampaignsID": unknown}, status=404)
        assert sentence == "Dialler campaign not found"
    second = jtel.one("GET", "dialler/contacts/2")
    assert (second["Name"], second["PhoneNumber1"], second["PhoneNumber2"], second["PhoneNumber3"]) == (
        "Ärmel", "4989200", "4989201", None,
    )  # fmt: skip
    assert (second["Amount"], second["bPhoneNumber1Invalid"], second["nTriesPhoneNumber1"]) == (12.5, None, 0)
    assert jtel.one("GET", "dialler/contacts/contact/2") == second
    assert [one["ID"] for one in jtel.records("dialler/contacts/contact", userData="CON1")] == [1, 4]
    assert jtel.records("dialler/contacts/contact", userData="con1") == []
    assert jtel.error("GET", "dialler/contacts/contact?userData=", status=400) == "userData is required"
    assert sales.error("GET", "dialler/contacts/2", status=404) == "Dialler contact not found"
    assert sales.records("dialler/contacts/contact", userData="CON1") == []


def test_all_that_is_imported_is_answered(jtel: Jtel) -> None:
    longest = {one.name: TEXTS[one.column] for one in DIALLER_CONTACT.members if one.column in TEXTS}
    texts = {name: ("ü" if length < 1_000 else "x") * length for name, length in longest.items()}
    numbers = {f"PhoneNumber{place}": str(place) * 32 for place in range(1, 7)}
    further = {"Amount": 0.25, "RandomSortOrder": "-7"}
    made = jtel.one("POST", IMPORT, {"DiallerCampaignsID": 1, **texts, **numbers, **further})
    for name, value in {**texts, **numbers, "Amount": 0.25, "RandomSortOrder": -7}.items():
        assert made[name] == value, name
    for name, value in texts.items():
        assert jtel.error("POST", IMPORT, NEW | {name: value + "x"}, status=400).startswith(f"{name} is longer than")
    jtel.one(
        "POST",
        IMPORT,
        NEW
        | {
            "DiallerCampaignsName": "campaign 1000",
            "ReservedUsersUID": "ALICE",
            "FollowUpUsersUID": "bob",
            "FollowUpDateTime": "2031-01-01 09:30:00",
            "ResultCodesExportKey": "LATER",
            "UserData": "follow",
        },
    )
    (follow,) = jtel.records("dialler/contacts/contact", userData="follow")
    assert (follow["ReservedUsersID"], follow["FollowUpUsersID"], follow["DiallerCampaignsResultCodesID"]) == (4, 5, 3)
    assert (follow["dtNextTry"], follow["bOpen"]) == ("2031-01-01T09:30:00.000", True)
    closed = jtel.one(
        "POST", IMPORT, NEW | {"ResultCodesExportKey": "SUCCESS", "FollowUpDateTime": "2031-01-01T09:30:00"}
    )
    assert (closed["bOpen"], closed["dtNextTry"]) == (False, None)


@pytest.mark.parametrize(
    ("change", "status", "sentence"),
    [
        ({"Name": None}, 400, "Name is required"),
        ({"Name": ""}, 400, "Name is required"),
        ({"Name": 7}, 400, "Name must be a string"),
        ({"DiallerCampaignsID": None}, 400, "Either DiallerCampaignsID or DiallerCampaignsName"),
        ({"DiallerCampaignsID": 3}, 404, "Dialler campaign not found"),
        ({"DiallerCampaignsID": 2**64}, 404, "Dialler campaign not found"),
        ({"DiallerCampaignsName": "Übermorgen 100%"}, 404, "Dialler campaign not found"),
        ({"DiallerCampaignsID": None, "DiallerCampaignsName": "Nobody"}, 404, "Dialler campaign not found"),
        ({"PhoneNumber1": None}, 400, "PhoneNumber1 is required"),
        ({"PhoneNumber1": ""}, 400, "PhoneNumber1 is required"),
        ({"PhoneNumber1": "1" * 33}, 400, "PhoneNumber1 is longer"),
        ({"Amount": "1"}, 400, "Amount must be a number"),
        ({"Amount": 10**400}, 400, "Amount is out of range"),
        ({"RandomSortOrder": 2**31}, 400, "RandomSortOrder is out of range"),
        ({"RandomSortOrder": 1.5}, 400, "RandomSortOrder must be an integer"),
        ({"ReservedUsersUID": "nobody"}, 400, "ReservedUsersUID: there is no user"),
        ({"FollowUpUsersUID": "nobody"}, 400, "FollowUpUsersUID: there is no user"),
        ({"ResultCodesExportKey": "success"}, 400, "ResultCodesExportKey: the campaign has no"),
        ({"FollowUpDateTime": "2031-01-01"}, 400, "FollowUpDateTime must be"),
        ({"FollowUpDateTime": "2031-02-30 00:00:00"}, 400, "FollowUpDateTime is no date"),
        ({"ResetContact": "maybe"}, 400, "ResetContact must be true or false"),
    ],
)
def test_a_refused_import_leaves_nothing(jtel: Jtel, change: dict[str, Any], status: int, sentence: str) -> None:
    assert jtel.error("POST", IMPORT, NEW | change, status=status).startswith(sentence)
    assert len(jtel.records("dialler/contacts")) == 5


def test_overwriting(jtel: Jtel) -> None:
    body = {"DiallerCampaignsName": "Campaign 1000", "Name": "New", "PhoneNumber2": "030", "UserData": "CON1"}
    assert jtel.error("POST", f"{IMPORT}?overwriteDuplicates=perhaps", body, status=400).startswith(
        "overwriteDuplicates"
    )
    assert jtel.one("POST", IMPORT, body)["ID"] == 7
    kept = jtel.one("POST", IMPORT, body, overwriteDuplicates="true")
    assert (kept["ID"], kept["Name"], kept["FirstName"]) == (1, "New", "Max")
    assert (kept["PhoneNumber1"], kept["PhoneNumber2"]) == ("+49 89 123", "030")
    unmatched = jtel.one("POST", IMPORT, body | {"UserData": "other"}, overwriteDuplicates=1)
    assert unmatched["ID"] == 8
    assert jtel.one("POST", IMPORT, {**body, "UserData": None}, overwriteDuplicates="true")["ID"] == 9
    again = jtel.one("POST", IMPORT, body | {"ResultCodesExportKey": "REFUSED"}, overwriteDuplicates="true")
    assert (again["ID"], again["bOpen"]) == (1, False)
    reset = jtel.one("POST", IMPORT, body | {"ResetContact": "true", "PhoneNumber1": ""}, overwriteDuplicates="true")
    assert (reset["bOpen"], reset["DiallerCampaignsResultCodesID"], reset["PhoneNumber1"]) == (True, None, None)


def test_two_such_imports_at_once_make_one_contact(jtel: Jtel) -> None:
    body = NEW | {"UserData": "race"}
    with ThreadPoolExecutor(4) as pool:
        path = f"{IMPORT}?overwriteDuplicates=true"
        made = {pool.submit(jtel.one, "POST", path, body) for _ in range(4)}
        assert len({one.result()["ID"] for one in made}) == 1


def test_batches(jtel: Jtel) -> None:
    path = "dialler/contacts"
    found = jtel.done("POST", path, {"UserDataList": ["CON1", "nobody"], "IDList": ["5", 1, 1, 6, 99, 2**66, -1]})
    assert [one["ID"] for one in found["records"]] == [1, 4, 5]
    extended = found["records"][-1]
    assert list(extended)[-2:] == ["DiallerCampaignsResultCodes", "DiallerContactsHistory"]
    assert extended["DiallerCampaignsResultCodes"]["Content"] == "Erfolg"
    assert found["records"][0]["DiallerCampaignsResultCodes"] is None
    english = jtel.one("POST", f"{path}?languagesID=1", {"IDList": [5]})
    assert english["DiallerCampaignsResultCodes"]["Content"] == "Success"
    wrong: Any
    for wrong in ({}, {"IDList": []}, {"IDList": None, "UserDataList": []}, {"IDList": list(range(1001))}):
        assert "UserDataList" in jtel.error("POST", path, wrong, status=400)
    for wrong in ({"IDList": 1}, {"IDList": ["x"]}, {"IDList": [None]}, {"IDList": [True]}):
        assert jtel.error("POST", path, wrong, status=400).startswith("IDList")
    for wrong in ({"UserDataList": "CON1"}, {"UserDataList": [1]}, {"UserDataList": ["\0"]}):
        assert jtel.error("POST", path, wrong, status=400).startswith("UserDataList")
    assert jtel.error("POST", f"{path}?languagesID=3", {"IDList": [1]}, status=400).startswith("languagesID")

    def statements(ids: list[int]) -> int:
        with jtel.api.counting() as run:
            jtel.done("POST", path, {"IDList": ids})
        return len(run)

    assert statements([5]) == statements([1, 2, 4, 5]) == 9


def test_locks(jtel: Jtel, sales: Jtel) -> None:
    for method in ("PATCH", "POST"):
        for word, locked in (("lock", True), ("lock", True), ("unlock", False), ("unlock", False)):
            assert jtel.one(method, f"dialler/contacts/contact/1/{word}")["bLocked"] is locked
    assert sales.error("PATCH", "dialler/contacts/contact/1/lock", status=404) == "Dialler contact not found"
    assert jtel.error("GET", "dialler/contacts/contact/1/lock", status=405)


def test_delete(jtel: Jtel, sales: Jtel) -> None:
    path = "dialler/contacts/contact"
    assert sales.error("DELETE", f"{path}/1", status=404) == "Dialler contact not found"
    assert jtel.done("DELETE", path, userData="CON1") == {"status": 200}
    assert [one["ID"] for one in jtel.records(path, userData="CON1")] == [4]
    assert jtel.done("DELETE", f"{path}/4") == {"status": 200}
    assert jtel.error("DELETE", path, params={"userData": "CON1"}, status=404) == "Dialler contact not found"
    assert jtel.error("DELETE", path, status=400) == "userData is required"
    assert jtel.error("DELETE", "dialler/contacts/2", status=405)


@pytest.mark.parametrize(
    ("number", "digits"),
    [
        ("+49 (89) 12-3", "4989123"),
        ("0049 89 123", "4989123"),
        ("4989123", "4989123"),
        ("089", "089"),
        ("x", ""),
        ("+00", "00"),
    ],
)
def test_digits(number: str, digits: str) -> None:
    assert digits_of(number) == digits
