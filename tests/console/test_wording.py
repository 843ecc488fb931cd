"""Dates, money and numbers as a reader writes them."""

from datetime import date

import pytest

from chalicelib.canonical.time import Instant
from chalicelib.entrypoints.console.table import NOWHERE, Page, find
from chalicelib.entrypoints.console.wording import Wording
from chalicelib.languages.catalogues import Language

NOW = Instant("2026-03-29T12:00:00.000000Z")


def words(language: str) -> Wording:
    return Wording(Language(language), NOW)


@pytest.mark.parametrize(
    ("language", "day", "money"),
    [
        ("en", "Sun, Mar 29, 2026", "€1,234.50"),
        ("de", "So., 29. März 2026", "1.234,50\N{NO-BREAK SPACE}€"),
        ("el", "Κυρ 29 Μαρ 2026", "1.234,50\N{NO-BREAK SPACE}€"),
    ],
)
def test_days_and_money_are_those_of_the_language(language: str, day: str, money: str) -> None:
    assert words(language).day(date(2026, 3, 29)) == day
    assert words(language).day("2026-03-29") == day
    assert words(language).amount(123_450, "EUR") == money


def test_money_has_the_digits_of_its_currency() -> None:
    assert words("en").amount(1234, "JPY") == "¥1,234"
    assert words("en").amount(1234, "KWD").endswith("1.234")


def test_a_moment_is_told_in_the_hotels_time() -> None:
    assert "2:00" in words("en").moment(NOW, "Europe/Vienna")
    assert "1:00\N{NARROW NO-BREAK SPACE}AM" in words("en").moment(NOW, "Pacific/Auckland")
    assert words("en").moment(None) == words("en").day(None) == words("en").since(None) == ""


def test_what_was_is_told_from_now() -> None:
    assert words("en").since("2026-03-29T09:00:00Z") == "3 hours ago"
    assert words("de").since("2026-03-27T09:00:00Z") == "vor 2 Tagen"


def test_names_of_countries_and_languages_are_the_readers() -> None:
    assert (words("de").country("AT"), words("en").tongue("de")) == ("Österreich", "German")
    assert (words("en").country("QX"), words("en").country(None), words("en").tongue("tlh")) == ("QX", "", "Klingon")


ONE, NEW = Page("/guests/{guest_id}", "guests:one"), Page("/guests/new", "guests:new")


def test_an_address_that_is_spelled_out_goes_before_one_with_a_name() -> None:
    assert find([ONE, NEW], ["guests", "new"]) == (NEW, {})
    assert find([ONE, NEW], ["guests", "g1"]) == (ONE, {"guest_id": "g1"})
    for parts in (["guests"], ["guests", "a", "b"], ["others", "new"], []):
        assert find([ONE, NEW], parts) == (NOWHERE, {})
