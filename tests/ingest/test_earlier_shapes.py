"""What an earlier version queued and stored is read by this one. A sample once here stays: later ones are added."""

import json
from pathlib import Path
from typing import Any

import pytest

from chalicelib.aws.codec import Item
from chalicelib.aws.settings import Settings
from chalicelib.canonical.batch import Message
from chalicelib.canonical.facts import Fact
from chalicelib.connectors.canonical.translate import read
from chalicelib.guests import store
from chalicelib.ingest.actions import ingest_notices
from chalicelib.profiles.store import read_charge
from chalicelib.properties import store as properties
from tests import tables
from tests.builders import VIENNA

SAMPLES = {path.stem: json.loads(path.read_text()) for path in (Path(__file__).parents[1] / "golden").glob("*.json")}


@pytest.fixture(params=sorted(SAMPLES))
def sample(request: pytest.FixtureRequest) -> Any:
    """What lay in a queue, and the rows that were stored from it."""
    return SAMPLES[request.param]


def rows_with(sample: Any, attribute: str) -> list[Item]:
    return [row for row in sample["rows"] if attribute in row]


def test_a_snapshot_without_the_newer_fields_is_the_version_that_it_was(sample: Any) -> None:
    snapshots = sample["queued_notice"]["body"]["snapshots"]
    snapshots = [*snapshots, snapshots[0]["occupants"][0]["guest"]]
    versions = {f"{each['kind']} {each['source_id']}": read(each).version().text() for each in snapshots}
    assert versions == sample["versions"]


def test_a_queued_notice_is_stored_as_the_versions_that_it_was(sample: Any, aws: Settings, facts: list[Fact]) -> None:
    properties.put(VIENNA)
    assert ingest_notices([Message("m", sample["queued_notice"])]) == {}
    kept = list(tables.rows().values())
    for name in ("record_version", "version"):
        stored, expected = ({row[name] for row in rows if name in row} for rows in (kept, sample["rows"]))
        assert stored == expected
    for attribute, known in (("record_version", assert_guest), ("stay", assert_stay)):
        known(next(row for row in kept if attribute in row))


def test_the_row_of_a_guest_is_read(sample: Any) -> None:
    row = rows_with(sample, "record_version")[0]
    assert_guest(row)
    record = store.read_head("g", row).record
    assert record
    assert (record.given_name, record.email_kind, record.address, record.special_dates) == ("Anna", "own", None, ())


def test_the_row_of_a_stay_is_read(sample: Any) -> None:
    (row,) = rows_with(sample, "stay")
    assert_stay(row)


def test_the_row_of_a_charge_is_read(sample: Any) -> None:
    kept = {charge.kind: charge for charge in map(read_charge, rows_with(sample, "amount_minor"))}
    assert (kept["room"].amount_minor, kept["room"].currency) == (5000, "EUR")
    assert (kept["room"].category, kept["room"].tax_minor, kept["excluded"].folio_owner) == (None, None, None)


def assert_guest(row: Item) -> None:
    head = store.read_head("g", row)
    assert head.traits
    assert (head.traits.given_name, head.traits.email, head.traits.member) == ("Anna", "anna@mail.example", True)
    assert (head.stats.stays, head.stats.nights, head.is_guest) == (1, 2, True)


def assert_stay(row: Item) -> None:
    stay = store.read_stay(row)
    assert stay.reservation == "r44e6ad31adc8c8aaa3d780e0"
    assert (stay.nights, stay.room_revenue_minor, stay.charged_room) == (2, 20000, {"EUR": 5000})
    assert (stay.rate_plan, stay.payer, stay.nightly_rates) == (None, None, {})
