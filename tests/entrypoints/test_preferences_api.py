"""/v1/guests/{guest_id}/preferences: what is said goes where its record goes, and nothing delicate is taken."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from chalicelib.aws import bus
from chalicelib.canonical.errors import TryAgain
from chalicelib.canonical.facts import Fact, FactType
from chalicelib.canonical.ids import ConnectionId, Leaf, leaf_of_profile
from chalicelib.canonical.time import instant, now
from chalicelib.guests import store as guests
from chalicelib.ingest.preferring import prefer
from tests import tables
from tests.builders import PORTO, VIENNA, at, guest, reservation
from tests.crashes import crash_at, points_of
from tests.entrypoints.conftest import Hub, Ingest
from tests.entrypoints.test_corrections_api import NOW

API = ConnectionId("api")
ONE, OTHER = leaf_of_profile(API, "g1"), leaf_of_profile(API, "g2")
EMAIL = "anna.lee@example.com"
PATH = f"/v1/guests/{ONE}/preferences"
LATER = instant(NOW + timedelta(days=1))


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def anna(hub: Hub, ingest: Ingest) -> Callable[..., None]:
    def told(id_: str = "g1", **fields: Any) -> None:
        ingest(guest(id_, **{"email": EMAIL, "property_id": VIENNA.id, **fields}))

    told()
    return told


def kept(hub: Hub, path: str = PATH, key: str = "admin") -> dict[str, tuple[list[str], str]]:
    return {each["kind"]: (each["values"], each["origin"]) for each in hub.get(path, key=key)["items"]}


def test_what_staff_note_stands_on_the_profile_with_who_and_when(hub: Hub, anna: Any) -> None:
    shown = hub.put(f"{PATH}/pillow", {"values": ["firm", "soft"]}, key="front_desk")
    assert shown == {
        "kind": "pillow", "values": ["soft", "firm"], "origin": "noted", "at": instant(NOW),
        "actor": "key front_desk", "record": ONE,
    }  # fmt: skip
    assert hub.get(f"/v1/guests/{ONE}")["traits"]["preferences"]["pillow"] == ["soft", "firm"]


def test_the_same_once_more_writes_nothing(hub: Hub, anna: Any) -> None:
    hub.put(f"{PATH}/floor", {"values": ["high"]})
    before = tables.state()
    with time_machine.travel(NOW + timedelta(days=3), tick=False):
        hub.put(f"{PATH}/floor", {"values": ["high"]})
    assert tables.state() == before


def test_what_a_source_observed_is_shown_and_goes_when_the_source_says_it_no_more(hub: Hub, anna: Any) -> None:
    anna(preferences={"view": ["sea"], "language": ["el"]}, changed_at=at(4))
    assert kept(hub) == {"view": (["sea"], "observed"), "language": (["el"], "observed")}
    assert hub.get(f"/v1/guests/{ONE}")["traits"]["language"] == "el"
    anna(changed_at=at(5))
    assert kept(hub) == {}


def test_staff_take_nothing_from_what_the_guest_said_but_the_guest_may(hub: Hub, anna: Any) -> None:
    hub.put(f"{PATH}/table", {"values": ["window"], "said_by": "guest"})
    for method, body in (("PUT", {"values": ["quiet"]}), ("DELETE", None)):
        assert hub.status(method, f"{PATH}/table", body) == 409
    assert kept(hub) == {"table": (["window"], "declared")}
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        assert hub.status("DELETE", f"{PATH}/table?said_by=guest") == 204
    assert kept(hub) == {}


@pytest.mark.parametrize("kind", ["allergies", "religion", "diet", "pillows"])
def test_what_is_no_preference_is_refused_with_where_it_belongs(kind: str, hub: Hub, anna: Any) -> None:
    hub.get(PATH)
    before = tables.state()
    answer = hub.call("PUT", f"{PATH}/{kind}", {"values": ["soft"]})
    (error,) = answer.json_body["errors"]
    assert (answer.status_code, error["field"]) == (400, "preference")
    assert "religion" in error["message"]
    assert "PMS" in error["message"]
    answer = hub.call("PUT", f"{PATH}/meal_plan", {"values": ["halal"]})
    assert (answer.status_code, answer.json_body["errors"][0]["field"]) == (400, "values")
    assert hub.status("PUT", f"{PATH}/temperature", {"values": ["cool", "warm"]}) == 400
    assert tables.state() == before


def test_a_merge_takes_it_along_and_a_split_leaves_it_with_its_record(hub: Hub, anna: Any) -> None:
    anna("g2", email="other@example.com", phone="+436641234567")
    hub.put(f"/v1/guests/{OTHER}/preferences/pillow", {"values": ["soft"]})
    joined = {"records": [ONE, OTHER], "verdict": "join"}
    assert hub.call("POST", "/v1/merge-decisions", joined).status_code < 300
    assert kept(hub) == {"pillow": (["soft"], "noted")}
    assert hub.call("POST", f"/v1/guests/{ONE}/unmerge", {"records": [OTHER]}).status_code < 300
    assert (kept(hub), kept(hub, f"/v1/guests/{OTHER}/preferences")) == ({}, {"pillow": (["soft"], "noted")})


def test_an_erasure_takes_it_away_and_an_export_held_it(hub: Hub, anna: Any) -> None:
    hub.put(f"{PATH}/bed", {"values": ["twin"]})
    (exported,) = hub.get(f"/v1/guests/{ONE}/export")["statements"]
    assert (exported["about"], exported["values"], exported["said_by"]) == ("bed", ["twin"], "staff")
    assert hub.status("DELETE", f"/v1/guests/{ONE}") == 200
    (head,) = guests.with_records(guests.heads([ONE])).values()
    assert head.statements == ()
    assert "twin" not in str(tables.state())
    assert hub.status("PUT", f"{PATH}/bed", {"values": ["twin"]}) == 404


def test_who_becomes_nobody_prefers_nothing(hub: Hub, anna: Any) -> None:
    hub.put(f"{PATH}/bed", {"values": ["twin"]})
    anna(anonymised=True, changed_at=at(4), email=None)
    (head,) = guests.with_records(guests.heads([ONE])).values()
    assert head.statements == ()


def test_another_hotel_is_not_shown_what_was_said_here(hub: Hub, ingest: Ingest, anna: Any) -> None:
    hub.put(f"{PATH}/bed", {"values": ["twin"]}, key="front_desk@vienna")
    assert hub.status("GET", PATH, key="front_desk@porto") == 404
    ingest(guest("g2", email=EMAIL, property_id=PORTO.id))
    whole = hub.get(f"/v1/guests?email={EMAIL}", key="front_desk@porto")["items"][0]
    assert whole["traits"]["preferences"] is None
    assert kept(hub, f"/v1/guests/{whole['id']}/preferences", key="front_desk@porto") == {}


def test_the_board_shows_it_on_the_guests_line(hub: Hub, ingest: Ingest) -> None:
    ingest(reservation("r1", guest("g1", email=EMAIL), property_id=VIENNA.id, status="confirmed"))
    hub.put(f"{PATH}/floor", {"values": ["high"]})
    (line,) = hub.get("/v1/properties/vienna/arrivals?date=2026-02-01", key="front_desk@vienna")["items"]
    assert line["guest"]["preferences"]["floor"] == ["high"]


def test_a_segment_asks_for_it(hub: Hub, anna: Any) -> None:
    hub.put(
        "/v1/segments/sea", {"name": "Sea", "rule": {"trait": "preferences.view", "op": "contains", "value": "sea"}}
    )
    assert not hub.get(f"/v1/segments/sea/why/{ONE}")["is_in"]
    hub.put(f"{PATH}/view", {"values": ["garden", "sea"]})
    assert hub.get(f"/v1/segments/sea/why/{ONE}")["is_in"]


def test_an_older_word_than_the_one_that_stands_is_refused_and_not_lost(hub: Hub, anna: Any) -> None:
    hub.put(f"{PATH}/bed", {"values": ["twin"]})
    with time_machine.travel(NOW - timedelta(seconds=1), tick=False):
        assert hub.status("PUT", f"{PATH}/bed", {"values": ["double"]}) == 409
    prefer(Leaf(ONE), "bed", ("double",), "staff", LATER, "key k1")
    assert kept(hub) == {"bed": (["double"], "noted")}


def test_what_is_said_again_counts_though_something_else_was_said_through_another_record(hub: Hub, anna: Any) -> None:
    anna("g2", email="other@example.com", phone="+436641234567")
    hub.put(f"{PATH}/pillow", {"values": ["soft"]})
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        hub.put(f"/v1/guests/{OTHER}/preferences/pillow", {"values": ["firm"]})
    assert hub.call("POST", "/v1/merge-decisions", {"records": [ONE, OTHER], "verdict": "join"}).status_code < 300
    assert kept(hub) == {"pillow": (["firm"], "noted")}
    with time_machine.travel(NOW + timedelta(days=2), tick=False):
        hub.put(f"{PATH}/pillow", {"values": ["soft"]})
        assert kept(hub) == {"pillow": (["soft"], "noted")}
        before = tables.state()
        hub.put(f"{PATH}/pillow", {"values": ["soft"]})
        assert tables.state() == before


def test_what_is_said_through_a_record_that_its_source_merged_away_counts_by_its_day(hub: Hub, anna: Any) -> None:
    anna("g2")
    prefer(OTHER, "bed", ("double",), "staff", instant(NOW), "key k1")
    anna(merged_into="g2", changed_at=at(4))
    prefer(ONE, "bed", ("twin",), "guest", instant(NOW))
    prefer(ONE, "view", ("sea",), "staff", LATER, "key k1")
    prefer(OTHER, "view", ("city",), "staff", instant(NOW), "key k1")
    assert kept(hub) == {"bed": (["twin"], "declared"), "view": (["sea"], "noted")}


def noted(hub: Hub) -> object:
    return hub.call("PUT", f"{PATH}/pillow", {"values": ["firm"]})


def taken_back(hub: Hub) -> object:
    with time_machine.travel(now() + timedelta(seconds=1), tick=False):
        return hub.call("DELETE", f"{PATH}/pillow")


@pytest.mark.parametrize("say", [noted, taken_back])
def test_who_dies_behind_what_was_said_announces_it_with_the_same_again(
    say: Callable[[Hub], object], hub: Hub, anna: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    if say is taken_back:
        noted(hub)
    (silent,) = [
        each for each in points_of(lambda: say(hub)) if (each.moment, each.operation) == ("before", "PutEvents")
    ]
    tables.empty()
    hub.kept.clear()
    anna()
    if say is taken_back:
        noted(hub)
    assert crash_at(silent, lambda: say(hub))
    before, told = tables.state(), list[Fact]()
    monkeypatch.setattr(bus, "announce", told.extend)
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        say(hub)
    head = guests.head(ONE)
    assert head
    newest = [each for each in told if each.subject_version == str(head.rev)]
    assert [(each.type, each.subject) for each in newest] == [(FactType.GUEST_CHANGED, ONE)]
    assert tables.state() == before


def test_the_next_word_announces_what_was_said_before_it_as_well(
    hub: Hub, anna: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = list[Fact]()
    monkeypatch.setattr(bus, "announce", lambda facts: (_ for _ in ()).throw(TryAgain("the bus is down")))
    noted(hub)
    monkeypatch.setattr(bus, "announce", told.extend)
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        hub.put(f"{PATH}/floor", {"values": ["high"]})
    assert len({each.fact_id for each in told if each.type is FactType.GUEST_CHANGED}) == 2
