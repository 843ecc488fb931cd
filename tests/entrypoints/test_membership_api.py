"""Memberships over the API: one number for one guest, found everywhere, ended and begun again; and whose word it is."""

from datetime import date, timedelta
from typing import Any

import pytest

from chalicelib.canonical.ids import ConnectionId, TemplateId, leaf_of_profile
from chalicelib.guests import store as guests
from chalicelib.guests.stats import Days
from chalicelib.messages.model import Template
from chalicelib.messages.templates import Renderer
from chalicelib.messages.variables import SAMPLE_CLOCK
from chalicelib.properties.model import Branding
from chalicelib.segments import rules as segments
from chalicelib.segments.model import Segment
from tests.builders import DAY_ONE, PORTO, at, guest, reservation
from tests.entrypoints.conftest import Hub, Ingest
from tests.entrypoints.test_access import problem

API = ConnectionId("api")
ANNA, BERTA = leaf_of_profile(API, "g1"), leaf_of_profile(API, "g2")
CLUB = {"name": "Club", "points_per_unit": {"EUR": "10"}, "starts_on": "2020-01-01"}
DESK, ELSEWHERE = "front_desk@vienna", "front_desk@porto"


@pytest.fixture(autouse=True)
def two_guests(hub: Hub, ingest: Ingest) -> None:
    hub.put("/v1/programs/club", CLUB)
    ingest(reservation("r1", guest(email="anna@lee.example"), status="checked_out"))
    ingest(reservation("r2", guest("g2", "Berta", email="berta@lee.example"), status="checked_out"))


def path(leaf: str) -> str:
    return f"/v1/guests/{leaf}/membership/club"


def found(hub: Hub, number: str, key: str = "admin") -> list[str]:
    return [each["id"] for each in hub.get(f"/v1/guests?member={number}", key=key)["items"]]


def test_who_is_enrolled_is_a_member_for_search_profile_segments_and_templates(hub: Hub) -> None:
    hub.put(path(ANNA), {"number": "C-100"}, key=DESK)
    assert found(hub, "C-100") == found(hub, "C-100", DESK) == [ANNA]
    assert found(hub, "C-100", ELSEWHERE) == []
    assert [hub.get(f"/v1/guests/{each}")["traits"]["member"] for each in (ANNA, BERTA)] == [True, False]
    rule = Segment.model_validate({"id": "m", "name": "M", "rule": {"trait": "member", "op": "eq", "value": True}})
    known = [guests.guest(each) for each in (ANNA, BERTA)]
    assert [segments.matches(rule.rule, each.traits, Days(DAY_ONE.date())) for each in known if each] == [True, False]
    words = "{% if guest.member %}Your points{% else %}Join us{% endif %}"
    page = Template(id=TemplateId("t"), name="T", subject=words, html=f"<p>{words}</p>", text=words)
    rendered = [
        Renderer(page, Branding(), SAMPLE_CLOCK).render(each.traits, "https://x.example") for each in known if each
    ]
    assert [each.subject for each in rendered] == ["Your points", "Join us"]


def test_a_number_in_use_is_told_and_stays_whose_it_is(hub: Hub) -> None:
    hub.put(path(ANNA), {"number": "C-100"}, key=DESK)
    refused = hub.call("PUT", path(BERTA), {"number": "C-100"}, key=DESK)
    assert refused.status_code == 409
    assert problem(refused)["title"] == "Member number in use"
    assert (found(hub, "C-100"), hub.get(f"/v1/guests/{BERTA}/membership")["items"]) == ([ANNA], [])


@pytest.mark.parametrize("number", [" C-100", "C-100 "])
def test_a_number_is_one_however_it_is_typed(hub: Hub, number: str) -> None:
    hub.put(path(ANNA), {"number": "C-100"})
    assert hub.status("PUT", path(BERTA), {"number": number}) == 409
    assert hub.put(path(ANNA), {"number": number})["number"] == "C-100"


def test_a_number_is_corrected_by_putting_the_right_one(hub: Hub) -> None:
    first = hub.put(path(ANNA), {"number": "C-100", "earns_from": "2026-01-01"}, key=DESK)
    right = hub.put(path(ANNA), {"number": "C-101"}, key=DESK)
    assert right == {**first, "number": "C-101"}
    assert (found(hub, "C-100"), found(hub, "C-101")) == ([], [ANNA])


def test_a_membership_is_ended_and_its_ledger_stays(hub: Hub) -> None:
    enrolled = hub.put(path(ANNA), {"number": "C-100", "earns_from": "2026-01-01"}, key=DESK)
    assert (enrolled["balance"], enrolled["ended_on"]) == (2000, None)
    entries = hub.get(f"/v1/guests/{ANNA}/ledger")["items"]
    for _ in range(2):
        assert hub.status("DELETE", path(ANNA), key=DESK) == 204
    (ended,) = hub.get(f"/v1/guests/{ANNA}/membership")["items"]
    assert ended["ended_on"]
    assert ended == {**enrolled, "ended_on": ended["ended_on"]}
    assert hub.get(f"/v1/guests/{ANNA}/ledger")["items"] == entries
    assert (hub.get(f"/v1/guests/{ANNA}")["traits"]["member"], found(hub, "C-100")) == (False, [])
    assert hub.put(path(ANNA), {}, key=DESK)["number"] == "C-100"
    assert found(hub, "C-100") == [ANNA]


def test_a_membership_that_was_begun_and_ended_the_same_day_shows_both_dates(hub: Hub) -> None:
    today = hub.put(path(ANNA), {"number": "C-100"}, key=DESK)["earns_from"]
    assert hub.status("DELETE", path(ANNA), key=DESK) == 204
    (ended,) = hub.get(f"/v1/guests/{ANNA}/membership")["items"]
    assert (ended["earns_from"], ended["ended_on"], ended["number"]) == (today, today, "C-100")
    again = hub.put(path(ANNA), {}, key=DESK)
    assert (again["earns_from"], again["ended_on"]) == (today, None)


def test_a_membership_that_was_ended_before_it_began_shows_both_dates(hub: Hub) -> None:
    today = hub.put(path(ANNA), {}, key=DESK)["earns_from"]
    ahead = (date.fromisoformat(today) + timedelta(days=300)).isoformat()
    hub.put(path(BERTA), {"earns_from": ahead}, key=DESK)
    assert hub.status("DELETE", path(BERTA), key=DESK) == 204
    (never,) = hub.get(f"/v1/guests/{BERTA}/membership")["items"]
    assert (never["earns_from"], never["ended_on"]) == (ahead, today)


def test_nobody_s_membership_cannot_be_ended(hub: Hub) -> None:
    assert hub.status("DELETE", path(ANNA)) == 404
    assert hub.status("DELETE", f"/v1/guests/{ANNA}/membership/other") == 404
    assert hub.status("DELETE", path(ANNA), key=ELSEWHERE) == 404


def test_what_a_hotel_says_is_kept_with_its_own_record_and_leaves_with_it(hub: Hub, ingest: Ingest) -> None:
    """The record that names the guest is another hotel's."""
    hotels = _shared(ingest)
    here, there = hotels[ANNA], next(place for place in hotels.values() if place != hotels[ANNA])
    other = next(leaf for leaf, place in hotels.items() if place == there)
    hub.put(path(ANNA), {"number": "C-100"}, key=f"front_desk@{there}")
    standings = hub.get(f"/v1/guests/{ANNA}/membership", key=f"front_desk@{here}")["items"]
    assert {(each["number"], each["enrolled_at"]) for each in standings} <= {(None, None)}
    assert hub.status("DELETE", path(ANNA), key=f"front_desk@{here}") == 404
    hub.put("/v1/settings", {"sharing": True})
    assert hub.put(path(ANNA), {}, key=f"front_desk@{here}")["number"] == "C-100"
    for method, body in (("PUT", {"number": "C-999"}), ("DELETE", None)):
        assert hub.status(method, path(ANNA), body, key=f"front_desk@{here}") == 409
    assert hub.put(path(ANNA), {"number": "C-101"}, key=f"front_desk@{there}")["number"] == "C-101"
    assert hub.put(path(ANNA), {"number": "C-102"})["number"] == "C-102"
    ingest(guest(_source_id(other), "Zoe", email="zoe@lee.example", changed_at=at(59)))
    assert found(hub, "C-102") == [other]
    assert hub.status("DELETE", path(other), key=f"front_desk@{there}") == 204


def _shared(ingest: Ingest) -> dict[str, str]:
    """A guest of two hotels: by leaf, where its source named it. The first leaf is that of the guest."""
    ingest(reservation("r3", guest("g3", email="anna@lee.example"), property_id=PORTO.id, status="checked_out"))
    return {ANNA: "vienna", leaf_of_profile(API, "g3"): PORTO.id}


def _source_id(leaf: str) -> str:
    return {leaf_of_profile(API, each): each for each in ("g1", "g2", "g3")}[leaf]  # type: ignore[index]


def test_the_day_from_which_a_member_earns_stays_as_it_is(hub: Hub) -> None:
    first: dict[str, Any] = hub.put(path(ANNA), {"earns_from": "2026-01-01"})
    assert hub.put(path(ANNA), {"earns_from": "2026-02-20"}) == first


def test_who_is_under_age_is_made_no_member_and_who_is_one_stays_one(hub: Hub, ingest: Ingest) -> None:
    young = guest("g7", "Kim", birth_date="2020-01-01")
    ingest(reservation("r7", young))
    kim = leaf_of_profile(ConnectionId("api"), "g7")
    answer = hub.call("PUT", f"/v1/guests/{kim}/membership/club", {"number": "C-7"})
    assert (answer.status_code, "under 18" in answer.json_body["detail"]) == (409, True)
    assert found(hub, "C-7") == []
    ingest({**young, "birth_date": "1990-01-01", "changed_at": at(2)})
    assert hub.status("PUT", f"/v1/guests/{kim}/membership/club", {"number": "C-7"}) == 200
    ingest({**young, "changed_at": at(3)})
    assert hub.status("PUT", f"/v1/guests/{kim}/membership/club", {"number": "C-8"}) == 200
