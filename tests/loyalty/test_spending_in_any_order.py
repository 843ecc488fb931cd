"""Law 6 whoever writes in between: redemptions, earnings, reversals, merges and unmerges at every call to the table."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from chalicelib.aws import keys, table
from chalicelib.canonical.errors import Conflict, TryAgain
from chalicelib.canonical.ids import GuestId, Leaf
from chalicelib.guests import store as guests
from chalicelib.loyalty import actions, rules, store
from chalicelib.loyalty.model import Redemption, Spent
from chalicelib.loyalty.spending import spend
from tests.builders import EUR_PROGRAM, at, guest
from tests.exhaustive import examples
from tests.ids import CLUB
from tests.loyalty.hotels import G1, G2, Hotel, checked_out

TOGETHER, APART = "anna@mail.example", "other@mail.example"
RECORD_OF = {"r1": "g1", "r2": "g2", "r3": "g1"}
DATES = {"r1": ("02-01", "02-03"), "r2": ("03-01", "03-02"), "r3": ("04-01", "04-05")}
POINTS = (100, 200, 300, 400, 500, 600, 700, 800, 900, 1000)
"""What each act asks for; its number is its id."""


@dataclass
class World:
    """A hotel in which every commit is looked at."""

    hotel: Hotel
    minute: int = 0
    email: str = TOGETHER
    reversals: bool = False
    answers: dict[int, Spent] = field(default_factory=dict)
    ends: Counter[str] = field(default_factory=Counter)

    def watch(self, monkeypatch: pytest.MonkeyPatch) -> "World":
        transact = self.hotel.table.transact

        def watched(writes: Sequence[table.Write]) -> None:
            transact(writes)
            self.look_at(writes)

        monkeypatch.setattr(self.hotel.table, "transact", watched)
        monkeypatch.setattr(table, "transact", watched)
        return self

    # What happens

    def merge(self) -> None:
        self._second_record(TOGETHER)

    def unmerge(self) -> None:
        self._second_record(APART)

    def _second_record(self, email: str) -> None:
        self.email = email
        self.hotel.tell(guest("g2", email=email, changed_at=at(self._next())))

    def earn(self, stay: str) -> None:
        """Each time a little more: only a stay that is taken back gives less than before."""
        self.hotel.tell(self._stay(stay, "checked_out", 9000 + 100 * self.minute))
        self.deliver()

    def reverse(self, stay: str) -> None:
        self.hotel.tell(self._stay(stay, "in_house", 0))
        self.deliver()

    def _stay(self, stay: str, status: str, amount: int) -> dict[str, Any]:
        self.reversals |= status != "checked_out"
        arrival, departure = (f"2026-{day}" for day in DATES[stay])
        record = guest(RECORD_OF[stay], email=TOGETHER if RECORD_OF[stay] == "g1" else self.email)
        told = checked_out(self._next(), amount, primary=record, arrival=arrival, departure=departure)
        return {**told, "source_id": stay, "status": status}

    def _next(self) -> int:
        self.minute += 1
        return self.minute

    def deliver(self) -> None:
        self.hotel.deliver(self.hotel.facts[-6:])

    def spend(self, leaf: GuestId, act: int) -> None:
        try:
            spent = spend(leaf, CLUB, POINTS[act], Redemption(act=f"act-{act}"))
        except (Conflict, TryAgain) as refused:
            self.ends[type(refused).__name__] += 1
            return
        self.ends["taken"] += 1
        assert self.answers.setdefault(act, spent) == spent, "the same act is answered alike"

    # What must hold

    def look_at(self, writes: Sequence[table.Write]) -> None:
        """After every commit: balances are the sums of entries, and what was spent was the guest's, and was there."""
        for leaf, account in self.hotel.accounts().items():
            rows = self.hotel.table.rows.items()
            points = [row["points"] for key, row in rows if key.pk == keys.ledger(Leaf(leaf), CLUB)]
            assert account.balance == sum(points), "the balance is the sum of the entries"
            assert self.reversals or account.balance >= 0, "no account goes below zero but for a stay taken back"
        for row in (each.item for each in writes if isinstance(each, table.Put)):
            if str(row["pk"]).startswith("SPENDING#"):
                self._look_at_spending(row)

    def _look_at_spending(self, row: Any) -> None:
        guest = guests.read_head(row["guest"], self.hotel.table.rows[keys.head(row["guest"])]).as_guest()
        accounts = self.hotel.accounts()
        assert guest
        assert set(row["draws"]) <= set(guest.members), "points of another guest were spent"
        assert all(accounts[leaf].balance >= 0 for leaf in row["draws"])
        assert sum(accounts[leaf].balance for leaf in guest.members if leaf in accounts) >= 0, "spent below zero"

    def look_back(self) -> None:
        """When all is delivered: every balance follows from the stays and from what was spent."""
        accounts = self.hotel.accounts()
        taken: Counter[str] = Counter()
        for act, spent in self.answers.items():
            assert spend(spent.guest, CLUB, POINTS[act], Redemption(act=f"act-{act}")) == spent
            taken.update({leaf: draw.points for leaf, draw in spent.draws.items()})
        assert self.hotel.accounts() == accounts, "the same act once more takes nothing"
        for leaf, account in accounts.items():
            earned = rules.awards(guests.stays(Leaf(leaf)), EUR_PROGRAM, EUR_PROGRAM.starts_on).values()
            assert account.balance == sum(award.points for award in earned) - taken[leaf]
            found = guests.guest(Leaf(leaf))
            assert found
            assert all(each.balance >= 0 for each in actions.membership(found))
        entries = [entry for leaf in accounts for entry in store.entries(Leaf(leaf), CLUB)]
        by_act = Counter({act: -spent.points for act, spent in self.answers.items()})
        for entry in entries:
            if isinstance(entry.origin, Redemption):
                by_act[int(entry.origin.act.removeprefix("act-"))] -= entry.points
        assert not any(by_act.values()), "each act took what it asked for, once"


SPENDING = st.builds(partial, st.just(World.spend), leaf=st.sampled_from((G1, G2)), act=st.integers(0, len(POINTS) - 1))
DEEDS = st.one_of(
    SPENDING,
    SPENDING,
    st.builds(lambda: World.merge),
    st.builds(lambda: World.unmerge),
    st.builds(lambda: World.deliver),
    st.builds(partial, st.just(World.earn), stay=st.sampled_from(list(DATES))),
)
REVERSALS = st.builds(partial, st.just(World.reverse), stay=st.sampled_from(list(DATES)))
Deed = Callable[[World], None]


def steps(deeds: st.SearchStrategy[Deed]) -> st.SearchStrategy[list[tuple[Deed, list[tuple[int, Deed]]]]]:
    """Each deed with what others do beside it: before which call, and what."""
    beside = st.lists(st.tuples(st.integers(0, 7), deeds), min_size=1, max_size=3)
    return st.lists(st.tuples(SPENDING | deeds, beside), min_size=3, max_size=8)


def play(story: list[tuple[Deed, list[tuple[int, Deed]]]]) -> World:
    with pytest.MonkeyPatch.context() as monkeypatch:
        world = World(Hotel(monkeypatch)).watch(monkeypatch)
        world.hotel.tell(guest("g1", email=TOGETHER), guest("g2", email=TOGETHER))
        world.earn("r1")
        world.earn("r2")
        world.deliver()
        for deed, beside in story:
            world.hotel.table.calls = 0
            world.hotel.table.beside = [
                (call, partial(other, world)) for call, other in sorted(beside, key=lambda each: each[0])
            ]
            deed(world)
            world.hotel.table.beside = []
        world.hotel.deliver()
        world.hotel.deliver()
        world.look_back()
        for end in world.ends:
            event(end)
        return world


CALM = settings(max_examples=examples(150), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@CALM
@given(story=steps(DEEDS))
def test_redemptions_earnings_merges_and_unmerges_beside_each_other_never_go_below_zero(story: Any) -> None:
    assert not play(story).reversals


@CALM
@given(story=steps(st.one_of(DEEDS, REVERSALS)))
def test_stays_taken_back_beside_redemptions_leave_a_debt_and_no_sum_is_spent_below_zero(story: Any) -> None:
    play(story)
