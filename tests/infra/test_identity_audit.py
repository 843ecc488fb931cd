"""`hub identity audit`: what is counted and compared of all guests, what is learned from it, and whom it proposes."""

import json
from dataclasses import dataclass, field
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from chalicelib.aws.settings import Settings
from chalicelib.canonical.details import PostalAddress
from chalicelib.canonical.facts import Fact
from chalicelib.canonical.ids import ConnectionId, ControllerId, GuestId, Leaf, PropertyId, leaf_of_profile
from chalicelib.canonical.time import instant, now
from chalicelib.consent.model import EMAIL, MARKETING, Consent, Gate, key_of
from chalicelib.guests.model import Head
from chalicelib.guests.records import Record
from chalicelib.identity import audit_store
from chalicelib.identity import store as identity
from chalicelib.identity.sketches import Sketch, sketch_of
from chalicelib.ingest import actions
from chalicelib.properties import store as hotels
from chalicelib.settings import actions as setting
from chalicelib.settings import store as settings
from chalicelib.settings.guest_rules import GuestRules
from chalicelib.settings.matching import SHIPPED_WEIGHTS, Matching
from chalicelib.settings.model import HubSettings
from infra.cli import hub
from infra.errors import Refused
from infra.identity import audit, estimates, splinking
from infra.identity.columns import COLUMNS, Laid, row
from infra.identity.quality import Counts, Rated, rated
from infra.identity.reading import read_all
from infra.identity.splinking import Pair
from tests.builders import VIENNA, guest, notice

SOURCE, OTHER = ConnectionId("pms"), ConnectionId("web")
API = ConnectionId("api")
HOME = {"street": "Ermou 12", "postal_code": "105 63", "city": "Athina", "country": "GR"}
NOBODY = GuestRules()


# How good a record is


def gate(state: Any = "explicit", **fields: Any) -> Gate:
    said = Consent(state=state, basis="guest", at=instant(now()))
    return Gate(
        guest=GuestId(Leaf("g1")), channel=EMAIL, answers={key_of(MARKETING, ControllerId("a")): said}, **fields
    )


def head(**fields: Any) -> tuple[Head, Record]:
    record = Record(source=SOURCE, **fields)
    return Head(Leaf("g1"), record=record, identifiers=("email:" + "ab" * 20,)), record  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fields", "rules", "gate_", "expected"),
    [
        ({"email": "a@mail.example", "email_kind": "own"}, NOBODY, None, ("reachable", False)),
        ({"email": "a@mail.example", "email_kind": "own"}, NOBODY, gate(), ("reachable", True)),
        ({"email": "a@mail.example", "email_kind": "own"}, NOBODY, gate("withdrawn"), ("reachable", False)),
        ({"email": "a@mail.example", "email_kind": "own"}, NOBODY, gate(restricted=True), ("reachable", False)),
        ({"email": "a@guest.booking.com", "email_kind": "relay"}, NOBODY, gate(), ("masked", True)),
        ({"email": "a@mail.example", "email_kind": "shared"}, NOBODY, None, ("unmailable", False)),
        ({"email": "reception@firm.example", "email_kind": "own"}, NOBODY, None, ("unmailable", False)),
        ({"email": "a@trips.example", "email_kind": "own"}, GuestRules(agency_domains=("trips.example",)), None,
         ("unmailable", False)),
        ({"email": "a@mail.example", "email_kind": "own"}, NOBODY, gate(suppressed={"ababab": "bounce"}),
         ("unmailable", True)),
        ({}, NOBODY, None, ("unmailable", False)),
    ],
)  # fmt: skip
def test_a_record_is_reachable_masked_or_unmailable_and_its_guest_agreed_or_not(
    fields: dict[str, Any], rules: GuestRules, gate_: Gate | None, expected: tuple[str, bool]
) -> None:
    found = rated(*head(**fields), gate_, rules)
    assert (found.reach, found.agrees) == expected


def test_each_source_is_counted_by_its_own_records() -> None:
    counts = Counts()
    counts.add([Rated(SOURCE, "reachable", True), Rated(SOURCE, "masked", True), Rated(OTHER, "reachable", False)])
    counts.add([Rated(SOURCE, "unmailable", False)])
    counts.add([])
    pms, web = counts.told(2)
    assert (counts.guests, counts.records) == (2, 4)
    assert (pms.source, pms.records, pms.duplicates, pms.reachable, pms.masked, pms.unmailable) == (
        SOURCE,
        3,
        1,
        1,
        1,
        1,
    )
    assert pms.no_consent == 0
    assert (web.records, web.duplicates, web.reachable, web.no_consent) == (1, 0, 1, 1)
    assert [each.source for each in counts.told(1)] == [SOURCE]


@given(st.lists(st.lists(st.builds(Rated, st.sampled_from([SOURCE, OTHER]), st.sampled_from(
    ["reachable", "masked", "unmailable"]), st.booleans()), max_size=4), max_size=6), st.randoms())  # fmt: skip
def test_the_counts_are_one_in_any_order_and_each_record_is_one_of_three(parties: Any, chance: Any) -> None:
    one, other = Counts(), Counts()
    for each in parties:
        one.add(each)
    chance.shuffle(parties)
    for each in parties:
        chance.shuffle(each)
        other.add(each)
    assert one.told(9) == other.told(9)
    for source in one.told(9):
        assert source.records == source.reachable + source.masked + source.unmailable
        assert source.duplicates < source.records
        assert source.no_consent <= source.reachable


# A record as a row


def test_a_row_says_what_the_hub_compares_so_that_any_engine_compares_alike() -> None:
    address = PostalAddress(street="Ermou 12", postal_code="105 63", city="Athina", country="GR")
    sketch = sketch_of(("Bill", "Lee"), date(1980, 12, 5), address, None, "+436641234567")
    found = row(Laid(Leaf("g2"), GuestId(Leaf("g1")), sketch, PropertyId("vienna")))
    assert tuple(found) == COLUMNS
    other = row(
        Laid(Leaf("g3"), GuestId(Leaf("g3")), sketch_of(("William", "Lee"), date(1980, 5, 12), None, None, None))
    )
    assert (found["given"], found["family"], found["born"], found["turned"]) == (
        "bill",
        "lee",
        "1980-12-05",
        "1980-05-12",
    )
    assert found["short"] == other["short"]
    assert found["turned"] == other["turned"]
    assert found["key_born"] == "vienna|1980-05-12 l"
    assert other["key_born"] == "|1980-05-12 l"  # what one hotel says lies with its own alone
    assert other["street"] is None


def test_a_record_that_says_nothing_lies_under_no_key() -> None:
    found = row(Laid(Leaf("g2"), GuestId(Leaf("g2")), Sketch()))
    assert {name for name, value in found.items() if value} == {"leaf", "guest"}


# What is learned


def model(**fields: dict[str, tuple[float, float]]) -> dict[str, Any]:
    comparisons = [
        {
            "output_column_name": name,
            "comparison_levels": [
                {"label_for_charts": "null", "is_null_level": True},
                *(
                    {"label_for_charts": level, "m_probability": m, "u_probability": u}
                    for level, (m, u) in levels.items()
                ),
            ],
        }
        for name, levels in fields.items()
    ]
    return {"probability_two_random_records_match": 2**-12 / (1 + 2**-12), "comparisons": comparisons}


def test_a_weight_is_how_much_likelier_a_level_is_among_one_person_s_records() -> None:
    learned = estimates.weights_of(model(born={"same": (0.8, 0.8 / 1024), "other": (0.1, 0.8)}), 1_000)
    assert learned == {"born": {"same": 10.0, "other": -3.0}}
    assert estimates.even_at(model()) == 12.0


def test_nothing_is_learned_from_a_few() -> None:
    assert estimates.weights_of(model(born={"same": (0.8, 0.001)}), estimates.FEWEST_MATCHES - 1) == {}


def test_what_was_never_seen_or_the_settings_do_not_know_stays_as_it_is() -> None:
    told = model(born={"same": (0.8, 0.0), "strange": (0.5, 0.1), "other": (0.1, 0.8)}, shoes={"same": (0.9, 0.1)})
    told["comparisons"][0]["comparison_levels"].append({"label_for_charts": "turned", "m_probability": None})
    assert estimates.weights_of(told, 1_000) == {"born": {"other": -3.0}}


def test_a_slip_never_weighs_more_than_the_same_and_nonsense_is_not_learned() -> None:
    told = model(
        city={"same": (0.5, 0.25), "alike": (0.4, 0.1), "other": (0.1, 0.4)},
        street={"same": (0.1, 0.8), "other": (0.9, 0.1)},
    )
    assert estimates.weights_of(told, 1_000) == {"city": {"same": 1.0, "alike": 1.0, "other": -2.0}}


CHANCE = st.floats(0, 1, allow_nan=False)


@given(
    st.fixed_dictionaries({
        name: st.fixed_dictionaries({level: st.tuples(CHANCE, CHANCE) for level in levels})
        for name, levels in SHIPPED_WEIGHTS.items()
    })
)  # fmt: skip
def test_whatever_is_learned_can_be_set(chances: Any) -> None:
    learned = estimates.weights_of(model(**chances), 1_000)
    assert Matching().weighing(learned).weights == learned


# All guests of the hub


@pytest.fixture
def kept(aws: Settings, facts: list[Fact]) -> None:
    hotels.put(VIENNA)


def leaf(source_id: str) -> Leaf:
    return leaf_of_profile(API, source_id)


def maria(source_id: str, **fields: Any) -> dict[str, Any]:
    known = {"birth_date": "1980-05-17", "address": HOME, "property_id": VIENNA.id, **fields}
    return guest(source_id, "Maria", "Papadopoulou", **known)


def set_(**matching: Any) -> None:
    setting.save(HubSettings(guests=GuestRules(matching=Matching(**matching))))


def ingest(*told: dict[str, Any]) -> None:
    assert not actions.ingest_notices([notice(*told)])


def some(*more: dict[str, Any]) -> None:
    """Two who were not joined while the company asked for more; one of two records; and one whom nobody knows."""
    set_(review_from=90, auto_from=90)
    mail: dict[str, Any] = {"email": "anna@mail.example", "marketing_email": True}
    nobody = guest("g5", "Walk", "In", property_id=VIENNA.id)
    ingest(maria("g1"), maria("g2"), guest("g3", **mail), guest("g4", **mail), nobody, *more)
    set_()


@dataclass
class Found:
    """What a comparison came to, without one."""

    pairs_found: list[Pair]
    asked: list[int] = field(default_factory=list)

    @property
    def of_two(self) -> int:
        return len(self.pairs_found)

    def likeliest(self, most: int) -> Any:
        self.asked.append(most)
        return iter(self.pairs_found[:most])


def test_every_record_of_somebody_s_is_read_and_counted_once(kept: None) -> None:
    some()
    counts, parts = Counts(), list[int]()
    laid = list(read_all(settings.get().guests, counts, parts.append))
    assert {each.leaf for each in laid} == {leaf(each) for each in ("g1", "g2", "g3", "g4")}
    assert len({each.guest for each in laid}) == 3
    assert {each.email is not None for each in laid if each.leaf in {leaf("g3"), leaf("g4")}} == {True}
    (source,) = counts.told(5)
    assert (counts.guests, source.records, source.duplicates, source.reachable, source.unmailable) == (3, 4, 1, 2, 2)
    assert source.no_consent == 0


def test_pairs_are_brought_in_portions_and_what_became_of_each_is_counted(kept: None) -> None:
    some()
    pairs = [Pair(leaf("g1"), leaf("g2"), 9.0), Pair(leaf("g3"), leaf("g4"), 8.0), Pair(leaf("g1"), leaf("g3"), 7.0)]
    pairs += [Pair(leaf("g1"), Leaf(f"g{at}"), 1.0) for at in range(100, 130)]
    told: list[tuple[str, int, int]] = []
    became = audit.propose(Found(pairs), 50, lambda *each: told.append(each))  # type: ignore[arg-type]
    assert became.model_dump(exclude_defaults=True) == {"proposed": 1, "settled": 1, "unlike": 1, "nobodys": 30}
    assert [pair for _, pair in identity.candidates()] == [tuple(sorted((leaf("g1"), leaf("g2"))))]
    assert told == [(audit.PROPOSING, 25, 33), (audit.PROPOSING, 33, 33)]


def test_without_the_analyst_extra_the_command_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(splinking, "find_spec", lambda name: None)
    with pytest.raises(Refused, match=r"\.\[analyst\]"):
        splinking.refuse_without()


def test_too_few_weights_are_not_set(kept: None) -> None:
    with pytest.raises(Refused, match="200 pairs"):
        audit.weighed_by({})
    audit.apply(audit.weighed_by({"born": {"same": 12.5}}))
    assert settings.get().guests.matching.bits("born", "same") == 12.5


needs_splink = pytest.mark.skipif(not all(map(find_spec, ("splink", "duckdb"))), reason="needs the analyst extra")


@needs_splink
@pytest.mark.exhaustive(quick=())
def test_the_whole_audit_proposes_keeps_its_report_and_leaves_nothing_on_the_machine(
    kept: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    some()
    ended = CliRunner().invoke(hub, ["identity", "audit", "--stage", "test", "--json"], catch_exceptions=False)
    assert ended.exit_code == 0, ended.output
    told = json.loads(ended.stdout.splitlines()[-1])
    assert (told["guests"], told["records"], told["proposals"]["proposed"]) == (3, 4, 1)
    assert told["weights"] == {}
    assert [pair for _, pair in identity.candidates()] == [tuple(sorted((leaf("g1"), leaf("g2"))))]
    (report,) = audit_store.newest()
    assert json.loads(report.model_dump_json()) == told
    assert list(tmp_path.iterdir()) == []


@needs_splink
@pytest.mark.exhaustive(quick=())
@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_hub_of_nobody_or_of_one_person_is_looked_at_as_any(kept: None, number: int) -> None:
    set_(review_from=90, auto_from=90)
    if number:
        ingest(*(maria(f"g{each}") for each in range(number)))
    ended = CliRunner().invoke(hub, ["identity", "audit", "--stage", "test"], catch_exceptions=False)
    assert ended.exit_code == 0, ended.output
    assert "pairs: none" in ended.output
    (report,) = audit_store.newest()
    assert (report.guests, report.records, report.weights) == (number, number, {})


def duplicates(number: int) -> list[Laid]:
    """So many people of two records, of which every fourth has a slip."""
    names = ["Maria", "Georg", "Ines", "Anna", "Tom", "Petra", "Lucas", "Nora"]
    found = []
    for at in range(number):
        called = names[at % 8], f"{names[at // 8 % 8]}{chr(97 + at % 26)}{chr(97 + at // 26 % 26)}son"
        born, lives = (
            date(1950 + at % 50, 1 + at % 12, 1 + at % 28),
            PostalAddress(postal_code=f"1{at % 997:03}", city="Wien"),
        )
        slip = (called[0], called[1][:-1]) if at % 4 == 0 else called
        for copy, name in enumerate((called, slip)):
            each = Leaf(f"g{at}x{copy}")
            found.append(Laid(each, GuestId(each), sketch_of(name, born, lives, None, None)))
    return found


@needs_splink
@pytest.mark.exhaustive(quick=())
def test_weights_are_learned_from_the_hotel_s_own_records_and_keys_of_many_are_looked_into(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(splinking, "MOST_LOOKED_AT", 200)
    laid = duplicates(400)
    crowd = [Laid(Leaf(f"h{at}"), GuestId(Leaf(f"h{at}")), Sketch(f"A{at}", "Zed", city="wien")) for at in range(60)]
    throng = [Laid(Leaf(f"t{at}"), GuestId(Leaf(f"t{at}")), Sketch(f"B{at}", "Qua", city="wien")) for at in range(201)]
    with splinking.compared(map(row, (*laid, *crowd, *throng)), lambda _: None) as found:
        learned = estimates.weights_of(found.model, found.matches)
        pairs = list(found.likeliest(10_000))
    assert learned["born"]["same"] > learned["born"].get("other", -1)
    assert learned["family"]["same"] > 3
    right = {(f"g{at}x0", f"g{at}x1") for at in range(400)}
    assert len({tuple(sorted(each[:2])) for each in pairs[:400]} & right) > 380
    assert (found.full_blocks >= 1, found.passed_over) == (True, 1)
