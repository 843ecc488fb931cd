"""Who did what, and who saw a guest, as the API lists it: by page, within a time, and to whom it may be told."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.access import audit
from chalicelib.access.audit import Entry
from chalicelib.access.staff import actions as staff
from chalicelib.canonical.ids import ActorId, ConnectionId, KeyId, StaffId, leaf_of_profile
from chalicelib.canonical.time import Instant, instant, now
from chalicelib.entrypoints.api import audit as calls
from tests.access.staffed import AT, OPERATOR, somebody
from tests.builders import guest, reservation
from tests.entrypoints.conftest import Hub, Ingest

ANNA = str(leaf_of_profile(ConnectionId("api"), "g1"))
PAGE = "GET /console/guests/{guest_id}"
BEGAN = now() - timedelta(hours=3)


def at(minute: int) -> Instant:
    return instant(BEGAN + timedelta(minutes=minute))


def noted(actor: ActorId, minute: int, *guests: str, what: str = PAGE) -> None:
    audit.note(Entry(actor, at(minute), what, guests=guests), "r")


@pytest.fixture
def mia(hub: Hub) -> StaffId:
    return somebody("mia", "marketer").id


@pytest.fixture
def ben(hub: Hub) -> StaffId:
    return somebody("ben", "front_desk", "vienna").id


@pytest.fixture(autouse=True)
def anna(ingest: Ingest) -> None:
    """A guest of Vienna."""
    ingest(reservation("r1", guest(email="anna@example.com"), status="checked_out"))


def items(hub: Hub, query: str, key: str = "admin") -> list[dict[str, Any]]:
    return list(hub.get(f"/v1/audit?{query}", key=key)["items"])


def test_who_saw_a_guest_is_told_newest_first_with_that_guest_alone(hub: Hub, mia: StaffId, ben: StaffId) -> None:
    noted(mia, 1, ANNA, "g9")
    noted(ben, 2, ANNA)
    noted(ben, 3, "g9")
    told = items(hub, f"guest={ANNA}")
    assert [(each["actor"], each["guests"]) for each in told] == [(ben, [ANNA]), (mia, [ANNA])]
    assert told[0] == {
        "actor": ben, "at": at(2), "kind": "opened", "what": PAGE, "subject": None, "guests": [ANNA],
    }  # fmt: skip


def test_a_guest_is_found_by_each_of_its_records(hub: Hub, mia: StaffId, ingest: Ingest) -> None:
    ingest(guest("g2", email="anna@example.com"))
    records = [each["id"] for each in hub.get(f"/v1/guests/{ANNA}/records")["items"]]
    assert len(records) == 2
    for minute, each in enumerate(records):
        noted(mia, minute, each)
    assert [len(items(hub, f"guest={each}")) for each in records] == [2, 2]


def test_what_somebody_did_is_told_with_all_whom_they_saw(hub: Hub, mia: StaffId) -> None:
    noted(mia, 1, ANNA, "g9")
    noted(mia, 2, what="signed_in")
    assert [(each["kind"], each["guests"]) for each in items(hub, f"actor={mia}")] == [
        ("access", []),
        ("opened", [ANNA, "g9"]),
    ]


def test_what_a_key_changed_of_the_staff_names_the_person_alone(hub: Hub) -> None:
    asked = {"name": "Vera", "email": "vera@hotel.example", "role": "admin", "properties": ["vienna"]}
    made = hub.call("POST", "/v1/staff", asked).json_body
    (told,) = items(hub, "actor=admin")
    assert (told["what"], told["kind"], told["subject"]) == ("invited", "access", made["staff_id"])


def test_who_has_ended_is_still_in_it(hub: Hub, mia: StaffId) -> None:
    noted(mia, 1, ANNA)
    staff.end(OPERATOR, mia, AT)
    assert [each["actor"] for each in items(hub, f"guest={ANNA}")] == [mia]
    assert len(items(hub, f"actor={mia}")) == 1


def test_it_is_filtered_by_kind_and_by_time(hub: Hub, mia: StaffId) -> None:
    for minute, what in enumerate(("signed_in", "GET /console/", "POST /console/guests/{guest_id}/consents")):
        noted(mia, minute, ANNA, what=what)
    by_kind = {kind: [each["at"] for each in items(hub, f"actor={mia}&kind={kind}")] for kind in ("access", "opened")}
    assert by_kind == {"access": [at(0)], "opened": [at(1)]}
    assert [each["kind"] for each in items(hub, f"guest={ANNA}&kind=sent")] == ["sent"]
    assert [each["at"] for each in items(hub, f"actor={mia}&since={at(1)}&until={at(2)}")] == [at(1)]
    assert items(hub, f"guest={ANNA}&since=2999-01-01") == []
    assert items(hub, f"guest={ANNA}&until=2001-01-01&since=2000-01-01") == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "guest"),
        (f"guest={ANNA}&actor=admin", "actor"),
        ("actor=admin&kind=all", "kind"),
        ("actor=admin&since=yesterday", "since"),
        ("actor=admin&until=2026-02-30", "until"),
        ("actor=admin&since=2026-02-01T10:00:00", "since"),
    ],
)
def test_what_is_asked_wrongly_is_told_at_its_parameter(hub: Hub, query: str, field: str) -> None:
    refused = hub.call("GET", f"/v1/audit?{query}")
    assert (refused.status_code, [each["field"] for each in refused.json_body["errors"]]) == (400, [field])


def test_pages_lead_through_all_of_it_once_also_where_several_did_something_at_one_instant(
    hub: Hub, mia: StaffId, ben: StaffId
) -> None:
    for actor in (mia, ben):
        for number in range(60):
            audit.note(Entry(actor, at(number // 7), PAGE, guests=(ANNA,) if number % 3 else ()), f"r{number}")
    everything = items(hub, f"guest={ANNA}&limit=200")
    assert len(everything) == 80
    assert walked(hub, f"guest={ANNA}&limit=7") == everything
    own = [each for each in everything if each["actor"] == ben]
    assert [each for each in walked(hub, f"actor={ben}&limit=7&kind=opened") if each["guests"]] == own


def walked(hub: Hub, query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        part = hub.get(f"/v1/audit?{query}{cursor}")
        found += part["items"]
        if part["next_cursor"] is None:
            return found
        cursor = f"&cursor={part['next_cursor']}"


def test_a_page_looks_at_so_many_rows_and_leads_on_behind_them(
    hub: Hub, mia: StaffId, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "LOOKED_AT", 10)
    noted(mia, 0, ANNA)
    for minute in range(1, 26):
        noted(mia, minute)
    first = hub.get(f"/v1/audit?guest={ANNA}")
    assert (first["items"], bool(first["next_cursor"])) == ([], True)
    assert [each["at"] for each in walked(hub, f"guest={ANNA}")] == [at(0)]


def test_a_key_of_a_hotel_is_told_what_its_own_people_saw_of_a_guest_in_its_sight(
    hub: Hub, mia: StaffId, ben: StaffId
) -> None:
    porter = somebody("pia", "front_desk", "porto").id
    for actor in (mia, ben, porter):
        noted(actor, 1, ANNA)
    assert [each["actor"] for each in items(hub, f"guest={ANNA}", "admin@vienna")] == [ben]
    assert hub.status("GET", f"/v1/audit?guest={ANNA}", key="admin@porto") == 404
    seen = [hub.status("GET", f"/v1/audit?actor={each}", key="admin@vienna") for each in (mia, ben, porter, "nobody")]
    assert seen == [404, 200, 404, 404]


def test_what_somebody_saw_who_was_of_other_hotels_then_is_not_told(hub: Hub, ben: StaffId, ingest: Ingest) -> None:
    ingest(reservation("r2", guest("g7", email="otto@example.com"), property_id="porto"))
    otto = str(leaf_of_profile(ConnectionId("api"), "g7"))
    noted(ben, 1, ANNA, otto, "gone")
    audit.note(Entry(ben, at(2), "changed", subject=somebody("pia", "admin", "porto").id), "r")
    audit.note(Entry(ben, at(3), "changed", subject=ben), "r")
    assert [(each["subject"], each["guests"]) for each in items(hub, f"actor={ben}", "admin@vienna")] == [
        (ben, []),
        (None, []),
        (None, [ANNA]),
    ]
    assert items(hub, f"actor={ben}")[-1]["guests"] == [ANNA, otto, "gone"]


def test_a_key_of_the_hotel_is_told_of_its_keys(hub: Hub) -> None:
    key = hub.call("POST", "/v1/keys", {"name": "k", "role": "admin", "properties": ["vienna"]}).json_body["key_id"]
    assert items(hub, f"actor={key}", "admin@vienna") == []
    audit.note(Entry(KeyId(key), at(1), "invited"), "r")
    assert [each["what"] for each in items(hub, f"actor={key}", "admin@vienna")] == ["invited"]
    assert hub.status("GET", f"/v1/audit?actor={key}", key="admin@porto") == 404
