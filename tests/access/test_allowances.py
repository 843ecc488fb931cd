"""How many calls a key may make, and how long the next one must wait."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.access.allowances import Allowances
from chalicelib.access.model import Allowance
from chalicelib.access.rules import PAUSE_SECONDS, refilled, seconds_until_a_call
from chalicelib.aws import clients
from chalicelib.aws.settings import Settings, settings
from chalicelib.canonical.errors import TooMany
from chalicelib.canonical.ids import KeyId

LEE, KIM = KeyId("lee"), KeyId("kim")


@pytest.fixture
def clock(aws: Settings, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Two calls a second; the last number is the time."""
    monkeypatch.setenv("XENIA_CALLS_PER_SECOND", "2")
    settings.cache_clear()
    seconds = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: seconds[-1])
    return seconds


def taken(allowances: Allowances, key: KeyId) -> int:
    """Calls until it is one too many."""
    for count in range(1000):
        try:
            allowances.take(key)
        except TooMany:
            return count
    raise AssertionError("there is no end")


def test_after_a_pause_so_many_may_come_at_once_and_then_as_many_as_seconds_bring(clock: list[float]) -> None:
    allowances = Allowances()
    assert taken(allowances, LEE) == 2 * PAUSE_SECONDS
    for _ in range(3):
        clock.append(clock[-1] + 1)
        assert taken(allowances, LEE) == 2
    clock.append(clock[-1] + 3600)
    assert taken(allowances, LEE) == 2 * PAUSE_SECONDS


def test_who_is_refused_is_told_the_seconds_until_the_next_call(clock: list[float]) -> None:
    allowances = Allowances()
    taken(allowances, LEE)
    with pytest.raises(TooMany) as refused:
        allowances.take(LEE)
    assert refused.value.after_seconds == 1


def test_one_key_takes_nothing_from_another(clock: list[float]) -> None:
    allowances = Allowances()
    taken(allowances, LEE)
    assert taken(allowances, KIM) == 2 * PAUSE_SECONDS


def test_counting_asks_nothing_of_aws(clock: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(clients, "dynamodb")
    Allowances().take(LEE)


@given(st.floats(0, 1), st.integers(1, 1000))
def test_who_waits_as_long_as_told_is_let_in(calls: float, per_second: int) -> None:
    left = Allowance(calls, 0.0)
    wait = seconds_until_a_call(left, per_second)
    assert refilled(left, float(wait), per_second).calls >= 1 - 1e-9
    assert (wait == 0) == (calls >= 1)
