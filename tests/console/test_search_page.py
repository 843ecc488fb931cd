"""The search of guests: one field that tells by itself what was typed, and the exact ones behind it."""

from collections.abc import Callable
from urllib.parse import quote

import pytest

from chalicelib.entrypoints.console.pages.guests import meant
from tests.builders import PORTO, guest, reservation
from tests.console.conftest import SignIn

Ingest = Callable[..., None]
EMAIL = "anna.lee@example.com"


@pytest.fixture(autouse=True)
def two_guests(ingest: Ingest) -> None:
    anna = guest(email=EMAIL, phone="+43 660 1234567", member_number="C-100", country="AT")
    ingest(reservation("r1", anna), reservation("r2", guest("g2", "Ben", "Ray"), property_id=PORTO.id))


@pytest.mark.parametrize("typed", ["anna", "lee", EMAIL.upper(), "C-100", "+43 660 1234567", "0660/1234567", " Anna "])
def test_one_field_finds_by_whatever_somebody_has(sign_in: SignIn, typed: str) -> None:
    browser = sign_in("front_desk", "vienna")
    page = browser.open(f"/guests?q={quote(typed)}")
    assert "Anna Lee" in page.text
    assert "Ben" not in page.text
    assert ("q", typed.strip()) in {(told.get("name"), told.get("value", "").strip()) for _, told in page.elements}


@pytest.mark.parametrize(
    ("typed", "by"),
    [
        ("a@b", ("email",)), ("Ana María", ("name",)), ("李", ("name",)), ("0660 123", ("member", "phone")),
        ("+43 (0)660/12", ("member", "phone")), ("C-100", ("member",)), ("٣٤٥", ("member",)),
    ],
)  # fmt: skip
def test_what_was_typed_says_what_it_is(typed: str, by: tuple[str, ...]) -> None:
    assert meant(typed) == by


def test_a_fault_is_told_at_the_field_that_was_typed_in(sign_in: SignIn) -> None:
    browser = sign_in()
    for query in ("q=h", "q=anna&email=a@example.com"):
        page = browser.open(f"/guests?{query}", 400)
        assert [told["name"] for _, told in page.elements if told.get("aria-invalid")] == ["q"]


def test_the_exact_fields_stand_open_where_one_was_used(sign_in: SignIn) -> None:
    browser = sign_in()
    page = browser.open("/guests?source=api&source_id=g1")
    assert "Anna Lee" in page.text
    assert ("details", {"open": ""}) in page.elements
    assert ("details", {"open": ""}) not in browser.open("/guests?q=anna").elements


def test_another_hotels_guest_is_found_by_nothing(sign_in: SignIn) -> None:
    browser = sign_in("front_desk", "porto")
    for typed in ("anna", EMAIL, "C-100", "+43 660 1234567"):
        assert "Nobody was found" in browser.open(f"/guests?q={quote(typed)}").text
