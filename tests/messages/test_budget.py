"""What a minute may send: plain values."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.canonical.delivery import Quota
from chalicelib.messages.budget import (
    FIRST_CALLS,
    MINUTE,
    REGAINED_CALLS,
    SLOWEST_CALLS,
    SLOWEST_PERCENT,
    UNPACED_AT_ONCE,
    Budget,
    Line,
    asked,
    taken,
)
from chalicelib.messages.holds import MessageClass

NOW = 1_800_000_000_000
MARKETING, SERVICE = MessageClass.MARKETING, MessageClass.SERVICE


def opened(per_second: float | None = None, left: int | None = None, calls: int = 100_000) -> Budget:
    return replace(asked(Budget(), Quota(per_second, left), NOW), calls_a_minute=calls)


def delays(budget: Budget, *sizes: int) -> list[int]:
    return taken(budget, [Line(MARKETING, sizes)], NOW).delays[0]


@pytest.mark.parametrize(
    ("size", "per_second", "left", "number"),
    [
        (50, 100.0, None, 120),
        (14, 14.0, None, 60),
        (50, 0.5, None, 1),
        (1, 0.5, None, 30),
        (50, 100.0, 200, 4),
        (50, 100.0, 20, 0),
        (50, None, None, UNPACED_AT_ONCE),
        (50, None, 100, 2),
    ],
)
def test_rate_and_quota_bound_what_a_minute_lets_out(
    size: int, per_second: float | None, left: int | None, number: int
) -> None:
    assert len(delays(opened(per_second, left), *[size] * 2_000)) == number


def test_a_call_that_nobody_sold_is_waited_for_once() -> None:
    sold = taken(opened(100.0, calls=60), [Line(MARKETING, [50, 50])], NOW).after
    more = taken(replace(sold, beside=3), [Line(MARKETING, [50])], NOW)
    assert more.delays == [[5_000]]
    assert taken(more.after, [Line(MARKETING, [50])], NOW).delays == [[6_000]]
    assert more.after.calls == 2 + 3 + 1
    assert taken(replace(sold, beside=3), [Line(MARKETING, [50])], NOW + MINUTE).delays == [[0]]


def test_calls_are_spread_over_the_minute() -> None:
    assert delays(opened(100.0), 50, 50, 25, 50) == [0, 500, 1000, 1250]
    assert delays(opened(100.0, calls=60), 50, 50, 25) == [0, 1000, 2000]
    assert delays(opened(None), 50, 50) == [0, 0]


def test_what_one_took_the_next_has_no_more() -> None:
    first = taken(opened(100.0, 2_000), [Line(MARKETING, [50] * 30)], NOW)
    assert len(first.delays[0]) == 30
    second = taken(first.after, [Line(MARKETING, [50] * 30)], NOW)
    assert second.delays[0] == [15_000 + 500 * at for at in range(10)]
    assert second.after.left == 0


@given(
    st.floats(0.5, 500),
    st.integers(3, 5_000),
    st.lists(st.lists(st.integers(1, 50), max_size=40), min_size=1, max_size=4),
    st.integers(0, 5_000),
)
def test_no_minute_sends_more_than_rate_calls_and_quota_allow(
    rate: float, calls: int, sizes: list[list[int]], left: int
) -> None:
    found = taken(opened(rate, left, calls), [Line(MARKETING, each) for each in sizes], NOW)
    out = [size for line, each in zip(found.delays, sizes, strict=True) for size, _ in zip(each, line, strict=False)]
    assert sum(out) <= left
    assert len(out) <= calls + 1
    assert all(0 <= delay < MINUTE for line in found.delays for delay in line)
    assert sum(out[:-1]) <= rate * 60 + 50
    assert found.after.left == left - sum(out)


def test_service_goes_before_marketing_and_equals_take_turns() -> None:
    lines = [Line(MARKETING, [1] * 100), Line(SERVICE, [1] * 30), Line(MARKETING, [1] * 100)]
    found = taken(opened(1.0), lines, NOW).delays
    assert [len(each) for each in found] == [15, 30, 15]
    assert found[1] == [1000 * at for at in range(30)]
    assert found[0][:2] == [30_000, 32_000]


def test_whatever_is_refused_halves_the_calls_and_a_quiet_minute_adds_to_them() -> None:
    budget = opened(1_000.0, calls=FIRST_CALLS)
    assert budget.calls_a_minute == FIRST_CALLS
    busy = taken(budget, [Line(MARKETING, [50] * 60)], NOW).after
    quiet = asked(busy, Quota(1_000.0), NOW + MINUTE)
    assert quiet.calls_a_minute == FIRST_CALLS + REGAINED_CALLS
    assert asked(quiet, Quota(1_000.0), NOW + 2 * MINUTE).calls_a_minute == quiet.calls_a_minute, "nothing was asked"
    refused = asked(replace(busy, refused=3), Quota(1_000.0), NOW + MINUTE)
    assert refused.calls_a_minute == FIRST_CALLS // 2
    assert asked(replace(refused, calls=5), Quota(1_000.0), NOW + 2 * MINUTE).calls_a_minute > refused.calls_a_minute


def test_a_refusal_halves_what_was_really_asked_for() -> None:
    """A rate of calls that nobody comes near would have to be halved many times before it slowed anybody down."""
    grown = replace(opened(14.0, calls=5_000), calls=60, refused=1)
    assert asked(grown, Quota(14.0), NOW + MINUTE).calls_a_minute == 30
    assert asked(replace(grown, calls=2), Quota(14.0), NOW + MINUTE).calls_a_minute == SLOWEST_CALLS


@pytest.mark.parametrize(
    ("budget", "most"),
    [(opened(14.0, calls=30), 61), (opened(14.0, calls=90), 91), (opened(None), UNPACED_AT_ONCE)],
)
def test_as_many_chunks_are_looked_at_as_a_minute_can_let_out(budget: Budget, most: int) -> None:
    assert budget.worth_looking_at(14) == most
    assert len(delays(budget, *[14] * 2_000)) <= most


def test_what_is_sent_singly_is_paced_by_recipients_alone() -> None:
    line = Line(MARKETING, [10] * 200, is_bulk=False)
    assert taken(opened(100.0, calls=60), [line], NOW).delays[0][:3] == [0, 100, 200]


def test_whatever_is_refused_halves_the_rate_of_recipients_too_and_quiet_minutes_win_it_back() -> None:
    busy = replace(opened(100.0), calls=5, refused=1)
    slower = asked(busy, Quota(100.0), NOW + MINUTE)
    assert slower.percent == 50
    many_calls = replace(slower, calls_a_minute=100_000)
    assert taken(many_calls, [Line(MARKETING, [50] * 9)], NOW + MINUTE).delays[0][:3] == [0, 1000, 2000]
    assert asked(replace(slower, calls=5), Quota(100.0), NOW + 2 * MINUTE).percent == 60
    for _ in range(9):
        slower = asked(replace(slower, refused=slower.refused + 1), Quota(100.0), NOW)
    assert slower.percent == SLOWEST_PERCENT
