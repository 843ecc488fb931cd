"""Versions, ids, instants and money: the values that everything else rests on."""

import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.canonical import ids
from chalicelib.canonical.facts import Fact, FactType
from chalicelib.canonical.money import to_major, to_minor
from chalicelib.canonical.time import Instant, instant, local_date, moment_of
from chalicelib.canonical.versions import Version

VERSIONS = st.builds(Version, *[st.sampled_from(["", "1", "2"])] * 3)


@given(st.lists(VERSIONS, min_size=1, max_size=6), st.randoms())
def test_the_same_version_wins_in_any_order_unless_only_the_asking_differs(versions: list[Version], chance) -> None:  # type: ignore[no-untyped-def]
    def last(ordered: list[Version]) -> str:
        kept: Version | None = None
        for each in ordered:
            kept = each if each.supersedes(kept) else kept
        assert kept
        return kept.changed_at

    expected = last(versions)
    chance.shuffle(versions)
    assert last(versions) == expected == max(versions).changed_at


def test_the_same_content_asked_for_twice_is_one_version() -> None:
    early, late = Version(Instant("1"), "a", "x"), Version(Instant("1"), "b", "x")
    assert not late.supersedes(early)
    assert Version(Instant("1"), "b", "y").supersedes(early)
    assert Version.parse(late.text()) == late


@given(st.lists(st.text() | st.integers(), max_size=4))
def test_an_id_fits_wherever_it_travels_and_names_one_thing(parts: list[str | int]) -> None:
    made = ids.stable_id("g", *[part for part in parts if not isinstance(part, str) or part.isascii()])
    assert re.fullmatch(r"[a-z0-9_-]{1,64}", made)
    assert ids.stable_id("g", "a", "b") != ids.stable_id("g", "ab") != ids.stable_id("g", "a,b")


MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2999, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 (bounds are naive)


@given(MOMENTS, MOMENTS, st.text())
def test_a_timed_id_is_as_long_as_a_stable_one_and_sorts_by_its_instant(
    one: datetime, other: datetime, part: str
) -> None:
    first, second = (ids.timed_id(ids.RUN, instant(each), part) for each in (one, other))
    assert re.fullmatch(r"n[0-9a-v]{24}", first)
    assert (first < second) == (one < other)
    assert ids.instant_in(first) == instant(one)
    assert first < ids.highest_id(ids.RUN, instant(one))
    assert (ids.highest_id(ids.RUN, instant(one)) < second) == (one < other)


def test_an_announcement_made_again_is_the_same_announcement() -> None:
    one = Fact(
        type=FactType.STAY_COMPLETED, subject="r", subject_version="3", occurred_at=Instant("t"), correlation_id="a"
    )
    assert one.fact_id == one.model_copy(update={"correlation_id": "b"}).fact_id
    assert one.fact_id != one.model_copy(update={"subject_version": "4"}).fact_id


@given(st.datetimes(timezones=st.just(UTC)), st.datetimes(timezones=st.just(UTC)))
def test_instants_sort_as_text(one: datetime, other: datetime) -> None:
    assert (instant(one) < instant(other)) == (one < other)
    assert moment_of(instant(one)) == one


@pytest.mark.parametrize("text", ["2026-01-01T00:00:00", "2026-01-01", "tomorrow", ""])
def test_a_zone_is_never_guessed(text: str) -> None:
    with pytest.raises(ValueError, match=r"time zone|isoformat"):
        moment_of(text)


@pytest.mark.parametrize(
    ("text", "zone", "day"),
    [
        ("2026-03-29T00:30:00Z", "Europe/Vienna", "2026-03-29"),
        ("2026-03-28T23:30:00Z", "Europe/Vienna", "2026-03-29"),
        ("2026-10-24T22:30:00Z", "Europe/Vienna", "2026-10-25"),
        ("2026-02-01T11:00:00Z", "Pacific/Auckland", "2026-02-02"),
        ("2026-02-01T05:59:00Z", "America/Chicago", "2026-01-31"),
    ],
)
def test_a_moments_day_is_the_propertys(text: str, zone: str, day: str) -> None:
    assert local_date(moment_of(text), zone).isoformat() == day


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("1.005", "EUR", 100),
        ("1.015", "EUR", 102),
        ("-0.005", "EUR", 0),
        ("0.5", "JPY", 0),
        ("1.5", "JPY", 2),
        ("1.2345", "KWD", 1234),
    ],
)
def test_money_rounds_half_to_even_in_the_currencys_own_units(amount: str, currency: str, minor: int) -> None:
    assert to_minor(Decimal(amount), currency) == minor


@given(st.integers(-(10**12), 10**12), st.sampled_from(["EUR", "JPY", "KWD"]))
def test_money_comes_back_as_it_was(minor: int, currency: str) -> None:
    assert to_minor(to_major(minor, currency), currency) == minor
