"""What the desk says to a guest, and the birthday within a stay. Plain values."""

from datetime import date

import pytest

from chalicelib.guests.called import birthday_within, name_to_use
from chalicelib.guests.model import Traits


@pytest.mark.parametrize(
    ("salutation", "given", "family", "language", "called"),
    [
        ("Dr", "Anna", "Lee", "en", "Dr Lee"),
        (None, "Anna", "Lee", "en", "Anna Lee"),
        (None, "Zoltán", "Kovács", "hu", "Kovács Zoltán"),
        (None, "Haruki", "Mori", "ja-JP", "Mori Haruki"),
        ("Dr", "Zoltán", "Kovács", "hu", "Dr Kovács"),
        ("Dr", "Abebe", "Bikila", "am", "Dr Abebe"),
        (None, "Björk", "Guðmundsdóttir", "is", "Björk Guðmundsdóttir"),
        ("Dr", "Anna", None, "en", "Dr Anna"),
        (None, None, "Lee", None, "Lee"),
        ("Dr", None, None, "en", None),
        (None, None, None, None, None),
    ],
)
def test_a_guest_is_called_as_their_language_has_it(
    salutation: str | None, given: str | None, family: str | None, language: str | None, called: str | None
) -> None:
    known = Traits(salutation=salutation, given_name=given, family_name=family, language=language)
    assert name_to_use(known) == called


@pytest.mark.parametrize(
    ("born", "first", "last", "on"),
    [
        ("1980-02-02", "2026-02-01", "2026-02-03", "2026-02-02"),
        ("1980-02-01", "2026-02-01", "2026-02-03", "2026-02-01"),
        ("1980-02-03", "2026-02-01", "2026-02-03", "2026-02-03"),
        ("1980-02-04", "2026-02-01", "2026-02-03", None),
        ("1980-01-02", "2025-12-30", "2026-01-04", "2026-01-02"),
        ("1980-02-29", "2026-02-27", "2026-03-02", "2026-03-01"),
        ("1980-02-29", "2028-02-27", "2028-03-02", "2028-02-29"),
        ("1980-06-01", "2026-02-01", "2027-03-01", "2026-06-01"),
        ("1980-01-01", "2025-12-30", "2026-01-04", None),
        ("1880-02-02", "2026-02-01", "2026-02-03", None),
        ("2027-02-02", "2026-02-01", "2026-02-03", None),
    ],
)
def test_a_birthday_within_a_stay_is_found_by_its_day(born: str, first: str, last: str, on: str | None) -> None:
    found = birthday_within(date.fromisoformat(born), date.fromisoformat(first), date.fromisoformat(last))
    assert found == (date.fromisoformat(on) if on else None)


def test_of_whom_no_birth_is_known_no_birthday_is_told() -> None:
    assert birthday_within(None, date(2026, 2, 1), date(2027, 2, 3)) is None
