"""With hostile keys among the honest: the end does not depend on the order, and others' guests not on the hostile."""

import random
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from chalicelib.aws import keys, secrets
from chalicelib.canonical.facts import Fact
from chalicelib.canonical.ids import ConnectionId, Leaf, PropertyId
from chalicelib.connections.model import API, api_of
from chalicelib.guests import store as guests
from chalicelib.guests.model import Head
from chalicelib.identity.model import MOST_CLAIMS
from chalicelib.profiles import actions as profiles
from chalicelib.profiles.ties import MOST_GUESTS
from tests.builders import PORTO, VIENNA, at, claimed, guest
from tests.exhaustive import examples
from tests.ids import PMS
from tests.memory_table import BilledTable, MemoryTable
from tests.profiles.telling import change, digest, store
from tests.profiles.test_reach_of_identity import MAILBOXES, NAMES, NUMBERS, PHONES, store_with_crashes

HOSTILE = api_of(VIENNA.id)
SOURCES = [PMS, API, api_of(PORTO.id), HOSTILE, HOSTILE]
OFFICE = "jones.partners@mail.example"
QUICK = (
    "3-look_alikes-pms-api-porto",
    "13-followers-pms-pms",
    "45-strangers-pms-api-porto",
    "3-followers-api-porto-pms",
)
SLOW = settings(
    max_examples=examples(100),
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture(autouse=True)
def _quiet(facts: list[Fact], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "key_for", lambda purpose: purpose.encode())


@st.composite
def crowds(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Profiles of several sources at up to two versions, who share mailboxes, telephones and member numbers."""
    several = draw(st.integers(3, 12))
    told = []
    for number in range(several):
        source = draw(st.sampled_from(SOURCES))
        for minute in range(draw(st.integers(1, 2))):
            person = guest(
                f"g{number}",
                *draw(st.sampled_from(NAMES)),
                email=draw(st.sampled_from(MAILBOXES)),
                phone=draw(st.sampled_from(PHONES)),
                member_number=draw(st.sampled_from(NUMBERS)),
                merged_into=f"g{draw(st.integers(0, several - 1))}" if draw(st.integers(0, 5)) == 0 else None,
                birth_date=draw(st.sampled_from([None, None, "1955-03-02", "1985-07-09"])),
                changed_at=at(minute),
            )
            told.append({**person, "source": source})
    return told


Told = list[tuple[list[str], list[str | None]]]


def honest_guests(table: MemoryTable) -> Told:
    """The guests that others than the hostile know, as their records: the ids, and of what kind the addresses are."""
    heads = guests.with_records(
        {Leaf(key.sk): guests.read_head(Leaf(key.sk), row) for key, row in table.rows.items() if "GUESTS#" in key.pk}
    )
    honest = {leaf: head for leaf, head in heads.items() if head.record and head.record.source != HOSTILE}
    found: dict[str, list[Head]] = {}
    for head in honest.values():
        found.setdefault(head.guest, []).append(head)
    return sorted(
        (sorted(each.leaf for each in those), [_kind(each) for each in sorted(those, key=lambda one: one.leaf)])
        for those in found.values()
    )


def _kind(head: Head) -> str | None:
    return head.record.email_kind if head.record else None


@pytest.mark.exhaustive(quick=())
@SLOW
@given(crowd=crowds(), seed=st.integers(0, 10_000))
def test_others_guests_and_their_addresses_are_the_same_with_and_without_the_hostile_in_any_order(
    crowd: list[dict[str, Any]], seed: int
) -> None:
    chance = random.Random(seed)
    with pytest.MonkeyPatch.context() as monkeypatch:
        table = MemoryTable().install(monkeypatch)
        store([each for each in crowd if each["source"] != HOSTILE])
        expected, ends = honest_guests(table), []
        for _ in range(2):
            table = MemoryTable().install(monkeypatch)
            told = [*crowd, *chance.choices(crowd, k=3)]
            chance.shuffle(told)
            store_with_crashes(table, told, chance)
            assert honest_guests(table) == expected
            ends.append(table.state())
    assert ends[0] == ends[1]


def named(number: int) -> str:
    return "N" + "".join("abcdefghij"[int(digit)] for digit in f"{number:02}")


def strangers(several: int) -> list[dict[str, Any]]:
    return [claimed(VIENNA.id, guest(f"h{at_}", named(at_), "Poe", email=OFFICE)) for at_ in range(several)]


def look_alikes(several: int) -> list[dict[str, Any]]:
    """Of one name, and none of them the same person."""
    days = [f"19{50 + at_}-03-02" for at_ in range(several)]
    return [claimed(VIENNA.id, guest(f"h{at_}", email=OFFICE, birth_date=day)) for at_, day in enumerate(days)]


def followers(several: int) -> list[dict[str, Any]]:
    """Who are taken for the guest, and have telephones of their own."""
    numbers = [f"+43 1 588 {1000 + at_}" for at_ in range(several)]
    return [claimed(VIENNA.id, guest(f"h{at_}", email=OFFICE, phone=each)) for at_, each in enumerate(numbers)]


HONEST = api_of(PORTO.id)


def by(source: ConnectionId, told: dict[str, Any]) -> dict[str, Any]:
    return {**told, "source": source}


def known(monkeypatch: pytest.MonkeyPatch, told: Sequence[dict[str, Any]]) -> Told:
    table = MemoryTable().install(monkeypatch)
    for each in told:
        store([each])
    return honest_guests(table)


@pytest.mark.exhaustive(quick=QUICK)
@pytest.mark.parametrize(("owner", "source"), [(PMS, PMS), (PMS, HONEST), (HONEST, PMS), (HONEST, HONEST)])
@pytest.mark.parametrize("crowd", [strangers, look_alikes, followers])
@pytest.mark.parametrize("several", [3, MOST_GUESTS + 1, MOST_CLAIMS + 15])
def test_however_many_claims_stand_at_an_address_its_owner_stays_mailable_and_the_next_stay_is_theirs(
    several: int, crowd: Any, owner: ConnectionId, source: ConnectionId, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, next_ = by(owner, guest("a", email=OFFICE)), by(source, guest("b", "A", "Lee", email=OFFICE))
    many = crowd(several)
    expected = known(monkeypatch, [own, next_])
    assert [kinds for _, kinds in expected] == [["own", "own"]]
    for told in ([own, *many, next_], [*many, own, next_], [own, next_, *many]):
        assert known(monkeypatch, told) == expected


@pytest.mark.parametrize("several", [3, MOST_CLAIMS + 15])
def test_an_address_is_as_it_was_when_the_claims_are_gone(several: int, monkeypatch: pytest.MonkeyPatch) -> None:
    own, many = guest("a", email=OFFICE), strangers(several)
    gone = [{**each, "email": None, "changed_at": at(1)} for each in many]
    known(monkeypatch, [own, *many, *gone])
    row = MemoryTable().install(monkeypatch)
    for each in [own, *many, *gone]:
        store([each])
    kept = row.rows[keys.identifier(digest("email", OFFICE))]
    assert (len(kept["leaves"]), kept.get("shared"), kept.get("shared_for")) == (1, None, None)


def test_an_address_with_four_names_by_one_hotel_is_nobody_s_for_that_hotel(monkeypatch: pytest.MonkeyPatch) -> None:
    table = MemoryTable().install(monkeypatch)
    store([guest("a", email=OFFICE), *strangers(3)])
    row = table.rows[keys.identifier(digest("email", OFFICE))]
    assert (row.get("shared"), row["shared_for"]) == (None, [VIENNA.id])
    records = [row["record"] for row in table.rows.values() if "record" in row]
    assert sorted('"email_kind":"shared"' in each for each in records) == [False, True, True, True]


@pytest.mark.parametrize("several", [MOST_GUESTS + 1, MOST_CLAIMS])
@pytest.mark.parametrize("crowd", [strangers, look_alikes, followers])
def test_a_change_beside_claims_costs_no_more_than_beside_others(
    several: int, crowd: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = MemoryTable().install(monkeypatch)
    for each in [guest("a", email=OFFICE, phone="+43 1 588 0001"), *crowd(several)]:
        store([each])
    billed = BilledTable(dict(table.rows)).install(monkeypatch)
    store([guest("b", email=OFFICE, phone="+43 1 588 0001")])
    assert billed.units <= 150


def test_a_row_without_hotels_is_read_as_the_group_s_word_and_has_them_when_it_is_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    table = MemoryTable().install(monkeypatch)
    store(strangers(1))
    row = table.rows[keys.identifier(digest("email", OFFICE))]
    row["names"] = '[["Naa","Poe"]]'
    assert profiles.store_changes([change(guest("a", email=OFFICE))]) == {}
    row = table.rows[keys.identifier(digest("email", OFFICE))]
    assert f'"{PropertyId(VIENNA.id)}"' not in row["names"]
    store([{**strangers(1)[0], "language": "de", "given_name": "Nab", "changed_at": at(1)}])
    row = table.rows[keys.identifier(digest("email", OFFICE))]
    assert f'"{VIENNA.id}"' in row["names"]


def test_an_identifier_lists_so_many_claims_of_one_hotel_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    table = MemoryTable().install(monkeypatch)
    for each in strangers(MOST_CLAIMS + 15):
        store([each])
    assert len(table.rows[keys.identifier(digest("email", OFFICE))]["leaves"]) == MOST_CLAIMS
