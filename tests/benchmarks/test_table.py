"""The counting table answers as DynamoDB does, as far as the hub asks, and bills what the hub's meter bills."""

from typing import Any

import pytest

from benchmarks import hub, season, webhooks
from benchmarks.cloud import Cloud
from benchmarks.population import Population
from benchmarks.table import Table, row_size
from chalicelib.aws import keys, table
from chalicelib.aws.codec import item_size, to_item
from chalicelib.aws.keys import Key
from chalicelib.aws.meter import meter
from chalicelib.canonical.ids import Leaf
from chalicelib.guests import store as guests

HERE = Key("here", "row")
TEXT = "x" * 1500


def test_a_row_that_was_put_is_read_back(cloud: Cloud) -> None:
    row = table.row(HERE, text="Ä", number=-3, yes=True, listed=["a", 1], mapped={"b": "c"})
    table.write(table.Put(row))
    assert table.get(HERE) == row
    assert table.get_many([HERE, Key("else", "where")]) == {HERE: row}


def test_writes_are_billed_by_the_larger_row_and_twice_in_a_transaction(cloud: Cloud) -> None:
    table.write(table.Put(table.row(HERE, text=TEXT)))
    assert cloud.table.units.take().write == 2
    table.transact([table.Put(table.row(HERE, text="short"))])
    assert cloud.table.units.take().write == 4


def test_a_failed_condition_is_billed_and_changes_nothing(cloud: Cloud) -> None:
    table.write(table.Put(table.row(HERE, rev=1)))
    cloud.table.units.take()
    with pytest.raises(table.ConditionFailed):
        table.write(table.Put(table.row(HERE, rev=2), table.ABSENT))
    with pytest.raises(table.ConditionFailed):
        table.transact([table.Put(table.row(HERE, rev=2), table.unchanged_since(7))])
    assert cloud.table.units.take().write == 1 + 2
    assert table.get(HERE) == table.row(HERE, rev=1)


def test_reads_are_billed_by_four_kilobytes_and_half_when_eventually_consistent(cloud: Cloud) -> None:
    table.write(table.Put(table.row(HERE, text=TEXT * 3)))
    table.get(HERE)
    assert cloud.table.units.take().read == 2
    table.get(HERE, consistent=False)
    assert cloud.table.units.take().read == 1


@pytest.mark.parametrize("newest_first", [False, True])
def test_a_query_pages_and_keeps_its_order(cloud: Cloud, *, newest_first: bool) -> None:
    names = [f"r{number:02d}" for number in range(9)]
    for name in names:
        table.write(table.Put(table.row(Key("here", name), text="x" * 300_000)))
    found = [row["sk"] for row in table.query("here", "r", newest_first=newest_first)]
    assert found == (names[::-1] if newest_first else names)
    assert [row["sk"] for row in table.query("here", after="r06")] == ["r07", "r08"]
    assert cloud.calls["Query"] > 2


def test_computed_guests_are_where_the_hub_looks_for_them() -> None:
    population = Population(1_000)
    hub.open_hub(Table(population))
    walked = [each.id for number in range(keys.SHARDS) for each in guests.guests_of_shard(number)]
    assert sorted(walked) == [population.leaf(number) for number in range(1_000)]
    assert guests.guest(Leaf(population.leaf(999))) is not None
    assert guests.guest(Leaf(population.leaf(1_000))) is None


def test_the_meter_and_the_table_agree_on_the_size_of_a_row() -> None:
    row: dict[str, Any] = table.row(HERE, text="Ärger", number=-1234, no=False, listed=["a", {"b": 22}], none=None)
    assert item_size(row) == row_size(to_item(row))


def test_the_meter_counts_a_season_as_the_table_bills_it(cloud: Cloud) -> None:
    """The meter knows a row only as it is written: where a row shrinks over a kilobyte it says less than the bill."""
    season.open_hotel()
    cloud.table.units.take()
    meter().take()
    counted = 0
    for minute, status in enumerate(("confirmed", "in_house", "checked_out")):
        for number in range(5):
            hub.accept(season.webhook(season.booking(number, minute, status)))
        bodies = cloud.take("inbox")
        with hub.quiet():
            counted += _counted(bodies)
    assert counted == cloud.table.units.take().write


def _counted(bodies: list[str]) -> int:
    import json

    from chalicelib.canonical.batch import Message
    from chalicelib.ingest import actions

    meter().take()
    assert not actions.ingest_notices([Message(str(at), json.loads(body)) for at, body in enumerate(bodies)])
    return meter().take()[1]


def test_a_duplicate_webhook_writes_nothing() -> None:
    figures = {figure.name: figure for figure in webhooks.units(guests=2)}
    assert figures["write units per webhook: duplicate"].measured == 0
    assert all(figure.holds for figure in figures.values() if figure.unit == "write units")


def test_dates_that_move_into_another_month_cost_what_the_data_model_says() -> None:
    near, far = webhooks.moved_far(guests=2)
    assert (near.measured, near.bound, near.holds) == (10, 10, True)
    assert (far.measured, far.bound, far.holds) == (14, 10, False)
