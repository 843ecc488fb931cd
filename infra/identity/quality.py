"""How good the records of each source are, counted guest by guest: plain values in, counts out."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from chalicelib.canonical.ids import ConnectionId
from chalicelib.consent.acts import GRANTED
from chalicelib.consent.model import MARKETING, Gate, controller_of, key_of
from chalicelib.guests.model import Head
from chalicelib.guests.records import Record
from chalicelib.identity.audits import SourceQuality
from chalicelib.identity.offices import office_of
from chalicelib.settings.guest_rules import GuestRules

Reach = Literal["reachable", "masked", "unmailable"]


class Rated(NamedTuple):
    """One record of somebody's: whether mail finds the guest at its address, and whether the guest agreed to any."""

    source: ConnectionId
    reach: Reach
    agrees: bool


def rated(head: Head, record: Record, gate: Gate | None, rules: GuestRules) -> Rated:
    came_back = gate is not None and any(map(gate.suppression_of, head.digests_of("email")))
    return Rated(record.source, _reach(record, rules, came_back=came_back), gate is not None and _agrees(gate))


def _reach(record: Record, rules: GuestRules, *, came_back: bool) -> Reach:
    if record.email_kind == "relay":
        return "masked"
    is_own = record.email is not None and record.email_kind in {None, "own"}
    if record.email is None or not is_own or office_of(record.email, rules) or came_back:
        return "unmailable"
    return "reachable"


def _agrees(gate: Gate) -> bool:
    """To marketing by any of the legal entities, and that nobody holds all mail of."""
    said = (each for name, each in gate.answers.items() if name == key_of(MARKETING, controller_of(name)))
    return not (gate.erased or gate.restricted) and any(each.state in GRANTED for each in said)


@dataclass
class Counts:
    """What is counted of some guests so far: it grows with the sources alone."""

    guests: int = 0
    by_source: dict[ConnectionId, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, records: Iterable[Rated]) -> None:
        """The records of one guest; who has none of which anything is said counts for nobody."""
        told = list(records)
        self.guests += bool(told)
        for source, times in Counter(each.source for each in told).items():
            self.by_source[source]["duplicates"] += times - 1
        for each in told:
            counted = self.by_source[each.source]
            counted["records"] += 1
            counted[each.reach] += 1
            counted["no_consent"] += each.reach == "reachable" and not each.agrees

    @property
    def records(self) -> int:
        return sum(each["records"] for each in self.by_source.values())

    def told(self, most: int) -> tuple[SourceQuality, ...]:
        """Of so many sources at most, those with most records first."""
        ordered = sorted(self.by_source.items(), key=lambda each: (-each[1]["records"], each[0]))
        return tuple(SourceQuality(source=source, **counted) for source, counted in ordered[:most])
