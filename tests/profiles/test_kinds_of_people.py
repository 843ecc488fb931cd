"""Who is one guest, and who is a member, through ingest: names, addresses and numbers as people type them."""

import json
from collections.abc import Iterable
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from chalicelib.aws import keys, secrets
from chalicelib.aws.table import row
from chalicelib.canonical.facts import Fact
from chalicelib.canonical.ids import ConnectionId, GuestId, Leaf, leaf_of_profile
from chalicelib.connectors.canonical.translate import read
from chalicelib.consent import store as consents
from chalicelib.consent.model import EMAIL
from chalicelib.guests import store as guests
from chalicelib.guests.model import Guest, Traits
from chalicelib.guests.records import Record
from chalicelib.guests.stats import Stats
from chalicelib.identity import actions as identity
from chalicelib.identity.digests import digest
from chalicelib.identity.nobody import is_anonymised
from chalicelib.ingest.changes import change_of
from chalicelib.profiles import actions as profiles
from tests.builders import PORTO, VIENNA, at, decided, guest, reservation
from tests.found import guests_with
from tests.ids import PMS
from tests.memory_table import MemoryTable

FAULTS = Path(__file__).resolve().parents[3] / "shared" / "cases" / "faults-2.json"
"""Cases that went wrong once; they lie beside the project, and are read where they are."""
BERLIN = VIENNA.model_copy(update={"id": "berlin", "country": "DE", "mail_domains": ()})
PLACES = {each.id: each for each in (VIENNA, PORTO, BERLIN)}
MAIL = "holm@mail.example"


@pytest.fixture(autouse=True)
def hub(monkeypatch: pytest.MonkeyPatch, facts: list[Fact]) -> MemoryTable:
    monkeypatch.setattr(secrets, "key_for", lambda purpose: purpose.encode())
    return begin_anew(MemoryTable().install(monkeypatch))


def begin_anew(table: MemoryTable) -> MemoryTable:
    """With nothing but the hotels."""
    table.rows = {
        key: row(key, property=each.model_dump_json()) for each in PLACES.values() for key in [keys.property_(each.id)]
    }
    return table


def tell(snapshots: Iterable[dict[str, Any]], source: ConnectionId = PMS) -> None:
    for each in snapshots:
        change = change_of(read(each), source, PLACES, digest)
        assert change is None or profiles.store_changes([change]) == {}


def found(source_id: str) -> Guest:
    known = guests.guest(Leaf(leaf_of_profile(PMS, source_id)))
    assert known
    return known


def record(source_id: str) -> Record:
    leaf = leaf_of_profile(PMS, source_id)
    known = guests.with_records(guests.heads([leaf]))[leaf].record
    assert known
    return known


def parties(snapshots: list[dict[str, Any]], hub: MemoryTable) -> list[list[str]]:
    """The guests that these profiles make, by the source's ids, in whatever order they come."""
    ids = {leaf_of_profile(PMS, each["source_id"]): each["source_id"] for each in snapshots}
    ends = []
    for order in (snapshots, snapshots[::-1], [*snapshots[1:], snapshots[0]]):
        begin_anew(hub)
        tell(order)
        ends.append({frozenset(ids[leaf] for leaf in found(each).members) for each in ids.values()})
    assert ends[1:] == ends[:-1]
    return sorted(sorted(each) for each in ends[0])


def candidates(source_id: str) -> list[str]:
    """The source's ids of who may be the same guest all the same."""
    heads = guests.with_records(guests.heads(found(source_id).members))
    beside = identity.candidates(list(heads.values()))
    ids = sorted({known.id for leaf in beside.leaves if (known := guests.guest(leaf)) and beside.has(known)})
    others = [guests.with_records(guests.heads([each])) for each in ids]
    return [head.record.source_id or "" for each in others for head in each.values() if head.record]


def case(id_: str) -> list[dict[str, Any]]:
    if not FAULTS.exists():
        pytest.skip("the cases lie beside the project")
    given = next(each["given"] for each in json.loads(FAULTS.read_text()) if each["id"] == id_)
    assert isinstance(given, list)
    return given


# Member numbers


def test_case_f4_numbers_that_mean_nothing_are_nobodys_and_spellings_are_one(hub: MemoryTable) -> None:
    assert parties(case("F4"), hub) == [["g1"], ["g2"], ["y1", "y2"]]
    assert [found(each).traits.member for each in ("g1", "g2", "y1")] == [False, False, True]


@pytest.mark.parametrize("number", ["0", "N/A", "000000", "none", "TBA", "-", "x", "99999", "keine"])
def test_a_placeholder_makes_no_member_and_is_told(number: str, hub: MemoryTable) -> None:
    both = [guest(each, member_number=number, email=f"{each}@mail.example") for each in ("g1", "g2")]
    assert parties(both, hub) == [["g1"], ["g2"]]
    assert not found("g1").traits.member
    assert (record("g1").member_number, record("g1").unusable) == (None, ("member_number",))
    assert guests_with("member", number) == []


@pytest.mark.parametrize("number", ["HX 4711", "hx-4711", "ＨＸ４７１１"])
def test_a_member_is_found_by_any_spelling_and_the_number_kept_as_it_was_typed(number: str, hub: MemoryTable) -> None:
    assert parties([guest("g1", member_number="HX/4711"), guest("g2", member_number=number)], hub) == [["g1", "g2"]]
    assert [each.id for each in guests_with("member", "hx4711")] == [found("g1").id]
    assert record("g2").member_number == number


# Names


def test_case_f6_one_name_apart_and_together_is_one_guest(hub: MemoryTable) -> None:
    assert parties(case("F6"), hub) == [["g1", "g2"]]


def test_spellings_of_one_name_do_not_close_a_mailbox(hub: MemoryTable) -> None:
    names = ["Anna Lena", "Annalena", "Anna-Lena", "ANNALENA", "Lena"]
    people = [guest(f"g{at_}", each, "Mac Gregor", email=MAIL) for at_, each in enumerate(names)]
    people.append(guest("g5", "Annalena", "MacGregor", email=MAIL))
    assert parties(people, hub) == [["g0", "g1", "g2", "g3", "g4", "g5"]]
    assert found("g0").traits.email == MAIL


def test_case_f10_a_ligature_is_read_before_case_is_folded(hub: MemoryTable) -> None:
    both = [guest("g1", "Լևոն", "Արոնյան", email=MAIL), guest("g2", "Levon", "Aronyan", email=MAIL)]
    assert parties(both, hub) == [["g1", "g2"]]


def test_case_f11_what_is_written_differently_is_two(hub: MemoryTable) -> None:
    phone = "+43 1 5880 0000"
    both = [guest("g1", "伟", "李", phone=phone), guest("g2", "薇", "李", phone=phone)]
    assert parties(both, hub) == [["g1"], ["g2"]]
    assert candidates("g1") == ["g2"]
    assert parties([guest("g1", None, "李伟", phone=phone), guest("g2", None, "李薇", phone=phone)], hub) == [
        ["g1"],
        ["g2"],
    ]


def test_two_who_sound_alike_are_two_records_where_the_source_has_no_ids(hub: MemoryTable) -> None:
    tell([guest(None, "伟", "李", email=MAIL), guest(None, "薇", "李", email=MAIL, changed_at=at(1))])
    assert len(guests_with("email", MAIL)) == 2


# Several people, fathers and sons


def test_case_f3_a_couple_s_record_bridges_nobody_and_is_told(hub: MemoryTable) -> None:
    assert parties(case("F3"), hub) == [["g1"], ["g2"], ["g3"]]


@pytest.mark.parametrize(
    "couple",
    [
        {"given_name": "Tom und Ida"},
        {"given_name": None, "family_name": "Familie Holm"},
        {"given_name": None, "salutation": "Mr & Mrs"},
        {"given_name": "Tom/Ida"},
    ],
)
def test_a_record_of_several_people_joins_none_of_them(couple: dict[str, Any], hub: MemoryTable) -> None:
    people = [guest("g1", "Tom", "Holm", email=MAIL), guest("g2", "Ida", "Holm", email=MAIL)]
    assert parties([*people, {**guest("g3", family="Holm", email=MAIL), **couple}], hub) == [["g1"], ["g2"], ["g3"]]


def test_case_f5_a_date_of_birth_tells_a_father_from_a_son(hub: MemoryTable) -> None:
    assert parties(case("F5"), hub) == [["g1"], ["g2"]]
    assert candidates("g1") == ["g2"]
    tell_apart = decided("g1", "g2", "apart")
    assert profiles.store_changes([tell_apart]) == {}
    assert candidates("g1") == []


@pytest.mark.parametrize(
    "day", ["1955-01-03", "1900-01-01", "1970-01-01", "1985-01-01", "2050-05-05", "1899-12-30", None]
)
def test_what_is_no_date_of_birth_tells_nobody_apart(day: str | None, hub: MemoryTable) -> None:
    both = [guest("g1", email=MAIL, birth_date="1955-03-01"), guest("g2", email=MAIL, birth_date=day)]
    assert parties(both, hub) == [["g1", "g2"]]


@pytest.mark.parametrize(("day", "kept"), [("1900-01-01", None), ("2050-05-05", None), ("1970-01-01", "1970-01-01")])
def test_a_day_on_which_nobody_can_be_born_is_on_no_profile_and_is_told(day: str, kept: str | None) -> None:
    tell([guest("g1", birth_date=day)])
    assert str(found("g1").traits.birth_date) == str(kept)
    assert record("g1").unusable == (() if kept else ("birth_date",))


@pytest.mark.parametrize(
    ("father", "son"),
    [
        ({"generation": "Sr"}, {"generation": "Jr."}),
        ({"family_name": "Holm Sr."}, {"family_name": "Holm Jr"}),
        ({"family_name": "Holm II"}, {"generation": "III"}),
    ],
)
def test_generations_are_two_people(father: dict[str, Any], son: dict[str, Any], hub: MemoryTable) -> None:
    both = [{**guest("g1", "Tom", "Holm", email=MAIL), **father}, {**guest("g2", "Tom", "Holm", email=MAIL), **son}]
    assert parties(both, hub) == [["g1"], ["g2"]]
    plain = guest("g3", "Tom", "Holm", email=MAIL)
    assert parties([*both, plain], hub) == [["g1"], ["g2"], ["g3"]]
    assert parties([both[0], plain], hub) == [["g1", "g3"]]


def test_a_date_of_birth_that_comes_later_parts_who_was_one(hub: MemoryTable) -> None:
    tell([guest("g1", email=MAIL, birth_date="1955-03-01"), guest("g2", email=MAIL)])
    assert len(found("g1").members) == 2
    tell([guest("g2", email=MAIL, birth_date="1985-07-09", changed_at=at(1))])
    assert len(found("g1").members) == 1
    tell([guest("g2", email=MAIL, birth_date="1955-01-03", changed_at=at(2))])
    assert len(found("g1").members) == 2


# Who becomes nobody at the source

STAYED = reservation(primary=guest(email=MAIL), status="checked_out", changed_at=at(0))
ANNA = guest(
    email=MAIL,
    phone="+43 1 5880 0000",
    marketing_email=True,
    language="de",
    member_number="HX 1",
    property_id=VIENNA.id,
)
GONE: list[dict[str, Any]] = [
    {"given_name": "Anonymized", "family_name": "Anonymized", "email": "anonymized-1a2b@mail.example"},
    {"given_name": "Deleted", "family_name": "Guest", "email": None},
    {"given_name": "***", "family_name": "*****", "email": None},
    {"given_name": None, "family_name": "GDPR"},
    {"given_name": None, "family_name": "Anonymisiert"},
    {"given_name": "Anonymized", "family_name": "8f3a2b"},
    {"given_name": "Gelöschter", "family_name": "Gast"},
    {"given_name": "Обезличено", "family_name": None},
    {"given_name": "匿名", "family_name": "匿名"},
    {"given_name": "A***", "family_name": "L**"},
    {"anonymised": True},
    {"person": False},
    {"given_name": "Walk-In", "family_name": "Guest"},
]


def nobodys(fields: dict[str, Any], minute: int) -> dict[str, Any]:
    return {**ANNA, "marketing_email": True, **fields, "changed_at": at(minute)}


def yes_of(leaf: str) -> list[str]:
    gate = consents.gate(GuestId(Leaf(leaf)), EMAIL)
    return [each.state for each in gate.answers.values()] if gate else []


def test_case_f1_a_known_person_becomes_nobody(hub: MemoryTable) -> None:
    tell(case("F1"))
    assert guests.guest(Leaf(leaf_of_profile(PMS, "g1"))) is None, "she had no stays"
    assert guests_with("email", "anna@mail.example") == []
    assert yes_of(leaf_of_profile(PMS, "g1")) == []


@pytest.mark.parametrize("fields", GONE, ids=str)
def test_nothing_is_left_of_a_person_who_was_taken_out_but_the_stays(fields: dict[str, Any], hub: MemoryTable) -> None:
    leaf = leaf_of_profile(PMS, "g1")
    tell([STAYED, {**ANNA, "changed_at": at(1)}])
    assert yes_of(leaf) == ["explicit"]
    tell([nobodys(fields, 2)])
    assert found("g1").traits.with_stats(Stats()) == Traits()
    assert (found("g1").traits.stats.stays, len(guests.stays(leaf))) == (1, 1)
    assert [guests_with(*each) for each in (("email", MAIL), ("phone", "+4315880 0000"), ("member", "HX1"))] == [[]] * 3
    assert yes_of(leaf) == []
    assert not [key for key, item in hub.rows.items() if "Anna" in str(item) and not key.pk.startswith("MARK#")]


@pytest.mark.exhaustive
@pytest.mark.parametrize("fields", GONE, ids=str)
def test_who_is_nobody_is_so_in_any_order_and_a_person_again_by_a_newer_word(
    fields: dict[str, Any], hub: MemoryTable
) -> None:
    told = [{**ANNA, "changed_at": at(0)}, {**ANNA, "language": "fr", "changed_at": at(1)}, nobodys(fields, 2)]
    again = {**ANNA, "given_name": "Berta", "changed_at": at(3)}
    for words, name in ((told, None), ([*told, again], "Berta")):
        ends = []
        for order in permutations(words):
            begin_anew(hub)
            tell(order)
            ends.append(hub.state())
            known = guests.guest(Leaf(leaf_of_profile(PMS, "g1")))
            assert (known.traits.given_name if known else None) == name
        assert all(end == ends[0] for end in ends)


def test_who_never_was_anybody_is_no_guest_and_no_news(hub: MemoryTable, facts: list[Fact]) -> None:
    tell([guest("g1", person=False), guest("g2", "Walk", "In"), guest("g3", "Anonymized", "Anonymized")])
    assert [guests.guest(Leaf(leaf_of_profile(PMS, each))) for each in ("g1", "g2", "g3")] == [None] * 3
    assert facts == []


def test_another_source_s_word_of_the_person_stands(hub: MemoryTable) -> None:
    tell([ANNA, guest("g2", email=MAIL, marketing_email=True, property_id=VIENNA.id, changed_at=at(1))])
    assert len(found("g1").members) == 2
    tell([nobodys({"anonymised": True}, 2)])
    assert [each.traits.given_name for each in guests_with("email", MAIL)] == ["Anna"]
    assert yes_of(leaf_of_profile(PMS, "g2")) == ["explicit"]
    assert found("g2").traits.phone is None


def test_stays_of_a_profile_that_was_taken_out_stay_its_own_and_those_of_a_walk_in_are_nobodys(
    hub: MemoryTable,
) -> None:
    leaf = leaf_of_profile(PMS, "g1")
    gone, pseudo = nobodys({"anonymised": True}, 2), nobodys({"person": False}, 3)
    tell([STAYED, {**STAYED, "occupants": [{"role": "primary", "guest": gone}], "changed_at": at(2)}])
    assert len(guests.stays(leaf)) == 1
    tell([{**STAYED, "occupants": [{"role": "primary", "guest": pseudo}], "changed_at": at(3)}])
    assert len(guests.stays(leaf)) == 0


@pytest.mark.parametrize(
    ("given", "family", "is_gone"),
    [
        ("Usunięty", None, True),
        ("Ospite", "Cancellato", True),
        ("Удалён", "Удалён", True),
        ("削除済み", None, True),
        ("삭제됨", None, True),
        (None, "Ανώνυμος", True),
        ("מחוק", "כהן", False),
        ("匿名", "山田", False),
        ("Anna", "***", False),
        ("Anna", "12345", False),
    ],
)
def test_a_source_says_in_any_language_that_a_person_is_gone(
    given: str | None, family: str | None, *, is_gone: bool
) -> None:
    assert is_anonymised(given, family) is is_gone


@pytest.mark.parametrize(
    "names",
    [("Anna", "Deleted"), ("Anonymous", "Hay"), ("Xu", "Xi"), ("Gdp", "R"), (None, None), ("X", "Lee"), ("-", "Hay")],
)
def test_people_with_such_words_in_their_names_are_people(names: tuple[str | None, str | None]) -> None:
    assert not is_anonymised(*names)


# Telephone numbers


def test_case_f12_numbers_are_read_as_they_are_dialled(hub: MemoryTable) -> None:
    both = [guest("g1", phone="+5215512345678"), guest("g2", phone="+525512345678")]
    assert parties(both, hub) == [["g1", "g2"]]
    assert found("g1").traits.phone == "+525512345678"
    tell([guest("g3", phone="4915123456789", property_id="berlin")])
    assert found("g3").traits.phone == "+4915123456789"


@pytest.mark.parametrize("phone", ["+54 9 11 4321 5678", "011 15 4321-5678", "0054 11 4321 5678 ext. 4"])
def test_an_argentine_mobile_is_one_person_s_with_or_without_its_nine(phone: str, hub: MemoryTable) -> None:
    people = [guest("g1", phone="+54 11 4321 5678"), guest("g2", phone=phone, country="AR")]
    assert parties(people, hub) == [["g1", "g2"]]
    assert [each.id for each in guests_with("phone", "+54 9 11 4321 5678")] == [found("g1").id]


@pytest.mark.parametrize(
    ("fields", "unusable"),
    [
        ({"phone": "call the office"}, ("phone",)),
        ({"phone": "33612345678", "property_id": VIENNA.id}, ("phone",)),
        ({"email": "ida@mail"}, ("email",)),
        ({"email": "noemail@mail.example", "phone": "000000"}, ("email", "phone")),
        ({"email": "ida@mail.example", "phone": "+43 1 58800", "member_number": "7"}, ()),
        ({"email": "x@guest.booking.com"}, ()),
        ({"email": "", "phone": " "}, ()),
    ],
)
def test_what_a_profile_cannot_take_over_is_told(fields: dict[str, Any], unusable: tuple[str, ...]) -> None:
    tell([guest("g1", **fields)])
    assert record("g1").unusable == unusable


# Addresses


@pytest.mark.parametrize("spelt", ["anna@mail.example.", "Anna <anna@mail.example>", "an\u200bna＠mail.example"])
def test_case_f13_one_mailbox_is_one_identity(spelt: str, hub: MemoryTable) -> None:
    assert parties([guest("g1", email="anna@mail.example"), guest("g2", email=spelt)], hub) == [["g1", "g2"]]
    assert found("g2").traits.email == "anna@mail.example"
    assert {str(key.pk) for key in hub.rows if key.pk.startswith("IDENTIFIER#")} >= {
        f"IDENTIFIER#{digest('email', 'anna@mail.example')}"
    }
