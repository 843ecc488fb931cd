"""Law 6 for what spends: taken from all records of the guest at once, never more than there is, once for each act."""

from collections.abc import Callable

import pytest

from chalicelib.aws import table
from chalicelib.canonical.errors import Conflict, Invalid, NotFound
from chalicelib.canonical.ids import Leaf
from chalicelib.canonical.time import Instant
from chalicelib.guests import store as guests
from chalicelib.guests.model import Head
from chalicelib.guests.records import Record
from chalicelib.loyalty import actions, rules, store
from chalicelib.loyalty.model import Account, Expiry, Redemption, Transfer
from chalicelib.loyalty.rules import NotEnough
from chalicelib.loyalty.spending import spend
from tests.builders import DAY_ONE, at, guest
from tests.ids import CLUB, PMS, guest_id
from tests.loyalty.hotels import G1, G2, Hotel, checked_out

TOO = "other@mail.example"
NIGHT = Redemption(act="night-7")


@pytest.fixture
def member(hotel: Hotel) -> Hotel:
    """One guest of two records, with 1000 points on the first and 500 on the second."""
    hotel.tell(checked_out(1, primary=guest("g1", email="anna@mail.example")))
    second = guest("g2", email="anna@mail.example")
    hotel.tell({**checked_out(1, amount=5000, primary=second), "source_id": "r2"})
    hotel.deliver()
    assert balances(hotel) == {G1: 1000, G2: 500}
    return hotel


def balances(hotel: Hotel) -> dict[Leaf, int]:
    return {leaf: account.balance for leaf, account in sorted(hotel.accounts().items())}


def shown(leaf: Leaf) -> int:
    found = guests.guest(leaf)
    assert found
    ((balance),) = [each.balance for each in actions.membership(found)]
    return balance


def separate(hotel: Hotel, minute: int = 50) -> None:
    hotel.tell(guest("g2", email=TOO, changed_at=at(minute)))


def test_points_are_taken_from_all_accounts_of_the_guest_the_richest_first(member: Hotel) -> None:
    spent = spend(G1, CLUB, 1200, NIGHT)
    assert balances(member) == {G1: 0, G2: 300}
    assert {leaf: entry.points for leaf, entry in spent.entries.items()} == {G1: -1000, G2: -200}
    for leaf, entry in spent.entries.items():
        assert list(store.entries(leaf, CLUB))[-1] == entry
        assert entry.origin == NIGHT


def test_a_record_s_id_spends_from_its_whole_guest(member: Hotel) -> None:
    assert spend(G2, CLUB, 1500, NIGHT).guest == min(G1, G2)
    assert balances(member) == {G1: 0, G2: 0}


def test_more_than_there_is_takes_nothing(member: Hotel) -> None:
    before = dict(member.table.rows)
    with pytest.raises(NotEnough) as refused:
        spend(G1, CLUB, 1501, NIGHT)
    assert "1500" not in str(refused.value), "who may not see the balance does not learn it here"
    for none in (0, -5):
        with pytest.raises(Invalid, match="points"):
            spend(G1, CLUB, none, NIGHT)
    with pytest.raises(NotFound):
        spend(guest_id("g-nobody"), CLUB, 5, NIGHT)
    assert member.table.rows == before


def test_the_same_act_again_takes_nothing_and_is_answered_as_before(member: Hotel) -> None:
    first = spend(G1, CLUB, 1500, NIGHT)
    before = dict(member.table.rows)
    assert spend(G1, CLUB, 1500, NIGHT) == first
    assert spend(G2, CLUB, 1500, NIGHT) == first
    separate(member)
    assert spend(G2, CLUB, 1500, NIGHT) == spend(G1, CLUB, 1500, NIGHT) == first
    assert [key for key in member.table.rows if key.pk.startswith("LEDGER")] == [
        key for key in before if key.pk.startswith("LEDGER")
    ]


def test_an_act_s_id_means_one_thing(member: Hotel) -> None:
    member.tell({**checked_out(1, primary=guest("g9", "Ben")), "source_id": "r9"})
    member.deliver()
    (ben,) = set(member.accounts()) - {G1, G2}
    spend(G1, CLUB, 100, NIGHT)
    for leaf, points in ((G1, 101), (ben, 100)):
        with pytest.raises(Conflict, match="something else"):
            spend(guest_id(leaf), CLUB, points, NIGHT)
    assert sum(balances(member).values()) == 2400


def test_acts_of_different_kinds_do_not_meet_by_their_ids(member: Hotel) -> None:
    for origin in (Redemption(act="a"), Expiry(act="a"), Transfer(act="a")):
        spend(G1, CLUB, 100, origin)
    assert sum(balances(member).values()) == 1200


def beside(hotel: Hotel, call: int, deed: Callable[[], None]) -> None:
    hotel.table.calls = 0
    hotel.table.beside = [(call, deed)]


Ends = list[tuple[str, list[int]]]


def every_moment(hotel: Hotel, act: Callable[[], object], deed: Callable[[], None]) -> Ends:
    """Do the act with the deed before each of its calls in turn, always from the same rows: how each ended, and what
    the accounts hold then."""
    rows, ends = dict(hotel.table.rows), []
    call = 0
    while not hotel.table.beside:
        hotel.table.rows = dict(rows)
        beside(hotel, call, deed)
        try:
            act()
            end = "taken"
        except Conflict as refused:
            end = refused.title
        ends.append((end, list(balances(hotel).values())))
        call += 1
    hotel.table.beside = []
    assert call > 3
    return ends[:-1]  # the last had ended before its deed was due


def test_two_acts_beside_each_other_never_take_more_than_there_is(member: Hotel) -> None:
    def other() -> None:
        spend(G1, CLUB, 800, Redemption(act="other"))

    ends = every_moment(member, lambda: spend(G2, CLUB, 800, NIGHT), other)
    assert all(end == "Not enough points" and sum(left) == 700 for end, left in ends)


def test_an_act_beside_itself_is_done_once_and_answered_alike(member: Hotel) -> None:
    def twice() -> None:
        answer = spend(G1, CLUB, 1500, NIGHT)
        assert spend(G1, CLUB, 1500, NIGHT) == answer

    def beside_itself() -> None:
        spend(G1, CLUB, 1500, NIGHT)

    ends = every_moment(member, twice, beside_itself)
    assert all(end == "taken" and left == [0, 0] for end, left in ends)


def test_what_leaves_the_guest_meanwhile_is_not_spent(member: Hotel) -> None:
    ends = every_moment(member, lambda: spend(G1, CLUB, 1200, NIGHT), lambda: separate(member))
    assert all(end == "Not enough points" and sum(left) == 1500 for end, left in ends)


def test_what_joins_the_guest_meanwhile_counts(member: Hotel) -> None:
    separate(member)
    together = guest("g2", email="anna@mail.example", changed_at=at(60))
    ends = every_moment(member, lambda: spend(G1, CLUB, 1200, NIGHT), lambda: member.tell(together))
    assert (ends[0][0], sum(ends[0][1])) == ("taken", 300)
    assert all(sum(left) == (300 if end == "taken" else 1500) for end, left in ends)


def test_a_stay_that_is_taken_back_after_its_points_were_spent_leaves_a_debt_that_is_set_off(member: Hotel) -> None:
    spend(G1, CLUB, 1400, NIGHT)
    assert balances(member) == {G1: 0, G2: 100}
    member.tell({**checked_out(9, primary=guest("g1", email="anna@mail.example")), "status": "in_house"})
    member.deliver()
    assert balances(member) == {G1: -1000, G2: 100}
    assert shown(G1) == 0
    with pytest.raises(NotEnough):
        spend(G1, CLUB, 1, Redemption(act="more"))
    member.tell(
        {
            **checked_out(10, amount=12000, primary=guest("g1", email="anna@mail.example")),
            "arrival": "2026-03-01",
            "departure": "2026-03-02",
            "source_id": "r3",
        }
    )
    member.deliver()
    assert balances(member) == {G1: 200, G2: 100}
    assert shown(G1) == 300


def test_an_account_that_owes_is_set_off_against_the_others(member: Hotel) -> None:
    spend(G1, CLUB, 1000, NIGHT)
    member.tell({**checked_out(9, amount=8000, primary=guest("g1", email="anna@mail.example"))})
    member.deliver()
    assert balances(member) == {G1: -200, G2: 500}
    assert shown(G1) == 300
    with pytest.raises(NotEnough):
        spend(G1, CLUB, 301, Redemption(act="more"))
    spend(G1, CLUB, 300, Redemption(act="more"))
    assert (balances(member), shown(G1)) == ({G1: -200, G2: 200}, 0)


def test_acts_that_draw_on_different_accounts_do_not_both_count_on_what_a_third_one_owes(member: Hotel) -> None:
    third = {"primary": guest("g3", email="anna@mail.example"), "arrival": "2026-03-01", "departure": "2026-03-02"}
    member.tell({**checked_out(1, amount=12000, **third), "source_id": "r3"})
    member.deliver()
    spend(G1, CLUB, 1200, NIGHT)
    member.tell({**checked_out(9, amount=12000, **third), "source_id": "r3", "status": "in_house"})
    member.deliver()
    assert sorted(balances(member).values()) == [-1200, 500, 1000]
    richer = {**checked_out(9, amount=11000, primary=guest("g2", email="anna@mail.example")), "source_id": "r2"}

    def meanwhile() -> None:
        member.tell(richer)
        member.deliver()
        spend(G1, CLUB, 900, Redemption(act="all-that-is-left"))

    ends = every_moment(member, lambda: spend(G1, CLUB, 300, Redemption(act="more")), meanwhile)
    assert all(end == "Not enough points" and sum(left) == 0 for end, left in ends)


def test_a_guest_of_forty_records_spends_in_one_transaction(hotel: Hotel) -> None:
    leaves = [guest_id(f"g{number:02d}") for number in range(40)]
    one = Record(source=PMS)
    heads = [Head(leaf=leaf, rev=1, record=one, merged_into=leaves[0]) for leaf in leaves[1:]]
    for head in [Head(leaf=leaves[0], rev=1, record=one, members=tuple(leaves)), *heads]:
        table.write(table.Put(guests.head_row(head)))
        table.write(table.Put(guests.record_row(head)))
    for leaf in leaves:
        empty = Account(Leaf(leaf), CLUB)
        empty = empty.enrolled(Instant(at(0)), DAY_ONE.date(), None) if leaf == leaves[39] else empty
        table.write(store.account_write(empty, empty.credited(1)))
    calls = hotel.table.calls
    assert len(spend(guest_id("g07"), CLUB, 40, NIGHT).entries) == 40
    assert set(balances(hotel).values()) == {0}
    assert hotel.table.calls - calls <= 40 + 7, "a batch of forty accounts counts each row here"


def test_who_gives_how_much_does_not_depend_on_the_order_of_the_accounts() -> None:
    accounts = [Account(Leaf(leaf), CLUB, balance) for leaf, balance in (("a", 5), ("b", 9), ("c", -3), ("d", 9))]
    assert rules.draws(accounts, 11) == rules.draws(accounts[::-1], 11) == {"b": 9, "d": 2}
    assert rules.balance(accounts) == 20
    assert rules.balance([Account(Leaf("c"), CLUB, -3)]) == 0
