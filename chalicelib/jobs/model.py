"""What a nightly job is, and what long work and its parts are."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from chalicelib.canonical.ids import JobId, PropertyId
from chalicelib.canonical.time import Instant


@dataclass(frozen=True)
class Due:
    """One job for one property and local date; this is also the key under which it is remembered."""

    job: str
    property_id: PropertyId
    local_date: date

    def message(self) -> dict[str, str]:
        return {"job": self.job, "property": self.property_id, "local_date": self.local_date.isoformat()}


class Job(BaseModel):
    """Long work of one kind about one subject, cut into parts that are worked side by side."""

    model_config = ConfigDict(frozen=True)

    id: JobId
    kind: str
    subject: str
    at: Instant
    parts: int
    asked: str | None = None
    """What the kind of work has to know besides, as it packed it."""
    finished_at: Instant | None = None

    @property
    def is_over(self) -> bool:
        return self.finished_at is not None

    def finished(self, at: Instant) -> "Job":
        return self.model_copy(update={"finished_at": at})


MOST_SAMPLED = 20
"""Ids that a job shows of what it found, and that each part keeps."""


class Step(NamedTuple):
    """What one step of a part did: where the part is now, units of work, what the kind of work counts, and ids of what
    it found."""

    position: str
    units: int = 1
    counted: Mapping[str, int] = {}
    found: Sequence[str] = ()


class Part(BaseModel):
    """How far one part of long work has come. `rev` is the lock; until `leased_until` one worker has it for itself.

    `position` is the kind's own word for where it goes on; empty at the beginning.
    """

    model_config = ConfigDict(frozen=True)

    number: int
    rev: int = 0
    leased_until: Instant = Instant("")
    position: str = ""
    units: int = 0
    counted: dict[str, int] = {}
    sample: str | None = None
    """The first few ids of what was found."""
    done: bool = False

    def is_free(self, now: Instant) -> bool:
        return not self.done and self.leased_until <= now

    def leased(self, until: Instant) -> "Part":
        return self.model_copy(update={"leased_until": until})

    @property
    def sampled(self) -> list[str]:
        return self.sample.split(",") if self.sample else []

    def past(self, step: Step) -> "Part":
        counted = dict(Counter(self.counted) + Counter(step.counted))
        sample = ",".join([*self.sampled, *step.found][:MOST_SAMPLED]) or None
        units = self.units + step.units
        return self.model_copy(update={"position": step.position, "units": units, "counted": counted, "sample": sample})

    def ended(self) -> "Part":
        return self.model_copy(update={"done": True})

    def released(self) -> "Part":
        return self.leased(Instant(""))

    def at_rev(self, rev: int) -> "Part":
        return self.model_copy(update={"rev": rev})


@dataclass(frozen=True)
class Progress:
    """How far all parts of long work have come."""

    job: Job
    parts: Sequence[Part]

    @property
    def parts_done(self) -> int:
        return sum(each.done for each in self.parts)

    @property
    def units_done(self) -> int:
        return sum(each.units for each in self.parts)

    @property
    def counted(self) -> dict[str, int]:
        total: Counter[str] = Counter()
        for each in self.parts:
            total.update(each.counted)
        return dict(total)

    @property
    def sample(self) -> list[str]:
        """A few ids of what was found, the first of each part before the second of any."""
        in_turn = zip_longest(*(each.sampled for each in self.parts))
        return [each for some in in_turn for each in some if each][:MOST_SAMPLED]
