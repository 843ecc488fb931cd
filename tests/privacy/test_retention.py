"""Who was not heard of for as long as the settings say, and who is kept all the same. Plain values."""

from datetime import date
from typing import Any

import pytest

from chalicelib.canonical.ids import GuestId, Leaf
from chalicelib.canonical.time import Instant
from chalicelib.consent.model import EMAIL, Consent, Gate
from chalicelib.guests import profiling
from chalicelib.guests.model import Stay
from chalicelib.jobs.rules import is_weekly
from chalicelib.privacy.retention import Kept, Known, kept_for
from tests.guests.test_preferred import own_hand, record
from tests.guests.test_survivorship import day

TODAY = date(2029, 2, 3)
GUEST = GuestId(Leaf("g1"))


def stay(**said: Any) -> Stay:
    told = {"reservation": "r1", "source": "pms", "source_id": "1", "property_id": "vienna", "status": "checked_out"}
    return Stay.model_validate({**told, "arrival": "2026-02-01", "departure": "2026-02-03", **said})


def known(**more: Any) -> Known:
    none: dict[str, Any] = {"heads": [record("g1")], "acts": [], "gates": [], "stays": [stay()]}
    return Known(**{**none, "has_points": False, "has_open_request": False, **more})


def consent(at: str) -> dict[str, Consent]:
    return {"group:marketing": Consent(state="explicit", basis="guest", at=Instant(at))}


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({}, None),
        ({"stays": [stay(departure="2026-02-04")]}, "recent"),
        ({"stays": [stay(departure="2029-02-03", arrival="2029-02-01", status="in_house")]}, "ahead"),
        ({"stays": [stay(departure="2029-02-03", arrival="2029-02-01", status="confirmed")]}, "ahead"),
        ({"stays": [stay(departure="2027-02-03", arrival="2027-02-01", status="cancelled")]}, "recent"),
        ({"acts": [consent("2026-02-04T10:00:00.000000Z")]}, "recent"),
        ({"acts": [consent("2026-02-03T10:00:00.000000Z")]}, None),
        ({"heads": [record("g1", own_hand(365, "soft"))]}, "recent"),
        ({"gates": [Gate(guest=GUEST, channel=EMAIL, restricted=True)]}, "restricted"),
        ({"heads": [record("g1", profiling.said("restricted", day(1), "", holds=True))]}, "restricted"),
        ({"gates": [Gate(guest=GUEST, channel=EMAIL, open_case=True)]}, "case"),
        ({"has_points": True}, "points"),
        ({"has_open_request": True}, "request"),
        ({"stays": []}, None),
        ({"stays": [], "heads": [record("g1", on=365)]}, "recent"),
    ],
)
def test_who_is_kept_and_why(more: dict[str, Any], why: Kept | None) -> None:
    assert kept_for(known(**more), 36, TODAY) == why


def test_months_are_counted_to_the_day() -> None:
    assert kept_for(known(), 36, date(2029, 2, 2)) == "recent"
    assert kept_for(known(), 36, date(2029, 2, 3)) is None
    assert kept_for(known(), 37, date(2029, 2, 3)) == "recent"


@pytest.mark.parametrize(
    ("moment", "is_begun"),
    [("2026-03-02T03:00", True), ("2026-03-02T03:45", True), ("2026-03-02T03:01", False), ("2026-03-03T03:00", False)],
)
def test_a_weekly_job_is_begun_in_four_minutes_of_a_monday(moment: str, is_begun: bool) -> None:
    from datetime import datetime

    assert is_weekly(datetime.fromisoformat(moment)) is is_begun
