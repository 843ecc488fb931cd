"""From which score on two are joined, or wait for an answer, is the company's to say."""

from typing import Any

import pytest

from chalicelib.aws import keys, table
from chalicelib.canonical.facts import Fact
from chalicelib.canonical.ids import leaf_of_profile
from chalicelib.guests import store as guests
from chalicelib.identity import actions as identity
from chalicelib.identity import store as kept_identity
from chalicelib.identity.model import pair_of
from chalicelib.profiles import waiting
from chalicelib.settings import store as settings
from chalicelib.settings.guest_rules import GuestRules
from chalicelib.settings.matching import Matching
from chalicelib.settings.model import HubSettings
from tests.builders import at, guest
from tests.ids import PMS
from tests.memory_table import MemoryTable
from tests.profiles.telling import store

VIENNA_HOME = {"street": "Ring 1", "postal_code": "1010", "city": "Vienna", "country": "AT"}
ALIKE = [
    guest("g1", "Anna", "Lee", birth_date="1980-05-17", address=VIENNA_HOME),
    guest("g2", "Anna", "Lee", birth_date="1980-05-17", address={"city": "Vienna", "country": "AT"}),
]
"""32.5 bits."""
PAIR = pair_of(leaf_of_profile(PMS, "g1"), leaf_of_profile(PMS, "g2"))


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch, facts: list[Fact]) -> MemoryTable:
    return MemoryTable().install(monkeypatch)


def set_(kept: MemoryTable, **matching: Any) -> None:
    told = HubSettings(guests=GuestRules(matching=Matching(**matching)), version=1)
    kept.rows[keys.DEPLOYMENT] = table.row(keys.DEPLOYMENT, **settings.packed(told))


def are_one() -> bool:
    return len({head.guest for head in guests.heads(PAIR).values()}) == 1


def waits() -> bool:
    return PAIR in [pair for _, pair in kept_identity.candidates()]


def test_who_is_as_alike_as_the_company_asks_is_joined(kept: MemoryTable) -> None:
    store(ALIKE)
    assert are_one()


def test_who_is_less_alike_than_that_waits_for_an_answer(kept: MemoryTable) -> None:
    set_(kept, auto_from=33)
    store(ALIKE)
    assert not are_one()
    assert waits()


def test_who_is_below_both_thresholds_is_apart_and_nobody_is_asked(kept: MemoryTable) -> None:
    set_(kept, review_from=33, auto_from=40)
    store(ALIKE)
    assert not are_one()
    assert not waits()
    (found,) = waiting.beside([PAIR])
    likeliest = found.likeliest(*[[leaf] for leaf in PAIR]) if found else None
    assert likeliest
    assert not likeliest.weighed.may_be_one
    records = guests.with_records(guests.heads(PAIR[:1]))
    assert identity.candidates(list(records.values())).leaves == set()


def test_a_weight_of_the_company_s_own_decides_who_is_joined(kept: MemoryTable) -> None:
    set_(kept, weights={"born": {"same": 5}})
    store(ALIKE)
    assert not are_one()
    assert waits()


def test_a_changed_threshold_holds_from_the_next_news_of_who_somebody_is(kept: MemoryTable) -> None:
    store(ALIKE)
    set_(kept, auto_from=33)
    store([{**ALIKE[1], "changed_at": at(1)}])
    assert are_one()  # the same once more is no news
    store([{**ALIKE[1], "changed_at": at(2), "phone": "+43 664 1234567"}])
    assert not are_one()
    assert waits()


def test_a_lowered_threshold_joins_whoever_is_told_of_from_then_on(kept: MemoryTable) -> None:
    set_(kept, auto_from=33)
    store(ALIKE)
    set_(kept, auto_from=32)
    store([{**ALIKE[0], "changed_at": at(1), "phone": "+43 664 1234567"}])
    assert are_one()


def test_a_threshold_below_the_hub_s_leads_to_whoever_it_joins(kept: MemoryTable) -> None:
    set_(kept, auto_from=27)
    store([{**each, "address": None} for each in ALIKE])  # 27.5 bits
    assert are_one()
