"""A leaf's sums are advanced by what changed: in any order they come to what all its stays come to."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.canonical.ids import Leaf, ReservationId
from chalicelib.canonical.snapshots import Status
from chalicelib.guests import walks
from chalicelib.guests.model import Head, Stay
from chalicelib.guests.rules import own_stays, stats_of
from chalicelib.guests.spans import EVERYTHING, Around, Span, Unread
from chalicelib.guests.stats import Days, on
from chalicelib.guests.sums import Changed, Sums, advanced, summed
from chalicelib.guests.tally import Tally
from tests.builders import PORTO, VIENNA, stay
from tests.exhaustive import examples

R1 = ReservationId("r1")
DAY = date(2026, 2, 1)


@dataclass
class Kept:
    """A leaf whose sums are advanced change by change, and which of its stays had to be read for that."""

    head: Head = field(default_factory=lambda: Head(Leaf("a"), tally=Tally()))
    stays: dict[ReservationId, Stay] = field(default_factory=dict)
    looked_in: list[Span] = field(default_factory=list)

    def put(self, *stays: Stay) -> Sums:
        return self.change({each.reservation: (self.stays.get(each.reservation), each) for each in stays})

    def drop(self, *reservations: ReservationId) -> Sums:
        return self.change({each: (self.stays[each], None) for each in reservations})

    def change(self, changed: Changed) -> Sums:
        self.looked_in = []
        sums = self._advanced(changed)
        self.head = replace(self.head, stats=sums.stats, tally=sums.tally)
        self.stays |= {key: new for key, (_, new) in changed.items() if new}
        for gone in [key for key, (_, new) in changed.items() if new is None]:
            del self.stays[gone]
        return sums

    def _advanced(self, changed: Changed) -> Sums:
        around = Around()
        while True:
            try:
                return advanced(self.head, changed, around)
            except Unread as unread:
                self.looked_in.append(unread.span)
                around = self.around(unread.span)
            if len(self.looked_in) != len(set(self.looked_in)):
                pytest.fail(f"what was read is asked for again: {self.looked_in}")

    def around(self, span: Span) -> Around:
        return Around(span, {key: each for key, each in self.stays.items() if span.has(each.arrival)})

    @property
    def next_arrival(self) -> date | None:
        return on(self.head.stats, Days(DAY)).next_arrival

    @property
    def rows_read(self) -> int:
        return sum(len(self.around(span).stays) for span in self.looked_in)

    def check(self) -> None:
        """That what is kept is what all the stays come to."""
        whole = summed(list(self.stays.values()))
        assert self.head.stats == whole.stats == stats_of(list(self.stays.values()))
        at, now = self.head.tally or Tally(), whole.tally
        assert at.at == now.at
        assert at.longest >= now.longest
        assert now.ended is None or (at.ended and at.ended >= now.ended)


def own_of(stays: dict[ReservationId, Stay]) -> set[ReservationId]:
    return {each.reservation for each in own_stays(stays.values())}


COMPLETED_MOSTLY = st.sampled_from([*[Status.CHECKED_OUT] * 6, *Status])
STAYS = st.builds(
    lambda number, first, nights, status, place, revenue: stay(
        f"r{number}",
        (DAY + timedelta(days=first)).isoformat(),
        (DAY + timedelta(days=first + nights)).isoformat(),
        status=status,
        property_id=place,
        stated_room_minor=revenue,
        stated_currency="EUR" if number % 3 else "CHF",
    ),
    st.integers(0, 11),
    st.one_of(st.integers(0, 12), st.integers(0, 700)),
    st.one_of(st.integers(0, 4), st.integers(0, 90)),
    COMPLETED_MOSTLY,
    st.sampled_from([VIENNA.id, VIENNA.id, PORTO.id]),
    st.sampled_from([0, 100, 10000]),
)
"""Of a dozen reservations: they overlap and touch, move near and far, and are told as anything."""


@settings(max_examples=examples(300), deadline=None)
@given(st.lists(st.one_of(STAYS, STAYS, STAYS, st.integers(0, 11)), max_size=30))
def test_kept_sums_are_those_of_all_stays_whatever_comes_and_goes(steps: list[Stay | int]) -> None:
    kept = Kept()
    for step in steps:
        before = dict(kept.stays)
        gone = ReservationId(f"r{step}") if isinstance(step, int) else None
        if isinstance(step, Stay):
            changed, sums = step.reservation, kept.put(step)
        elif gone in kept.stays:
            changed, sums = gone, kept.drop(gone)
        else:
            continue
        kept.check()
        assert sums.turned == (own_of(before) ^ own_of(kept.stays)) - {changed}


@settings(max_examples=examples(200), deadline=None)
@given(st.lists(STAYS, min_size=2, max_size=12, unique_by=lambda each: each.reservation))
def test_whether_a_stay_is_the_persons_own_is_told_from_those_around_it(stays: list[Stay]) -> None:
    kept = Kept()
    kept.put(*stays)
    for each in filter(walks.is_completed, stays):
        assert told_own(kept, each) == (each.reservation in own_of(kept.stays))


def told_own(kept: Kept, asked: Stay) -> bool:
    around = Around()
    while True:
        try:
            return walks.is_own(asked, kept.head, around)
        except Unread as unread:
            around = kept.around(unread.span)


def weekly(number: int, nights: int = 2, **fields: object) -> Stay:
    arrival = DAY + timedelta(weeks=number)
    return stay(f"r{number}", arrival.isoformat(), (arrival + timedelta(days=nights)).isoformat(), **fields)


def history(stays: int, nights: int = 2) -> Kept:
    kept = Kept()
    for number in range(stays):
        kept.put(weekly(number, nights))
    return kept


def test_a_new_check_out_after_all_others_reads_none_of_them() -> None:
    kept = history(60)
    kept.put(weekly(60, status=Status.IN_HOUSE))
    kept.put(weekly(60))
    assert (kept.looked_in, kept.head.stats.stays) == ([], 61)


@pytest.mark.parametrize("nights", [2, 7], ids=["apart", "touching"])
@pytest.mark.parametrize(
    "change",
    [
        {"stated_room_minor": 1},
        {"status": Status.IN_HOUSE},
        {"departure": "+1"},
        {"status": Status.CANCELLED},
        {"property_id": PORTO.id},
    ],
    ids=str,
)
@pytest.mark.parametrize("at", [0, 150, 299])
@pytest.mark.exhaustive
def test_what_changes_in_a_long_history_reads_a_few_stays_around_it(
    at: int, change: dict[str, object], nights: int
) -> None:
    kept = history(300, nights)
    was = weekly(at, nights)
    changed = change if "departure" not in change else {"departure": was.departure + timedelta(days=1)}
    kept.put(Stay.model_validate({**was.model_dump(), **changed}))
    kept.check()
    assert 0 < kept.rows_read <= 60


def test_the_next_arrival_of_a_few_is_told_without_looking() -> None:
    kept = history(100)
    kept.put(weekly(110, status=Status.CONFIRMED))
    kept.put(weekly(110, status=Status.CANCELLED))
    assert (kept.looked_in, kept.next_arrival) == ([], None)
    kept.put(weekly(110, status=Status.CONFIRMED))
    kept.put(weekly(150, status=Status.PENDING))
    kept.put(weekly(110, status=Status.IN_HOUSE))
    assert (kept.looked_in, kept.next_arrival) == ([], weekly(150).arrival)


def test_a_head_that_was_kept_without_a_tally_is_summed_from_all_its_stays_once() -> None:
    kept = history(20)
    kept.head = replace(kept.head, tally=None)
    kept.put(weekly(20))
    assert kept.looked_in == [EVERYTHING]
    kept.check()
    kept.put(weekly(21))
    assert kept.looked_in == []
    kept.check()
