"""A page of a guest's history costs what the page holds, however long the history is."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

import pytest

from benchmarks.cloud import Cloud
from chalicelib.aws import keys, table
from chalicelib.canonical.ids import RUN, GuestId, Leaf, OccasionId, ReservationId, timed_id
from chalicelib.canonical.time import Instant, instant
from chalicelib.consent import store as consents
from chalicelib.consent.model import EMAIL, Consent
from chalicelib.guests import store as guests
from chalicelib.guests.drift import FARTHEST, NO_DRIFT, Drift
from chalicelib.guests.model import Stay
from chalicelib.messages import store as messages
from chalicelib.messages.model import Message
from chalicelib.timeline import actions
from tests.builders import stay
from tests.exhaustive import shorter
from tests.ids import guest_id

GA = guest_id("ga")

LIMIT = 4
KINDS = len(actions.everything(NO_DRIFT))
FEW, MANY = 5, shorter(500)


class Cost(NamedTuple):
    calls: int
    units: float


def keep_history(leaf: GuestId, times: int, weeks_between: int = 1) -> None:
    """As many stays, shared stays, acts of consent and mails, one of each a week, or more rarely."""
    begin = datetime(2016, 1, 1, 12, tzinfo=UTC)
    for number in range(times):
        moment = begin + timedelta(weeks=number * weeks_between)
        arrival, at = moment.date(), instant(moment)
        for row in (
            guests.stay_row(leaf, _stay(f"r{number}", arrival), ""),
            guests.stay_row(Leaf("gx"), _stay(f"s{number}", arrival), ""),
            table.row(keys.companion(leaf, at[:7], ReservationId(f"s{number}")), leaf="gx"),
            consents.receipt_row(leaf, EMAIL, "group:marketing", Consent(state="explicit", basis="guest", at=at), {}),
            messages.message_row(_message(leaf, at, number)),
        ):
            table.write(table.Put(row))


def _stay(reservation: str, arrival: date) -> Stay:
    return stay(reservation, arrival.isoformat(), (arrival + timedelta(days=1)).isoformat())


def _message(leaf: GuestId, at: Instant, number: int) -> Message:
    told: Any = {"claim": "m", "campaign": "c", "origin": "o", "candidate": leaf, "address": "d" * 64, "at": at}
    return Message(guest=leaf, occasion=OccasionId(timed_id(RUN, at, number)), **told)


def cost_of_pages(cloud: Cloud, leaves: Sequence[Leaf], count: int, drift: Drift = NO_DRIFT) -> list[Cost]:
    costs, before = [], None
    for _ in range(count):
        cloud.calls.clear()
        cloud.table.units.take()
        part = actions.history(leaves, actions.everything(drift), before=before, limit=LIMIT, may_see=lambda _: True)
        before = part.ends_at
        assert len(part.happenings) == LIMIT
        costs.append(Cost(cloud.calls.total(), cloud.table.units.take().read))
    return costs


def test_a_page_costs_the_same_at_five_stays_and_at_five_hundred(cloud: Cloud) -> None:
    keep_history(GA, FEW)
    keep_history(guest_id("gb"), MANY)
    (few,), (many,) = cost_of_pages(cloud, [GA], 1), cost_of_pages(cloud, [guest_id("gb")], 1)
    assert many.calls <= few.calls * 1.1
    assert many.units <= few.units * 1.1


def test_a_page_deep_in_a_history_costs_what_the_first_one_does(cloud: Cloud) -> None:
    keep_history(GA, MANY)
    first, *others = cost_of_pages(cloud, [GA], shorter(200))
    assert max(each.calls for each in others) <= first.calls + KINDS
    assert max(each.units for each in others) <= first.units + KINDS * 2


@pytest.mark.parametrize(("weeks_between", "calls", "units"), [(1, 6, 6), (4, 2, 2), (26, 0, 0)])
def test_a_page_of_a_guest_whose_stays_moved_costs_the_rows_of_the_months_around(
    cloud: Cloud, weeks_between: int, calls: int, units: int
) -> None:
    """Three months before the page and three behind: of somebody who comes twice a year hardly a row, and of the one
    who comes each week 26. The others of a page are what they are for guests without a moved stay."""
    keep_history(GA, 100, weeks_between)
    usual = cost_of_pages(cloud, [GA], 20)
    moved = cost_of_pages(cloud, [GA], 20, Drift(FARTHEST, FARTHEST))
    more = [Cost(one.calls - other.calls, one.units - other.units) for one, other in zip(moved, usual, strict=True)]
    assert max(each.calls for each in more) <= calls
    assert max(each.units for each in more) <= units


@pytest.mark.exhaustive
@pytest.mark.parametrize("leaves", [10, 40])
def test_a_page_of_many_records_costs_a_few_rows_of_each(cloud: Cloud, leaves: int) -> None:
    names = [guest_id(f"g{number}") for number in range(leaves)]
    for name in names[:2]:
        keep_history(name, MANY)
    (page,) = cost_of_pages(cloud, names, 1)
    assert page.calls <= KINDS * leaves + KINDS * 2
    assert page.units <= KINDS * (leaves + 2) + 12
