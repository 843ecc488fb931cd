"""How a connection fares: what is kept of its notices, and when it is called silent. Plain values."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.canonical.time import instant, moment_of
from chalicelib.connections.health import (
    DAYS_KEPT,
    MOST_LAST,
    MOST_WORDS,
    OTHERS,
    UNHEARD,
    Health,
    Outcome,
    Told,
    together,
)
from chalicelib.connections.rules import State, quiet_at_most, state_of

MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
HOUR = timedelta(hours=1)


def told(at: datetime, outcome: Outcome = Outcome.STORED, words: Mapping[str, int] | None = None) -> Told:
    return Told(instant(at), outcome, ignored=words or {})


def after(moments: Iterable[datetime], kept: Health = UNHEARD) -> Health:
    """Told of one by one, as by processes that each take one."""
    for each in moments:
        kept = together(kept, [told(each)], each.date())
    return kept


def days(hours: Sequence[float], number: int, but: Sequence[int] = ()) -> list[datetime]:
    """A notice at each of these hours of so many days from Monday on."""
    return [MONDAY + timedelta(days=day, hours=hour) for day in range(number) if day not in but for hour in hours]


# What is kept


def test_deliveries_are_counted_by_the_day_they_came_and_by_what_became_of_them() -> None:
    late = [told(MONDAY, Outcome.SET_ASIDE), told(MONDAY + 25 * HOUR), told(MONDAY + 26 * HOUR, Outcome.NOTHING_NEW)]
    kept = together(UNHEARD, [told(MONDAY), *late], MONDAY.date())
    assert {day: each.counts for day, each in kept.days.items()} == {
        "2026-01-05": {"stored": 1, "set_aside": 1},
        "2026-01-06": {"stored": 1, "nothing_new": 1},
    }
    assert kept.received_at == instant(MONDAY + 26 * HOUR)
    assert kept.stored_at == instant(MONDAY + 25 * HOUR)


def test_what_comes_late_is_counted_where_it_belongs_and_moves_no_clock_back() -> None:
    kept = together(after([MONDAY + 30 * HOUR]), [told(MONDAY)], MONDAY.date())
    assert (kept.received_at, list(kept.days)) == (instant(MONDAY + 30 * HOUR), ["2026-01-05", "2026-01-06"])
    assert max(day.longest_gap for day in kept.days.values()) == 0


def test_fourteen_days_are_kept_and_twenty_notices_the_newest_first() -> None:
    kept = after(days([8, 9], 40))
    assert len(kept.days) == DAYS_KEPT
    assert min(kept.days) == "2026-01-31"
    assert [each.at for each in kept.last] == [instant(each) for each in reversed(days([8, 9], 40))][:MOST_LAST]


def test_the_most_frequent_words_have_room_and_the_others_are_counted_together() -> None:
    many = {f"unknown_{number:03}": number + 1 for number in range(MOST_WORDS + 10)}
    kept = together(UNHEARD, [told(MONDAY, words=many), told(MONDAY, words={"unknown_000": 100})], MONDAY.date())
    assert len(kept.words) == MOST_WORDS + 1
    assert kept.words["unknown_000"].times == 101
    assert sum(each.times for each in kept.words.values()) == sum(many.values()) + 100
    again = together(kept, [told(MONDAY, words={"unknown_more": 1})], MONDAY.date())
    assert again.words[OTHERS].times == kept.words[OTHERS].times + 1


def test_a_word_that_nobody_says_any_more_is_forgotten() -> None:
    kept = together(UNHEARD, [told(MONDAY, words={"unknown_status": 3})], MONDAY.date())
    later = MONDAY + timedelta(days=DAYS_KEPT)
    assert together(kept, [told(later)], later.date()).words == {}


# When a connection is silent


def test_a_connection_of_which_nothing_ever_came_is_unheard_and_not_silent() -> None:
    assert state_of(UNHEARD, MONDAY) is State.UNHEARD


def test_a_hotel_that_is_quiet_each_night_is_not_silent_at_night_nor_in_the_morning() -> None:
    kept = after(days([hour / 4 for hour in range(28, 89)], 14))  # every quarter of an hour from 7 to 22
    last = moment_of(kept.received_at or "")
    assert state_of(kept, last + 9 * HOUR) is State.WELL
    assert state_of(kept, last + 17 * HOUR) is State.WELL
    assert state_of(kept, last + 19 * HOUR) is State.SILENT


def test_a_busy_hotel_is_silent_after_three_hours_and_not_after_a_minute() -> None:
    kept = after(days([minute / 12 for minute in range(24 * 12)], 5))
    last = moment_of(kept.received_at or "")
    assert state_of(kept, last + 3 * HOUR) is State.WELL
    assert state_of(kept, last + 3.1 * HOUR) is State.SILENT


def test_a_small_hotel_with_a_notice_every_other_day_may_be_quiet_for_four_days() -> None:
    kept = after(days([12], 14, but=range(1, 14, 2)))
    last = moment_of(kept.received_at or "")
    assert state_of(kept, last + timedelta(days=3.9)) is State.WELL
    assert state_of(kept, last + timedelta(days=4.1)) is State.SILENT


def test_a_hotel_that_is_closed_on_sundays_is_not_silent_on_a_sunday() -> None:
    kept = after(days([8, 12, 18], 20, but=(6, 13)))
    saturday = MONDAY + timedelta(days=19, hours=18)
    assert moment_of(kept.received_at or "") == saturday
    assert state_of(kept, saturday + 40 * HOUR) is State.WELL


def test_one_outage_does_not_make_the_next_one_usual() -> None:
    kept = after(days([8, 12, 18], 12, but=(5, 6, 7)))
    assert quiet_at_most(kept) == 2 * 14 * HOUR


def test_a_connection_of_the_first_two_days_may_be_quiet_for_two_more() -> None:
    kept = after(days([8, 9, 10], 2))
    last = moment_of(kept.received_at or "")
    assert state_of(kept, last + 47 * HOUR) is State.WELL
    assert state_of(kept, last + 49 * HOUR) is State.SILENT


def test_who_went_silent_stays_so_when_its_days_are_no_longer_kept() -> None:
    kept = after(days([8, 12, 18], 14))
    assert state_of(kept, MONDAY + timedelta(days=300)) is State.SILENT


@pytest.mark.parametrize(
    ("outcomes", "state"),
    [
        ([Outcome.SET_ASIDE] * 3, State.FAILING),
        ([Outcome.AGAIN] * 6 + [Outcome.STORED] * 4, State.FAILING),
        ([Outcome.SET_ASIDE] * 5 + [Outcome.STORED] * 5, State.WELL),
        ([Outcome.SET_ASIDE] * 2, State.WELL),
        ([Outcome.SET_ASIDE] * 10 + [Outcome.STORED] * 10, State.WELL),
        ([Outcome.IGNORED] * 10, State.WELL),
    ],
)
def test_a_connection_fails_when_most_of_its_newest_notices_failed(outcomes: list[Outcome], state: State) -> None:
    moments = [MONDAY + timedelta(minutes=number) for number in range(len(outcomes))]
    kept = together(UNHEARD, map(told, moments, outcomes), MONDAY.date())
    assert state_of(kept, MONDAY + HOUR) is state
