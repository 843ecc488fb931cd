"""Points of who is erased are forfeited once, whatever order their facts come in; the ledger adds up."""

import random

import pytest

from chalicelib.canonical.ids import ErasureId, Leaf, leaf_anew
from chalicelib.canonical.time import Instant, instant, moment_of
from chalicelib.guests import store as guests
from chalicelib.identity.digests import digest
from chalicelib.loyalty import actions
from chalicelib.loyalty.model import Forfeiture
from chalicelib.loyalty.store import entries
from chalicelib.profiles import actions as profiles
from chalicelib.profiles.model import Erasure
from tests.builders import at, guest
from tests.ids import CLUB
from tests.loyalty.hotels import G1, Hotel, checked_out

ANNA = guest(email="anna@mail.example", member_number="M-7")
STAYED = checked_out(1, primary=ANNA)


def erase(minute: int = 10) -> None:
    known = guests.guest(G1)
    assert known
    moment = instant(moment_of(Instant(at(minute))))
    profiles.store_erasure(Erasure(ErasureId("e"), known.members, moment, digest))


def adds_up(hotel: Hotel) -> bool:
    return all(account.balance == sum(hotel.points()[leaf]) for leaf, account in hotel.accounts().items())


def test_what_an_erased_member_had_is_forfeited_once(hotel: Hotel) -> None:
    hotel.tell(STAYED)
    hotel.deliver()
    assert hotel.accounts()[G1].balance > 0
    erase()
    hotel.deliver()
    hotel.deliver()
    account = hotel.accounts()[G1]
    assert (account.balance, account.number) == (0, None)
    assert adds_up(hotel)
    origins = [entry.origin for entry in entries(Leaf(G1), CLUB)]
    assert [each.act for each in origins if isinstance(each, Forfeiture)] == [G1]


def test_a_stay_that_changes_afterwards_gives_and_takes_nothing(hotel: Hotel) -> None:
    hotel.tell(STAYED)
    hotel.deliver()
    erase()
    hotel.deliver()
    entered = hotel.points()
    hotel.tell({**STAYED, "changed_at": at(20), "status": "in_house"})
    hotel.tell({**STAYED, "changed_at": at(21), "room_revenue_minor": 90000})
    hotel.deliver()
    assert hotel.points() == entered
    assert hotel.accounts()[G1].balance == 0


@pytest.mark.parametrize("seed", range(8))
def test_facts_may_come_in_any_order_and_twice(seed: int, hotel: Hotel) -> None:
    hotel.tell(STAYED)
    if seed % 2:
        hotel.deliver()
    hotel.tell(checked_out(2, primary=ANNA, source_id="r2", arrival="2026-03-01", departure="2026-03-02"))
    erase()
    hotel.tell({**STAYED, "changed_at": at(21), "room_revenue_minor": 90000})
    facts = [*hotel.facts, *hotel.facts]
    random.Random(seed).shuffle(facts)
    hotel.deliver(facts)
    assert {each.balance for each in hotel.accounts().values()} <= {0}
    assert adds_up(hotel)


def test_who_comes_again_begins_with_no_points(hotel: Hotel) -> None:
    hotel.tell(STAYED)
    hotel.deliver()
    erase()
    again = checked_out(30, primary={**ANNA, "changed_at": at(30)}, source_id="r9", booked_at=at(29))
    hotel.tell({**again, "room_revenue_minor": 5000})
    hotel.deliver()
    assert hotel.accounts()[leaf_anew(G1)].balance == 500
    found = guests.guest(leaf_anew(G1))
    assert found
    assert [each.number for each in actions.membership(found)] == [None]
    assert adds_up(hotel)
