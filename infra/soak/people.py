"""Guests of two small sources, what their hotels tell of them step by step, and what must come of it. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from random import Random
from typing import Any

Json = dict[str, Any]
HOTELS = {"east": ("harbour", "castle"), "west": ("lake", "spa")}
"""By connection. All lie in Vienna: guests are mailed by the rules of one country."""
GIVEN = ("Anna", "Bruno", "Carla", "David", "Elena", "Felix", "Greta", "Hugo", "Ines", "Jonas", "Katja", "Leo")
FAMILY = ("Adler", "Berger", "Conti", "Dvorak", "Egger", "Fischer", "Gruber", "Huber", "Ivanov", "Jansen", "Klein")
BEGINS = datetime(2026, 1, 5, tzinfo=UTC)
FIRST_ARRIVAL = date(2026, 2, 1)
SPACED = 25
"""Days between two arrivals of one guest: their stays never touch."""
POINTS_PER_EURO = 10
ENDS = ("checked_out", "cancelled", "no_show", "confirmed")
END_WEIGHTS = (72, 14, 5, 9)
CHANNELS = ("direct", "ota", "corporate")
TWICE_KNOWN = 0.08
"""Share of guests whom both sources know, by the same name and mailbox."""
SHARED = 0.15
"""Share of guests with one record who agree to mail, and whose mailbox somebody else reads, too."""
TRUE_STATUS = {"checked_out": "Processed", "cancelled": "Canceled", "no_show": "NoShow", "confirmed": "Confirmed"}


@dataclass
class Record:
    """One source's record of a guest, with the clock of what it tells: each word is later than the one before."""

    source: str
    id: str
    given: str
    family: str
    email: str | None
    agrees: bool | None
    told_at: datetime
    changed_at: datetime
    begun_at: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.begun_at = self.changed_at

    def tick(self) -> datetime:
        self.told_at += timedelta(minutes=1)
        return self.told_at

    def snapshot(self) -> Json:
        known = {"email": self.email, "marketing_email": self.agrees}
        name = {"given_name": self.given, "family_name": self.family}
        said = {each: value for each, value in {**name, **known}.items() if value is not None}
        return {"kind": "guest", "source_id": self.id, "changed_at": _text(self.changed_at), **said}


@dataclass
class Told:
    """Snapshots by source, in the order in which they came to be, and the truth they end in."""

    snapshots: dict[str, list[Json]] = field(default_factory=lambda: {source: [] for source in HOTELS})
    guests: dict[str, Json] = field(default_factory=dict)
    reservations: dict[str, dict[str, Json]] = field(default_factory=lambda: {source: {} for source in HOTELS})

    @property
    def count(self) -> int:
        return sum(len(each) for each in self.snapshots.values())


def told(snapshots: int, seed: int) -> Told:
    """Guests until they fill so many snapshots, or a few more; the same for the same seed."""
    chance = Random(f"people:{seed}")  # noqa: S311 (invented, and to be repeated)
    story = Told()
    number = 0
    while story.count < snapshots:
        number += 1
        records = _records(number, chance)
        _live(story, records, chance)
        if _is_steady(records) and chance.random() < SHARED:
            _live(story, [_at_the_same_mailbox(records[0], chance)], chance, is_steady=True)
    return story


def _is_steady(records: list[Record]) -> bool:
    """Whether one record was told of, with a mailbox, and agreed to mail from the first word to the last."""
    (first, *others) = records
    return not others and first.email is not None and first.agrees is True and first.changed_at == first.begun_at


def _at_the_same_mailbox(one: Record, chance: Random) -> Record:
    """Somebody else, who agrees, too: one of the two gets the mail, and no word of either keeps it from both."""
    given = chance.choice([each for each in GIVEN if each != one.given])
    at = one.begun_at
    return Record(one.source, f"{one.id}-too", given, one.family, one.email, one.agrees, at, at)


def _records(number: int, chance: Random) -> list[Record]:
    given, family = chance.choice(GIVEN), chance.choice(FAMILY)
    has_address = chance.random() < 0.9
    email = f"{given}.{family}.{number}@post.example".lower() if has_address else None
    agrees = chance.choices((True, False, None), (65, 20, 15))[0]
    is_known_twice = has_address and chance.random() < TWICE_KNOWN
    sources = sorted(HOTELS) if is_known_twice else [chance.choice(sorted(HOTELS))]
    at = BEGINS + timedelta(seconds=number)
    return [Record(each, f"{each}-{number}", given, family, email, agrees, at, at) for each in sources]


def _live(story: Told, records: list[Record], chance: Random, *, is_steady: bool = False) -> None:
    is_stranger = len(records) == 1 and chance.random() < 0.05
    rooms = [] if is_stranger else [room for record in records for room in _rooms(story, record, chance)]
    if len(records) == 1 and not is_steady and chance.random() < 0.1:
        (record,) = records
        record.agrees, record.changed_at = not record.agrees, record.tick()
        story.snapshots[record.source].append(record.snapshot())
    if not rooms:
        story.snapshots[records[0].source].append(records[0].snapshot())
    stayed = [room for room in rooms if room["status"] == "Processed"]
    story.guests[records[0].id] = {
        "customers": sorted(each.id for each in records),
        "stays": len(stayed),
        "nights": sum(room["nights"] for room in stayed),
        "room_revenue_minor": {"EUR": sum(room["room_minor"] for room in stayed)},
        "points": sum(room["points"] for room in stayed),
        "emails": [each.email for each in records[:1] if each.email],
        "marketing_consent": bool(records[0].agrees),
    }


def _rooms(story: Told, record: Record, chance: Random) -> Iterator[Json]:
    for number in range(chance.choices((1, 2, 3), (70, 22, 8))[0]):
        yield _reservation(story, record, number, chance)


def _reservation(story: Told, record: Record, number: int, chance: Random) -> Json:
    """The truth of one reservation; what is said of it on the way is told."""
    key = f"{record.id}-r{number}"
    arrival = FIRST_ARRIVAL + timedelta(days=number * SPACED + chance.randrange(10))
    said: Json = {
        "kind": "reservation",
        "source_id": key,
        "property_id": chance.choice(HOTELS[record.source]),
        "status": "confirmed",
        "arrival": arrival.isoformat(),
        "departure": (arrival + timedelta(days=chance.randrange(1, 8))).isoformat(),
        "channel": chance.choices(CHANNELS, (55, 30, 15))[0],
    }
    for change in _changes(chance, arrival):
        said |= change
        occupant = {"role": "primary", "guest": record.snapshot()}
        story.snapshots[record.source].append({**said, "changed_at": _text(record.tick()), "occupants": [occupant]})
    true = _true(said, record.id)
    story.reservations[record.source][key] = true
    return true


def _changes(chance: Random, arrival: date) -> Iterator[Json]:
    """From the booking to its end; some are changed on the way, some check-outs taken back and done again."""
    yield {}
    if chance.random() < 0.25:
        yield {"departure": (arrival + timedelta(days=chance.randrange(1, 10))).isoformat()}
    end = chance.choices(ENDS, END_WEIGHTS)[0]
    if end == "checked_out":
        yield {"status": "in_house"}
        if chance.random() < 0.1:
            yield {"status": end, **_paid(chance)}
            yield {"status": "in_house", **_paid(chance)}
        yield {"status": end, **_paid(chance)}
    elif end != "confirmed":
        yield {"status": end}


def _paid(chance: Random) -> Json:
    return {"currency": "EUR", "room_revenue_minor": chance.randrange(4000, 90000)}


def _true(said: Json, customer: str) -> Json:
    nights = (date.fromisoformat(said["departure"]) - date.fromisoformat(said["arrival"])).days
    is_stay, is_ota = said["status"] == "checked_out", said["channel"] == "ota"
    paid = said.get("room_revenue_minor", 0)
    return {
        "property_id": said["property_id"],
        "status": TRUE_STATUS[said["status"]],
        "arrival": said["arrival"],
        "departure": said["departure"],
        "nights": nights,
        "room_minor": paid,
        "source": said["channel"],
        "customer": customer,
        "points": points(paid) if is_stay and not is_ota else 0,
        "zero_reason": "ota_excluded" if is_ota else None,
    }


def points(paid_minor: int) -> int:
    exact = Decimal(paid_minor) / 100 * POINTS_PER_EURO
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_EVEN))


def _text(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
