"""How parts of long work are kept: taken by one worker at a time, and taken up again when that worker died."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from chalicelib.aws import table
from chalicelib.aws.codec import Item
from chalicelib.aws.keys import Key
from chalicelib.canonical.time import instant
from chalicelib.jobs.model import Part

LEASE_MARGIN = timedelta(seconds=5)
"""A lease outlives its worker by this: clocks differ a little."""
LONGEST_LEASE = timedelta(minutes=15)
"""No function runs longer."""
KEPT = timedelta(days=30)
"""How long the progress of a part is remembered after its last step."""


def all_of(parts: Sequence[Key]) -> list[Part]:
    """The parts that lie under these keys, numbered in their order; one batch read."""
    found = table.get_many(parts)
    return [read(number, found.get(key)) for number, key in enumerate(parts)]


def read(number: int, item: Item | None) -> Part:
    return Part.model_validate(item) if item else Part(number=number)


def lease_end(now: datetime, seconds_left: float) -> datetime:
    """A worker has its part for as long as it can possibly run, so that nobody works it beside."""
    return now + min(timedelta(seconds=min(seconds_left, 1e6)) + LEASE_MARGIN, LONGEST_LEASE)


def take(key: Key, number: int, now: datetime, seconds_left: float) -> Part | None:
    """The part, for this worker alone; None where it is done, or another has it."""
    part = read(number, table.get(key))
    if not part.is_free(instant(now)):
        return None
    leased = part.leased(instant(lease_end(now, seconds_left)))
    try:
        return save(key, leased, now)
    except table.ConditionFailed:
        return None


def save(key: Key, part: Part, now: datetime) -> Part:
    """Keep how far the part came, and return its next revision. Raises ConditionFailed when another has it."""
    table.write(written(key, part, now))
    return part.at_rev(part.rev + 1)


def written(key: Key, part: Part, now: datetime) -> table.Put:
    """The write alone, for who saves a part together with what it made."""
    after = part.at_rev(part.rev + 1)
    row = table.row(key, expires_at=int((now + KEPT).timestamp()), **after.model_dump())
    return table.Put(row, table.unchanged_since(part.rev or None))
