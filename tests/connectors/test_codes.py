"""Of a source's unknown words those are told that look like a code, and like nobody."""

from typing import Any

import pytest

from chalicelib.canonical.ids import ConnectionId
from chalicelib.connectors.canonical.translate import translate
from chalicelib.connectors.codes import as_code
from chalicelib.connectors.contract import Link
from chalicelib.connectors.mews.rows import unknown_words
from tests import fake_mews
from tests.builders import DAY_ONE, guest, reservation

PEOPLE = [
    {"role": "primary", "guest": {"given_name": "Anna-Maria", "family_name": "Lee", "email": "a.lee@mail.example"}}
]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Checked in late", "checked in late"),
        ("HB", "hb"),
        ("half_board-plus", "half_board-plus"),
        (" RS01 ", "rs01"),
    ],
)
def test_a_code_is_told(said: str, told: str) -> None:
    assert as_code(said, PEOPLE) == told


@pytest.mark.parametrize(
    "said",
    [
        "anna@mail.example", "+43 660 1234567", "4111111111111111", "1990-05-17", "room 1204", "Frühstück", "Анна", "",
        "x" * 25, "a b c d e", "<script>", "booking.com", "half\nboard", "12",
    ],
)  # fmt: skip
def test_what_is_no_code_is_not_told(said: str) -> None:
    assert as_code(said, []) is None


@pytest.mark.parametrize("said", ["Anna", "Maria", "LEE", "anna lee", "annamaria", "Mrs Lee", "dr_anna", "annalee"])
def test_a_guests_name_that_stands_where_a_code_belongs_is_not_told(said: str) -> None:
    assert as_code(said, PEOPLE) is None


def told(**fields: Any) -> list[tuple[str, ...]]:
    link = Link(ConnectionId("pms"), {}, {}, {}, {}, {})
    snapshot = reservation("r1", guest("g1", "Anna", "Lee"), **fields)
    return [tuple(each) for each in translate({"snapshots": [snapshot]}, link, DAY_ONE).unknown_words]


def test_a_canonical_notice_tells_unknown_words_by_their_field_and_what_they_were_said_of() -> None:
    assert told(status="Late Arrival", meal_plan="HB") == [
        ("unknown_status", "late arrival", "r1"),
        ("unknown_meal_plan", "hb", "r1"),
    ]
    assert told(status="Confirmed", channel="Anna Lee") == []


def test_a_vendor_that_is_asked_tells_unknown_words_by_its_reservation_and_never_a_customers_name() -> None:
    people = {"c1": {"Id": "c1", "FirstName": "Anna", "LastName": "Lee"}}
    row = fake_mews.reservation("r1", State="Waitlisted", Purpose="Anna")
    assert unknown_words(row, people) == [("unknown_state", "waitlisted", "r1")]
    assert unknown_words(fake_mews.reservation("r1", State="Confirmed", Purpose=None), people) == []
