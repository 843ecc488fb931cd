"""The gate's answer is what the records and the acts of a guest's leaves say, whoever writes beside whom."""

import random
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.aws import bus, keys, secrets
from chalicelib.canonical.ids import ChannelName, ControllerId, Digest, GuestId, leaf_of_profile
from chalicelib.canonical.time import Instant
from chalicelib.connectors.canonical.translate import read
from chalicelib.consent import actions as consents
from chalicelib.consent import rules
from chalicelib.consent import store as gates
from chalicelib.consent.flags import opt_ins
from chalicelib.consent.model import CHANNELS, EMAIL, State
from chalicelib.guests import store as guests
from chalicelib.guests.model import Guest
from chalicelib.ingest.changes import change_of
from chalicelib.profiles import actions as profiles
from chalicelib.properties import store as properties
from chalicelib.properties.model import Branding
from chalicelib.settings.model import GROUP_CONTROLLER, HubSettings
from chalicelib.settings.rules import controllers
from tests.builders import PORTO, VIENNA, at, guest
from tests.exhaustive import examples
from tests.ids import PMS, guest_id
from tests.memory_table import MemoryTable

PEOPLE = ("1", "2", "3")
PIGEON = ChannelName("pigeon")
ATLANTIC = PORTO.model_copy(update={"branding": Branding(legal_entity="atlantic")})
HOTELS = {each.id: each for each in (VIENNA, ATLANTIC)}
CONTROLLERS = controllers(HubSettings(), HOTELS.values())
Deed = Callable[[], None]


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bus, "announce", lambda facts: None)
    monkeypatch.setattr(secrets, "key_for", lambda purpose: purpose.encode())


def tell(*snapshots: dict[str, Any]) -> None:
    changes = [change_of(read(each), PMS, HOTELS, lambda kind, value: Digest(f"{kind}-{value}")) for each in snapshots]
    assert profiles.store_changes([change for change in changes if change]) == {}


def act(
    source_id: str,
    state: State,
    second: int,
    channel: ChannelName = EMAIL,
    controller: ControllerId = GROUP_CONTROLLER,
) -> None:
    leaf = leaf_of_profile(PMS, source_id)
    at_ = f"2026-05-01T00:00:{second:02d}.000000Z"
    consents.set_consent(leaf, channel, "marketing", controller, state, "guest", Instant(at_))


def everybody() -> dict[GuestId, Guest]:
    found = [guests.guest(leaf_of_profile(PMS, source_id)) for source_id in PEOPLE]
    return {each.id: each for each in found if each}


def answer_and_evidence(guest_id: GuestId, known: Guest) -> tuple[Any, Any]:
    gate = gates.gate(guest_id, EMAIL)
    heads = guests.with_records(guests.heads(known.members))
    acts = [gates.acts(leaf, EMAIL) for leaf in known.members]
    return dict(gate.answers) if gate else {}, rules.answers(
        acts, [opt_ins(each, EMAIL, CONTROLLERS) for each in heads.values()]
    )


@st.composite
def seasons(draw: st.DrawFn) -> list[Deed]:
    """Records that join and part by name and address, and people who say yes and no in between."""
    deeds: list[Deed] = [partial(tell, guest(source_id, email="a@mail.example")) for source_id in PEOPLE]
    for number in range(draw(st.integers(2, 8))):
        source_id = draw(st.sampled_from(PEOPLE))
        if draw(st.booleans()):
            state: State = draw(st.sampled_from(["withdrawn", "explicit"]))
            controller = draw(st.sampled_from([GROUP_CONTROLLER, ControllerId("atlantic")]))
            deeds.append(partial(act, source_id, state, draw(st.integers(0, 9)), controller=controller))
        else:
            record = guest(
                source_id,
                draw(st.sampled_from(["Anna", "Berta"])),
                email=draw(st.sampled_from(["a@mail.example", "b@mail.example"])),
                marketing_email=draw(st.sampled_from([True, False, None])),
                property_id=draw(st.sampled_from([None, *HOTELS])),
                changed_at=at(number + 1),
            )
            deeds.append(partial(tell, record))
    return deeds


@settings(max_examples=examples(150), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=seasons(), seed=st.integers(0, 10_000))
def test_whatever_is_told_and_done_beside_each_other_the_answer_follows_from_the_evidence(
    deeds: Sequence[Deed], seed: int
) -> None:
    chance = random.Random(seed)
    with pytest.MonkeyPatch.context() as monkeypatch:
        table = MemoryTable().install(monkeypatch)
        for hotel in HOTELS.values():
            properties.put(hotel)
        for deed in deeds[: len(PEOPLE)]:
            deed()
        rest = list(deeds[len(PEOPLE) :])
        beside = [each for each in rest if chance.random() < 0.5]
        calls = sorted(chance.choices(range(12 * len(rest)), k=len(beside)))
        table.calls, table.beside = 0, list(zip(calls, beside, strict=True))
        for deed in rest:
            if deed not in beside:
                deed()
        late, table.beside = table.beside, []
        for _, deed in late:
            deed()
        for found, known in everybody().items():
            answer, evidence = answer_and_evidence(guest_id(found), known)
            assert answer == evidence


@pytest.mark.parametrize("call", range(6))
def test_the_newest_of_two_acts_beside_each_other_is_in_effect(call: int, monkeypatch: pytest.MonkeyPatch) -> None:
    table = MemoryTable().install(monkeypatch)
    tell(*(guest(source_id, email="a@mail.example") for source_id in PEOPLE))
    act("3", "explicit", 0)
    table.calls, table.beside = 0, [(call, partial(act, "2", "withdrawn", 2))]
    act("1", "explicit", 1)
    for _, deed in table.beside:
        deed()
    ((found, known),) = everybody().items()
    answer, evidence = answer_and_evidence(guest_id(found), known)
    assert answer == evidence
    assert answer["group:marketing"].state == "withdrawn"


@pytest.mark.parametrize("channel", [EMAIL, PIGEON])
def test_a_split_that_takes_an_objection_along_keeps_it_as_evidence(
    channel: ChannelName, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Gates of every channel follow, those of one that only this test knows, too."""
    monkeypatch.setitem(cast("dict[ChannelName, str]", CHANNELS), PIGEON, "phone")
    table = MemoryTable().install(monkeypatch)
    tell(guest("1", email="a@mail.example"), guest("2", email="a@mail.example"))
    act("1", "withdrawn", 1, channel)
    tell(guest("2", "Berta", email="a@mail.example", changed_at=at(1)))
    said = {"group:marketing": "withdrawn guest 2026-05-01T00:00:01.000000Z"}
    leaves = [leaf_of_profile(PMS, source_id) for source_id in ("1", "2")]
    acts = {key: row["acts"] for key, row in table.rows.items() if key.sk.startswith("CONSENT#")}
    assert acts == {keys.acts(leaf, channel): said for leaf in leaves}
    known = {key: row["answers"] for key, row in table.rows.items() if key.pk.startswith("GATE#") and "answers" in row}
    assert known == {keys.gate(GuestId(leaf), channel): said for leaf in leaves}


def test_a_source_s_flag_needs_no_row_but_the_record_and_the_gate(monkeypatch: pytest.MonkeyPatch) -> None:
    table = MemoryTable().install(monkeypatch)
    tell(guest("1", email="a@mail.example", marketing_email=True))
    assert not [key for key in table.rows if key.sk.startswith("CONSENT#")]
    (gate,) = [row for key, row in table.rows.items() if key.pk.startswith("GATE#")]
    assert [answer.split()[:2] for answer in gate["answers"].values()] == [["explicit", "source"]]


def test_what_was_done_is_read_only_for_guests_of_whom_anything_was(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    table = MemoryTable().install(monkeypatch)
    get_many = table.get_many

    def watched(wanted: Any) -> Any:
        some = list(wanted)
        asked.extend(key.sk for key in some if key.sk.startswith("CONSENT#"))
        return get_many(some)

    monkeypatch.setattr("chalicelib.aws.table.get_many", watched)
    tell(guest("1", email="a@mail.example", marketing_email=True))
    tell(guest("1", email="b@mail.example", marketing_email=True, changed_at=at(1)))
    assert asked == []
    act("1", "withdrawn", 1)
    tell(guest("1", email="a@mail.example", marketing_email=True, changed_at=at(2)))
    assert asked == ["CONSENT#email"]
