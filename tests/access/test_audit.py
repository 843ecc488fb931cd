"""Who did what, and saw whom: found by person and by guest, for 400 days, with one small write."""

from datetime import timedelta

import pytest

from chalicelib.access import audit
from chalicelib.access.audit import Entry
from chalicelib.aws import keys_of_people as keys
from chalicelib.aws import table
from chalicelib.aws.meter import meter
from chalicelib.aws.settings import Settings
from chalicelib.canonical.ids import StaffId
from chalicelib.canonical.time import Instant, instant
from tests.builders import DAY_ONE
from tests.ids import guest_id

ANNA, BEN = StaffId("st1"), StaffId("st2")


def at(minute: int) -> Instant:
    return instant(DAY_ONE + timedelta(minutes=minute))


def seen(actor: StaffId, minute: int, *guests: str) -> Entry:
    return Entry(actor, at(minute), "GET /console/guests", guests=guests)


@pytest.fixture(autouse=True)
def told(aws: Settings) -> None:
    for number, entry in enumerate(
        [seen(ANNA, 1, "g1"), seen(BEN, 2, "g2", "g1"), seen(ANNA, 3), seen(BEN, 4, "g3"), seen(ANNA, 5, "g9", "g1")]
    ):
        audit.note(entry, f"r{number}")


def minutes(found: list[Entry]) -> list[str]:
    return [each.at[14:16] for each in found]


def test_what_somebody_did_is_found_in_its_order_and_within_a_time() -> None:
    assert minutes(list(audit.of_actor(ANNA, at(0), at(9)))) == ["01", "03", "05"]
    assert minutes(list(audit.of_actor(ANNA, at(2), at(4)))) == ["03"]
    assert list(audit.of_actor(StaffId("st3"), at(0), at(9))) == []


def test_who_saw_a_guest_is_found_whoever_it_was_and_under_each_of_its_ids() -> None:
    of_one = list(audit.of_guest([guest_id("g1")], [ANNA, BEN], at(0), at(9)))
    assert [(each.actor, each.at[14:16]) for each in of_one] == [(ANNA, "01"), (BEN, "02"), (ANNA, "05")]
    merged = [guest_id("g3"), guest_id("g9")]
    assert minutes(list(audit.of_guest(merged, [ANNA, BEN], at(0), at(9)))) == ["04", "05"]


def test_a_request_is_one_small_write_and_once_however_often_it_is_told() -> None:
    entry = seen(ANNA, 6, *(f"g{number:024}" for number in range(30)))
    for _ in range(2):
        meter().take()
        audit.note(entry, "r6")
        assert meter().take() == ({"PutItem": 1}, 1)
    assert minutes(list(audit.of_actor(ANNA, at(6), at(9)))) == ["06"]


def test_two_requests_of_one_instant_are_two() -> None:
    for request in ("a", "b"):
        audit.note(seen(ANNA, 7), request)
    assert minutes(list(audit.of_actor(ANNA, at(7), at(9)))) == ["07", "07"]


def test_it_is_kept_for_400_days() -> None:
    row = table.get(keys.audit(ANNA, at(1), "r0"))
    assert row is not None
    assert row["expires_at"] == (DAY_ONE + timedelta(days=400, minutes=1)).timestamp()
