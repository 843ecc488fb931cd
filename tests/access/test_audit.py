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


def test_what_somebody_did_is_found_newest_first_and_within_a_time() -> None:
    assert minutes(list(audit.of_actor(ANNA, at(0), at(9)))) == ["05", "03", "01"]
    assert minutes(list(audit.of_actor(ANNA, at(2), at(4)))) == ["03"]
    assert minutes(list(audit.of_actor(ANNA, at(1), at(5)))) == ["03", "01"]
    assert list(audit.of_actor(StaffId("st3"), at(0), at(9))) == []


def test_who_saw_a_guest_is_found_whoever_it_was_and_under_each_of_its_ids() -> None:
    all_of_them = list(audit.of_actors([ANNA, BEN], at(0), at(9)))
    of_one = [each for each in all_of_them if each.saw_any(["g1"])]
    assert [(each.actor, each.at[14:16]) for each in of_one] == [(ANNA, "05"), (BEN, "02"), (ANNA, "01")]
    assert minutes([each for each in all_of_them if each.saw_any(["g3", "g9"])]) == ["05", "04"]


def test_from_each_act_on_what_came_before_is_read_whoever_did_it_at_that_instant() -> None:
    for actor, request in ((ANNA, "b"), (BEN, "a"), (ANNA, "a")):
        audit.note(seen(actor, 3), request)
    all_of_them = list(audit.of_actors([ANNA, BEN], at(0), at(9)))
    assert len(all_of_them) == 8
    for number, each in enumerate(all_of_them):
        assert list(audit.of_actors([ANNA, BEN], at(0), at(9), each.position)) == all_of_them[number + 1 :]
    assert list(audit.of_actor(ANNA, at(5), at(9), all_of_them[3].position)) == []


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
