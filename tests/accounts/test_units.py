"""What companies and agencies add to what a webhook writes."""

import pytest

from chalicelib.aws.meter import meter
from chalicelib.aws.settings import Settings
from chalicelib.ingest.actions import ingest_notices
from chalicelib.properties import store as properties
from tests.builders import VIENNA, at, guest, notice, reservation

BOTH = {"company_id": "c1", "agency_id": "t1"}


def units(number: str, minute: int, **fields: str) -> float:
    told = reservation(f"r{number}", guest(f"g{number}", email=f"a{number}@mail.example"), **fields)
    meter().take()
    assert not ingest_notices([notice({**told, "changed_at": at(minute)})])
    return meter().take()[1]


@pytest.fixture(autouse=True)
def hub(aws: Settings) -> None:
    properties.put(VIENNA)
    units("0", 1, **BOTH)


def test_a_change_of_a_reservation_that_names_both_writes_no_more_than_one_that_names_none() -> None:
    units("1", 1)
    units("2", 1, **BOTH)
    assert units("2", 2, room_number="7", **BOTH) == units("1", 2, room_number="7") <= 8


def test_a_first_booking_stays_within_thirty_units_whoever_it_names() -> None:
    news = {"company_id": "c9", "agency_id": "t9"}
    assert units("3", 1) < units("4", 1, **BOTH) < units("5", 1, **news) <= 30
