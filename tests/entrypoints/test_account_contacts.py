"""Who speaks for a company or an agency: a guest, who may be told of it, erased, and taken out of their record."""

from typing import Any

import pytest

from chalicelib.canonical.ids import account_of, leaf_of_profile
from chalicelib.connections.model import API
from tests import tables
from tests.builders import PORTO, VIENNA, at, guest, reservation
from tests.crashes import beside, crash_at, points_of
from tests.entrypoints.conftest import Hub, Ingest
from tests.exhaustive import some_of

LEE = account_of(API, "c1")
AT = f"/v1/accounts/{LEE}"
ANNA, BO = leaf_of_profile(API, "g1"), leaf_of_profile(API, "g2")
BOTH = {"name": "Lee", "contacts": [{"guest": ANNA, "role": "booker"}, {"guest": BO, "role": "billing"}]}
GONE = {"kind": "guest", "source_id": "g1", "anonymised": True, "changed_at": at(5)}
GIVEN_AWAY = guest("g1", "Zed", "Gray", property_id=VIENNA.id, changed_at=at(9))
MOST_CALLS = 80


@pytest.fixture(autouse=True)
def told(hub: Hub, ingest: Ingest) -> None:
    ingest(
        reservation("r1", guest("g1"), company_id="c1", status="checked_out"),
        reservation("r2", guest("g2", "Bo", "Ray"), status="checked_out", property_id=PORTO.id),
    )
    contacts(hub)  # the key is there from now on


def contacts(hub: Hub) -> list[str]:
    return sorted(each["guest"] for each in hub.get(AT)["contacts"])


def left_of(leaf: str) -> list[Any]:
    """Rows of accounts that say something of a record."""
    rows = tables.rows().items()
    return [key for key, row in rows if ("CONTACT" in key.sk and leaf in key.pk) or leaf in str(row.get("document"))]


def test_a_guest_s_export_tells_for_whom_they_speak(hub: Hub) -> None:
    hub.put(AT, BOTH)
    assert hub.get(f"/v1/guests/{BO}/export")["accounts"] == [{"account": LEE, "name": "Lee", "role": "billing"}]
    assert hub.get(f"/v1/guests/{BO}/export", key="front_desk@porto")["accounts"] == []
    hub.put(AT, {"contacts": []})
    assert hub.get(f"/v1/guests/{BO}/export")["accounts"] == []
    assert left_of(BO) == []


def test_an_erasure_leaves_no_contact_that_whoever_comes_again_would_be(hub: Hub) -> None:
    hub.put(AT, BOTH)
    assert hub.status("DELETE", f"/v1/guests/{ANNA}") == 200
    assert left_of(ANNA) == []
    assert (contacts(hub), hub.get(AT)["name"], hub.get(AT)["version"]) == ([BO], "Lee", 2)


def test_whom_a_source_anonymised_is_no_contact_nor_is_whoever_the_record_is_given_to(hub: Hub, ingest: Ingest) -> None:
    hub.put(AT, BOTH)
    ingest(GONE)
    assert left_of(ANNA) == []
    ingest(GIVEN_AWAY)
    assert contacts(hub) == [BO]


def test_who_speaks_as_two_is_told_as_both(hub: Hub) -> None:
    roles = ["billing", "booker"]
    found = hub.put(AT, {"contacts": [{"guest": ANNA, "role": role} for role in roles]})
    assert [(each["guest"], each["role"]) for each in found["contacts"]] == [(ANNA, role) for role in roles]


def test_an_account_that_is_written_as_it_was_read_keeps_the_records_of_its_contacts(hub: Hub) -> None:
    first, last = sorted([ANNA, BO])
    hub.put(AT, {"contacts": [{"guest": last, "role": "booker"}]})
    joined = {"records": [ANNA, BO], "verdict": "join", "reason": "one person"}
    assert hub.status("POST", "/v1/merge-decisions", joined) == 200
    read = [{"guest": each["guest"], "role": each["role"]} for each in hub.get(AT)["contacts"]]
    assert read == [{"guest": first, "role": "booker"}]
    hub.put(AT, {"name": "Lee and Sons", "contacts": read})
    split = {"records": [last], "reason": "two people"}
    assert hub.status("POST", f"/v1/guests/{first}/unmerge", split) == 200
    assert contacts(hub) == [last]


def test_a_record_that_is_nobodys_speaks_for_nobody(hub: Hub, ingest: Ingest) -> None:
    ingest(guest("g1", person=False, property_id=VIENNA.id, changed_at=at(5)))
    assert hub.status("PUT", AT, BOTH) == 409
    ingest(GIVEN_AWAY)
    assert contacts(hub) == []


@pytest.mark.exhaustive(quick=())
@pytest.mark.parametrize("way", ["erased", "anonymised"])
def test_who_goes_while_somebody_names_them_is_no_contact(hub: Hub, ingest: Ingest, way: str) -> None:
    before = tables.rows()

    def go() -> None:
        if way == "erased":
            hub.call("DELETE", f"/v1/guests/{ANNA}")
        else:
            ingest(GONE)

    for number in range(MOST_CALLS):
        tables.restore(before)
        if not beside(number, lambda: hub.status("PUT", AT, BOTH), go):
            break
        assert left_of(ANNA) == [], number
    assert 10 < number < MOST_CALLS


@pytest.mark.exhaustive(quick=())
def test_an_account_that_is_written_beside_an_erasure_keeps_what_was_written_and_no_contact(hub: Hub) -> None:
    hub.put(AT, BOTH)
    before = tables.rows()

    def erase() -> None:
        hub.call("DELETE", f"/v1/guests/{ANNA}")

    for number in range(MOST_CALLS):
        tables.restore(before)
        if not beside(number, erase, lambda: hub.status("PUT", AT, {**BOTH, "name": "Lee and Sons"})):
            break
        assert left_of(ANNA) == [], number
        assert contacts(hub) == [BO]
    assert 10 < number < MOST_CALLS


@pytest.mark.exhaustive(quick=())
def test_an_erasure_that_dies_at_any_call_leaves_no_contact_when_it_is_asked_for_again(hub: Hub) -> None:
    hub.put(AT, BOTH)
    before = tables.rows()

    def erase() -> None:
        hub.call("DELETE", f"/v1/guests/{ANNA}")

    for point in some_of(points_of(erase)):
        tables.restore(before)
        crash_at(point, erase)
        found = hub.call("DELETE", f"/v1/guests/{ANNA}").status_code
        assert found == 404 or left_of(ANNA) == [], str(point)
