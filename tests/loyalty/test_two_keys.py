"""What a key of one hotel and a key of the whole group both send is one thing, in whatever order it comes."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import partial
from itertools import permutations
from typing import Any

import pytest

from chalicelib.aws import keys
from chalicelib.canonical.errors import Conflict
from chalicelib.canonical.ids import ConnectionId, GuestId, Leaf, leaf_of_profile
from chalicelib.connections.model import API, api_of
from chalicelib.connectors.canonical.translate import read
from chalicelib.guests import store as guests
from chalicelib.guests.model import Guest, Stay
from chalicelib.identity.digests import digest
from chalicelib.ingest.changes import change_of
from chalicelib.ingest.rooms import Rooms
from chalicelib.loyalty import actions
from chalicelib.profiles import actions as profiles
from chalicelib.profiles.memberships import NumberInUse
from tests.builders import DAY_ONE, PORTO, VIENNA, at, charge, guest, reservation
from tests.found import guests_with
from tests.ids import CLUB, PMS
from tests.loyalty.hotels import Hotel

VIENNAS, PORTOS = api_of(VIENNA.id), api_of(PORTO.id)
PLACES = {each.id: each for each in (VIENNA, PORTO)}
ANNA = guest(email="anna@mail.example")
STAYED = reservation("r1", ANNA, status="checked_out", changed_at=at(1))
OPEN = {name: value for name, value in STAYED.items() if name not in {"currency", "room_revenue_minor"}}
OF_GROUP, OF_VIENNA = (GuestId(leaf_of_profile(each, "g1")) for each in (API, VIENNAS))

Word = tuple[ConnectionId, dict[str, Any]]


class Keys(Hotel):
    """Keys of the group and of single hotels, which send to one hub whose programme enrols whoever stays."""

    def say(self, source: ConnectionId, *snapshots: dict[str, Any]) -> None:
        changes = [change_of(read(each), source, PLACES, digest) for each in snapshots]
        assert profiles.store_changes([change for change in changes if change]) == {}

    def guests(self) -> list[Guest]:
        rows = [(Leaf(key.sk), row) for key, row in self.table.rows.items() if key.pk.startswith(keys.SHARD)]
        return [found for leaf, row in rows if (found := guests.read_head(leaf, row).as_guest())]

    def stays(self) -> list[Stay]:
        rows = [(key, row) for key, row in self.table.rows.items() if key.pk.startswith("LEAF#")]
        return [guests.read_stay(row) for key, row in rows if key.sk.startswith(keys.STAY)]

    def counted(self) -> Counter[str]:
        """Over all guests and accounts."""
        self.deliver()
        self.deliver()
        found: Counter[str] = Counter(points=sum(each.balance for each in self.accounts().values()))
        for stats in (each.traits.stats for each in self.guests()):
            spent = sum(stats.room_revenue.values()) + sum(stats.other_revenue.values())
            found += Counter(stays=stats.stays, nights=stats.nights, spent=spent, booked=stats.reservations)
        return found


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Keys:
    return Keys(monkeypatch)


ONCE = Counter(stays=1, nights=2, spent=20000, points=2000, booked=1)


def ends_of(words: Sequence[Word]) -> Iterator[Keys]:
    """The hub after these words in every order, each of them said again in the end."""
    for order in permutations(words):
        with pytest.MonkeyPatch.context() as monkeypatch:
            hub = Keys(monkeypatch)
            for source, snapshot in (*order, order[0], order[-1]):
                hub.say(source, snapshot)
            yield hub


OTHERS = {
    "the same": ANNA,
    "another id": guest("g7", email="anna@mail.example"),
    "an address": guest(None, email="anna@mail.example"),
    "a name alone": guest(None),
    "another person": guest("g8", "Berta", "Moll"),
    "nobody": guest("g8", person=False),
}


@pytest.mark.exhaustive
@pytest.mark.parametrize("named", OTHERS)
@pytest.mark.parametrize("minute", [0, 1, 2])
def test_nights_spend_and_points_are_counted_once_whoever_comes_first(named: str, minute: int) -> None:
    """Also where both say it of one instant, and of different guests."""
    told = {**STAYED, "occupants": [{"role": "primary", "guest": OTHERS[named]}], "changed_at": at(minute)}
    ends = []
    for hub in ends_of(
        [(API, STAYED), (VIENNAS, told), (VIENNAS, {**told, "status": "confirmed", "changed_at": at(0)})]
    ):
        (stay,) = hub.stays()
        ends.append((stay, hub.counted()))
    assert all(end == ends[0] for end in ends)
    is_nobodys = is_nobody_s_word_newer(named, minute, ends[0][1])
    assert ends[0][1] == (Counter() if is_nobodys else ONCE)


def is_nobody_s_word_newer(named: str, minute: int, counted: Counter[str]) -> bool:
    """Of one instant it is the one or the other, and the same in every order."""
    return named == "nobody" and (minute == 2 or (minute == 1 and not counted["stays"]))


@pytest.mark.parametrize("minor", [20000, 20001, 20002, 20003])
def test_the_same_words_of_two_keys_are_two_statements_also_where_neither_says_anything_new_of_a_guest(
    minor: int,
) -> None:
    """Their hashes fall this way and that."""
    told = {**STAYED, "room_revenue_minor": minor}
    known = [(each, {**ANNA, "property_id": VIENNA.id, "changed_at": at(9)}) for each in (API, VIENNAS)]
    ends = [sorted(each.points()) for each in ends_of([*known, (API, told), (VIENNAS, told)]) if each.counted()]
    lie_at = {tuple(each) for each in ends}
    assert lie_at == {tuple(ends[0])}


def test_who_both_keys_name_is_one_guest_of_two_records(hub: Keys) -> None:
    hub.say(API, STAYED)
    hub.say(VIENNAS, STAYED)
    (anna,) = hub.guests()
    assert sorted(anna.members) == sorted([OF_GROUP, OF_VIENNA])
    assert hub.counted() == ONCE


def test_the_newest_word_holds_whoever_said_it() -> None:
    words = [
        (API, {**STAYED, "room_revenue_minor": 10000, "booking_id": "b1"}),
        (VIENNAS, {**STAYED, "room_revenue_minor": 20000, "booking_id": "b1", "changed_at": at(2)}),
        (API, {**STAYED, "room_revenue_minor": 30000, "booking_id": "b1", "changed_at": at(3)}),
    ]
    for hub in ends_of(words):
        (stay,) = hub.stays()
        assert (stay.room_revenue_minor, hub.counted()["points"]) == (30000, 3000)


def test_what_both_say_beside_each_other_is_one_wherever_they_meet() -> None:
    calls, met = 1, 0
    while met < calls:
        with pytest.MonkeyPatch.context() as monkeypatch:
            hub = Keys(monkeypatch)
            monkeypatch.setattr("chalicelib.aws.retries.rest", lambda _: None)
            hub.table.beside = [(met, partial(hub.say, VIENNAS, {**STAYED, "changed_at": at(2)}))]
            hub.table.calls = 0
            hub.say(API, STAYED)
            calls, hub.table.beside = hub.table.calls, []
            hub.say(VIENNAS, {**STAYED, "changed_at": at(2)})
            assert hub.counted() == ONCE, met
            met += 1
    assert met > 3


# Charges


def test_a_charge_that_both_send_is_charged_once_in_whatever_order() -> None:
    words = [
        (API, OPEN),
        (API, charge("c1", amount_minor=5000)),
        (VIENNAS, charge("c1", amount_minor=5000)),
        (VIENNAS, charge("c2", amount_minor=700)),
    ]
    for hub in ends_of(words):
        assert (hub.counted()["spent"], hub.counted()["points"]) == (5700, 570)


def test_a_charge_of_either_key_waits_for_the_reservation_of_the_other() -> None:
    for words in (
        [(API, charge("c1", amount_minor=5000)), (VIENNAS, OPEN)],
        [(VIENNAS, charge("c1", amount_minor=5000)), (API, OPEN)],
    ):
        for hub in ends_of(words):
            assert hub.counted()["spent"] == 5000


def test_what_one_key_charged_the_other_cancels() -> None:
    gone = charge("c1", amount_minor=5000, cancelled=True, changed_at=at(9))
    for hub in ends_of([(API, OPEN), (API, charge("c1", amount_minor=5000)), (VIENNAS, gone)]):
        assert hub.counted()["spent"] == 0


# What is not one


def test_hotels_that_number_alike_have_a_stay_and_a_charge_each(hub: Keys) -> None:
    there = {**OPEN, "property_id": PORTO.id}
    for source, told in ((API, OPEN), (PORTOS, there), (VIENNAS, OPEN), (API, there)):
        hub.say(source, told, charge("c1", amount_minor=5000, property_id=told["property_id"]))
    assert sorted(each.property_id for each in hub.stays()) == [PORTO.id, VIENNA.id]
    assert hub.counted()["spent"] == 10000


def test_bookings_of_hotels_that_number_alike_are_two(hub: Keys) -> None:
    hub.say(VIENNAS, {**OPEN, "booking_id": "b1"})
    hub.say(PORTOS, {**OPEN, "booking_id": "b1", "property_id": PORTO.id})
    assert len({each.booking for each in hub.stays()}) == 2


def test_a_connection_is_a_source_of_its_own() -> None:
    ids = [
        (Rooms(each).reservation(VIENNA.id, "r1", 0), Rooms(each).charge(VIENNA.id, "c1"))
        for each in (PMS, API, VIENNAS)
    ]
    assert ids[1] == ids[2]
    assert not {*ids[0]} & {*ids[1]}


def test_no_key_of_a_hotel_renames_whom_the_group_named_nor_takes_what_was_said_of_them(hub: Keys) -> None:
    """The room goes with the newer word; the group's guest, and the membership that stands there, stay as they are."""
    hub.say(API, STAYED)
    actions.enrol(OF_GROUP, CLUB, "M-7", at=DAY_ONE)
    forged = guest("g1", "Eve", "Evil", email="eve@evil.example", changed_at=at(9))
    hub.say(VIENNAS, {**STAYED, "changed_at": at(9), "occupants": [{"role": "primary", "guest": forged}]})
    of_group, of_vienna = guests.guest(OF_GROUP), guests.guest(OF_VIENNA)
    assert of_group
    assert of_vienna
    assert of_group.id != of_vienna.id
    assert (of_group.traits.given_name, of_group.traits.email) == ("Anna", "anna@mail.example")
    assert [each.id for each in guests_with("member", "M-7")] == [of_group.id]
    assert hub.counted() == ONCE


# Guests and their memberships


@pytest.mark.parametrize("order", list(permutations(range(2))), ids=str)
def test_one_person_whom_both_keys_enrol_is_one_member_with_one_number(order: tuple[int, ...], hub: Keys) -> None:
    hub.say(API, STAYED)
    hub.say(VIENNAS, STAYED)
    through = [[OF_GROUP, OF_VIENNA], [OF_VIENNA]]
    for at_ in (*order, *order):
        assert actions.enrol(OF_GROUP, CLUB, "M-7", at=DAY_ONE, through=through[at_]).number == "M-7"
    assert len(guests_with("member", "M-7")) == 1
    assert hub.counted() == ONCE
    said = [each for head in guests.with_records(guests.heads(through[0])).values() for each in head.enrolments]
    assert [each.number for each in said] == ["M-7"]


def test_two_records_of_keys_that_nothing_joins_are_two_and_only_one_has_the_number(hub: Keys) -> None:
    hub.say(API, guest())
    hub.say(VIENNAS, guest(property_id=VIENNA.id))
    actions.enrol(OF_GROUP, CLUB, "M-7", at=DAY_ONE)
    with pytest.raises(NumberInUse):
        actions.enrol(OF_VIENNA, CLUB, "M-7", at=DAY_ONE)


@pytest.mark.exhaustive
@pytest.mark.parametrize("beside", ["M-7", "M-8", None])
@pytest.mark.parametrize(
    "order", list(permutations((OF_GROUP, OF_VIENNA))), ids=["the group's first", "the hotel's first"]
)
def test_of_two_keys_that_enrol_one_person_beside_each_other_one_number_stands(
    beside: str | None, order: tuple[GuestId, GuestId]
) -> None:
    """The second comes as if the first had come before it: a key of the group corrects, one of a hotel is refused."""
    through = {OF_GROUP: [OF_GROUP, OF_VIENNA], OF_VIENNA: [OF_VIENNA]}
    first, second = (through[each] for each in order)
    calls, met = 1, 0
    while met < calls:
        with pytest.MonkeyPatch.context() as monkeypatch:
            hub = Keys(monkeypatch)
            monkeypatch.setattr("chalicelib.aws.retries.rest", lambda _: None)
            hub.say(API, STAYED)
            hub.say(VIENNAS, STAYED)
            answered: list[str | None] = []
            begun = hub.table.calls
            hub.table.beside = [(begun + met, partial(_enrol, beside, second, answered))]
            _enrol("M-7", first, answered)
            calls, hub.table.beside = hub.table.calls - begun, []
            heads = guests.with_records(guests.heads(through[OF_GROUP])).values()
            said = [each for head in heads for each in head.enrolments]
            assert [each.is_open for each in said] == [True], met
            assert said[0].number in answered, met
            assert not said[0].number or len(guests_with("member", said[0].number)) == 1, met
            assert hub.counted() == ONCE
            met += 1
    assert met > 4


def _enrol(number: str | None, through: list[GuestId], answered: list[str | None]) -> None:
    with suppress(Conflict):
        answered.append(actions.enrol(OF_GROUP, CLUB, number, at=DAY_ONE, through=through).number)
