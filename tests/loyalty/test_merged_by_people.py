"""Points when somebody joins two guests, and splits them again: counted together meanwhile, and each keeps its own."""

from datetime import timedelta

import pytest

from chalicelib.canonical.time import instant
from chalicelib.guests import store as guests
from chalicelib.guests.model import Guest
from chalicelib.identity.model import Verdict
from chalicelib.loyalty import actions
from chalicelib.profiles import merging
from chalicelib.profiles.verdicts import Word
from tests.builders import DAY_ONE, guest
from tests.loyalty.hotels import G1, G2, Hotel, checked_out


@pytest.fixture
def hotel(monkeypatch: pytest.MonkeyPatch) -> Hotel:
    return Hotel(monkeypatch)


def known(leaf: str) -> Guest:
    found = guests.guest(G1 if leaf == G1 else G2)
    assert found
    return found


def word(minute: int) -> Word:
    return Word("staff s1", instant(DAY_ONE + timedelta(minutes=minute)))


def balance(leaf: str) -> int:
    return sum(each.balance for each in actions.membership(known(leaf)))


def test_points_are_counted_together_while_joined_and_each_keeps_its_own(hotel: Hotel) -> None:
    anne = guest("g2", "Anne", "Leigh")
    hotel.tell(checked_out(1, source_id="r1"), checked_out(1, 30000, source_id="r2", primary=anne))
    hotel.deliver()
    own = balance(G1), balance(G2)
    merging.decide(G1, G2, Verdict.JOIN, (known(G1), known(G2)), word(10))
    hotel.tell(checked_out(11, 5000, source_id="r3", primary=anne, arrival="2026-03-01", departure="2026-03-02"))
    hotel.deliver()
    assert balance(G1) == balance(G2) == sum(own) + 500
    merging.unmerge(known(G1), [G2], word(20))
    hotel.deliver()
    assert (balance(G1), balance(G2)) == (own[0], own[1] + 500)
