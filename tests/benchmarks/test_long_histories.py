"""What a webhook costs does not depend on how often the guest stayed before."""

from collections.abc import Callable
from typing import Any

import pytest

from benchmarks import growth, hub, season
from benchmarks.cloud import Cloud
from benchmarks.webhooks import push
from chalicelib.aws import keys
from chalicelib.canonical.ids import Leaf
from chalicelib.guests import store as guests
from chalicelib.guests.rules import stats_of
from chalicelib.guests.sums import summed
from tests.exhaustive import shorter

MOST = 1.1
Acts = dict[str, Callable[[Cloud, int], None]]
"""What happens, in this order, to a guest with so many stays."""


def tell(number: int, status: str, minute: int, **fields: Any) -> Callable[[Cloud, int], None]:
    """Of the reservation so many weeks after the last stay; below zero it is one of the last stays themselves."""

    def told(cloud: Cloud, stays: int) -> None:
        push(cloud, [season.webhook({**growth.stay(stays + number, status, minute), **fields})])
        growth.award(cloud)

    return told


def charged(number: int, minute: int, amount: int) -> Callable[[Cloud, int], None]:
    def told(cloud: Cloud, stays: int) -> None:
        line = {
            "kind": "charge", "changed_at": season.at(minute), "source_id": "c", "property_id": season.HOTEL.id,
            "reservation_source_id": f"r{stays + number}", "charge": "other", "amount_minor": amount, "currency": "EUR",
        }  # fmt: skip
        push(cloud, [season.webhook(line)])
        growth.award(cloud)

    return told


ACTS: Acts = {
    "a booking": tell(0, "confirmed", 0),
    "a change of it": tell(0, "confirmed", 1, room_revenue_minor=26000),
    "its check-in": tell(0, "in_house", 2),
    "its check-out with points": tell(0, "checked_out", 3),
    "a correction of its revenue": tell(0, "checked_out", 4, room_revenue_minor=30000),
    "a charge on its folio": charged(0, 100_000, 500),
    "a correction of the charge": charged(0, 100_001, 700),
    "its check-out taken back": tell(0, "in_house", 5),
    "its check-out again": tell(0, "checked_out", 6),
    "a stay before it turned out to be none": tell(-1, "cancelled", 7),
    "another booking": tell(3, "confirmed", 0),
    "a third booking": tell(4, "confirmed", 0),
    "a cancellation": tell(3, "cancelled", 1),
    "a no-show": tell(4, "no_show", 1),
}


def costs(cloud: Cloud, stays: int, acts: Acts) -> dict[str, float]:
    """Request units of each act."""
    cloud.table.units.take()
    used: dict[str, float] = {}
    for name, act in acts.items():
        act(cloud, stays)
        units = cloud.table.units.take()
        used[name] = units.read + units.write
    return used


def guest_with(stays: int) -> Cloud:
    cloud = hub.open_hub()
    growth.keep_stays(cloud, stays)
    return cloud


def guest_of_two_records(stays: int) -> Cloud:
    """Half of the stays are kept under another record of the same person."""
    cloud = hub.open_hub()
    season.open_hotel()
    other = {**season.guest(0), "source_id": "p0-again"}
    for number in range(stays):
        told = growth.stay(number, "checked_out", 1)
        occupants = [{"role": "primary", "guest": season.guest(0) if (stays - number) % 2 else other}]
        push(cloud, [season.webhook({**told, "occupants": occupants})])
        if stays - number <= 2:  # the last of each record: one wake-up prices all of its stays
            cloud.facts = cloud.facts[-1:]
            growth.award(cloud)
    return cloud


@pytest.mark.exhaustive(quick=("guest_with",))
@pytest.mark.parametrize("known", [guest_with, guest_of_two_records])
def test_each_act_costs_at_five_hundred_stays_what_it_costs_at_five(known: Callable[[int], Cloud]) -> None:
    """Quickly looked at, at a hundred."""
    at_five = costs(known(5), 5, ACTS)
    many = shorter(500)
    cloud = known(many)
    at_many = costs(cloud, many, ACTS)
    assert {name: (at_many[name], used) for name, used in at_five.items() if at_many[name] > MOST * used} == {}
    shards = [rows for pk, rows in cloud.table.overlay.items() if pk.startswith(keys.SHARD)]
    for head in guests.heads(Leaf(leaf) for rows in shards for leaf in rows).values():
        assert head.stats == stats_of(guests.stays(head.leaf)), "what was advanced is what all stays come to"
        whole = summed(guests.stays(head.leaf)).tally
        assert head.tally
        assert head.tally.at == whole.at
