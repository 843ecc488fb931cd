"""Counts what the process asked of AWS: calls by name, and write units as DynamoDB bills them."""

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from math import ceil
from threading import Lock

UNIT = 1024
"""Bytes of one write unit."""


@dataclass
class Meter:
    """Sums since the last `take`. Counted by the code that makes the call, so failed conditions are in, too."""

    calls: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    counting: Lock = field(default_factory=Lock)
    """Calls of vendors are made beside each other."""
    write_units: int = 0
    answered: int = 0
    """Bytes of memory that vendors' answers took, at most, since the process began."""

    def wrote(self, size: int, *, transaction: bool = False) -> None:
        """Bill one written, deleted or condition-checked row of `size` bytes."""
        self.write_units += max(1, ceil(size / UNIT)) * (2 if transaction else 1)

    def wrote_indexes(self, units: int) -> None:
        """Bill what a write changed in the indexes."""
        self.write_units += units

    def called(self, name: str) -> None:
        with self.counting:
            self.calls[name] += 1

    def took(self, size: int) -> None:
        with self.counting:
            self.answered += size

    def take(self) -> tuple[dict[str, int], int]:
        """Return (calls, write units) and begin anew."""
        taken = dict(self.calls), self.write_units
        self.calls.clear()
        self.write_units = 0
        return taken


@cache
def meter() -> Meter:
    return Meter()
