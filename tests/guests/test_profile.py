"""A guest profile is a projection: what stays add up to, and which record's word wins."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.aws import keys
from chalicelib.canonical.details import CurrencyAmounts
from chalicelib.canonical.ids import GuestId, Leaf
from chalicelib.canonical.snapshots import Status
from chalicelib.guests import store as guests
from chalicelib.guests.model import Guest, Head, Traits
from chalicelib.guests.projection import project
from chalicelib.guests.records import Record
from chalicelib.guests.rules import add_stats, count_stays, own_stays, stats_of
from chalicelib.guests.stats import Stats
from tests.builders import PORTO, stay
from tests.ids import PMS, guest_id
from tests.memory_table import MemoryTable

B = Leaf("b")


def leaf(name: Leaf, version: str, **fields: Any) -> Head:
    record = Record(**{"source": "pms", "source_id": name, "email_kind": "own", **fields})
    return Head(leaf=name, record=record, record_version=f"{version}##")


def test_a_guest_that_is_merged_on_between_two_reads_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second read finds that who was the guest a moment ago belongs to another one now."""
    a, b, c = Leaf("ga"), Leaf("gb"), Leaf("gc")
    table = MemoryTable().install(monkeypatch)
    now = [Head(a, members=(a, b, c), record_rev=1), Head(b, merged_into=GuestId(a), record_rev=1)]
    before = Head(c, merged_into=GuestId(b), record_rev=1)
    table.rows |= {keys.head(each.leaf): guests.head_row(each) for each in (*now, before)}
    found = guests.guest(c)
    assert found is not None
    assert found.id == a


@pytest.mark.parametrize(
    ("second", "own", "chains"),
    [
        (stay("r2", "2026-02-03", "2026-02-05"), 2, 1),
        (stay("r2", "2026-02-04", "2026-02-05"), 2, 2),
        (stay("r2", "2026-02-03", "2026-02-05", property_id=PORTO.id), 2, 2),
        (stay("r2", "2026-02-02", "2026-02-05"), 1, 1),
        (stay("r2", "2026-02-02", "2026-02-05", property_id=PORTO.id), 2, 2),
        (stay("r2", "2026-02-02", "2026-02-02"), 2, 2),
        (stay("r2", "2026-02-03", "2026-02-03"), 2, 1),
        (stay("r2", "2026-02-01", "2026-02-03"), 1, 1),
        (stay("r2", "2026-02-04", "2026-02-05", status=Status.NO_SHOW), 1, 1),
        (stay("r2", "2026-02-04", "2026-02-05", status=Status.IN_HOUSE), 1, 1),
    ],
)
def test_which_reservations_are_a_persons_own_stays(second: Any, own: int, chains: int) -> None:
    found = own_stays([second, stay()])
    assert (len(found), count_stays(found)) == (own, chains)


def test_rooms_of_unnamed_occupants_add_nothing() -> None:
    rooms = [stay(f"r{number}") for number in range(5)]
    stats = stats_of(rooms)
    assert (stats.stays, stats.nights, stats.room_revenue, stats.reservations) == (1, 2, {"EUR": 20000}, 5)


CZK = CurrencyAmounts(currency="CZK", room_revenue_minor=900000, other_revenue_minor=5000)
NOT_STATED = {"stated_currency": None, "stated_room_minor": None}


@pytest.mark.parametrize(
    ("fields", "currency", "room", "other"),
    [
        ({"stated_elsewhere": (CZK,)}, "EUR", {"EUR": 20000, "CZK": 900000}, {"CZK": 5000}),
        ({"charged_room": {"CZK": 900000}}, "EUR", {"EUR": 20000}, {}),
        ({**NOT_STATED, "charged_room": {"HUF": 900000, "EUR": 200}}, "EUR", {"HUF": 900000, "EUR": 200}, {}),
        ({**NOT_STATED, "charged_room": {"EUR": 200}, "charged_other": {"CZK": 9}}, "EUR", {"EUR": 200}, {"CZK": 9}),
        ({**NOT_STATED, "charged_other": {"JPY": 5}}, "JPY", {}, {"JPY": 5}),
        ({"stated_room_minor": None, "charged_room": {"CZK": 7, "EUR": 5}}, "EUR", {"EUR": 5, "CZK": 7}, {}),
    ],
)
def test_a_stay_keeps_each_amount_in_its_own_currency(
    fields: dict[str, Any], currency: str, room: dict[str, int], other: dict[str, int]
) -> None:
    found = stay(**fields)
    assert found.currency == currency
    assert (stats_of([found]).room_revenue, stats_of([found]).other_revenue) == (room, other)
    twice = stats_of([found, stay("r2", "2026-03-01", "2026-03-02", **fields)])
    assert twice.room_revenue == {each: 2 * amount for each, amount in room.items()}


def test_stays_that_never_were_count_as_what_they_are() -> None:
    states = [Status.CANCELLED, Status.NO_SHOW, Status.CONFIRMED, Status.UNKNOWN]
    stats = stats_of([stay(f"r{number}", status=status) for number, status in enumerate(states)])
    assert (stats.stays, stats.cancelled, stats.no_shows, stats.room_revenue) == (0, 1, 1, {})
    assert [each.day for each in stats.arriving.listed] == [stay("r2").arrival]


def test_the_newest_record_that_says_something_wins_each_field() -> None:
    older = leaf(Leaf("g1"), "2026-01-01", given_name="Anna", phone="+431588000", email="old@mail.example")
    newer = leaf(Leaf("g2"), "2026-01-02", given_name="Anne", email="new@mail.example", email_kind="relay")
    traits = project([newer, older])
    assert (traits.given_name, traits.phone, traits.email) == ("Anne", "+431588000", "old@mail.example")
    assert project([older, newer]) == traits


@given(
    st.lists(st.tuples(st.integers(1, 20), st.integers(0, 4), st.sampled_from(list(Status))), max_size=8), st.randoms()
)
def test_sums_do_not_depend_on_order_and_add_up_over_leaves(spans: list[tuple[int, int, Status]], chance: Any) -> None:
    stays = [
        stay(f"r{at}", f"2026-01-{first:02d}", f"2026-01-{first + nights:02d}", status=status)
        for at, (first, nights, status) in enumerate(spans)
    ]
    whole = stats_of(stays)
    chance.shuffle(stays)
    assert stats_of(stays) == whole
    assert add_stats([whole, Stats()]) == whole.model_copy(update={"properties": whole.properties})
    assert add_stats([whole, whole]).nights == 2 * whole.nights


def test_a_glass_of_wine_in_another_currency_is_not_what_the_room_cost() -> None:
    charged = stay(
        stated_currency=None, stated_room_minor=None, charged_room={"EUR": 50000}, charged_other={"CHF": 100}
    )
    assert (charged.currency, charged.room_revenue_minor, charged.other_revenue_minor) == ("EUR", 50000, 0)
    assert stay(stated_currency=None, stated_room_minor=None, charged_other={"CHF": 100}).currency == "CHF"


def test_a_record_that_its_source_merged_away_says_nothing_where_another_does() -> None:
    target = Record(source=PMS, source_id="g1", given_name="Anna", email="new@mail.example", email_kind="own")
    gone = Record(
        source=PMS, source_id="g2", given_name="Ana", email="old@mail.example", email_kind="own", phone="+431588000",
        merged_into="g1",
    )  # fmt: skip
    leaves = [
        Head(leaf=Leaf("a"), record=target, record_version="1##"),
        Head(leaf=B, record=gone, record_version="2##"),
    ]
    profile = project(leaves)
    assert (profile.given_name, profile.email, profile.phone) == ("Anna", "new@mail.example", "+431588000")


def test_a_guest_has_its_own_leaf_among_its_members_and_traits_in_any_case() -> None:
    record = Record(source=PMS)
    alone, head = (
        Head(leaf=B, rev=3, record=record).as_guest(),
        Head(leaf=B, record=record, members=(Leaf("a"), B)),
    )
    assert alone == Guest(guest_id("b"), rev=3, members=(B,), traits=Traits(), properties=())
    assert (joined := head.as_guest()) is not None
    assert (joined.members, joined.others) == (("a", "b"), ("a",))
    assert Head(leaf=B).as_guest() is None
    assert replace(head, merged_into=guest_id("a")).as_guest() is None
