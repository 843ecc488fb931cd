"""What one change costs beside however many records that are tied to it by shared identifiers."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from chalicelib.aws import secrets
from chalicelib.canonical.facts import Fact
from chalicelib.canonical.ids import leaf_of_profile
from chalicelib.consent.model import MOST_SENDS
from chalicelib.identity.model import MOST_LEAVES
from tests.builders import VIENNA, at, guest
from tests.ids import PMS
from tests.memory_table import BilledTable, MemoryTable
from tests.profiles.telling import store

MOST_UNITS = 150
ALIKE_UNITS = 24
"""What four blocks that a record leaves and four that it comes to add to that, at most."""
A_HINT = 3
"""Who is noted as alike depends on the names."""
SIZES = (10, 40, 100, 1000)
MARKS = [f"{0x6572CF00 + number:08x}{'c' * 12}" for number in range(MOST_SENDS)]
"""Messages of the past, as gates and mailboxes keep them."""


@pytest.fixture(autouse=True)
def _quiet(facts: list[Fact], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "key_for", lambda purpose: purpose.encode())


def word(number: int) -> str:
    """Any two of these are two people's names."""
    return "N" + "".join("abcdefghij"[int(digit)] for digit in f"{number:04}")


def person(number: int, **fields: Any) -> dict[str, Any]:
    called = {"given_name": word(number), "family_name": word(number)[::-1], **fields}
    return {**guest(f"g{number}"), **called, "property_id": VIENNA.id, "marketing_email": True}


def mail(number: int) -> str:
    return f"m{number}@mail.example"


def phone(number: int) -> str:
    return f"+43 1 588 {number:05}"


def agency_mail(number: int) -> dict[str, Any]:
    return person(number, email=mail(0), phone=phone(number))


def agency_phone(number: int) -> dict[str, Any]:
    return person(number, email=mail(number), phone=phone(0))


def agency_all(number: int) -> dict[str, Any]:
    return person(number, email=mail(0), phone=phone(0), member_number="M-0")


def chain(number: int) -> dict[str, Any]:
    """A and B by mail, B and C by telephone."""
    return person(number, email=mail(number // 2), phone=phone((number + 1) // 2))


def families(number: int) -> dict[str, Any]:
    """Three names at each mailbox, and three mailboxes' people at each telephone."""
    return person(number, email=mail(number // 3), phone=phone(number // 9 * 3 + number % 3))


def star(number: int) -> dict[str, Any]:
    """Each of the three at a number is one of three at a mailbox, and at a telephone, of their own."""
    return person(
        number, email=mail(number // 3), phone=phone((number + 1) // 3), member_number=f"M-{(number + 2) // 3}"
    )


def members(number: int) -> dict[str, Any]:
    return person(number, member_number=f"M-{number // 3}", phone=phone((number + 1) // 3))


def nameless(number: int) -> dict[str, Any]:
    """Every third has no name, and could be either of two whom it shares a mailbox with, and two at its telephone."""
    named = {} if number % 3 else {"given_name": None, "family_name": None}
    return person(number, email=mail(number // 3), phone=phone((number + 2) // 3), **named)


def bookings(number: int) -> dict[str, Any]:
    """Five that no name is known of share a mailbox; each has a telephone and a member number of its own."""
    own = {"phone": phone(number), "member_number": f"M-{number:05}"}
    return person(number, given_name=None, family_name=None, email=mail(number // 5), **own)


def regulars(number: int) -> dict[str, Any]:
    """Three people of eight records each at a mailbox, and others of their names at each telephone."""
    return person(number, **names_of(number % 3), email=mail(number // 24), phone=phone((number + 12) // 24))


def one_person(number: int) -> dict[str, Any]:
    """Each four share a telephone."""
    return person(number, **names_of(0), email=mail(0), phone=phone(number // 4))


def housed(number: int) -> dict[str, Any]:
    """The same of one who says at each where they live and when they were born, and not always the same."""
    home = {"street": f"Main Street {number % 3}", "postal_code": "1010", "city": "Vienna", "country": "AT"}
    return {**one_person(number), "address": home, "birth_date": "1955-03-02"}


def school(number: int) -> dict[str, Any]:
    """All born in one year, of one house."""
    home = {"street": "School Street 1", "postal_code": "1020", "city": "Vienna", "country": "AT"}
    return person(number, address=home, birth_date="2001-02-03", phone=phone(number // 2))


def names_of(number: int) -> dict[str, str]:
    return {"given_name": word(number), "family_name": word(number)}


SHAPES = [agency_mail, agency_phone, agency_all, chain, families, star, members, nameless, bookings, school]


def changes_in(shape: Callable[[int], dict[str, Any]], size: int) -> Iterator[dict[str, Any]]:
    """A newcomer; and of one of them another language, name, mailbox, everything."""
    yield shape(size)
    of_one = shape(size // 2)
    yield {**of_one, "language": "de", "changed_at": at(1)}
    yield {**of_one, "given_name": "Zoe", "family_name": "Zed", "changed_at": at(2)}
    yield {**of_one, "email": mail(1), "changed_at": at(3)}
    yield {**of_one, **shape(1), "source_id": of_one["source_id"], "changed_at": at(4)}
    yield {**of_one, "email": None, "phone": None, "member_number": None, "changed_at": at(5)}


@pytest.mark.exhaustive(quick=())
@pytest.mark.parametrize("shape", SHAPES)
def test_a_change_costs_no_more_however_many_share_its_identifiers(
    shape: Callable[[int], dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    table = MemoryTable().install(monkeypatch)
    costs = {}
    for number in range(max(SIZES)):
        if number in SIZES:
            costs[number] = cost_of_each(shape, number, table, monkeypatch)
        table.install(monkeypatch)
        store([shape(number)])
    costs[max(SIZES)] = cost_of_each(shape, max(SIZES), table, monkeypatch)
    assert {size: max(units) for size, units in costs.items() if max(units) > MOST_UNITS} == {}
    beside_more = zip(costs[SIZES[-1]], costs[SIZES[-2]], strict=True)
    assert all(more <= few + A_HINT for more, few in beside_more), "beside ten times as many it costs no more"


def cost_of_each(
    shape: Callable[[int], dict[str, Any]], size: int, table: MemoryTable, monkeypatch: pytest.MonkeyPatch
) -> list[float]:
    """In a copy of the table: units of one change after the other."""
    billed = BilledTable(dict(table.rows)).install(monkeypatch)
    costs: list[float] = []
    for change in changes_in(shape, size):
        billed.units = 0
        store([change])
        costs.append(billed.units)
    return costs


@pytest.mark.parametrize("shape", [families, star, nameless, bookings])
def test_mailboxes_that_many_messages_reached_cost_no_more(
    shape: Callable[[int], dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    table = MemoryTable().install(monkeypatch)
    size = SIZES[1]
    store([shape(number) for number in range(size)])
    for key, row in table.rows.items():
        if key.pk.startswith(("GATE#", "IDENTIFIER#email")):
            row["sends"] = MARKS
    assert max(cost_of_each(shape, size, table, monkeypatch)) <= MOST_UNITS


@pytest.mark.exhaustive(quick=("10-one_person", "10-regulars"))
@pytest.mark.parametrize("shape", [regulars, one_person, housed])
@pytest.mark.parametrize("size", SIZES[:3])
def test_all_records_of_a_guest_are_looked_at_and_forty_cost_no_more(
    size: int, shape: Callable[[int], dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    table = MemoryTable().install(monkeypatch)
    for number in range(size):
        store([shape(number)])
    of_blocks = ALIKE_UNITS if shape is housed else 0
    assert max(cost_of_each(shape, size, table, monkeypatch)) <= MOST_UNITS + of_blocks


@pytest.mark.exhaustive(quick=())
def test_what_is_new_of_one_of_forty_records_writes_that_and_the_guest(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the others say is locked by the guest's head: none of them is checked, nor written."""
    table = MemoryTable().install(monkeypatch)
    for number in range(MOST_LEAVES):
        store([one_person(number)])
    before = {key: row["rev"] for key, row in table.rows.items() if key.pk.startswith("GUESTS#")}
    store([{**one_person(7), "language": "de", "changed_at": at(1)}])
    written = {key.sk for key, rev in before.items() if table.rows[key]["rev"] != rev}
    assert written == {leaf_of_profile(PMS, "g7"), min(key.sk for key in before)}
