"""Law 6: the ledger is append-only, adds up, and can be recomputed from the stays, whatever the order of wake-ups."""

import json
import random
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.aws import bus, queues, secrets, table
from chalicelib.canonical.errors import Invalid
from chalicelib.canonical.facts import Fact, FactType
from chalicelib.canonical.ids import leaf_of_profile
from chalicelib.connectors.canonical.translate import read
from chalicelib.guests import store as guests
from chalicelib.ingest.changes import change_of
from chalicelib.loyalty import actions, rules, store
from chalicelib.loyalty.model import Account, Program
from chalicelib.profiles import actions as profiles
from chalicelib.reactions import hears
from tests.builders import DAY_ONE, EUR_PROGRAM, VIENNA, at, guest, reservation
from tests.memory_table import MemoryTable

BY_HAND = EUR_PROGRAM.model_copy(update={"auto_enrol": False})


class Hotel:
    """Ingest and loyalty over one table in memory; facts wait until they are delivered."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, program: Program = EUR_PROGRAM) -> None:
        self.table = MemoryTable().install(monkeypatch)
        self.facts: list[Fact] = []
        monkeypatch.setattr(bus, "announce", self.facts.extend)
        monkeypatch.setattr(secrets, "key_for", lambda purpose: purpose.encode())
        store.put_program(program)

    def tell(self, *snapshots: dict[str, Any]) -> None:
        changes = [
            change_of(read(each), "pms", {VIENNA.id: VIENNA}, lambda kind, value: f"{kind}-{value}")
            for each in snapshots
        ]
        assert profiles.store_changes([change for change in changes if change]) == {}

    def deliver(self, facts: Sequence[Fact] | None = None) -> None:
        chosen = list(self.facts) if facts is None else facts
        for fact in chosen:
            if hears("loyalty", fact.type):
                actions.award_points({"detail": {**fact.model_dump(mode="json"), "fact_id": fact.fact_id}})

    def accounts(self) -> dict[str, Account]:
        rows = self.table.rows.items()
        return {
            key.pk.removeprefix("LEAF#"): store.read_account(key.pk.removeprefix("LEAF#"), "club", row)
            for key, row in rows
            if key.sk == "ACCOUNT#club"
        }

    def points(self) -> dict[str, list[int]]:
        return {leaf: [entry.points for entry in store.entries(leaf, "club")] for leaf in self.accounts()}


@pytest.fixture
def hotel(monkeypatch: pytest.MonkeyPatch) -> Hotel:
    return Hotel(monkeypatch)


def checked_out(minute: int, amount: int = 10000, **fields: Any) -> dict[str, Any]:
    return reservation(
        primary=fields.pop("primary", guest()),
        status="checked_out",
        changed_at=at(minute),
        room_revenue_minor=amount,
        **fields,
    )


def test_a_reopened_and_repeated_check_out_ends_at_the_final_folio(hotel: Hotel) -> None:
    hotel.tell(checked_out(1))
    hotel.deliver()
    hotel.tell({**checked_out(2), "status": "in_house"})
    hotel.deliver()
    hotel.tell(checked_out(3, amount=12000))
    hotel.deliver()
    assert list(hotel.points().values()) == [[1000, -1000, 1200]]
    assert [account.balance for account in hotel.accounts().values()] == [1200]


def test_the_same_fact_delivered_again_writes_nothing(hotel: Hotel) -> None:
    hotel.tell(checked_out(1))
    hotel.deliver()
    before = dict(hotel.table.rows)
    hotel.deliver()
    assert hotel.table.rows == before


def test_a_zero_stands_in_the_ledger_with_its_reason(hotel: Hotel) -> None:
    hotel.tell(checked_out(1, channel="ota"))
    hotel.deliver()
    ((leaf, points),) = hotel.points().items()
    assert points == [0]
    assert [entry.reason for entry in store.entries(leaf, "club")] == ["channel_excluded"]


def test_a_stay_that_turns_out_to_be_another_guests_is_taken_back_and_given_there(hotel: Hotel) -> None:
    hotel.tell(checked_out(1, primary=guest("g1", "Anna")))
    hotel.deliver()
    hotel.tell(checked_out(2, primary=guest("g2", "Ben")))
    hotel.deliver()
    assert sorted(hotel.points().values()) == [[1000], [1000, -1000]]


def test_a_member_number_enrols_before_the_first_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    hotel = Hotel(monkeypatch, BY_HAND)
    hotel.tell(guest(member_number="M-1", property_id=VIENNA.id))
    hotel.deliver()
    (account,) = hotel.accounts().values()
    assert (account.number, account.balance) == ("M-1", 0)
    assert account.enrolled_at


def test_enrolment_by_hand_counts_stays_that_end_from_that_day_on(monkeypatch: pytest.MonkeyPatch) -> None:
    hotel = Hotel(monkeypatch, BY_HAND)
    hotel.tell(checked_out(1, departure="2026-02-03"))
    hotel.tell({**checked_out(2, arrival="2026-03-01", departure="2026-03-02"), "source_id": "r2"})
    hotel.deliver()
    assert hotel.accounts() == {}
    (leaf,) = {fact.leaf for fact in hotel.facts if fact.leaf}
    actions.enrol(leaf, "club", earns_from=DAY_ONE.date().replace(month=2, day=20), at=DAY_ONE)
    assert sorted(hotel.points()[leaf]) == [0, 1000]
    actions.enrol(leaf, "club", at=DAY_ONE)
    assert sorted(hotel.points()[leaf]) == [0, 1000]


STORY = [
    checked_out(1),
    {**checked_out(2), "status": "in_house"},
    checked_out(3, amount=12000),
    checked_out(4, amount=11000),
    {**checked_out(1, amount=7000), "source_id": "r2"},
    {**checked_out(2, amount=7000, arrival="2026-02-03", departure="2026-02-05"), "source_id": "r2"},
    checked_out(5, primary=guest("g2", "A", email="anna@mail.example")),
    {**checked_out(1, amount=9000, primary=guest("g3", email="anna@mail.example")), "source_id": "r3"},
]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6))
def test_any_order_of_notices_and_wake_ups_ends_in_balances_that_add_up(seed: int) -> None:
    chance = random.Random(seed)
    with pytest.MonkeyPatch.context() as monkeypatch:
        hotel = Hotel(monkeypatch)
        for snapshot in chance.sample(STORY, len(STORY)):
            hotel.tell(snapshot)
            if chance.random() < 0.5:
                hotel.deliver(chance.sample(hotel.facts, min(3, len(hotel.facts))))
        last = chance.sample(hotel.facts, len(hotel.facts)) + chance.choices(hotel.facts, k=4)
        hotel.deliver(last)
        hotel.deliver()
        for leaf, account in hotel.accounts().items():
            entries = list(store.entries(leaf, "club"))
            assert account.balance == sum(entry.points for entry in entries) >= 0
            expected = rules.awards(guests.stays(leaf), EUR_PROGRAM, EUR_PROGRAM.starts_on)
            assert account.balance == sum(award.points for award in expected.values())


def test_a_new_rate_changes_nothing_that_was_earned_before_it(hotel: Hotel) -> None:
    today = date(2026, 2, 10)
    hotel.tell(checked_out(1, departure="2026-02-03"))
    hotel.deliver()
    cheaper = EUR_PROGRAM.model_copy(update={"points_per_unit": {"EUR": "1"}})
    assert store.put_program(cheaper, today).effective_from == date(2026, 2, 11)
    hotel.deliver()
    hotel.tell({**checked_out(2, arrival="2026-02-20", departure="2026-02-21"), "source_id": "r2"})
    hotel.deliver()
    assert sorted(points for each in hotel.points().values() for points in each) == [100, 1000]


def test_terms_that_would_change_the_past_are_refused(hotel: Hotel) -> None:
    backdated = EUR_PROGRAM.model_copy(update={"auto_enrol": False, "effective_from": date(2026, 2, 1)})
    with pytest.raises(Invalid, match="effective_from"):
        store.put_program(backdated, date(2026, 2, 1))
    with pytest.raises(Invalid, match="starts_on"):
        store.put_program(EUR_PROGRAM.model_copy(update={"starts_on": date(2026, 1, 1)}))


def test_a_sibling_record_s_member_number_brings_the_points_of_stays_before_enrolment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hotel = Hotel(monkeypatch, BY_HAND)
    hotel.tell(checked_out(1, primary=guest(email="anna@mail.example"), departure="2026-02-03"))
    hotel.deliver()
    (leaf,) = {fact.leaf for fact in hotel.facts if fact.leaf}
    actions.enrol(leaf, "club", earns_from=date(2026, 3, 1), at=DAY_ONE)
    assert hotel.points()[leaf] == [0]
    hotel.tell(guest("g2", email="anna@mail.example", member_number="M-1", changed_at=at(9)))
    hotel.deliver()
    assert sum(account.balance for account in hotel.accounts().values()) == 1000


ANNA_MEMBER = guest("g1", email="anna@mail.example", member_number="M-1")
ANNA_TOO = guest("g2", email="anna@mail.example")
BERTA = guest("g2", "Berta", email="anna@mail.example", changed_at=at(5))
G1, G2 = (leaf_of_profile("pms", source_id) for source_id in ("g1", "g2"))


def balances(hotel: Hotel) -> dict[str, int]:
    return {leaf: account.balance for leaf, account in hotel.accounts().items() if account.balance}


@pytest.mark.parametrize("first", ["the check-out", "the split"])
def test_points_that_came_with_another_records_number_go_with_it_in_any_order(
    monkeypatch: pytest.MonkeyPatch, first: str
) -> None:
    hotel = Hotel(monkeypatch, BY_HAND)
    hotel.tell(ANNA_MEMBER, ANNA_TOO)
    hotel.deliver()
    steps = [checked_out(1, primary=ANNA_TOO), BERTA]
    for step in steps if first == "the check-out" else steps[::-1]:
        hotel.tell(step)
        hotel.deliver()
    assert balances(hotel) == {}
    assert sum(sum(points) for points in hotel.points().values()) == 0
    assert G2 not in hotel.accounts() or hotel.accounts()[G2].enrolled_at is None


@pytest.mark.parametrize("first", ["the check-out", "the split"])
def test_a_stay_that_enrols_by_itself_enrols_the_record_it_came_with_in_any_order(
    monkeypatch: pytest.MonkeyPatch, first: str
) -> None:
    hotel = Hotel(monkeypatch)
    hotel.tell(guest("g1", email="anna@mail.example"), ANNA_TOO)
    steps = [checked_out(1, primary=ANNA_TOO), BERTA]
    for step in steps if first == "the check-out" else steps[::-1]:
        hotel.tell(step)
        hotel.deliver()
    assert balances(hotel) == {G2: 1000}
    assert {leaf for leaf, account in hotel.accounts().items() if account.enrolled_at} == {G2}


def test_a_record_merged_while_its_guest_is_enrolled_is_paid_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    hotel = Hotel(monkeypatch, BY_HAND)
    hotel.tell(guest("g1", email="anna@mail.example"))
    hotel.tell(checked_out(1, primary=guest("g2", email="other@mail.example")))
    hotel.deliver()
    write, done = table.write, list[int]()

    def merge_first(one: Any) -> None:
        if not done:
            done.append(1)
            hotel.tell({**ANNA_TOO, "changed_at": at(5)})
            hotel.deliver()
        write(one)

    monkeypatch.setattr(table, "write", merge_first)
    actions.enrol(G1, "club", earns_from=date(2026, 1, 1), at=DAY_ONE)
    assert balances(hotel) == {G2: 1000}


def awarded(hotel: Hotel) -> list[Fact]:
    return [fact for fact in hotel.facts if fact.type is FactType.POINTS_AWARDED]


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Messages to the loyalty queue, in the order in which they wait."""
    waiting: list[dict[str, Any]] = []
    monkeypatch.setattr(queues, "send_many", lambda _, bodies: waiting.extend(bodies))
    monkeypatch.setattr(queues, "send", lambda _, body: waiting.append(body))
    return waiting


def work_off(waiting: list[dict[str, Any]]) -> int:
    handled = 0
    while waiting:
        actions.award_points(json.loads(json.dumps(waiting.pop(0))))
        handled += 1
    return handled


def test_a_programme_that_is_written_after_the_stays_reaches_their_ledgers(
    hotel: Hotel, queued: list[dict[str, Any]]
) -> None:
    hotel.tell(checked_out(1), {**checked_out(1, primary=guest("g2", "Ben")), "source_id": "r2"})
    hotel.deliver()
    actions.put_program(EUR_PROGRAM.model_copy(update={"id": "late"}))
    assert work_off(queued) == 16
    assert [[each.points for each in store.entries(leaf, "late")] for leaf in (G1, G2)] == [[1000], [1000]]
    before = dict(hotel.table.rows)
    actions.put_program(EUR_PROGRAM.model_copy(update={"id": "late"}))
    assert queued == []
    assert hotel.table.rows == before


def test_the_walk_over_all_guests_goes_on_in_a_new_message(
    hotel: Hotel, queued: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"p{number}" for number in range(40)]
    for name in names:
        hotel.tell({**checked_out(1, primary=guest(name, "Anna", name)), "source_id": f"r-{name}"})
    monkeypatch.setattr(actions, "GUESTS_AT_ONCE", 2)
    actions.put_program(EUR_PROGRAM.model_copy(update={"id": "late"}))
    assert work_off(queued) > 16
    earned = [[each.points for each in store.entries(leaf_of_profile("pms", name), "late")] for name in names]
    assert earned == [[1000]] * 40


def test_a_programme_whose_wake_ups_a_crash_swallowed_wakes_when_it_is_written_again(
    hotel: Hotel, queued: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    late = EUR_PROGRAM.model_copy(update={"id": "late"})
    with monkeypatch.context() as crash:
        crash.setattr(queues, "send_many", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            actions.put_program(late)
    assert actions.put_program(late).version == 1
    assert len(queued) == 16


def test_two_programmes_announce_two_facts_of_one_stay(hotel: Hotel) -> None:
    store.put_program(EUR_PROGRAM.model_copy(update={"id": "second"}))
    hotel.tell(checked_out(1))
    hotel.deliver()
    assert len(awarded(hotel)) == len({fact.fact_id for fact in awarded(hotel)}) == 2


def test_a_stay_that_moves_between_two_records_announces_a_fact_of_each(hotel: Hotel) -> None:
    hotel.tell(checked_out(1))
    hotel.deliver()
    hotel.tell(checked_out(2, primary=guest("g2", "Ben")))
    hotel.deliver()
    last = {(fact.leaf, fact.fact_id) for fact in awarded(hotel)}
    assert len({leaf for leaf, _ in last}) == len({fact_id for _, fact_id in last}) == 2


SECOND = {**checked_out(1, arrival="2026-03-01", departure="2026-03-02"), "source_id": "r2"}


def before_the_second_write(monkeypatch: pytest.MonkeyPatch, deed: Callable[[], None]) -> None:
    """Let others write after the first of our transactions, once."""
    transact, writes = table.transact, list[int]()

    def busy(rows: Any) -> None:
        writes.append(1)
        if len(writes) == 2:
            monkeypatch.setattr(table, "transact", transact)
            deed()
        transact(rows)

    monkeypatch.setattr(table, "transact", busy)


def test_what_was_written_before_another_wrote_beside_is_announced_with_the_rest(
    hotel: Hotel, monkeypatch: pytest.MonkeyPatch
) -> None:
    hotel.tell(checked_out(1))
    hotel.tell(SECOND)
    wakers = [fact for fact in hotel.facts if fact.type is FactType.STAY_COMPLETED]
    before_the_second_write(monkeypatch, lambda: hotel.tell(guest(language="de", changed_at=at(9))))
    hotel.deliver(wakers[:1])
    assert len({fact.subject for fact in awarded(hotel)}) == 2


def test_what_was_written_is_announced_though_a_newer_wake_up_wrote_over_it(
    hotel: Hotel, monkeypatch: pytest.MonkeyPatch
) -> None:
    hotel.tell(checked_out(1))
    hotel.tell(SECOND)
    wakers = [fact for fact in hotel.facts if fact.type is FactType.STAY_COMPLETED]

    def others() -> None:
        hotel.tell(checked_out(9, amount=12000), {**SECOND, "room_revenue_minor": 12000, "changed_at": at(9)})
        hotel.deliver([fact for fact in hotel.facts if fact not in wakers])

    before_the_second_write(monkeypatch, others)
    hotel.deliver(wakers[:1])
    assert sorted(entry.points for entry in store.entries(G1, "club")) == [200, 1000, 1200]
    assert len({fact.fact_id for fact in awarded(hotel)}) == 3


@pytest.mark.parametrize("act", ["a check-out", "an enrolment"])
def test_an_announcement_that_a_crash_swallowed_is_made_though_the_record_changed_since(
    monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    hotel = Hotel(monkeypatch, EUR_PROGRAM if act == "a check-out" else BY_HAND)
    hotel.tell(checked_out(1))
    wakers = list(hotel.facts)
    (leaf,) = {fact.leaf for fact in wakers if fact.leaf}

    def do(day: int) -> None:
        if act == "a check-out":
            hotel.deliver(wakers)
        else:
            actions.enrol(leaf, "club", earns_from=date(2026, 1, day), at=DAY_ONE.replace(day=day))

    with monkeypatch.context() as crash:
        crash.setattr(bus, "announce", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            do(1)
    assert hotel.points()[leaf] == [1000]
    hotel.tell(guest(language="de", changed_at=at(9)))
    do(2)
    assert [fact.leaf for fact in awarded(hotel)] == [leaf]


def test_enrolling_again_finishes_what_a_crash_left_undone(monkeypatch: pytest.MonkeyPatch) -> None:
    hotel = Hotel(monkeypatch, BY_HAND)
    hotel.tell(checked_out(1, departure="2026-02-03"))
    hotel.deliver()
    (leaf,) = {fact.leaf for fact in hotel.facts if fact.leaf}
    with monkeypatch.context() as crash:
        crash.setattr(actions, "settle", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            actions.enrol(leaf, "club", earns_from=date(2026, 1, 1), at=DAY_ONE)
    assert actions.enrol(leaf, "club", at=DAY_ONE).enrolled_at
    assert hotel.points()[leaf] == [1000]
