"""What people of the hotels said of a membership: kept with the record through which it was said."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import NamedTuple

from chalicelib.canonical.ids import IdentifierKey, ProgramId
from chalicelib.canonical.time import Instant
from chalicelib.guests.kept import Kept

MOST_TURNS = 20
"""Of one record in one programme, in and out."""
MOST_ENROLMENTS = 20
"""Programmes of which something may be said through one record: all of it is one row."""


class Turn(NamedTuple):
    """Stays that end on or after the day earn, or, where it leads out, do not any more."""

    day: date
    into: bool


class Enrolment(Kept):
    """What was said through one record about one programme. `number` is as it was given; `key` is its identifier, for
    as long as it is this guest's: who is out carries it no more. Without turns it is a number alone."""

    program: ProgramId
    said_at: Instant
    number: str | None = None
    key: IdentifierKey | None = None
    turns: tuple[Turn, ...] = ()

    def said(self, at: Instant) -> "Enrolment":
        return self.model_copy(update={"said_at": at})

    def numbered(self, number: str | None, key: IdentifierKey | None) -> "Enrolment":
        return self.model_copy(update={"number": number, "key": key})

    def turned(self, turn: Turn) -> "Enrolment":
        """Who is in already, or out, does not become so once more. Out, the number is nobody's."""
        is_again = bool(self.turns) and self.turns[-1].into is turn.into
        turns = self.turns if is_again else (*self.turns, turn)
        return self.model_copy(update={"turns": turns, "key": self.key if turn.into else None})

    @property
    def is_open(self) -> bool:
        """Whether it makes its guest a member."""
        return bool(self.turns) and self.turns[-1].into

    @property
    def is_made(self) -> bool:
        """Whether the guest's membership stands here: what is said of it is said here, too."""
        return self.is_open or bool(self.number and not self.is_ended)

    @property
    def is_ended(self) -> bool:
        return bool(self.turns) and not self.turns[-1].into


class Period(NamedTuple):
    """Of departures that earn: the first one, and the first behind it that earns no more, if there is an end."""

    start: date
    end: date | None = None

    def begun_by(self, day: date) -> "Period":
        """Not before a day; of no day where it ended by then."""
        return Period(max(self.start, day), self.end)

    def has(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day < self.end)


Earning = tuple[Period, ...]
"""Apart from each other, in order of time. Nobody's stays earn where there is none."""


def periods(member_from: date | None, turns: Iterable[Turn] = ()) -> list[Period]:
    """What the turns of one record make of a membership that stands `member_from` a day by itself: it ends where
    somebody said so, and does not come back by itself."""
    found: list[Period] = []
    start = member_from
    for day, into in turns:
        if into:
            start = min(start or day, day)
        elif start is not None:
            found.append(Period(start, day))
            start = None
    return found if start is None else [*found, Period(start)]


def united(several: Iterable[Period]) -> Earning:
    """Of all records of a guest: what earns by any of them. A period of no day is none."""
    merged: list[Period] = []
    for each in sorted((one for one in several if one.end is None or one.start < one.end), key=_by_start):
        last = merged[-1] if merged else None
        if last is None or (last.end is not None and last.end < each.start):
            merged.append(each)
        else:
            merged[-1] = Period(last.start, _later(last.end, each.end))
    return tuple(merged)


def _by_start(period: Period) -> date:
    return period.start


def _later(one: date | None, other: date | None) -> date | None:
    return None if one is None or other is None else max(one, other)


def is_member(enrolments: Sequence[Enrolment], enrolled_in: Collection[ProgramId], *, has_number: bool) -> bool:
    """Whether a record makes its guest a member: by what was said through it, by what the ledger of a programme has
    of itself, unless somebody ended that, or by a number of its source where nobody said anything yet."""
    said = {each.program: each.is_open for each in enrolments if each.turns}
    if any(said.values()) or not said.keys() >= {*enrolled_in}:
        return True
    return has_number and not said
