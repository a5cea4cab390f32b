"""Evidence: documented (the envelope) and ours (what the five reserved parameters do)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rest.jtel.client import Jtel

LISTS = (
    "acd/events",
    "acd/events/types",
    "acd/events/status",
    "acd/groups",
    "dialler/campaigns",
    "dialler/contacts",
)
ENVELOPE = ["filter", "limitStart", "limitPageSize", "records", "count", "orderBy", "ascending", "status"]
DEFAULTS = {
    "acd/events": "dtCreated",
    "acd/events/types": "ID",
    "acd/events/status": "ID",
    "acd/groups": "Name",
    "dialler/campaigns": "Name",
    "dialler/contacts": "Name",
}


def ids(jtel: Jtel, path: str, **query: Any) -> list[int]:
    return [record["ID"] for record in jtel.records(path, **query)]


def test_envelopes_and_pages(jtel: Jtel) -> None:
    for path in LISTS:
        whole = jtel.done("GET", path)
        assert list(whole) == ENVELOPE
        assert [whole[name] for name in ENVELOPE if name != "records"] == [
            "", 0, -1, len(whole["records"]), DEFAULTS[path], True, 200,
        ]  # fmt: skip
        total = whole["count"]
        found = []
        for start in range(total + 2):
            answer = jtel.call("GET", path, params={"limitStart": start, "limitPageSize": 1})
            assert answer.headers["X-Total-Count"] == str(total), path
            found += answer.json()["records"]
        assert found == whole["records"]
        for query in (
            {"limitPageSize": 0},
            {"limitStart": 2**63 - 1},
            {"limitStart": 2**63 - 1, "limitPageSize": 2**63 - 1},
        ):
            answer = jtel.call("GET", path, params=query)
            assert (answer.json()["records"], answer.headers["X-Total-Count"]) == ([], str(total)), (path, query)
        assert len(jtel.records(path, limitPageSize=2**63 - 1)) == total
        assert ids(jtel, path, orderBy="ID", ascending="0") == sorted(
            (one["ID"] for one in whole["records"]), reverse=True
        )


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ({"limitStart": "-1"}, "limitStart"),
        ({"limitStart": ""}, "limitStart"),
        ({"limitStart": "1.0"}, "limitStart"),
        ({"limitStart": str(2**63)}, "limitStart"),
        ({"limitPageSize": "-2"}, "limitPageSize"),
        ({"limitPageSize": "x"}, "limitPageSize"),
        ({"orderBy": "name"}, "orderBy"),
        ({"orderBy": ""}, "orderBy"),
        ({"orderBy": "Result_"}, "orderBy"),
        ({"orderBy": "ID; DROP TABLE tickets"}, "orderBy"),
        ({"ascending": "yes"}, "ascending"),
        ({"ascending": ""}, "ascending"),
        ({"filter": "Nope=1"}, "filter"),
        ({"filter": "ID"}, "filter"),
        ({"filter": "ID=x"}, "filter"),
        ({"filter": "ID<null"}, "filter"),
        ({"filter": "ID~1"}, "filter"),
        ({"filter": "ID=1;"}, "filter"),
        ({"filter": ";"}, "filter"),
        ({"filter": "dtCreated>yesterday"}, "filter"),
        ({"filter": "dtCreated>2024-02-30T00:00:00"}, "filter"),
        ({"filter": "Subject~" + "x" * 993}, "filter"),
        ({"filter": "Result_=UPDATED"}, "filter"),
        ({"filter": "Subject=\0"}, "filter"),
    ],
)
def test_what_is_wrong_is_named(jtel: Jtel, query: dict[str, str], name: str) -> None:
    assert jtel.error("GET", "acd/events", params=query, status=400).startswith(name)


def test_queries(jtel: Jtel) -> None:
    assert jtel.error("GET", "acd/events?limitStart=0&limitStart=1", status=400) == "limitStart is given more than once"
    assert jtel.error("GET", "acd/groups/group?name=%FF", status=400) == "The query is not UTF-8"
    assert jtel.error("GET", "acd/events?" + "&".join(f"a{n}=1" for n in range(300)), status=400)
    assert jtel.records("acd/events?nobody=knows&_=1")


@pytest.mark.parametrize(
    ("filter_", "found"),
    [
        ("Name=ÄRMEL", [2]),
        ("Name~RME", [2]),
        ("Name!=ärmel", [1, 3, 4, 5]),
        ("Name~%", []),
        ("Name~_", []),
        ("Name>m", [1, 2, 3]),
        ("UserData=CON1", [1, 4]),
        ("UserData!=CON1", [2, 3, 5]),
        ("UserData=null", [5]),
        ("UserData!=null", [1, 2, 3, 4]),
        ("UserData=\\null", []),
        ("UserData=CON1;bLocked=false", [1]),
        ("bLocked=true", [4]),
        ("bLastResultMailbox=null", [1, 2, 3, 4, 5]),
        ("Amount>=12.5", [2]),
        ("Amount<12.5", []),
        ("RandomSortOrder<=99999999999999", [2, 3]),
        ("ID>1;ID<4", [2, 3]),
        ("PhoneNumber1~89 12", [1]),
        ("PhoneNumber2=4989201", [2]),
        ("PhoneNumber1=null", [3]),
        ("nTriesPhoneNumber6=0", [1, 2, 3, 4, 5]),
        ("LastAcdAgentEndReasonsID=null", [1, 2, 3, 4, 5]),
        ("LastAcdAgentEndReasonsID!=null", []),
        ("LastAcdAgentEndReasonsID>3", []),
        ("bOpen=0;DiallerCampaignsResultCodesID=1", [5]),
        ("FirstName~\\;", []),
        ("Name~' OR 1=1 --", []),
        ("ClientsID=1", [1, 2, 3, 4, 5]),
    ],
)
def test_filters(jtel: Jtel, filter_: str, found: list[int]) -> None:
    answer = jtel.call("GET", "dialler/contacts", params={"filter": filter_, "orderBy": "ID"})
    assert answer.json()["filter"] == filter_
    assert [one["ID"] for one in answer.json()["records"]] == found
    assert answer.headers["X-Total-Count"] == str(len(found))


def test_filters_of_moments(jtel: Jtel) -> None:
    made = jtel.records("dialler/contacts")[0]["dtImported"]
    for operator, number in (("=", 5), ("!=", 0), ("<", 0), ("<=", 5), (">", 0), (">=", 5)):
        assert len(jtel.records("dialler/contacts", filter=f"dtImported{operator}{made}")) == number, operator
    assert len(jtel.records("dialler/contacts", filter="dtNextTry<2999-01-01T00:00:00")) == 0
    assert len(jtel.records("acd/events", filter="dtDone!=null")) == 1


def test_orders(jtel: Jtel) -> None:
    assert ids(jtel, "dialler/contacts") == [5, 4, 1, 3, 2]  # Done, Locked, Mustermann, zebra, ärmel by code points
    assert ids(jtel, "dialler/contacts", orderBy="RandomSortOrder") == [1, 4, 5, 3, 2]
    assert ids(jtel, "dialler/contacts", orderBy="RandomSortOrder", ascending="false") == [2, 3, 1, 4, 5]
    assert ids(jtel, "dialler/contacts", orderBy="UserData") == [5, 1, 4, 2, 3]
    assert ids(jtel, "dialler/contacts", orderBy="PhoneNumber2", ascending="false") == [2, 1, 3, 4, 5]
    assert ids(jtel, "dialler/contacts", orderBy="LastAcdAgentEndReasonsID", ascending="false") == [1, 2, 3, 4, 5]
    assert ids(jtel, "acd/events/types", orderBy="ShortText") == [3, 6, 5, 2, 4, 7, 1]
    assert ids(jtel, "acd/events/types", orderBy="ShortText", ascending="false", limitPageSize=2) == [1, 7]
    assert ids(jtel, "acd/events/status", filter="ID>=98;ShortText~done") == [99]
    assert ids(jtel, "acd/groups", orderBy="QueueMusicID4Sec") == [1, 2, 3]
    assert ids(jtel, "acd/groups", orderBy="ForeignSystemID") == [2, 3, 1]
    assert ids(jtel, "acd/groups", filter="nAgents>=2;bAllowDuplicateAcdEvents=1") == [1]
    assert ids(jtel, "dialler/campaigns", filter="Name~100%") == [2]
    assert ids(jtel, "dialler/campaigns", orderBy="nContacts", ascending="false") == [1, 2]


def test_every_field_orders_and_filters(jtel: Jtel) -> None:
    """Alike on both databases: each field of each record, both ways, with every kind of condition."""
    for path in LISTS:
        for name, value in jtel.records(path)[0].items():
            for ascending in ("true", "false"):
                jtel.records(path, orderBy=name, ascending=ascending, limitPageSize=1)
            shown = str(value).lower() if isinstance(value, bool) else value
            same = jtel.records(path, filter=f"{name}={'null' if value is None else shown}")
            assert any(one[name] == value for one in same), (path, name)
            others = jtel.records(path, filter=f"{name}!={'null' if value is None else shown}")
            assert all(one[name] != value for one in others), (path, name)
