"""A stay centuries away is counted as any other, and keeps none of its record's from being taken in."""

from itertools import product
from typing import Any

import pytest

from tests.attack.hotels import Hotels
from tests.builders import VIENNA, at, guest, reservation

FIRST, LAST, NEAR = "1970-01-01", "2200-12-31", "2026-11-02"
DAYS = [days for days in product((FIRST, NEAR, LAST), repeat=2) if days[0] <= days[1]]


def stay(source_id: str, arrival: str, departure: str, **said: Any) -> dict[str, Any]:
    return reservation(source_id, guest(), status="checked_out", arrival=arrival, departure=departure, **said)


@pytest.mark.parametrize("far", DAYS, ids=" to ".join)
def test_the_record_s_other_stays_are_taken_in_and_changed_beside_it(hotels: Hotels, far: tuple[str, str]) -> None:
    told = [
        stay("far", *far),
        *(stay(f"r{day}", f"2026-11-{day:02}", f"2026-11-{day + 1:02}") for day in range(10, 14)),
        *(stay(f"r{day}", f"2026-11-{day:02}", f"2026-11-{day + 1:02}", changed_at=at(9)) for day in range(10, 14)),
        stay("far", *far, changed_at=at(9)),
    ]
    for each in told:
        hotels.post(VIENNA, each)
    of_guest = hotels.shown(VIENNA, Hotels.leaf(VIENNA))["/stays"]["items"]
    assert len(of_guest) == 5


@pytest.mark.parametrize(("arrival", "departure"), [("0001-01-01", NEAR), (NEAR, "9999-12-31"), ("1969-12-31", NEAR)])
def test_a_day_beyond_that_is_refused_with_the_field(hotels: Hotels, arrival: str, departure: str) -> None:
    body = {"snapshots": [{**stay("r1", arrival, departure), "property_id": VIENNA.id}]}
    answer = hotels.hub.call("POST", "/v1/events", body, key="integration@vienna")
    (field,) = answer.json_body["errors"]
    assert (answer.status_code, field["field"].rpartition(".")[2]) == (
        400,
        "departure" if arrival == NEAR else "arrival",
    )
    assert "the year must lie between 1970 and 2200" in field["message"]
