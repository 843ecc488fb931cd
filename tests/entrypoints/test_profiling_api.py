"""PUT /v1/guests/{guest_id}/profiling: who objects is not summed up, until it ends; through joins and splits."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
import time_machine

from chalicelib.aws import table
from chalicelib.canonical.ids import ConnectionId, Leaf, SegmentId, leaf_of_profile
from chalicelib.consent import objections
from chalicelib.guests import store as guests
from chalicelib.privacy.told_again import tell_again
from tests import tables
from tests.builders import PORTO, VIENNA, at, guest, reservation
from tests.crashes import crash_at, points_of
from tests.entrypoints.conftest import Hub, Ingest

ANNA, BEN = (leaf_of_profile(ConnectionId("api"), each) for each in ("g1", "g2"))
PROFILE = guest("g1", email="anna@mail.example", preferences={"pillow": ["soft"]})
STAYED = reservation("r1", PROFILE, status="checked_out")
RULE = {"trait": "stats.stays", "op": "gte", "value": 1}


def say(hub: Hub, leaf: Leaf = ANNA, key: str = "admin", *, objects: bool = True) -> int:
    return int(hub.status("PUT", f"/v1/guests/{leaf}/profiling", {"objects": objects}, key=key))


def objects(leaf: Leaf = ANNA) -> bool:
    found = guests.guest(leaf)
    return found is not None and found.traits.unprofiled == "objected"


def test_sums_habits_preferences_and_segments_are_as_of_somebody_unknown_until_it_ends(
    hub: Hub, ingest: Ingest
) -> None:
    ingest(STAYED, reservation("r2", guest("g1"), arrival="2027-03-01", departure="2027-03-03"))
    hub.put("/v1/segments/stayed", {"id": "stayed", "name": "Stayed", "rule": RULE})
    before = _shown(hub)
    assert before["stats"]["stays"] == before["habits"]["stays"] == 1
    assert say(hub) == 200
    shown = _shown(hub)
    assert shown["stats"]["state"] == "unprofiled"
    assert (shown["stats"]["stays"], shown["stats"]["room_revenue"], shown["stats"]["upcoming_bookings"]) == (0, [], 1)
    assert (shown["habits"]["unprofiled"], shown["habits"]["stays"]) == ("objected", 0)
    assert shown["preferences"] == []
    assert (shown["why"]["is_in"], shown["why"]["kept_out"]) == (False, "objected")
    assert hub.get(f"/v1/guests/{ANNA}/consents")["objects_to_profiling"] is True
    assert len(hub.get(f"/v1/guests/{ANNA}/stays")["items"]) == 2
    assert say(hub, objects=False) == 200
    assert _shown(hub) == before


def _shown(hub: Hub, key: str = "admin") -> dict[str, Any]:
    at_guest = f"/v1/guests/{ANNA}"
    return {
        "stats": hub.get(at_guest, key=key)["stats"],
        "habits": hub.get(f"{at_guest}/habits", key=key),
        "preferences": hub.get(f"{at_guest}/preferences", key=key)["items"],
        "why": hub.get(f"/v1/segments/{SegmentId('stayed')}/why/{ANNA}", key=key),
    }


def test_the_same_again_writes_nothing_and_a_later_notice_ends_nothing(hub: Hub, ingest: Ingest) -> None:
    ingest(STAYED)
    say(hub)
    before = tables.state()
    assert say(hub) == 200
    assert {key: row for key, row in tables.state().items() if key in before} == before
    ingest({**PROFILE, "changed_at": at(5), "family_name": "Leigh"})
    assert objects()


def test_of_joined_guests_the_stricter_counts_and_split_again_each_has_its_own(hub: Hub, ingest: Ingest) -> None:
    ingest(STAYED, guest("g2", "Ben", email="ben@mail.example", property_id=VIENNA.id))
    say(hub, BEN)
    for verdict, is_joined in [("join", True), ("apart", False)]:
        assert hub.status("POST", "/v1/merge-decisions", {"records": [ANNA, BEN], "verdict": verdict}) == 200
        assert objects(ANNA) is is_joined
        assert objects(BEN)
    assert hub.status("POST", "/v1/merge-decisions", {"records": [ANNA, BEN], "verdict": "join"}) == 200
    assert say(hub, ANNA, objects=False) == 200
    assert not objects(ANNA)
    assert hub.status("POST", "/v1/merge-decisions", {"records": [ANNA, BEN], "verdict": "apart"}) == 200
    assert not objects(BEN)


@pytest.mark.parametrize("word", [True, False])
def test_a_crash_at_any_call_is_made_good_by_the_same_call(hub: Hub, ingest: Ingest, word: bool) -> None:
    ingest(STAYED)
    say(hub, objects=not word)
    for point in points_of(lambda: say(hub, objects=word)):
        say(hub, objects=not word)
        crash_at(point, lambda: say(hub, objects=word))
        assert say(hub, objects=word) == 200
        assert objects() is word, str(point)


@pytest.mark.parametrize("words", [(True,), (True, False, True), (True, False)])
def test_a_table_that_is_restored_to_before_is_told_again_who_objects(
    hub: Hub, ingest: Ingest, words: tuple[bool, ...]
) -> None:
    ingest(STAYED)
    before, begun = tables.rows(), datetime(2026, 3, 2, tzinfo=UTC)
    for number, each in enumerate(words):
        with time_machine.travel(begun + timedelta(hours=number), tick=False):
            assert say(hub, objects=each) == 200
    noted = list(objections.noted_since(begun.date(), begun.date()))
    for order in permutations(noted):
        tables.empty()
        assert tell_again(order).unknown == len(noted)
        for row in before.values():
            table.write(table.Put(row))
        assert tell_again(order).unknown == 0
        assert objects() is words[-1]


def test_a_hotel_says_it_of_its_own_guests_alone(hub: Hub, ingest: Ingest) -> None:
    ingest(STAYED)
    assert say(hub, key="admin@porto") == 404
    assert say(hub, key="front_desk") == 403
    assert say(hub, key="admin@vienna") == 200
    ingest({**PROFILE, "property_id": PORTO.id, "changed_at": at(5)})
    assert say(hub, key="admin@vienna", objects=False) == 403
    assert objects()


def test_a_hotel_that_sees_one_record_is_shown_no_sums_where_another_record_objects(hub: Hub, ingest: Ingest) -> None:
    ingest(STAYED, guest("g2", "Ben", email="ben@mail.example", property_id=PORTO.id))
    hub.put("/v1/segments/stayed", {"id": "stayed", "name": "Stayed", "rule": RULE})
    say(hub, BEN)
    assert hub.status("POST", "/v1/merge-decisions", {"records": [ANNA, BEN], "verdict": "join"}) == 200
    shown = _shown(hub, key="admin@vienna")
    assert shown["stats"]["state"] == "unprofiled"
    assert shown["preferences"] == []
    assert shown["why"]["kept_out"] == "objected"
