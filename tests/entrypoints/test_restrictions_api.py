"""PUT /v1/guests/{guest_id}/restriction: held at the gate, through joins and splits, until it is ended."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
import time_machine

from chalicelib.aws import table
from chalicelib.canonical.ids import ConnectionId, Leaf, leaf_of_profile
from chalicelib.canonical.time import Instant
from chalicelib.consent import objections
from chalicelib.consent import store as consents
from chalicelib.consent.model import EMAIL
from chalicelib.entrypoints.api import restrictions
from chalicelib.guests import store as guests
from chalicelib.privacy.profiling import restrict as restrict_seen
from chalicelib.privacy.told_again import ToldAgain, tell_again
from tests import tables
from tests.builders import PORTO, VIENNA, at, guest, reservation
from tests.crashes import crash_at, points_of
from tests.entrypoints.conftest import Hub, Ingest

ANNA, BEN = (leaf_of_profile(ConnectionId("api"), each) for each in ("g1", "g2"))
PROFILE = guest("g1", email="anna@mail.example", marketing_email=True)


def restrict(hub: Hub, leaf: Leaf = ANNA, key: str = "admin", *, restricted: bool = True) -> int:
    return int(hub.status("PUT", f"/v1/guests/{leaf}/restriction", {"restricted": restricted}, key=key))


def is_restricted(leaf: Leaf = ANNA) -> bool:
    """At the gate, and on the profile, which is the same wherever nobody was split off."""
    found = guests.guest(leaf)
    gate = consents.gate(found.id, EMAIL) if found else None
    assert found is None or found.traits.unprofiled in {None, "restricted"}
    return bool(gate and gate.restricted)


def is_profiled(leaf: Leaf = ANNA) -> bool:
    found = guests.guest(leaf)
    return found is not None and found.traits.unprofiled is None


@pytest.mark.parametrize("said", [{"email": "anna@mail.example", "marketing_email": True}, {}])
def test_a_guest_is_restricted_and_shown_as_such_until_it_ends(hub: Hub, ingest: Ingest, said: dict[str, str]) -> None:
    ingest(reservation("r1", guest("g1", **said)))
    assert restrict(hub) == 200
    before = tables.state()
    assert restrict(hub) == 200
    assert {key: row for key, row in tables.state().items() if key in before} == before
    assert is_restricted()
    assert not is_profiled()
    assert hub.get(f"/v1/guests/{ANNA}/consents")["restricted"] is True
    assert hub.get(f"/v1/guests/{ANNA}/export")["consents"]["restricted"] is True
    assert restrict(hub, restricted=False) == 200
    assert not is_restricted()
    assert is_profiled()
    assert hub.get(f"/v1/guests/{ANNA}/consents")["restricted"] is False


def test_what_sources_and_people_say_later_ends_nothing(hub: Hub, ingest: Ingest) -> None:
    ingest(reservation("r1", PROFILE))
    restrict(hub)
    ingest({**PROFILE, "changed_at": at(5), "marketing_email": False})
    hub.put(
        f"/v1/guests/{ANNA}/consents/email/marketing", {"state": "explicit", "basis": "guest", "how": "at the desk"}
    )
    assert is_restricted()


def test_the_stricter_wins_when_guests_are_joined_and_both_keep_it_when_they_are_split(
    hub: Hub, ingest: Ingest
) -> None:
    ingest(reservation("r1", PROFILE), guest("g2", "Ben", email="ben@mail.example", property_id=VIENNA.id))
    restrict(hub, BEN)
    assert hub.status("POST", "/v1/merge-decisions", {"records": [ANNA, BEN], "verdict": "join"}) == 200
    assert is_restricted(ANNA)
    assert is_restricted(BEN)
    assert hub.status("POST", "/v1/merge-decisions", {"records": [ANNA, BEN], "verdict": "apart"}) == 200
    assert is_restricted(ANNA)
    assert is_restricted(BEN)
    assert is_profiled(ANNA)
    assert not is_profiled(BEN)


def test_a_crash_at_any_call_is_made_good_by_the_same_call(hub: Hub, ingest: Ingest) -> None:
    ingest(reservation("r1", PROFILE))
    for point in points_of(lambda: restrict(hub)):
        restrict(hub, restricted=False)
        crash_at(point, lambda: restrict(hub))
        assert restrict(hub) == 200
        assert is_restricted(), str(point)
        assert not is_profiled(), str(point)


@pytest.mark.parametrize("words", [(True,), (True, False, True), (True, False), (False,)])
def test_a_table_that_is_restored_to_before_is_told_again_who_is_restricted(
    hub: Hub, ingest: Ingest, words: tuple[bool, ...]
) -> None:
    ingest(reservation("r1", PROFILE))
    begun = datetime(2026, 3, 2, tzinfo=UTC)
    with time_machine.travel(begun - timedelta(days=1), tick=False):
        restrict(hub, restricted=not words[0])
    before = tables.rows()
    for number, each in enumerate(words):
        with time_machine.travel(begun + timedelta(hours=number), tick=False):
            assert restrict(hub, restricted=each) == 200
    tables.empty()
    for row in before.values():
        table.write(table.Put(row))
    for order in permutations(objections.noted_since(begun.date(), begun.date())):
        assert tell_again(order).unknown == 0
        assert is_restricted() is words[-1]
        assert is_profiled() is not words[-1]


def test_a_restriction_of_who_is_not_there_waits_for_the_replay(hub: Hub, ingest: Ingest) -> None:
    held = objections.Restriction(ANNA, restricted=True, at=Instant("2026-03-02T10:00:00.000000Z"))
    assert tell_again([held]) == ToldAgain(unknown=1)
    ingest(reservation("r1", PROFILE))
    assert tell_again([held]) == ToldAgain(held=1)
    assert is_restricted()


def test_a_hotel_ends_no_restriction_of_a_guest_who_is_joined_with_its_own_at_that_moment(
    hub: Hub, ingest: Ingest, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest(reservation("r1", PROFILE), guest("g2", "Ben", email="ben@mail.example", property_id=PORTO.id))
    restrict(hub, BEN)

    def joined_before(*asked: Any, **more: Any) -> None:
        decision = {"records": [ANNA, BEN], "verdict": "join"}
        assert hub.status("POST", "/v1/merge-decisions", decision) == 200
        restrict_seen(*asked, **more)

    monkeypatch.setattr(restrictions, "restrict", joined_before)
    assert restrict(hub, ANNA, key="admin@vienna", restricted=False) == 409
    assert is_restricted(BEN)


def test_a_hotel_restricts_its_own_guests_alone(hub: Hub, ingest: Ingest) -> None:
    ingest(reservation("r1", PROFILE))
    assert restrict(hub, key="admin@porto") == 404
    assert restrict(hub, key="front_desk") == 403
    ingest({**PROFILE, "property_id": PORTO.id, "changed_at": at(5)})
    assert restrict(hub, key="admin@vienna") == 403
    assert not is_restricted()
