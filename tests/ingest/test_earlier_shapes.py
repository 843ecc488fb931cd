"""What an earlier version queued and stored is read by this one. A sample once here stays: later ones are added."""

import json
from pathlib import Path
from typing import Any

import pytest

from chalicelib.aws import keys, table
from chalicelib.aws.meter import meter
from chalicelib.aws.settings import Settings
from chalicelib.canonical.batch import Message
from chalicelib.canonical.facts import Fact
from chalicelib.connectors.canonical.translate import read
from chalicelib.guests import store
from chalicelib.ingest.actions import ingest_notices
from chalicelib.profiles.store import read_charge
from chalicelib.properties import store as properties
from tests import tables
from tests.builders import VIENNA, at, charge, notice, reservation

SAMPLES = {path.stem: json.loads(path.read_text()) for path in (Path(__file__).parents[1] / "golden").glob("*.json")}
GUEST, RESERVATION, LINE = "g3a9c59137a22c4bf711889cf", "r44e6ad31adc8c8aaa3d780e0", "c45e0529702c0740f1950bd23"


@pytest.fixture(params=sorted(SAMPLES))
def sample(request: pytest.FixtureRequest, aws: Settings, facts: list[Fact]) -> Any:
    """What lay in a queue, and the rows that were stored from it."""
    properties.put(VIENNA)
    found = SAMPLES[request.param]
    for row in found["rows"]:
        table.write(table.Put(row))
    meter().take()
    return found


def ingest(body: Any) -> None:
    assert ingest_notices([Message("m", body)]) == {}


def test_a_snapshot_without_the_newer_fields_is_the_version_that_it_was(sample: Any) -> None:
    snapshots = sample["queued_notice"]["body"]["snapshots"]
    snapshots = [*snapshots, snapshots[0]["occupants"][0]["guest"]]
    versions = {f"{each['kind']} {each['source_id']}": read(each).version().text() for each in snapshots}
    assert versions == sample["versions"]


def test_a_queued_notice_that_is_stored_already_changes_no_row(sample: Any) -> None:
    before = tables.state()
    ingest(sample["queued_notice"])
    assert (tables.state(), meter().take()[1]) == (before, 0)


def test_a_queued_notice_is_stored_as_its_rows_say(sample: Any) -> None:
    tables.empty()
    ingest(sample["queued_notice"])
    assert_known()


def test_stored_rows_are_read(sample: Any) -> None:
    assert_known()


def test_stored_rows_can_be_changed(sample: Any) -> None:
    later: dict[str, Any] = {"booking_id": "b1", "status": "checked_out", "other_revenue_minor": 3000}
    ingest(notice(reservation("r1", changed_at=at(9), **later), charge("c1", changed_at=at(9), amount_minor=6000)).body)
    assert table.get(keys.stay(GUEST, "2026-02", RESERVATION)) is None, "the new version names no guest"
    before = store.head(GUEST)
    assert before
    assert (before.stats.stays, before.rev) == (0, 4)
    row = table.get(keys.charge(RESERVATION, LINE))
    assert row
    assert read_charge(row).amount_minor == 6000


def assert_known() -> None:
    guest = store.guest(GUEST)
    assert guest
    assert guest.record
    assert guest.traits
    assert (guest.record.given_name, guest.traits.email, guest.record.special_dates) == (
        "Anna",
        "anna@mail.example",
        (),
    )
    (stay,) = store.stays(GUEST)
    assert (stay.nights, stay.room_revenue_minor, stay.charged_room) == (2, 20000, {"EUR": 5000})
    assert (stay.rate_plan, stay.payer, stay.nightly_rates) == (None, None, {})
    row = table.get(keys.charge(RESERVATION, LINE))
    assert row
    kept = read_charge(row)
    assert (kept.kind, kept.amount_minor, kept.category, kept.folio_owner) == ("room", 5000, None, None)
