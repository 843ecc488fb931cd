"""Generates a plausible season of bookings, with the corners that a real one has."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import islice

from infra.simulator.bookings import Booking, Outcome

FIRST_ARRIVAL = date(2025, 5, 1)
SEASON_DAYS = 184
_COUNTRIES = (
    "PT", "ES", "GB", "DE", "FR", "IT", "NL", "IE", "US", "PL", "RU", "CH",
    "CN", "JP", "GR", "BR", "SE", "CZ", "KR", "MA", "IL", "TR", None,
)  # fmt: skip
_COUNTRY_WEIGHTS = (22, 10, 12, 12, 8, 5, 4, 3, 4, 3, 3, 5, 3, 2, 2, 2, 2, 1, 1, 1, 1, 1, 4)
_OUTCOMES: tuple[Outcome, ...] = ("Check-Out", "Canceled", "No-Show")
_SEGMENTS = ("Online TA", "Offline TA/TO", "Direct", "Corporate", "Complementary", "GDS", "Undefined")
_SEGMENT_WEIGHTS = (44, 19, 24, 8, 2, 2, 1)
_CHANNELS = {"Direct": "Direct", "Corporate": "Corporate", "Complementary": "Direct", "GDS": "GDS", "Undefined": ""}


def season(count: int, seed: int) -> list[Booking]:
    """`count` bookings, the same for the same seed, and a longer season begins with the shorter one."""
    rng = random.Random(f"season:{seed}")
    return list(islice(_bookings(rng), count))


def _bookings(rng: random.Random) -> Iterator[Booking]:
    number = 1
    while True:
        rooms = rng.choice((2, 3, 3, 5, 6, 8)) if rng.random() < 0.02 else 1
        first = _group_booking(rng, number) if rooms > 1 else _booking(rng, number)
        for _ in range(rooms):
            yield Booking(**{**vars(first), "number": number})
            number += 1


def _booking(rng: random.Random, number: int) -> Booking:
    segment = rng.choices(_SEGMENTS, _SEGMENT_WEIGHTS)[0]
    hotel = rng.choices(("Resort Hotel", "City Hotel", "Lake Hotel"), (42, 38, 20))[0]
    arrival = FIRST_ARRIVAL + timedelta(days=rng.randrange(SEASON_DAYS))
    nights = _nights(rng, hotel)
    outcome = rng.choices(_OUTCOMES, (72, 26, 2))[0]
    return Booking(
        number=number,
        hotel=hotel,
        lead_days=0 if segment == "Direct" and rng.random() < 0.3 else rng.randrange(1, 160),
        arrival=arrival,
        nights=nights,
        adults=rng.choices((1, 2, 3), (30, 62, 8))[0],
        children=rng.choices((0, 1, 2), (88, 7, 5))[0],
        country=rng.choices(_COUNTRIES, _COUNTRY_WEIGHTS)[0],
        segment="Online TA" if segment == "GDS" else segment,
        channel=_CHANNELS.get(segment, "TA/TO"),
        changes=rng.choices((0, 1, 2), (85, 11, 4))[0],
        agent=str(rng.choice((9, 14, 40, 240, 250))) if segment in ("Online TA", "Offline TA/TO") else None,
        company=str(rng.choice((40, 110, 154, 223))) if segment == "Corporate" else None,
        customer_type="Transient",
        rate=_rate(rng, segment),
        outcome=outcome,
        outcome_date=_outcome_date(rng, arrival, nights, outcome),
    )


def _group_booking(rng: random.Random, number: int) -> Booking:
    single = _booking(rng, number)
    agent = rng.choice((None, "240", "315"))
    agreed = {"customer_type": "Transient-Party", "lead_days": rng.randrange(30, 300)}
    changed = {"segment": "Groups", "channel": "TA/TO" if agent else "Direct", "agent": agent, "company": None}
    return Booking(**{**vars(single), **changed, **agreed})


def _nights(rng: random.Random, hotel: str) -> int:
    if rng.random() < 0.03:
        return 0  # day use
    weights = (18, 24, 22, 14, 18, 4) if hotel == "Resort Hotel" else (34, 30, 18, 10, 6, 2)
    return rng.choices((1, 2, 3, 4, 7, 10), weights)[0]


def _rate(rng: random.Random, segment: str) -> Decimal:
    if segment == "Complementary":
        return rng.choice((Decimal(0), Decimal("0.01")))
    return Decimal(0) if rng.random() < 0.015 else Decimal(rng.randrange(4500, 26000, 25)) / 100


def _outcome_date(rng: random.Random, arrival: date, nights: int, outcome: Outcome) -> date:
    if outcome == "No-Show":
        return arrival
    if outcome == "Canceled":
        return arrival - timedelta(days=rng.randrange(1, 40))
    left_early = nights >= 2 and rng.random() < 0.05
    return arrival + timedelta(days=nights - rng.randrange(1, nights) if left_early else nights)
