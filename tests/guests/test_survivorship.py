"""Which record a field of a profile comes from: by the rules that are set, by what staff corrected, in any order."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from chalicelib.canonical.details import PostalAddress
from chalicelib.canonical.ids import EVERYWHERE, ConnectionId, Leaf, PropertyId
from chalicelib.canonical.time import Instant, instant
from chalicelib.connections.model import SIGNUP, api_of
from chalicelib.guests.model import Head
from chalicelib.guests.projection import origins, own_emails, project
from chalicelib.guests.records import Correction, Record
from chalicelib.guests.statements import Statement
from chalicelib.guests.survivorship import addressed, digest_of_value
from chalicelib.guests.traits import FROM_RECORDS
from chalicelib.settings.guest_rules import GuestRules, ProfileField
from tests.builders import PORTO, VIENNA
from tests.ids import PMS

CRM, WIFI = ConnectionId("crm"), ConnectionId("wifi")
START = datetime(2026, 1, 1, tzinfo=UTC)
WRONG, RIGHT, NEW = "+43158881", "+43158882", "+43158883"


def day(number: int) -> Instant:
    return instant(START + timedelta(days=number))


def said(leaf: str, on: int, source: ConnectionId = PMS, **fields: Any) -> Head:
    kind = {"email_kind": "own"} if "email" in fields else {}
    record = Record.model_validate({"source": source, "source_id": leaf, **kind, **fields})
    return Head(leaf=Leaf(leaf), record=record, record_version=f"{day(on)}##", seen_at=(VIENNA.id,))


def corrected(on: int, over: list[Any], leaf: str = "desk", source: ConnectionId = PMS, **fields: Any) -> Head:
    corrections = {name: Correction(at=day(on), over=tuple(map(digest_of_value, over))) for name in fields}
    return said(leaf, on, source, corrects=corrections, **fields)


def rules(**fields: Any) -> GuestRules:
    return GuestRules.model_validate({"survivorship": fields})


def won(*heads: Head, by: GuestRules, own: Any = ()) -> dict[str, tuple[Any, str, str]]:
    return {name: (each.value, each.head.leaf, each.won_by) for name, each in origins(heads, own, by).items()}


def test_every_field_that_a_record_says_may_be_ruled() -> None:
    assert set(get_args(ProfileField)) == {*FROM_RECORDS, "email"}


def test_without_rules_the_newest_that_has_it_counts_and_says_so() -> None:
    told = said("g1", 1, phone=RIGHT, language="en"), said("g2", 2, phone=NEW)
    assert won(*told, by=rules()) == {"phone": (NEW, "g2", "newest"), "language": ("en", "g1", "only")}


def test_a_source_that_comes_first_counts_though_another_is_newer() -> None:
    told = said("g1", 1, CRM, phone=RIGHT), said("g2", 2, phone=NEW), said("g3", 3, WIFI, phone=WRONG)
    assert won(*told, by=rules(phone={"sources": ["crm", "pms"]}))["phone"] == (RIGHT, "g1", "source")
    assert won(*told[1:], by=rules(phone={"sources": ["crm", "pms"]}))["phone"] == (NEW, "g2", "source")
    assert won(*told[2:], by=rules(phone={"sources": ["crm", "pms"]}))["phone"] == (WRONG, "g3", "only")


def test_the_longest_address_counts_though_another_is_newer() -> None:
    whole, part = PostalAddress(street="Ring 1", city="Vienna", country="AT"), PostalAddress(city="Vienna")
    told = said("g1", 1, address=whole), said("g2", 2, address=part)
    assert won(*told, by=rules(address={"by": "longest"}))["address"] == (whole, "g1", "longest")
    assert won(*told, by=rules())["address"] == (part, "g2", "newest")


def test_of_addresses_for_mail_that_of_a_first_source_counts_and_else_the_one_that_stood_first() -> None:
    told = said("g1", 1, email="a@mail.example"), said("g2", 2, CRM, email="b@mail.example")
    firsts = [project(told, (), each).email for each in (rules(), rules(email={"sources": ["crm"]}))]
    assert firsts == [origins(told, (), rules())["email"].value, "b@mail.example"]


def proving(head: Head, **fields: str) -> Head:
    """What the guest proved through a record."""
    said_ = (
        Statement(about=f"proved.{name}", by="guest", at=day(9), values=(digest_of_value(value),))
        for name, value in fields.items()
    )
    return replace(head, statements=tuple(said_))


def test_what_the_guest_proved_counts_before_what_stood_first_and_before_first_sources() -> None:
    first, other = said("g1", 2, CRM, email="a@mail.example"), said("g2", 1, email="b@mail.example")
    assert won(first, other, by=rules())["email"] == ("a@mail.example", "g1", "first")
    proved = proving(other, email="b@mail.example")
    for by in (rules(), rules(email={"sources": ["crm"]})):
        assert won(first, proved, by=by)["email"] == ("b@mail.example", "g2", "verified")
        assert project((first, proved), (), by).email == "b@mail.example"
        assert own_emails(addressed([first, proved], by), by) == ["b@mail.example", "a@mail.example"]
    assert won(first, proved, by=rules(email={"verified": False}))["email"] == ("a@mail.example", "g1", "first")


def test_who_confirmed_a_sign_up_proved_its_address() -> None:
    told = said("g1", 2, email="a@mail.example"), said("g2", 1, SIGNUP, email="b@mail.example")
    assert won(*told, by=rules())["email"] == ("b@mail.example", "g2", "verified")


def test_an_address_that_a_record_says_no_more_is_not_proved_by_what_was_said_of_the_one_before() -> None:
    told = said("g1", 2, email="a@mail.example"), proving(said("g2", 1, email="c@mail.example"), email="b@mail.example")
    assert won(*told, by=rules())["email"] == ("a@mail.example", "g1", "first")


def test_what_is_proved_through_one_record_holds_for_each_that_says_it() -> None:
    told = said("g1", 1, phone=RIGHT), proving(said("g2", 2), phone=RIGHT), said("g3", 3, phone=NEW)
    assert won(*told, by=rules())["phone"] == (RIGHT, "g1", "verified")


def test_a_claim_is_no_proof_whoever_read_the_mailbox_and_what_staff_corrected_goes_first() -> None:
    claimed = proving(said("g2", 2, api_of(PORTO.id), email="b@mail.example"), email="b@mail.example")
    assert won(said("g1", 1, email="a@mail.example"), claimed, by=rules())["email"][0] == "a@mail.example"
    right = corrected(3, ["a@mail.example"], email="c@mail.example")
    told = proving(said("g1", 1, email="a@mail.example"), email="a@mail.example"), right
    assert won(*told, by=rules())["email"] == ("c@mail.example", "desk", "corrected")


def test_staff_who_write_down_what_a_guest_says_prove_nothing() -> None:
    written = Statement(about="proved.phone", by="guest", at=day(9), values=(digest_of_value(RIGHT),), actor="staff s1")
    told = replace(said("g1", 1, phone=RIGHT), statements=(written,)), said("g2", 2, phone=NEW)
    assert won(*told, by=rules())["phone"] == (NEW, "g2", "newest")


def test_a_hotel_has_its_own_rules_where_those_who_look_are_of_one_mind() -> None:
    by = GuestRules.model_validate({
        "survivorship": {"phone": {"sources": ["crm"]}, "address": {"by": "longest"}},
        "survivorship_at": {"porto": {"phone": {"sources": ["wifi"]}}, "faro": {"phone": {"sources": ["wifi"]}}},
    })  # fmt: skip
    faro = PropertyId("faro")
    for hotels in ([PORTO.id], [PORTO.id, faro]):
        assert by.seen_at(hotels).rule_of("phone").sources == ("wifi",)
        assert by.seen_at(hotels).rule_of("address").by == "longest"
    for others in ([VIENNA.id], [PORTO.id, VIENNA.id], [EVERYWHERE], []):
        assert by.seen_at(others) == by


def test_what_was_merged_away_is_no_first_source_s_word() -> None:
    told = said("g1", 1, CRM, phone=WRONG, merged_into="g9"), said("g2", 2, phone=NEW)
    assert won(*told, by=rules(phone={"sources": ["crm"]}))["phone"] == (NEW, "g2", "only")


def test_what_staff_corrected_wins_over_a_source_that_goes_on_saying_it() -> None:
    told = corrected(2, [WRONG], phone=RIGHT), said("g1", 9, phone=WRONG)
    assert won(*told, by=rules())["phone"] == (RIGHT, "desk", "corrected")


def test_what_a_source_says_anew_after_the_correction_wins() -> None:
    assert won(corrected(2, [WRONG], phone=RIGHT), said("g1", 3, phone=NEW), by=rules())["phone"][0] == NEW
    assert won(corrected(2, [WRONG], phone=RIGHT), said("g1", 1, phone=NEW), by=rules())["phone"][0] == RIGHT


def test_each_field_is_corrected_by_itself() -> None:
    told = corrected(2, [WRONG], phone=RIGHT), said("g1", 3, phone=WRONG, language="de")
    assert project(told).phone == RIGHT
    assert project(told).language == "de"


def test_the_last_correction_counts() -> None:
    told = corrected(2, [WRONG], "d1", phone=NEW), corrected(3, [NEW, WRONG], "d2", phone=RIGHT)
    assert won(*told, said("g1", 9, phone=WRONG), by=rules())["phone"] == (RIGHT, "d2", "corrected")


def test_an_address_that_was_corrected_is_written_to_no_more() -> None:
    told = corrected(2, ["old@mail.example"], email="new@mail.example"), said("a1", 1, email="old@mail.example")
    other = said("a2", 1, email="mine@mail.example")
    assert won(*told, by=rules())["email"] == ("new@mail.example", "desk", "corrected")
    written_to = own_emails(addressed([*told, other], rules()), rules())
    assert written_to == ["new@mail.example", "mine@mail.example"]
    anew = said("a1", 3, email="anew@mail.example")
    assert own_emails(addressed([told[0], anew], rules()), rules()) == ["anew@mail.example", "new@mail.example"]
    assert won(told[0], anew, by=rules())["email"][:2] == ("anew@mail.example", "a1")


def test_a_hotel_corrects_its_own_guests_alone() -> None:
    """Where nobody else knows the guest its word stands for all; else in its own sight."""
    mine = corrected(2, [WRONG], source=api_of(VIENNA.id), phone=RIGHT)
    here = said("g1", 3, phone=WRONG)
    there = Head(**{**vars(here), "leaf": Leaf("g2"), "seen_at": (PORTO.id,)})
    assert project([mine, here]).phone == RIGHT
    assert project([mine, here, there]).phone == WRONG
    assert project([mine, here, there], {VIENNA.id}).phone == RIGHT


VALUES = st.sampled_from([None, WRONG, RIGHT, NEW])
SOURCES = st.sampled_from([PMS, CRM, WIFI, api_of(VIENNA.id)])
RULES = st.sampled_from([rules(), rules(phone={"sources": ["wifi", "crm"]}), rules(phone={"by": "longest"})])


@st.composite
def records(draw: st.DrawFn) -> list[Head]:
    heads = [
        said(
            f"g{at}",
            draw(st.integers(0, 5)),
            draw(SOURCES),
            phone=draw(VALUES),
            email=draw(VALUES) and f"x{at}@y.example",
        )
        for at in range(draw(st.integers(1, 4)))
    ]
    for at in range(draw(st.integers(0, 2))):
        over = draw(st.lists(st.sampled_from([WRONG, RIGHT, NEW]), max_size=2))
        heads.append(corrected(draw(st.integers(0, 5)), over, f"d{at}", draw(SOURCES), phone=draw(VALUES) or RIGHT))
    return heads


@given(told=records(), by=RULES, order=st.randoms())
def test_a_profile_is_the_same_in_any_order_and_says_where_it_is_from(
    told: list[Head], by: GuestRules, order: Any
) -> None:
    shuffled = [*told]
    order.shuffle(shuffled)
    profile, found = project(told, (), by), origins(told, (), by)
    assert (project(shuffled, (), by), origins(shuffled, (), by)) == (profile, found)
    for name in ("phone", "email"):
        assert getattr(profile, name) == (found[name].value if name in found else None)
    assert all(getattr(each.head.record, name) == each.value for name, each in found.items())


@pytest.mark.parametrize(
    "wrong",
    [
        {"nickname": {}},
        {"phone": {"by": "loudest"}},
        {"phone": {"sources": ["p"] * 7}},
        {"phone": {"sources": ["A b"]}},
    ],
)
def test_a_rule_that_says_nothing_is_refused(wrong: Any) -> None:
    with pytest.raises(ValidationError):
        rules(**wrong)
