"""Who stays, stayed and will stay at the two hotels, seen from one noon."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.builders import guest, reservation

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
NAMES = (
    ("Anna", "Lee", "AT", "de"),
    ("Ελένη", "Παπαδοπούλου", "GR", "el"),
    ("محمد", "الأحمد", "EG", "ar"),
    ("<b>Bob</b>", 'O\'Neil & "Sons"', "IE", "en"),
    ("Юлия", "Соколова-Белозерская", "KZ", "ru"),
    ("明", "王", "TW", "zh"),
    ("Jean-Baptiste Emmanuel", "de La Rochefoucauld-Montmorency von Hohenlohe", "FR", "fr"),
    ("שירה", "כהן", "IL", "he"),
    ("José", "Ñúñez", "ES", "es"),
    (None, "Smith", "US", "en"),
)
PREFERRED = {"pillow": ["soft", "extra"], "view": ["sea"], "table": ["quiet"]}
SPANS = (
    ("checked_out", -40, -37), ("in_house", -2, 1), ("confirmed", 0, 3), ("in_house", -3, 0), ("confirmed", 20, 22),
)  # fmt: skip
"""State, and arrival and departure in days from today."""


def told() -> Iterator[dict[str, Any]]:
    """Snapshots: each guest has a stay of the past and one of about today, every third of them at the other hotel."""
    for number, (given, family, country, language) in enumerate(NAMES):
        person = guest(
            f"g{number}", given, family, email=f"guest{number}@mail.example", phone=f"+4366012345{number:02d}",
            country=country, language=language, marketing_email=number % 3 != 2, changed_at=_at(-50),
            birth_date=f"19{70 + number}-11-24", preferences=PREFERRED if number % 5 == 0 else {},
        )  # fmt: skip
        hotel = "porto" if number % 3 == 1 else "vienna"
        for nth, span in enumerate((SPANS[0], SPANS[1 + number % 4])):
            yield _stay(f"r{number}-{nth}", person, hotel, str(101 + number), *span)


def _stay(
    source_id: str, person: dict[str, Any], hotel: str, room: str, status: str, comes: int, goes: int
) -> dict[str, Any]:
    return reservation(
        source_id, person, property_id=hotel, status=status, arrival=_day(comes), departure=_day(goes),
        room_number=room, room_type="DBL", arrival_time="15:30", adults=2, children=int(room) % 2,
        channel="corporate" if int(room) % 4 == 1 else "direct", company_id="lee" if int(room) % 4 == 1 else None,
        changed_at=_at(min(0, goes)),
        room_revenue_minor=12_550 * (goes - comes),
    )  # fmt: skip


def _day(distance: int) -> str:
    return (NOW.date() + timedelta(distance)).isoformat()


def _at(distance: int) -> str:
    return (NOW + timedelta(distance, hours=-2)).isoformat()
