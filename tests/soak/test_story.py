"""A soak's webhooks and what must come of them: the same for a seed, and told apart by kind."""

import base64
import json
from collections import Counter
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from chalicelib.connectors.canonical import edge
from chalicelib.connectors.canonical.shape import looks_right
from chalicelib.connectors.canonical.translate import translate
from chalicelib.connectors.contract import Link, Request
from infra.soak import people, webhooks
from infra.soak.webhooks import Call, Kind

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
LINK = Link("east", {}, {}, {}, {}, {})  # type: ignore[arg-type]  # nothing is mapped
COUNT = 400


def calls(seed: int = 1) -> list[Call]:
    return webhooks.calls_of(people.told(webhooks.snapshots_needed(COUNT), seed), COUNT, seed)


def is_taken(call: Call) -> bool:
    headers = {name.lower(): value for name, value in call.headers(SECRET, NOW).items()}
    request = Request(body=call.body, headers=headers, query={}, at=NOW)
    return call.connection in people.HOTELS and edge.verify(request, [SECRET])


def test_the_same_seed_is_the_same_soak() -> None:
    assert calls() == calls()
    assert calls(2) != calls()
    assert people.told(300, 1) == people.told(300, 1)


def test_what_cannot_be_read_passes_the_glance_at_the_edge_and_is_refused_by_the_models() -> None:
    """Else it is refused when it is pushed, and pushed again and again: no dead letter comes of it."""
    unreadable = [call for call in webhooks.calls_of(people.told(300, 1), 3_000, 1) if call.kind is Kind.UNREADABLE]
    assert len(unreadable) == 30
    for body in (json.loads(call.body) for call in unreadable):
        assert looks_right(body)
        assert translate(body, LINK, NOW).broken


def test_there_are_as_many_as_asked_for_and_of_each_kind_some() -> None:
    kinds = Counter(call.kind for call in calls())
    assert COUNT <= len(calls()) <= 1.05 * COUNT
    assert (kinds[Kind.REFUSED], kinds[Kind.UNREADABLE]) == (12, 4)
    assert sum(call.is_repeat for call in calls()) > 5


@pytest.fixture
def real_time(monkeypatch: pytest.MonkeyPatch) -> None:
    import standardwebhooks.webhooks as library

    class Clock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]  # the library asks for UTC alone
            return NOW

    monkeypatch.setattr(library, "datetime", Clock)


@pytest.mark.usefixtures("real_time")
def test_those_to_be_refused_are_refused_and_no_others() -> None:
    assert [call.id for call in calls() if is_taken(call) != (call.kind is not Kind.REFUSED)] == []


def test_good_ones_are_readable_in_whole_and_unreadable_ones_bear_their_mark() -> None:
    for call in calls():
        if call.kind is Kind.GOOD:
            assert not translate(json.loads(call.body), LINK, NOW).broken
        if call.kind is Kind.UNREADABLE:
            assert call.id in call.body.decode()


def test_every_word_of_a_reservation_is_later_than_the_one_before() -> None:
    said: dict[str, list[str]] = {}
    for snapshots in people.told(300, 1).snapshots.values():
        for each in snapshots:
            said.setdefault(each["source_id"], []).append(each["changed_at"])
    assert all(earlier < later for times in said.values() for earlier, later in pairwise(times))


def test_the_truth_of_a_guest_is_the_sum_of_its_rooms() -> None:
    story = people.told(600, 3)
    rooms = [room for each in story.reservations.values() for room in each.values()]
    stayed = [room for room in rooms if room["status"] == "Processed"]
    assert sum(guest["stays"] for guest in story.guests.values()) == len(stayed) > 20
    assert sum(guest["points"] for guest in story.guests.values()) == sum(room["points"] for room in stayed) > 0
    assert {room["status"] for room in rooms} == {"Processed", "Canceled", "NoShow", "Confirmed"}
    assert any(len(guest["customers"]) == 2 for guest in story.guests.values())


def test_some_read_a_mailbox_together_and_both_want_the_mail() -> None:
    everybody = people.told(600, 3).guests
    readers = Counter(email for guest in everybody.values() for email in guest["emails"])
    couples = [each for each in everybody.values() if any(readers[email] > 1 for email in each["emails"])]
    assert len(couples) >= 6
    assert set(readers.values()) == {1, 2}
    assert all(each["marketing_consent"] for each in couples)


def test_points_are_rounded_half_to_even() -> None:
    assert [people.points(minor) for minor in (5, 15, 25, 1000)] == [0, 2, 2, 100]
