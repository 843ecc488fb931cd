"""GET /v1/guests/{guest_id}/charges: what was billed, at the key's hotels, with the guest's own stays alone."""

from chalicelib.canonical.ids import ConnectionId, leaf_of_profile
from tests.builders import PORTO, at, charge, guest, reservation
from tests.entrypoints.conftest import Hub, Ingest

ANNA, BO = (leaf_of_profile(ConnectionId("api"), each) for each in ("g1", "g2"))
PROFILE = guest("g1", email="anna@mail.example")
SPA = charge("c2", charge=None, category="spa", amount_minor=900, tax_minor=90, folio_owner="guest")


def billed(hub: Hub, guest_id: str, key: str = "front_desk") -> list[tuple[str, list[int]]]:
    items = hub.get(f"/v1/guests/{guest_id}/charges", key=key)["items"]
    return [(each["source_id"], sorted(line["amount"]["amount_minor"] for line in each["charges"])) for each in items]


def test_each_stay_has_its_lines_the_newest_stay_first(hub: Hub, ingest: Ingest) -> None:
    ingest(reservation("r1", PROFILE), charge(), SPA)
    ingest(reservation("r2", PROFILE, arrival="2026-03-01", departure="2026-03-02"))
    assert billed(hub, ANNA) == [("r2", []), ("r1", [900, 5000])]
    (spa,) = [
        each
        for stay in hub.get(f"/v1/guests/{ANNA}/charges")["items"]
        for each in stay["charges"]
        if each["category"] == "spa"
    ]
    assert (spa["tax"], spa["folio_owner"]) == ({"amount_minor": 90, "currency": "EUR"}, "guest")


def test_a_line_that_was_changed_is_shown_as_it_is_now(hub: Hub, ingest: Ingest) -> None:
    ingest(reservation("r1", PROFILE), charge())
    ingest(charge(amount_minor=4000, changed_at=at(3)))
    ingest(charge(amount_minor=1, changed_at=at(1)))
    assert billed(hub, ANNA) == [("r1", [4000])]


def test_what_another_was_billed_for_a_shared_room_is_not_shown(hub: Hub, ingest: Ingest) -> None:
    ingest(reservation("r1", PROFILE, companions=[guest("g2", "Bo", "Ray")]), charge())
    assert billed(hub, BO) == []


def test_a_hotel_sees_what_it_billed_itself(hub: Hub, ingest: Ingest) -> None:
    ingest(reservation("r1", PROFILE), charge())
    ingest(reservation("r2", PROFILE, property_id=PORTO.id, arrival="2026-03-01", departure="2026-03-02"))
    ingest(charge("c9", reservation_source_id="r2", property_id=PORTO.id, amount_minor=777))
    assert billed(hub, ANNA, "front_desk@porto") == [("r2", [777])]
    assert billed(hub, ANNA, "front_desk@vienna") == [("r1", [5000])]


def test_pages_of_one_stay_each_have_all_lines_once(hub: Hub, ingest: Ingest) -> None:
    ingest(reservation("r1", PROFILE), charge(), SPA)
    ingest(reservation("r2", PROFILE, arrival="2026-03-01", departure="2026-03-02"))
    first = hub.get(f"/v1/guests/{ANNA}/charges?limit=1")
    second = hub.get(f"/v1/guests/{ANNA}/charges?limit=1&cursor={first['next_cursor']}")
    assert [each["source_id"] for each in (*first["items"], *second["items"])] == ["r2", "r1"]
    assert second["next_cursor"] is None
