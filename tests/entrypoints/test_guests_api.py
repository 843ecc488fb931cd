"""What the API tells of a guest, and to whom."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

import pytest
import time_machine

from chalicelib.aws import keys, table
from chalicelib.aws.settings import Settings
from chalicelib.canonical.ids import (
    CHARGE,
    ChargeId,
    ConnectionId,
    GuestId,
    leaf_of_profile,
    reservation_id,
    stable_id,
)
from chalicelib.canonical.time import now
from chalicelib.profiles.store import read_charge
from tests.builders import PORTO, VIENNA, at, charge, guest, reservation
from tests.entrypoints.conftest import Hub, Ingest
from tests.entrypoints.test_access import fields
from tests.ids import CLUB

API = ConnectionId("api")

ANNA = leaf_of_profile(API, "g1")
STAY, LINE = (
    reservation_id(API, VIENNA.id, "r1", 0),
    ChargeId(stable_id(CHARGE, "api", VIENNA.id, "c1")),
)
EMAIL = "anna.lee@example.com"
PATHS = ("", "/timeline", "/stays", "/consents", "/membership")


@pytest.fixture
def anna(ingest: Ingest) -> str:
    """A guest with a completed stay in Vienna."""
    ingest(reservation("r1", guest(email=EMAIL), status="checked_out"))
    return ANNA


def test_a_guest_is_shown_with_what_is_known(hub: Hub, anna: str) -> None:
    shown = hub.get(f"/v1/guests/{anna}")
    assert (shown["id"], shown["merged_ids"], shown["properties"]) == (anna, [], ["vienna"])
    assert (shown["traits"]["given_name"], shown["traits"]["email"]) == ("Anna", EMAIL)
    assert (shown["stats"]["stays"], shown["stats"]["nights"]) == (1, 2)
    assert shown["stats"]["room_revenue"] == [{"amount_minor": 20000, "currency": "EUR"}]
    assert shown["leaves"] == [
        {"id": anna, "source": "api", "source_id": "g1", "unusable": [], "several_people": False}
    ]


def test_a_record_tells_that_it_is_several_people_and_what_of_it_says_nothing(hub: Hub, ingest: Ingest) -> None:
    ingest(guest("g7", "Ida & Tom", "Holm", phone="n/a", member_number="0", birth_date="1900-01-01"))
    (shown,) = hub.get("/v1/guests?source=api&source_id=g7")["items"]
    (leaf,) = shown["leaves"]
    assert leaf["several_people"] is True
    assert leaf["unusable"] == ["phone", "member_number", "birth_date"]
    assert (shown["traits"]["member"], shown["traits"]["birth_date"]) == (False, None)


def test_who_shares_an_address_and_is_somebody_else_is_a_candidate(hub: Hub, ingest: Ingest) -> None:
    father, son = (
        {"email": EMAIL, "birth_date": day, "property_id": VIENNA.id} for day in ("1955-03-01", "1985-07-09")
    )
    elsewhere = guest("g3", "Ben", "Lee", email=EMAIL, property_id=PORTO.id)
    ingest(
        guest("g1", "John", "Lee", **father),
        guest("g2", "John", "Lee", **son),
        elsewhere,
        guest("g4", email="a@b.example"),
    )
    ids = [leaf_of_profile(API, each) for each in ("g1", "g2", "g3", "g4")]
    candidates = [set(hub.get(f"/v1/guests/{each}")["candidates"]) for each in ids]
    assert candidates == [{ids[1], ids[2]}, {ids[0], ids[2]}, {ids[0], ids[1]}, set()]
    assert hub.get(f"/v1/guests/{ids[0]}", key="front_desk@vienna")["candidates"] == [ids[1]]


def test_who_is_alike_in_nearly_all_is_a_candidate_and_each_key_is_told_of_its_own(hub: Hub, ingest: Ingest) -> None:
    home = {"street": "Ermou 12", "postal_code": "105 63", "city": "Athina", "country": "GR"}
    said = {"birth_date": "1980-05-17", "address": home}
    ingest(
        guest("g1", "Maria", "Papadopoulou", property_id=VIENNA.id, **said),
        guest("g2", "Marisa", "Papadopoulou", property_id=PORTO.id, **said),
        guest("g3", "Georg", "Papadopoulos", address=home, property_id=VIENNA.id),
    )
    one, other, third = (leaf_of_profile(API, each) for each in ("g1", "g2", "g3"))
    assert hub.get(f"/v1/guests/{one}")["candidates"] == [other]
    assert hub.get(f"/v1/guests/{third}")["candidates"] == []
    assert hub.get(f"/v1/guests/{one}", key="front_desk@vienna")["candidates"] == []


@pytest.mark.parametrize("query", ["email=ANNA.LEE%40example.com", "source=api&source_id=g1"])
def test_a_guest_is_found_by_what_identifies_them(hub: Hub, anna: str, query: str) -> None:
    assert [each["id"] for each in hub.get(f"/v1/guests?{query}")["items"]] == [anna]
    assert [each["id"] for each in hub.get(f"/v1/guests?{query}", key="front_desk@vienna")["items"]] == [anna]
    assert hub.get(f"/v1/guests?{query}", key="front_desk@porto")["items"] == []


@pytest.mark.parametrize("typed", ["%20Anna.Lee%20%40Example.com%20", "anna.lee@example.com"])
def test_an_address_is_found_as_a_desk_types_it(hub: Hub, anna: str, typed: str) -> None:
    assert [each["id"] for each in hub.get(f"/v1/guests?email={typed}")["items"]] == [anna]


def test_a_plus_that_a_query_lost_is_still_found(hub: Hub, ingest: Ingest) -> None:
    """`+` in a query means a blank: many a client forgets to escape it."""
    ingest(guest(email="anna+spa@example.com", phone="+43 660 1234567"))
    for query in ("email=anna+spa@example.com", "email=anna%2Bspa@example.com", "phone=+43660-1234567"):
        assert [each["id"] for each in hub.get(f"/v1/guests?{query}")["items"]] == [ANNA]


@pytest.mark.parametrize("typed", ["0660 1234567", "(0660) 123 45 67", "660 1234567"])
def test_a_local_number_is_one_of_the_countries_where_the_key_has_hotels(hub: Hub, ingest: Ingest, typed: str) -> None:
    anna = guest(phone="+43 660 1234567")
    ingest(reservation("r1", anna), reservation("r2", anna, property_id=PORTO.id))
    found = {
        key: [each["id"] for each in hub.get(f"/v1/guests?phone={quote(typed)}", key=key)["items"]]
        for key in ("front_desk", "front_desk@vienna", "front_desk@porto")
    }
    assert found == {"front_desk": [ANNA], "front_desk@vienna": [ANNA], "front_desk@porto": []}
    assert hub.get("/v1/guests?phone=0043660-1234567", key="front_desk@porto")["items"], "it says its country"


def test_who_is_not_there_is_an_empty_list(hub: Hub, anna: str) -> None:
    for query in ["email=nobody@example.com", "email=nonsense", "phone=12", "member=7", "source=a&source_id=b"]:
        assert hub.get(f"/v1/guests?{query}")["items"] == []


def test_a_search_names_one_thing(hub: Hub) -> None:
    for query in [
        "",
        "?email=a@b.com&phone=1",
        "?source=api",
        "?source_id=g1",
        "?nickname=Anna",
        "?name=Anna&phone=1",
        "?email=",
    ]:
        assert fields(hub.call("GET", f"/v1/guests{query}"))


def test_another_hotels_guest_is_not_there(hub: Hub, anna: str) -> None:
    for path in PATHS:
        foreign = hub.call("GET", f"/v1/guests/{anna}{path}", key="front_desk@porto")
        unknown = hub.call(
            "GET", f"/v1/guests/{leaf_of_profile(ConnectionId('api'), 'nobody')}{path}", key="front_desk@porto"
        )
        assert foreign.status_code == unknown.status_code == 404
        assert foreign.body == unknown.body
        assert hub.status("GET", f"/v1/guests/{anna}{path}", key="front_desk@vienna") == 200


def test_another_hotels_guest_cannot_be_changed(hub: Hub, anna: str) -> None:
    for path in ["consents/email/marketing", "membership/club"]:
        body: dict[str, Any] = {"state": "explicit"} if "consents" in path else {}
        assert hub.status("PUT", f"/v1/guests/{anna}/{path}", body, key="front_desk@porto") == 404


def test_a_hotel_sees_its_own_rows_and_sums_of_a_shared_guest(hub: Hub, anna: str, ingest: Ingest) -> None:
    elsewhere = {"property_id": PORTO.id, "arrival": "2026-03-01", "departure": "2026-03-04", "status": "checked_out"}
    ingest(reservation("r2", guest(email=EMAIL), **elsewhere))
    for key, places, nights in (("front_desk@vienna", [VIENNA.id], 2), ("front_desk@porto", [PORTO.id], 3)):
        shown = hub.get(f"/v1/guests/{anna}", key=key)
        assert (shown["properties"], shown["stats"]["nights"]) == (places, nights)
        for path, name in (("stays", "property_id"), ("timeline", "stay")):
            rows = hub.get(f"/v1/guests/{anna}/{path}", key=key)["items"]
            assert [row[name]["property_id"] if name == "stay" else row[name] for row in rows] == places
    assert hub.get(f"/v1/guests/{anna}")["stats"]["nights"] == 5


def test_an_id_that_was_merged_away_answers_with_the_guest(hub: Hub, anna: str, ingest: Ingest) -> None:
    ingest(guest("g2", email=EMAIL, property_id=VIENNA.id))
    other = leaf_of_profile(API, "g2")
    kept, gone = sorted([anna, other])
    assert hub.get(f"/v1/guests/{gone}")["id"] == kept
    assert hub.get(f"/v1/guests/{gone}") == hub.get(f"/v1/guests/{kept}")
    assert hub.get(f"/v1/guests/{kept}")["merged_ids"] == [gone]


def test_the_timeline_is_newest_first_and_comes_in_pages(hub: Hub, anna: str, ingest: Ingest) -> None:
    for month in (3, 4, 5):
        ingest(reservation(f"r{month}", guest(), arrival=f"2026-0{month}-01", departure=f"2026-0{month}-02"))
    hub.put(f"/v1/guests/{anna}/consents/email/marketing", {"state": "explicit", "at": at(0)})
    seen, path = [], f"/v1/guests/{anna}/timeline?limit=2"
    while path:
        page = hub.get(path)
        seen += [(each["kind"], each["at"][:10]) for each in page["items"]]
        path = f"/v1/guests/{anna}/timeline?limit=2&cursor={page['next_cursor']}" if page["next_cursor"] else ""
    stays = [("stay", f"2026-0{month}-01") for month in (5, 4, 3, 2)]
    assert seen == [*stays, ("receipt", "2026-01-01")]


def test_a_stay_in_several_currencies_shows_each_amount_in_its_own(hub: Hub, ingest: Ingest) -> None:
    forint = {"currency": "HUF", "room_revenue_minor": 500000}
    ingest(reservation("r1", guest(), companions=[guest("g2", "Bo", "Ray")], in_other_currencies=[forint]))
    (own,) = hub.get(f"/v1/guests/{ANNA}/stays")["items"]
    assert own["room_revenue"] == {"amount_minor": 20000, "currency": "EUR"}
    assert own["in_other_currencies"] == [
        {
            "room_revenue": {"amount_minor": 500000, "currency": "HUF"},
            "other_revenue": {"amount_minor": 0, "currency": "HUF"},
        }
    ]
    (shared,) = hub.get(f"/v1/guests/{leaf_of_profile(API, 'g2')}/stays")["items"]
    assert shared["in_other_currencies"] == []
    ingest(charge("c1", reservation_source_id="r2"), charge("c2", reservation_source_id="r2", currency="CHF"))
    nothing_stated = {"currency": None, "room_revenue_minor": None}
    ingest(
        reservation("r2", guest(), arrival="2026-03-01", departure="2026-03-02", status="checked_out", **nothing_stated)
    )
    assert hub.get(f"/v1/guests/{ANNA}")["stats"]["room_revenue"] == [
        {"amount_minor": 5000, "currency": "CHF"},
        {"amount_minor": 5000, "currency": "EUR"},
    ]


def test_a_companion_sees_the_shared_stay_without_its_revenue(hub: Hub, ingest: Ingest) -> None:
    bo = leaf_of_profile(API, "g2")
    ingest(reservation("r1", guest(), companions=[guest("g2", "Bo", "Ray")], status="checked_out"))
    for key in ("analyst", "analyst@vienna"):
        (stay,) = hub.get(f"/v1/guests/{bo}/stays", key=key)["items"]
        (happening,) = hub.get(f"/v1/guests/{bo}/timeline", key=key)["items"]
        assert happening["stay"] == stay
        assert (stay["role"], stay["property_id"], stay["status"]) == ("companion", VIENNA.id, "checked_out")
        assert (stay["arrival"], stay["departure"]) == ("2026-02-01", "2026-02-03")
        assert (stay["room_revenue"], stay["other_revenue"]) == (None, None)
    assert hub.get(f"/v1/guests/{bo}")["stats"]["stays"] == 0
    (own,) = hub.get(f"/v1/guests/{ANNA}/stays")["items"]
    assert (own["role"], own["room_revenue"]["amount_minor"]) == ("guest", 20000)


def test_what_a_source_says_of_a_guest_besides_is_shown(hub: Hub, ingest: Ingest) -> None:
    told: dict[str, Any] = {
        "salutation": "Mrs",
        "generation": "III",
        "address": {
            "street": "Main Street 1",
            "postal_code": "1010",
            "city": "Vienna",
            "region": "AT-9",
            "country": "AT",
        },
        "special_dates": [{"kind": "anniversary", "day": "2010-06-12"}],
        "age_category": "adult",
    }
    ingest(guest("g1", property_id=VIENNA.id, **told))
    traits = hub.get(f"/v1/guests/{ANNA}")["traits"]
    assert {name: traits[name] for name in told} == told
    ingest(guest("g1", property_id=VIENNA.id, changed_at=at(1)))
    traits = hub.get(f"/v1/guests/{ANNA}")["traits"]
    assert [traits[name] for name in told] == [None, None, None, [], None], "what a source stops saying goes"


def test_what_a_source_says_of_a_reservation_besides_is_shown(hub: Hub, ingest: Ingest) -> None:
    told: dict[str, Any] = {
        "rate_plan": "BAR",
        "market_segment": "FIT",
        "promotion_code": "SPRING",
        "room_type": "DBL",
        "room_number": "101",
        "arrival_time": "15:30",
        "meal_plan": "half_board",
        "purpose": "leisure",
        "company_id": "C-1",
        "agency_id": "A-1",
        "group_id": "G-1",
        "payer": "company",
    }
    nights = [{"night": f"2026-02-0{day}", "amount_minor": 10000 + day} for day in (2, 1)]
    ingest(reservation("r1", guest(), companions=[guest("g2", "Bo", "Ray")], nightly_rates=nights, **told))
    (stay,) = hub.get(f"/v1/guests/{ANNA}/stays")["items"]
    assert {name: stay[name] for name in told} == told
    rates = [(each["night"], each["rate"]["amount_minor"], each["rate"]["currency"]) for each in stay["nightly_rates"]]
    assert rates == [("2026-02-01", 10001, "EUR"), ("2026-02-02", 10002, "EUR")]
    (shared,) = hub.get(f"/v1/guests/{leaf_of_profile(ConnectionId('api'), 'g2')}/stays")["items"]
    assert (shared["room_number"], shared["nightly_rates"]) == ("101", [])


def test_a_charge_is_kept_with_its_category_tax_and_folio(hub: Hub, ingest: Ingest) -> None:
    line = charge(category="food_and_beverage", tax_minor=500, folio_owner="company")
    del line["charge"]
    ingest(reservation("r1", guest(), other_revenue_minor=None), line)
    kept = read_charge(table.get(keys.charge(STAY, LINE)) or {})
    assert (kept.kind, kept.category, kept.tax_minor, kept.folio_owner) == (
        "other",
        "food_and_beverage",
        500,
        "company",
    )
    (stay,) = hub.get(f"/v1/guests/{ANNA}/stays")["items"]
    assert stay["other_revenue"] == {"amount_minor": 5000, "currency": "EUR"}


def test_another_hotels_shared_stay_is_not_shown(hub: Hub, ingest: Ingest) -> None:
    bo = leaf_of_profile(API, "g2")
    ingest(reservation("r1", guest(), companions=[guest("g2", "Bo", "Ray")]))
    ingest(reservation("r2", guest("g2", "Bo", "Ray"), property_id=PORTO.id))
    for path in ("stays", "timeline"):
        assert len(hub.get(f"/v1/guests/{bo}/{path}")["items"]) == 2
        (row,) = hub.get(f"/v1/guests/{bo}/{path}", key="analyst@porto")["items"]
        assert row.get("stay", row)["property_id"] == PORTO.id


def test_a_stay_of_two_records_of_one_guest_is_shown_once_and_as_their_own(hub: Hub, ingest: Ingest) -> None:
    ingest(reservation("r1", guest(email=EMAIL), companions=[guest("g2", email=EMAIL)]))
    for path in ("stays", "timeline"):
        (row,) = hub.get(f"/v1/guests/{ANNA}/{path}")["items"]
        assert row.get("stay", row)["role"] == "guest"


def test_a_cursor_of_one_guest_is_none_of_another(hub: Hub, anna: str, ingest: Ingest) -> None:
    ingest(reservation("r2", guest()), reservation("r3", guest("g3", "Bo", "Ray")))
    cursor = hub.get(f"/v1/guests/{anna}/stays?limit=1")["next_cursor"]
    other = leaf_of_profile(API, "g3")
    assert fields(hub.call("GET", f"/v1/guests/{other}/stays?cursor={cursor}")) == ["cursor"]


# Consents


def test_what_a_guest_said_is_kept_with_its_proof(hub: Hub, anna: str) -> None:
    path = f"/v1/guests/{anna}/consents"
    assert hub.get(path)["consents"][0]["state"] == "none"
    hub.put(f"{path}/email/marketing", {"state": "explicit", "how": "registration card"}, key="front_desk@vienna")
    hub.put(f"{path}/email/marketing", {"state": "withdrawn"}, key="front_desk@vienna")
    shown = hub.get(path)
    assert (shown["consents"][0]["state"], shown["consents"][0]["basis"]) == ("withdrawn", "staff")
    assert [each["state"] for each in shown["history"]] == ["explicit", "withdrawn"]
    assert shown["history"][0]["proof"] == {"how": "registration card", "key_id": "front_desk-at-vienna"}


def test_an_unknown_channel_or_purpose_is_not_there(hub: Hub, anna: str) -> None:
    for path in ["sms/marketing", "email/surveys"]:
        assert hub.status("PUT", f"/v1/guests/{anna}/consents/{path}", {"state": "explicit"}) == 404


def test_a_consent_of_no_known_state_is_refused(hub: Hub, anna: str) -> None:
    path = f"/v1/guests/{anna}/consents/email/marketing"
    assert fields(hub.call("PUT", path, {"state": "maybe", "at": "yesterday"})) == ["state", "at"]
    assert fields(hub.call("PUT", path, {"state": "explicit", "at": "2026-01-01T00:00:00"})) == ["at"]


def test_an_act_dated_ahead_is_refused_and_an_objection_always_holds(hub: Hub, anna: str) -> None:
    path = f"/v1/guests/{anna}/consents"
    ahead = [(now() + each).isoformat() for each in (timedelta(seconds=50), timedelta(minutes=5))]
    assert fields(hub.call("PUT", f"{path}/email/marketing", {"state": "explicit", "at": "2099-01-01T00:00:00Z"})) == [
        "at"
    ]
    assert fields(hub.call("PUT", f"{path}/email/marketing", {"state": "explicit", "at": ahead[1]})) == ["at"]
    assert hub.get(path)["history"] == []
    hub.put(f"{path}/email/marketing", {"state": "explicit", "at": ahead[0]})  # a clock that is a little fast
    hub.put(f"{path}/email/marketing", {"state": "withdrawn"})
    assert hub.get(path)["consents"][0]["state"] == "withdrawn"


# Loyalty


def test_a_member_sees_points_and_where_they_came_from(hub: Hub, anna: str) -> None:
    hub.put("/v1/programs/club", {"name": "Club", "points_per_unit": {"EUR": "10"}, "starts_on": "2020-01-01"})
    assert hub.get(f"/v1/guests/{anna}/membership")["items"] == []
    asked = {"number": "M-1", "earns_from": "2026-01-01"}
    standing = hub.put(f"/v1/guests/{anna}/membership/club", asked, key="front_desk@vienna")
    assert (standing["program"], standing["balance"], standing["number"]) == ("club", 2000, "M-1")
    assert hub.put(f"/v1/guests/{anna}/membership/club", asked) == standing
    (entry,) = hub.get(f"/v1/guests/{anna}/ledger")["items"]
    assert (entry["points"], entry["reason"], entry["property_id"]) == (2000, "earned", "vienna")
    assert entry["origin"] == "stay_earned"
    assert hub.get(f"/v1/guests/{anna}/ledger?program=club", key="analyst")["items"] == [entry]
    assert hub.status("GET", f"/v1/guests/{anna}/ledger?program=other") == 404


def test_a_ledger_of_one_of_several_programmes_must_be_named(hub: Hub, anna: str) -> None:
    assert fields(hub.call("GET", f"/v1/guests/{anna}/ledger")) == ["program"]
    assert hub.status("PUT", f"/v1/guests/{anna}/membership/club", {}) == 404


def test_a_hotel_is_shown_the_points_of_its_own_stays_and_the_group_all(hub: Hub, anna: str, ingest: Ingest) -> None:
    ingest(reservation("r2", guest(email=EMAIL), property_id=PORTO.id, status="checked_out", room_revenue_minor=30000))
    hub.put("/v1/programs/club", {"name": "Club", "points_per_unit": {"EUR": "10"}, "starts_on": "2020-01-01"})
    asked = {"earns_from": "2026-01-01"}
    enrolled = hub.put(f"/v1/guests/{anna}/membership/club", asked, key="front_desk@vienna")
    assert enrolled["balance"] == 2000
    for key, points in (("front_desk@vienna", 2000), ("front_desk@porto", 3000), ("front_desk", 5000)):
        (standing,) = hub.get(f"/v1/guests/{anna}/membership", key=key)["items"]
        entries = hub.get(f"/v1/guests/{anna}/ledger", key=key)["items"]
        assert standing["balance"] == sum(each["points"] for each in entries) == points


def test_what_was_spent_names_no_stay_and_is_shown_to_keys_of_the_whole_group(hub: Hub, anna: GuestId) -> None:
    from chalicelib.loyalty.model import Redemption
    from chalicelib.loyalty.spending import spend

    hub.put("/v1/programs/club", {"name": "Club", "points_per_unit": {"EUR": "10"}, "starts_on": "2020-01-01"})
    hub.put(f"/v1/guests/{anna}/membership/club", {"earns_from": "2026-01-01"})
    spend(anna, CLUB, 500, Redemption(act="night-7"))
    (standing,) = hub.get(f"/v1/guests/{anna}/membership")["items"]
    assert standing["balance"] == 1500
    first = hub.get(f"/v1/guests/{anna}/ledger?limit=1")
    second = hub.get(f"/v1/guests/{anna}/ledger?limit=1&cursor={first['next_cursor']}")
    (spent,), (earned,) = first["items"], second["items"]
    assert {**spent, "id": "", "at": ""} == {"id": "", "at": "", "origin": "redemption", "points": -500}
    assert (earned["origin"], earned["points"], second["next_cursor"]) == ("stay_earned", 2000, None)
    assert hub.get(f"/v1/guests/{anna}/ledger", key="front_desk@vienna")["items"] == [earned]


def test_nobody_earns_from_before_the_programme_or_from_a_day_that_will_not_come(hub: Hub, anna: str) -> None:
    hub.put("/v1/programs/club", {"name": "Club", "points_per_unit": {"EUR": "10"}, "starts_on": "2026-01-10"})
    path = f"/v1/guests/{anna}/membership/club"
    for day in ("0001-01-01", "2026-01-09", "9999-12-31"):
        assert fields(hub.call("PUT", path, {"earns_from": day}, key="front_desk@vienna")) == ["earns_from"]
    assert hub.get(f"/v1/guests/{anna}/membership")["items"] == []
    assert hub.put(path, {"earns_from": "2026-01-10"})["earns_from"] == "2026-01-10"


# Events


def test_events_are_queued_and_each_has_its_result(hub: Hub) -> None:
    from tests.fakes import waiting

    snapshots = [reservation("r1", guest()), {**reservation("r2"), "arrival": "soon"}]
    response = hub.call("POST", "/v1/events", {"snapshots": snapshots}, key="integration")
    assert response.status_code == 200
    first, second = response.json_body["results"]
    assert first == {"status": "accepted", "source": "api", "errors": []}
    assert (second["status"], [each["field"] for each in second["errors"]]) == ("invalid", ["arrival"])
    assert waiting("inbox") == 1


def test_events_of_which_none_can_be_taken_are_refused_with_their_fields(hub: Hub) -> None:
    missing = {name: value for name, value in reservation("r1").items() if name != "arrival"}
    assert fields(hub.call("POST", "/v1/events", {"snapshots": [missing]})) == ["snapshots.0.arrival"]
    assert fields(hub.call("POST", "/v1/events", {"snapshots": []})) == ["snapshots"]
    assert fields(hub.call("POST", "/v1/events", {"snapshots": [reservation("r1")] * 101})) == ["snapshots"]
    assert fields(hub.call("POST", "/v1/events", {})) == ["snapshots"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("marketing_email", "yes"), ("person", "no"), ("changed_at", 1767225600), ("birth_date", "1980-01-01T00:00:00Z")],
)
def test_an_event_is_of_the_types_that_the_description_says(hub: Hub, field: str, value: object) -> None:
    told = {"snapshots": [{**guest(), field: value}]}
    assert fields(hub.call("POST", "/v1/events", told)) == [f"snapshots.0.{field}"]


def test_a_key_speaks_for_its_own_hotels_only(hub: Hub) -> None:
    snapshots = {"snapshots": [reservation("r1", property_id=PORTO.id)]}
    assert fields(hub.call("POST", "/v1/events", snapshots, key="integration@vienna")) == ["snapshots.0.property_id"]


def test_the_same_events_under_the_same_key_are_taken_once(hub: Hub) -> None:
    from tests.fakes import waiting

    body = {"snapshots": [reservation("r1", guest())]}
    answers = [hub.call("POST", "/v1/events", body, Idempotency_Key="e-1") for _ in range(3)]
    assert {each.body for each in answers} == {answers[0].body}
    assert waiting("inbox") == 1
    assert hub.call("POST", "/v1/events", {"snapshots": [reservation("r9")]}, Idempotency_Key="e-1").status_code == 409


# Properties and connections

CONNECTION = {
    "vendor": "mews",
    "secrets": ["open-sesame-of-forty-thieves"],
    "credentials": {"access_token": "very-secret", "client_token": "very-secret"},
    "base_url": "https://pms.example.com",
    "properties": {"e-1": VIENNA.id},
}


def test_a_connection_never_shows_its_secret_again(hub: Hub, aws: Settings) -> None:
    from chalicelib.aws import keys

    answers = [
        hub.call("PUT", "/v1/connections/mews", CONNECTION),
        hub.call("GET", "/v1/connections/mews"),
        hub.call("GET", "/v1/connections"),
    ]
    assert [each.status_code for each in answers] == [200, 200, 200]
    told = "".join(each.body.decode() for each in answers) + str(table.get(keys.connection(ConnectionId("mews"))))
    assert "sesame" not in told
    assert "very-secret" not in told
    assert (answers[1].json_body["secrets"], answers[1].json_body["has_credentials"]) == (1, True)


def test_a_connection_is_that_of_a_key_with_all_its_hotels(hub: Hub) -> None:
    both = {**CONNECTION, "properties": {"e-1": VIENNA.id, "e-2": PORTO.id}}
    assert hub.status("PUT", "/v1/connections/mews", both, key="admin@vienna") == 404
    hub.put("/v1/connections/mews", both)
    assert hub.status("GET", "/v1/connections/mews", key="admin@vienna") == 404
    assert hub.status("PUT", "/v1/connections/mews", CONNECTION, key="admin@vienna") == 404
    assert hub.status("DELETE", "/v1/connections/mews", key="admin@vienna") == 404
    assert hub.get("/v1/connections", key="admin@vienna")["items"] == []
    assert hub.status("DELETE", "/v1/connections/mews") == 204
    assert hub.status("GET", "/v1/connections/mews") == 404


def test_a_property_is_written_read_and_deleted(hub: Hub) -> None:
    lisbon = {"name": "Hotel Lisbon", "time_zone": "Europe/Lisbon", "country": "PT", "currency": "EUR"}
    assert hub.put("/v1/properties/lisbon", lisbon)["id"] == "lisbon"
    assert [each["id"] for each in hub.get("/v1/properties")["items"]] == ["lisbon", "porto", "vienna"]
    assert [each["id"] for each in hub.get("/v1/properties", key="analyst@porto")["items"]] == ["porto"]
    assert fields(hub.call("PUT", "/v1/properties/lisbon", {**lisbon, "time_zone": "Mars/Base"})) == ["time_zone"]
    assert hub.status("DELETE", "/v1/properties/lisbon") == 204
    assert hub.status("DELETE", "/v1/properties/lisbon") == 404


def test_no_line_of_the_log_names_a_guest(hub: Hub, anna: str, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    hub.get(f"/v1/guests?email={EMAIL}")
    hub.get(f"/v1/guests/{anna}")
    hub.call("POST", "/v1/events", {"snapshots": [{**guest(email=EMAIL), "birth_date": EMAIL}]})
    printed = capsys.readouterr()
    assert len(printed.out.splitlines()) == 3
    assert EMAIL not in printed.out + printed.err
    assert "Anna" not in printed.out + printed.err
    assert "xk_" not in printed.out + printed.err


@pytest.mark.parametrize("key", ["front_desk", "front_desk@vienna"])
def test_what_lies_ahead_is_told_as_of_today_at_the_hotel(hub: Hub, ingest: Ingest, key: str) -> None:
    """Also of more bookings than a head lists, to a key of one hotel and to one of the group."""
    first = date(2026, 2, 1)
    for number in range(10):
        arrival = first + timedelta(days=number)
        days = {"arrival": arrival.isoformat(), "departure": (arrival + timedelta(days=3)).isoformat()}
        ingest(reservation(f"r{number}", guest(email=EMAIL), status="in_house" if number == 0 else "confirmed", **days))
    told = {}
    for moment in ("2026-02-01T12:00", "2026-02-04T22:59", "2026-02-04T23:00", "2026-02-09T12:00", "2026-02-11T12:00"):
        with time_machine.travel(f"{moment}+00:00", tick=False):
            stats = hub.get(f"/v1/guests/{ANNA}", key=key)["stats"]
        ahead = stats["next_arrival"], stats["upcoming_bookings"], stats["upcoming_nights"]
        told[moment] = (*ahead, stats["in_house"], stats["reservations"])
    assert told == {
        "2026-02-01T12:00": ("2026-02-02", 9, 27, True, 10),
        "2026-02-04T22:59": ("2026-02-04", 7, 21, True, 10),
        "2026-02-04T23:00": ("2026-02-05", 6, 18, False, 10),
        "2026-02-09T12:00": ("2026-02-09", 2, 6, False, 10),
        "2026-02-11T12:00": (None, 0, 0, False, 10),
    }
