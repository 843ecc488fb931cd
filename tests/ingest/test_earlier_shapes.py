"""What an earlier version queued and stored is read by this one. A sample once here stays: later ones are added."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from chalicelib.aws.codec import Item, inflated
from chalicelib.aws.settings import Settings
from chalicelib.canonical.batch import Message
from chalicelib.canonical.facts import Fact
from chalicelib.canonical.ids import Leaf
from chalicelib.connectors.canonical.translate import read
from chalicelib.guests import store
from chalicelib.guests.drift import NO_DRIFT
from chalicelib.guests.tally import Tally
from chalicelib.ingest.actions import ingest_notices
from chalicelib.profiles.store import read_charge
from chalicelib.properties import store as properties
from tests import tables
from tests.builders import VIENNA

SAMPLES = {path.stem: json.loads(path.read_text()) for path in (Path(__file__).parents[1] / "golden").glob("*.json")}


TOLD = {
    # The first one: nothing but what a reservation and a person always were.
    "2026-11": {"salutation": None, "city": None, "rate_plan": None, "payer": None, "nights": {}, "folio_owner": None},
    # With rates, payers, addresses and categories; the record beside its head, what boards show beside the stay.
    "2026-11-details": {
        "salutation": "Mrs",
        "city": "Vienna",
        "rate_plan": "BAR",
        "payer": "company",
        "nights": {date(2026, 2, 1): 9000, date(2026, 2, 2): 11000},
        "folio_owner": "company",
    },
}
# What the sums of a head are advanced by lies beside them.
TOLD["2026-11-sums"] = TOLD["2026-11-details"]
# The days that lie ahead, and the hotels of the first and the last.
TOLD["2026-11-days"] = TOLD["2026-11-details"]


@pytest.fixture(params=sorted(SAMPLES))
def sample(request: pytest.FixtureRequest) -> Any:
    """What lay in a queue, the rows that were stored from it, and what these tell."""
    return {**SAMPLES[request.param], "told": TOLD[request.param]}


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
    kept = [inflated(row) for row in tables.rows().values()]
    for name in ("record_version", "version"):
        stored, expected = ({row[name] for row in rows if name in row} for rows in (kept, sample["rows"]))
        assert stored == expected
    assert_guest(next(row for row in kept if "record_version" in row))
    assert_stay(next(row for row in kept if "stay" in row), sample["told"])


def test_the_row_of_a_guest_is_read(sample: Any) -> None:
    row, told = rows_with(sample, "record_version")[0], sample["told"]
    assert_guest(row)
    record = store.with_record(store.read_head(Leaf("g"), row), rows_with(sample, "record")[0]).record
    assert record
    city = record.address.city if record.address else None
    assert (record.given_name, record.email_kind) == ("Anna", "own")
    assert (record.salutation, city, len(record.special_dates)) == (told["salutation"], told["city"], bool(city))


def test_a_head_without_a_tally_of_its_sums_says_so() -> None:
    tallies = {
        name: store.read_head(Leaf("g"), rows_with(each, "record_version")[0]).tally for name, each in SAMPLES.items()
    }
    sums = Tally(at=(1,), longest=2, ended=date(2026, 2, 3))
    without = dict.fromkeys(("2026-11", "2026-11-details", "2026-11-sums"))
    assert tallies == {**without, "2026-11-days": sums}, "those of 2026-11-sums were advanced by another rule"


def test_the_row_of_a_stay_is_read(sample: Any) -> None:
    (row,) = rows_with(sample, "stay")
    assert_stay(row, sample["told"])


def test_the_row_of_a_charge_is_read(sample: Any) -> None:
    kept = {charge.kind: charge for charge in map(read_charge, rows_with(sample, "amount_minor"))}
    assert (kept["room"].amount_minor, kept["room"].currency) == (5000, "EUR")
    assert (kept["room"].folio_owner, kept["excluded"].folio_owner) == (sample["told"]["folio_owner"], None)


def assert_guest(row: Item) -> None:
    head = store.read_head(Leaf("g"), row)
    assert head.traits
    assert (head.traits.given_name, head.traits.email, head.traits.member) == ("Anna", "anna@mail.example", True)
    assert (head.stats.stays, head.stats.nights, head.as_guest() is not None) == (1, 2, True)
    assert head.drift == NO_DRIFT


def assert_stay(row: Item, told: Any) -> None:
    stay = store.read_stay(row)
    assert stay.reservation == "r44e6ad31adc8c8aaa3d780e0"
    assert (stay.nights, stay.room_revenue_minor, stay.charged_room) == (2, 20000, {"EUR": 5000})
    assert (stay.rate_plan, stay.payer, stay.nightly_rates) == (told["rate_plan"], told["payer"], told["nights"])
