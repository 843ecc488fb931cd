"""Companies and agencies over the API: of whom a key's hotels know, and what people write of them."""

from typing import Any

import pytest

from chalicelib.canonical.ids import account_of, leaf_of_profile
from chalicelib.connections.model import API
from tests.builders import PORTO, VIENNA, guest, reservation
from tests.entrypoints.conftest import Hub, Ingest
from tests.entrypoints.test_access import fields

LEE, TOURS = account_of(API, "c1"), account_of(API, "t1")
ANNA, BO = leaf_of_profile(API, "g1"), leaf_of_profile(API, "g2")
AT = f"/v1/accounts/{LEE}"
LATER = {"arrival": "2026-03-01", "departure": "2026-03-04", "currency": "USD"}


@pytest.fixture(autouse=True)
def told(ingest: Ingest) -> None:
    ingest(
        guest("c1", None, "Lee and Sons", person=False, property_id=VIENNA.id),
        reservation("r1", guest("g1", email="anna@lee.example"), company_id="c1", status="checked_out"),
        reservation("r2", guest("g2", "Bo"), company_id="c1", status="cancelled"),
        reservation("r3", guest("g2", "Bo"), company_id="c1", status="checked_out", property_id=PORTO.id, **LATER),
        reservation("r4", None, agency_id="t1", property_id=PORTO.id, status="checked_out"),
    )


def names(hub: Hub, query: str = "", key: str = "admin") -> list[tuple[str, str | None]]:
    return sorted((each["kind"], each["name"]) for each in hub.get(f"/v1/accounts{query}", key=key)["items"])


def test_accounts_come_to_exist_from_what_reservations_name(hub: Hub) -> None:
    assert names(hub) == [("agency", None), ("company", "Lee and Sons")]
    assert names(hub, "?named=SONS") == [("company", "Lee and Sons")]
    assert names(hub, "?named=t1") == [("agency", None)]
    first = hub.get("/v1/accounts?limit=1")
    second = hub.get(f"/v1/accounts?limit=1&cursor={first['next_cursor']}")
    assert sorted(each["items"][0]["id"] for each in (first, second)) == sorted([LEE, TOURS])


def test_an_account_tells_what_its_reservations_came_to_newest_first(hub: Hub) -> None:
    found = hub.get(AT, key="analyst")
    sums = found["sums"]
    assert (sums["reservations"], sums["stays"], sums["nights"], sums["cancelled"], sums["is_whole"]) == (
        3,
        2,
        5,
        1,
        True,
    )
    assert sums["room_revenue"] == [
        {"amount_minor": 20_000, "currency": "EUR"},
        {"amount_minor": 20_000, "currency": "USD"},
    ]
    pages, path = [], f"{AT}/stays?limit=1"
    while path:
        page = hub.get(path)
        pages += page["items"]
        path = f"{AT}/stays?limit=1&cursor={page['next_cursor']}" if page["next_cursor"] else ""
    assert pages[0]["source_id"] == "r3"
    assert sorted((each["source_id"], each["guest"]) for each in pages) == [("r1", ANNA), ("r2", BO), ("r3", BO)]
    (unknown,) = hub.get(f"/v1/accounts/{TOURS}/stays")["items"]
    assert (unknown["source_id"], unknown["guest"]) == ("r4", None)


def test_a_hotel_sees_the_accounts_of_its_own_reservations_and_these_alone(hub: Hub) -> None:
    desk = "front_desk@vienna"
    assert names(hub, key=desk) == [("company", "Lee and Sons")]
    found = hub.get(AT, key=desk)
    assert (found["properties"], found["sums"]["reservations"], found["sums"]["stays"]) == ([VIENNA.id], 2, 1)
    assert {each["source_id"] for each in hub.get(f"{AT}/stays", key=desk)["items"]} == {"r1", "r2"}
    for path in (f"/v1/accounts/{TOURS}", f"/v1/accounts/{TOURS}/stays"):
        assert hub.status("GET", path, key=desk) == 404
    hub.put("/v1/settings", {"sharing": True})
    assert hub.get(AT, key=desk)["sums"]["reservations"] == 3
    assert hub.status("PUT", AT, {"name": "Mine"}, key="admin@vienna") == 403


def test_what_people_write_stands_over_the_source_and_goes_with_it(hub: Hub) -> None:
    written = {"name": "Lee & Sons Ltd", "domains": ["lee.example"], "contacts": [{"guest": ANNA, "role": "booker"}]}
    found = hub.put(AT, written)
    assert (found["name"], found["kind"], found["version"]) == ("Lee & Sons Ltd", "company", 1)
    assert found["contacts"] == [{"guest": ANNA, "role": "booker", "given_name": "Anna", "family_name": "Lee"}]
    assert hub.put(AT, written)["version"] == 1
    assert hub.call("PUT", AT, {"name": "Else"}, If_Match='"0"').status_code == 409
    assert hub.put(AT, {})["name"] == "Lee and Sons"
    assert hub.get("/v1/settings")["guests"]["agency_domains"] == []


def test_an_agency_s_domains_are_agencies_domains(hub: Hub) -> None:
    hub.put(f"/v1/accounts/{TOURS}", {"name": "Tours", "domains": ["tours.example", "www.tours.example"]})
    assert hub.get("/v1/settings")["guests"]["agency_domains"] == ["tours.example", "www.tours.example"]
    hub.put(AT, {"kind": "agency", "domains": ["tours.example", "lee.example"]})
    kept = hub.get("/v1/settings")
    assert kept["guests"]["agency_domains"] == ["tours.example", "www.tours.example", "lee.example"]
    full = {**kept["guests"], "agency_domains": [f"a{at}.example" for at in range(100)]}
    hub.put("/v1/settings", {**kept, "guests": full})
    body = {"kind": "agency", "domains": ["other.example"]}
    assert fields(hub.call("PUT", AT, body)) == ["domains"]
    assert hub.get(AT)["domains"] == ["tours.example", "lee.example"]


def test_contacts_are_guests_and_go_where_their_records_go(hub: Hub) -> None:
    assert fields(hub.call("PUT", AT, {"contacts": [{"guest": "g0"}]})) == ["contacts.0.guest"]
    assert fields(hub.call("PUT", AT, {"contacts": [{"guest": ANNA, "role": "boss"}]})) == ["contacts.0.role"]
    hub.put(AT, {"contacts": [{"guest": ANNA, "role": "booker"}, {"guest": BO, "role": "booker"}]})
    assert [each["guest"] for each in hub.get(AT, key="front_desk@porto")["contacts"]] == [BO]
    decided = {"records": [ANNA, BO], "verdict": "join", "reason": "one person"}
    assert hub.status("POST", "/v1/merge-decisions", decided) == 200
    assert [each["guest"] for each in hub.get(AT)["contacts"]] == [min(ANNA, BO)]
    assert hub.status("DELETE", f"/v1/guests/{min(ANNA, BO)}") == 200
    assert hub.get(AT)["contacts"] == []


def test_people_make_an_account_once_and_reservations_come_to_it(hub: Hub, ingest: Ingest) -> None:
    asked: dict[str, Any] = {"kind": "agency", "name": "North", "source": "api", "source_id": "n1"}
    made = hub.call("POST", "/v1/accounts", asked)
    assert made.status_code == 201
    north = made.json_body["id"]
    assert north == account_of(API, "n1")
    assert hub.status("POST", "/v1/accounts", {**asked, "name": "South"}) == 409
    assert hub.status("GET", f"/v1/accounts/{north}", key="front_desk@vienna") == 404
    ingest(reservation("r9", guest("g9", "Cy"), company_id="n1", status="checked_out"))
    found = hub.get(f"/v1/accounts/{north}", key="front_desk@vienna")
    assert (found["name"], found["kind"], found["sums"]["stays"]) == ("North", "agency", 1)
    own = hub.call("POST", "/v1/accounts", {"kind": "company", "name": "West"}, Idempotency_Key="w").json_body
    again = hub.call("POST", "/v1/accounts", {"kind": "company", "name": "West"}, Idempotency_Key="w").json_body
    assert (own["id"], own["source"], own["sums"]["reservations"]) == (again["id"], None, 0)
    assert fields(hub.call("POST", "/v1/accounts", {"kind": "company", "name": "W", "source": "api"})) == ["source_id"]


def test_a_reservation_that_names_another_moves_there(hub: Hub, ingest: Ingest) -> None:
    told = reservation("r1", guest("g1"), company_id="c2", status="checked_out", arrival="2026-01-31")
    ingest({**told, "changed_at": "2026-01-01T01:00:00Z"})
    assert {each["source_id"] for each in hub.get(f"{AT}/stays")["items"]} == {"r2", "r3"}
    other = f"/v1/accounts/{account_of(API, 'c2')}"
    assert hub.get(other)["sums"]["nights"] == 3
    ingest({**told, "company_id": None, "changed_at": "2026-01-01T02:00:00Z"})
    assert hub.get(f"{other}/stays")["items"] == []
