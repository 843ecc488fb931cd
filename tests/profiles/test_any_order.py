"""Law 3: the same snapshots and decisions, in any order, any batches and any repetition, end in the same table."""

import json
import random
from collections.abc import Callable, Sequence
from functools import partial
from itertools import permutations
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.aws import bus, keys, secrets
from chalicelib.aws.table import row
from chalicelib.canonical.facts import Fact
from chalicelib.canonical.ids import Digest, leaf_of_profile
from chalicelib.canonical.snapshots import Status
from chalicelib.canonical.time import moment_of
from chalicelib.connections.model import API, VendorsHotel, api_of
from chalicelib.connectors.canonical.translate import read
from chalicelib.guests.model import Stay
from chalicelib.guests.store import read_stay
from chalicelib.identity.model import Verdict
from chalicelib.ingest.changes import change_of
from chalicelib.profiles import actions as profiles
from chalicelib.profiles import loading
from chalicelib.profiles.model import Change, MergeDecision
from chalicelib.properties.model import Branding
from chalicelib.settings.guest_rules import GuestRules
from chalicelib.settings.matching import SHIPPED_MATCHING, Matching
from chalicelib.settings.model import HubSettings
from chalicelib.settings.store import packed
from tests.builders import PORTO, VIENNA, at, charge, decided, guest, reservation
from tests.exhaustive import examples, some_of
from tests.ids import PMS
from tests.memory_table import MemoryTable

PLACES = {VIENNA.id: VIENNA, PORTO.id: PORTO.model_copy(update={"branding": Branding(legal_entity="atlantic")})}
"""Two hotels of two legal entities: a source's opt-in is to either, or to both."""
COMMON = settings(
    max_examples=examples(100), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def facts(monkeypatch: pytest.MonkeyPatch) -> list[Fact]:
    told: list[Fact] = []
    monkeypatch.setattr(bus, "announce", told.extend)
    monkeypatch.setattr(secrets, "key_for", lambda purpose: purpose.encode())
    return told


Told = dict[str, Any] | Change | MergeDecision
"""What a source said, what was read of a vendor under some map of its hotels, or what a person decided."""


def stored(
    monkeypatch: pytest.MonkeyPatch, batches: Sequence[Sequence[Told]], matching: Matching = SHIPPED_MATCHING
) -> MemoryTable:
    table = with_hotels(MemoryTable().install(monkeypatch))
    if matching != SHIPPED_MATCHING:
        told = packed(HubSettings(guests=GuestRules(matching=matching), version=1))
        table.rows[keys.DEPLOYMENT] = row(keys.DEPLOYMENT, **told)
    for batch in batches:
        store(batch)
    return table


def with_hotels(table: MemoryTable) -> MemoryTable:
    for each in PLACES.values():
        key = keys.property_(each.id)
        table.rows[key] = row(key, property=each.model_dump_json())
    return table


def store(batch: Sequence[Told]) -> None:
    inputs = [change(each) if isinstance(each, dict) else each for each in batch]
    assert profiles.store_changes([each for each in inputs if each]) == {}


def change(snapshot: dict[str, Any]) -> Change | None:
    said = without_source(snapshot)
    return change_of(read(said), snapshot.get("source", PMS), PLACES, lambda kind, value: Digest(f"{kind}-{value}"))


def under_map(moves: int, minute: int, asked: int, name: str = "m1", **fields: Any) -> Change:
    """A reservation of a vendor's hotel that the map moved so often, to and fro; of a minute, asked for in another."""
    place = [VIENNA.id, PORTO.id][moves % 2]
    told = reservation(name, property_id=place, changed_at=at(minute), **fields)
    hotel, seen = VendorsHotel(VIENNA.id, moves), moment_of(at(100 + asked))
    made = change_of(read(told), PMS, PLACES, lambda kind, value: Digest(f"{kind}-{value}"), "", seen, hotel=hotel)
    assert made
    return made


LIFE = [
    reservation(primary=guest(email="anna@mail.example"), changed_at=at(1)),
    reservation(primary=guest(email="anna@mail.example"), changed_at=at(2), departure="2026-02-04"),
    reservation(primary=guest(email="anna@mail.example"), changed_at=at(3), status="in_house"),
    reservation(primary=guest("g2", "Ben", "Lee"), changed_at=at(4), status="checked_out", room_revenue_minor=30000),
    reservation(primary=guest("g2", "Ben", "Lee"), changed_at=at(5), status="in_house"),
]


@pytest.mark.exhaustive
@pytest.mark.parametrize("order", list(permutations(range(len(LIFE)))), ids=str)
def test_a_reservations_notices_end_in_the_same_state_in_every_order(
    order: tuple[int, ...], facts: list[Fact], monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = stored(monkeypatch, [LIFE]).state()
    assert stored(monkeypatch, [[LIFE[at]] for at in order]).state() == expected


def test_equal_versions_break_ties_the_same_way(facts: list[Fact], monkeypatch: pytest.MonkeyPatch) -> None:
    one = reservation(primary=guest(), room_revenue_minor=1)
    other = reservation(primary=guest(), room_revenue_minor=2)
    assert stored(monkeypatch, [[one], [other]]).state() == stored(monkeypatch, [[other], [one]]).state()


LIVES = [
    ("confirmed", "cancelled"),
    ("inquiry", "confirmed"),
    ("pending", "confirmed"),
    ("confirmed", "in_house"),
    ("in_house", "checked_out"),
    ("confirmed", "checked_out"),
    ("confirmed", "no_show"),
    ("cancelled", "no_show"),
    ("unknown", "inquiry"),
    ("inquiry", "pending", "confirmed", "in_house", "checked_out"),
]


@pytest.mark.exhaustive
@pytest.mark.parametrize("revenue", [1, 2, 3, 4])
@pytest.mark.parametrize("life", LIVES, ids=str)
def test_of_states_of_one_instant_the_later_of_a_life_wins_in_every_order(
    life: tuple[str, ...], revenue: int, facts: list[Fact], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What else they say must not matter: their contents' hashes fall this way and that."""
    told = [reservation(primary=guest(), status=each, room_revenue_minor=revenue) for each in life]
    expected = stored(monkeypatch, [told]).state()
    for order in some_of(list(permutations(told))):
        for batches in ([order], [[each] for each in [*order, *order]]):
            table = stored(monkeypatch, batches)
            assert [each.status for each in kept_stays(table)] == [life[-1]]
            assert table.state() == expected


@pytest.mark.parametrize("minor", [100, 700, 5000, 5001])
def test_of_a_charge_and_its_cancellation_of_one_instant_nothing_is_left_in_any_order(
    minor: int, facts: list[Fact], monkeypatch: pytest.MonkeyPatch
) -> None:
    room = reservation(primary=guest(), currency=None, room_revenue_minor=None, status="checked_out")
    told = [room, charge(amount_minor=minor), charge(amount_minor=minor, cancelled=True)]
    for order in permutations(told):
        (kept,) = kept_stays(stored(monkeypatch, [[each] for each in order]))
        assert kept.charged_room == {}


@pytest.mark.parametrize("language", ["de", "en", "fr", "it"])
@pytest.mark.parametrize("later", [{"marketing_email": False}, {"merged_into": "g2"}], ids=str)
def test_of_two_words_of_one_instant_about_a_person_the_no_and_the_merge_count(
    later: dict[str, Any], language: str, facts: list[Fact], monkeypatch: pytest.MonkeyPatch
) -> None:
    told = [
        guest(language=language, marketing_email=True),
        guest(language=language, **{"marketing_email": True, **later}),
    ]
    for order in (told, told[::-1]):
        table = stored(monkeypatch, [[each] for each in order])
        (record,) = (json.loads(row["record"]) for row in table.rows.values() if "record" in row)
        assert {name: record[name] for name in later} == later
        assert table.state() == stored(monkeypatch, [order]).state()


@pytest.mark.parametrize("language", ["de", "en", "fr", "it"])
@pytest.mark.parametrize("nobody", [{"anonymised": True}, {"person": False}], ids=str)
@pytest.mark.parametrize("somebody", [{}, {"marketing_email": False, "merged_into": "g2"}], ids=str)
def test_of_a_nobody_and_a_somebody_of_one_instant_nobody_is_left_in_any_order(
    somebody: dict[str, Any], nobody: dict[str, Any], language: str, facts: list[Fact], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What else is said of the person, a no and a merge included, counts less: the hashes fall this way and that."""
    told = [guest(language=language, email="anna@mail.example", **somebody), guest(**nobody)]
    for order in (told, told[::-1], [*told, told[0]]):
        table = stored(monkeypatch, [[each] for each in order])
        (record,) = (json.loads(row["record"]) for row in table.rows.values() if "record" in row)
        assert record["nobody"] == ("anonymised" if "anonymised" in nobody else "no_person")
        assert "email" not in record
        assert table.state() == stored(monkeypatch, [order]).state()


@COMMON
@given(
    told=st.lists(
        st.tuples(st.integers(0, 2), st.sampled_from(list(Status)), st.integers(0, 2)), min_size=1, max_size=6
    )
)
def test_the_newest_and_of_those_the_latest_state_is_kept(
    told: list[tuple[int, Status, int]], facts: list[Fact]
) -> None:
    notices = [
        reservation(primary=guest(), changed_at=at(minute), status=status, adults=adults)
        for minute, status, adults in told
    ]
    with pytest.MonkeyPatch.context() as monkeypatch:
        (kept,) = kept_stays(stored(monkeypatch, [[each] for each in notices]))
    expected = max((minute, status.stage) for minute, status, _ in told)[1]
    assert kept.status.stage == expected


@pytest.mark.exhaustive
@pytest.mark.parametrize("last", [1, 2, 3])
def test_a_stay_whose_hotel_moves_is_there_once_where_the_last_map_says_in_any_order(
    last: int, facts: list[Fact], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who read under the map of before may have asked later, and come later still."""
    anna = guest(email="anna@mail.example")
    told = [
        under_map(moves, 1, asked, primary=anna) for moves, asked in [(last, 1), *((each, 2) for each in range(last))]
    ]
    told.append(under_map(0, 0, 3, primary=anna))
    for order in some_of(list(permutations(told))):
        table = stored(monkeypatch, [[each] for each in [*order, *order]])
        (kept,) = kept_stays(table)
        assert kept.property_id == [VIENNA.id, PORTO.id][last % 2]
        assert kept.reservation == told[0].subject


def test_a_reading_under_the_last_map_holds_though_one_of_before_was_newer(
    facts: list[Fact], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The source changed something while the map was changed: the next reading under the new map moves the stay."""
    table = stored(monkeypatch, [[under_map(1, 1, 1)], [under_map(0, 2, 2)], [under_map(1, 2, 3)]])
    assert [each.property_id for each in kept_stays(table)] == [PORTO.id]
    store([under_map(1, 2, 4)])
    assert [each.property_id for each in kept_stays(table)] == [PORTO.id]


NAMES = [
    ("Anna", "Lee"),
    ("A", "Lee"),
    ("Anna Maria", "Lee"),
    ("Ben", "Lee"),
    (None, "Lee"),
    ("Cleo", "Ray"),
    ("Dora", "Poe"),
    (None, None),
    ("Annamaria", "Lee"),
    ("Anna & Ben", "Lee"),
    ("Anna", "Lee Jr."),
    ("Anna", "Lee Sr."),
    ("伟", "李"),
    ("薇", "李"),
    ("Wei", "Li"),
]
MAILBOXES = ["one@mail.example", "One <one@mail.example>", "two@mail.example.", None]
BIRTHDAYS = [None, None, "1955-03-02", "1955-02-03", "1985-07-09", "1970-01-01", "1900-12-30"]
HOMES = [
    None,
    {"street": "Main Street 1", "postal_code": "1010", "city": "Vienna", "country": "AT"},
    {"street": "1 Main Str.", "postal_code": "1010", "city": "Wien", "country": "AT"},
    {"street": "Mean Street 1", "postal_code": "1019", "city": "Vienna", "country": "AT"},
]
"""Whoever is called alike and lives at one of these is one person by that alone, unless something speaks against it."""
NOBODIES = [
    {"given_name": "Anonymized", "family_name": "Anonymized", "email": "anonymized-1a2b@mail.example"},
    {"anonymised": True},
    {"person": False},
    {"given_name": "Walk", "family_name": "In"},
    {"given_name": None, "family_name": None, "email": None, "phone": None},
]
"""What becomes of a profile, for a while or for good."""
MEMBERS = [None, None, None, "0", "AB 12", "ab-12"]
DATES = [("2026-02-01", "2026-02-03"), ("2026-02-03", "2026-02-04"), ("2026-03-30", "2026-04-02")]
ELSEWHERE = [None, [{"currency": "HUF", "room_revenue_minor": 5}, {"currency": "CZK", "other_revenue_minor": 7}]]
SOURCES = [PMS, PMS, API, *map(api_of, PLACES)]
"""The group's own, and the keys of two hotels, of which either may be hostile to the others' guests."""
PHONES = ["+43 1 5880 0000", "01 5880 0000", "43158800000", "n/a", None]


@st.composite
def decisions(draw: st.DrawFn) -> MergeDecision:
    """About any two of seven profiles, whether the season knows them or not."""
    one, other = draw(st.lists(st.integers(0, 6), min_size=2, max_size=2, unique=True))
    return decided(f"g{one}", f"g{other}", draw(st.sampled_from(list(Verdict))), draw(st.integers(0, 3)))


@st.composite
def readings(draw: st.DrawFn) -> list[Change]:
    """Of two reservations at a hotel that the map moves to and fro, and of two people in them. What the source says of
    either in a minute is one; it is read under several maps, in some order, and some of it more than once."""
    minutes, few = range(3), st.integers(0, 2)
    stays = {
        (name, minute): draw(st.tuples(st.integers(0, 1), st.sampled_from(list(Status))))
        for name in ("m0", "m1")
        for minute in minutes
    }
    people = {
        (number, minute): draw(st.tuples(st.sampled_from(NAMES), st.sampled_from(MAILBOXES)))
        for number in range(2)
        for minute in minutes
    }
    found = []
    for name, moves, minute, asked, of_person in draw(
        st.lists(st.tuples(st.sampled_from(["m0", "m1"]), few, few, few, few), max_size=6)
    ):
        number, status = stays[name, minute]
        (given_name, family), email = people[number, of_person]
        person = guest(f"h{number}", given_name, family, email=email, changed_at=at(of_person))
        found.append(under_map(moves, minute, asked, name, primary=person, status=status))
    return found


def without_source(person: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in person.items() if name != "source"}


@st.composite
def seasons(draw: st.DrawFn) -> list[Told]:
    """Some people's profiles at several versions, in reservations and alone, with late and early charges, and what
    somebody decided about them."""
    snapshots: list[dict[str, Any]] = []
    for at_, _ in enumerate(range(draw(st.integers(2, 7)))):
        given_name, family = draw(st.sampled_from(NAMES))
        person = guest(
            f"g{at_}",
            given_name,
            family,
            email=draw(st.sampled_from(MAILBOXES)),
            phone=draw(st.sampled_from(PHONES)),
            member_number=draw(st.sampled_from(MEMBERS)),
            birth_date=draw(st.sampled_from(BIRTHDAYS)),
            address=draw(st.sampled_from(HOMES)),
            generation=draw(st.sampled_from([None, None, "Jr", "Sr"])),
            salutation=draw(st.sampled_from([None, None, "Mr & Mrs"])),
            changed_at=at(draw(st.integers(0, 3))),
            marketing_email=draw(st.sampled_from([True, False, None])),
            merged_into=draw(st.sampled_from([None, None, None, "g0"])) if at_ else None,
            property_id=draw(st.sampled_from([None, *PLACES])),
        )
        person["source"] = draw(st.sampled_from(SOURCES))
        snapshots.append(person)
        if draw(st.booleans()):
            snapshots.append({**person, **draw(st.sampled_from(NOBODIES)), "changed_at": at(draw(st.integers(0, 3)))})
        if draw(st.booleans()):
            snapshots.append(
                {**person, "email": draw(st.sampled_from(MAILBOXES)), "changed_at": at(draw(st.integers(0, 3)))}
            )
        if draw(st.booleans()):
            arrival, departure = draw(st.sampled_from(DATES))
            snapshots.append(
                reservation(
                    f"r{draw(st.integers(0, 2))}",
                    primary=without_source(
                        {**person, **draw(st.sampled_from([{}, {}, *NOBODIES])), "property_id": None}
                    ),
                    source=person["source"],
                    property_id=draw(st.sampled_from([*PLACES])),
                    companions=draw(st.sampled_from([[], [guest("g9", "Eve", "Ray")]])),
                    arrival=arrival,
                    departure=departure,
                    status=draw(st.sampled_from(list(Status))),
                    changed_at=at(draw(st.integers(0, 3))),
                    in_other_currencies=draw(st.sampled_from(ELSEWHERE)),
                )
            )
    if draw(st.booleans()):
        in_forint = charge("c2", reservation_source_id="r0", currency="HUF", amount_minor=500000)
        snapshots += draw(st.sampled_from([[], [in_forint], [in_forint, {**in_forint, "cancelled": True}]]))
        snapshots.append(charge(reservation_source_id="r0", changed_at=at(1)))
        snapshots.append(reservation("r0"))  # what a charge was moved away from may else be remembered, empty
        moved_to = draw(st.sampled_from(["r0", "r1"]))
        snapshots.append(charge(reservation_source_id=moved_to, changed_at=at(2), amount_minor=7000))
    told: list[Told] = [*draw(st.lists(decisions(), max_size=6)), *draw(readings()), *snapshots]
    return draw(st.permutations(told))


OF_TWO_GENERATIONS = [
    guest("g3", "Anna", "Lee Sr.", email="one@mail.example", phone="+43 1 58800 0"),
    guest("g5", "Anna", "Lee Jr.", generation="Sr", email="two@mail.example", phone="+43 1 58800 0"),
    guest("g6", "Anna", "Lee", email="one@mail.example", phone="+43 1 58800 0"),
    guest("g6", "Anonymized", "Anonymized"),
]
"""The second is called one thing by its name and another by its field; the third tied it to the first, and goes."""


@pytest.mark.parametrize("order", list(permutations(range(len(OF_TWO_GENERATIONS)))), ids=str)
def test_who_is_of_two_generations_by_one_record_is_tied_alike_in_every_order(
    order: tuple[int, ...], facts: list[Fact], monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = stored(monkeypatch, [OF_TWO_GENERATIONS]).state()
    assert stored(monkeypatch, [[OF_TWO_GENERATIONS[at]] for at in order]).state() == expected


HOUSE = {"street": "Main Street 1", "postal_code": "1010", "city": "Vienna", "country": "AT"}
OF_ONE_HOUSE = [
    guest("g2", "Ben", "Lee", email="two@mail.example", phone="+43 1 58800 0", birth_date="1955-03-02", address=HOUSE),
    guest("g3", "Anna", "Lee", email="one@mail.example", phone="+43 1 58800 0", address=HOUSE, source="api-vienna"),
    guest("g4", "Anna", "Lee", email="one@mail.example", phone="+43 1 58800 0"),
    guest("g4", "Anonymized", "Anonymized"),
    guest("g5", None, "Lee", email="one@mail.example", birth_date="1955-03-02", address=HOUSE),
]
"""Three records of many blocks, and one that goes: two who are alike were kept from each other by it alone."""


@pytest.mark.exhaustive
@pytest.mark.parametrize("order", list(permutations(range(len(OF_ONE_HOUSE)))), ids=str)
def test_whoever_goes_those_who_are_alike_are_one_in_every_order(
    order: tuple[int, ...], facts: list[Fact], monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = stored(monkeypatch, [OF_ONE_HOUSE]).state()
    assert stored(monkeypatch, [[OF_ONE_HOUSE[at]] for at in order]).state() == expected


@COMMON
@given(season=seasons(), seed=st.integers(0, 10_000))
def test_identity_stays_and_sums_do_not_depend_on_order_batches_or_repetition(
    season: list[Told], seed: int, facts: list[Fact]
) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        expected = stored(monkeypatch, [season]).state()
        chance = random.Random(seed)
        shuffled = [*season, *chance.choices(season, k=3)]
        chance.shuffle(shuffled)
        cut = chance.randrange(len(shuffled) + 1)
        again = stored(monkeypatch, [shuffled[:cut], *[[each] for each in shuffled[cut:]]]).state()
    assert again == expected


EASILY, HARDLY = Matching(review_from=10, auto_from=20), Matching(review_from=40, auto_from=60)
BY_BIRTHDAY = Matching(weights={"born": {"same": 20}, "given": {"other": 0}, "family": {"other": 0}})


@settings(parent=COMMON, max_examples=examples(40))
@given(season=seasons(), seed=st.integers(0, 10_000), matching=st.sampled_from([EASILY, HARDLY, BY_BIRTHDAY]))
def test_whatever_is_set_of_matching_the_end_is_one_in_any_order(
    season: list[Told], seed: int, matching: Matching, facts: list[Fact]
) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        expected = stored(monkeypatch, [season], matching).state()
        shuffled = [*season, *season[:2]]
        random.Random(seed).shuffle(shuffled)
        again = stored(monkeypatch, [[each] for each in shuffled], matching).state()
    assert again == expected


@COMMON
@given(season=seasons(), seed=st.integers(0, 10_000), parts=st.integers(1, 4))
def test_writers_beside_each_other_end_in_the_same_state(
    season: list[Told], seed: int, parts: int, facts: list[Fact]
) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        expected = stored(monkeypatch, [season]).state()
        chance = random.Random(seed)
        split = [chance.randrange(parts + 1) for _ in season]
        ours, *theirs = [
            [each for each, at in zip(season, split, strict=True) if at == part] for part in range(parts + 1)
        ]
        calls = sorted(chance.choices(range(8 * len(season)), k=len(theirs)))
        deeds: list[tuple[int, Callable[[], None]]] = [
            (call, partial(store, batch)) for call, batch in zip(calls, theirs, strict=True)
        ]
        monkeypatch.setattr(loading, "MANY", 1)
        table = with_hotels(MemoryTable(beside=deeds, lags=True).install(monkeypatch))
        store(ours)
        late, table.beside = table.beside, []
        for _, deed in late:
            deed()
    assert table.state() == expected


def agrees_whenever_others_write(
    monkeypatch: pytest.MonkeyPatch,
    before: Sequence[Told],
    ours: Sequence[Told],
    theirs: Sequence[Told],
) -> None:
    """Let others store theirs before each of the calls that storing ours makes, and look at what is kept."""
    expected = stored(monkeypatch, [[*before, *ours, *theirs]]).state()
    call = 0
    while True:
        table = stored(monkeypatch, [before])
        table.calls, table.beside = 0, [(call, partial(store, theirs))]
        store(ours)
        if table.beside:
            break
        assert table.state() == expected, f"theirs came before call {call}"
        call += 1
    assert call


@pytest.mark.parametrize("mailbox", ["two@mail.example", None])
def test_who_gives_up_an_address_that_somebody_else_comes_to_read_meanwhile_shares_none(
    mailbox: str | None, facts: list[Fact], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their gate is read before the other marks it, and the address's row after that."""
    before = [guest("g0", email="one@mail.example", changed_at=at(1))]
    ours = [guest("g0", email=mailbox, changed_at=at(2))]
    agrees_whenever_others_write(monkeypatch, before, ours, [guest("g2", "Ben", "Ray", email="one@mail.example")])


def test_a_stay_that_others_store_beside_a_batch_is_in_the_sums(
    facts: list[Fact], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first change meets the other writer; the second must not sum the stays that were read before."""
    before = [reservation("r1", guest(), status="checked_out")]
    ours = [guest(changed_at=at(2), language="de"), reservation("r1", guest(), changed_at=at(2), status="checked_out")]
    theirs = [reservation("r2", guest(), status="checked_out", arrival="2026-03-01", departure="2026-03-04")]
    agrees_whenever_others_write(monkeypatch, before, ours, theirs)


def test_a_profile_takes_what_others_store_beside_it_on_another_record(
    facts: list[Fact], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Theirs is hidden by our newer record, until ours says nothing of it any more; the guest's head is ours."""
    first, second = sorted(["g1", "g2"], key=lambda source_id: leaf_of_profile(PMS, source_id))
    one, other = {"source_id": first, "email": "one@mail.example"}, {"source_id": second, "email": "one@mail.example"}
    before = [guest(**one, changed_at=at(5), language="it"), guest(**other, language="de")]
    ours = [guest(**one, changed_at=at(6))]
    theirs = [guest(**other, changed_at=at(1), language="fr")]
    agrees_whenever_others_write(monkeypatch, before, ours, theirs)


@pytest.mark.exhaustive
def test_a_charge_that_moves_to_another_room_is_counted_there_and_there_only(
    facts: list[Fact], monkeypatch: pytest.MonkeyPatch
) -> None:
    rooms = [
        reservation(name, guest(f"g{at_}"), status="checked_out", room_revenue_minor=None, currency=None)
        for at_, name in enumerate(("r1", "r2"))
    ]
    moves = [
        charge(reservation_source_id=name, changed_at=at(at_)) for at_, name in enumerate(("r1", "r2", "r1", "r2"))
    ]
    ends = []
    for order in some_of(list(permutations(range(4)))):
        table = stored(monkeypatch, [rooms, [moves[at_] for at_ in order]])
        ends.append(table.state())
        sums = {row["stay"]["source_id"]: row["stay"].get("charged_room") for row in stays_of(table)}
        assert sums == {"r1": None, "r2": {"EUR": 5000}}
    assert all(end == ends[0] for end in ends)
    before = [*rooms, moves[0]]
    agrees_whenever_others_write(monkeypatch, before, [moves[1]], [moves[2]])
    agrees_whenever_others_write(monkeypatch, before, [moves[1]], [rooms[1] | {"changed_at": at(9), "adults": 2}])


def test_a_decision_that_is_made_beside_the_first_word_of_a_record_holds_for_it(
    facts: list[Fact], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither may be decided as if the other had not been: they share no row but the record's head."""
    before = [guest("g1", email="one@mail.example")]
    record, alike = guest("g2", "Ben", "Ray"), guest("g2", email="one@mail.example")
    for said, verdict in ((record, "join"), (alike, "apart")):
        agrees_whenever_others_write(monkeypatch, before, [said], [decided("g1", "g2", verdict)])
        agrees_whenever_others_write(monkeypatch, before, [decided("g1", "g2", verdict)], [said])
        agrees_whenever_others_write(monkeypatch, [said], [decided("g1", "g2", verdict)], before)


def test_decisions_about_one_record_that_are_made_beside_each_other_all_hold(
    facts: list[Fact], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = [guest(f"g{at_}", *NAMES[at_]) for at_ in (0, 3, 5)]
    agrees_whenever_others_write(monkeypatch, before, [decided("g0", "g3")], [decided("g3", "g5")])
    agrees_whenever_others_write(
        monkeypatch, [*before, decided("g0", "g3")], [decided("g3", "g5")], [decided("g0", "g5", "apart")]
    )
    agrees_whenever_others_write(
        monkeypatch, before, [decided("g0", "g3"), decided("g3", "g5")], [decided("g0", "g3", "withdrawn", 1)]
    )


def kept_stays(table: MemoryTable) -> list[Stay]:
    return [read_stay(row) for key, row in table.rows.items() if key.sk.startswith(keys.STAY)]


def stays_of(table: MemoryTable) -> list[dict[str, Any]]:
    return [{"stay": json.loads(row["stay"])} for key, row in table.rows.items() if key.sk.startswith("STAY#")]


def test_a_repeated_notice_writes_nothing_and_announces_again(
    facts: list[Fact], monkeypatch: pytest.MonkeyPatch
) -> None:
    table = stored(monkeypatch, [[LIFE[3]]])
    before, told = dict(table.rows), list(facts)
    facts.clear()
    store([LIFE[3]])
    assert table.rows == before
    assert [fact.fact_id for fact in facts] == [fact.fact_id for fact in told]


def test_a_merge_of_the_source_that_a_parting_makes_possible_is_made(
    facts: list[Fact], monkeypatch: pytest.MonkeyPatch
) -> None:
    """g2 is kept apart from g3, which a person joined to g0: its source's merge into g0 waits until they are parted."""
    people: list[Told] = [guest("g0"), guest("g3", email="three@mail.example"), guest("g2", merged_into="g0")]
    season = [*people, decided("g2", "g3", "apart"), decided("g0", "g3", "join"), decided("g0", "g3", "apart", 1)]
    expected = stored(monkeypatch, [season[-1:], *[[each] for each in season[:-1]]]).state()
    assert stored(monkeypatch, [[each] for each in season]).state() == expected
