"""Which completed stays at one property are the person's own, and which begin a new one: a walk in time order. Pure.

It need not begin with the first of them. Whoever begins where all before have ended comes to the same.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from chalicelib.canonical.ids import PropertyId
from chalicelib.canonical.snapshots import Status
from chalicelib.guests import spans
from chalicelib.guests.model import Head, Stay
from chalicelib.guests.rules import in_time_order
from chalicelib.guests.spans import EVERYTHING, Around, Unread
from chalicelib.guests.tally import Tally


@dataclass(frozen=True)
class Walk:
    own: Sequence[Stay] = ()
    chains: int = 0
    """Own ones that touch none before them."""
    taken_until: date = date.min

    @property
    def nights(self) -> int:
        return sum(stay.nights for stay in self.own)


def is_completed(stay: Stay) -> bool:
    return stay.status is Status.CHECKED_OUT


def completed(stays: Iterable[Stay], property_id: PropertyId) -> list[Stay]:
    return in_time_order(stay for stay in stays if stay.property_id == property_id and is_completed(stay))


def walk(stays: Iterable[Stay]) -> Walk:
    """Through completed stays of one property, in time order."""
    own: list[Stay] = []
    chains, begun, taken_until = 0, date.min, date.min
    for stay in stays:
        if stay.nights > 0 and taken_until > stay.arrival:
            continue
        own.append(stay)
        chains += stay.arrival not in {begun, taken_until}
        begun = stay.arrival
        taken_until = stay.departure if stay.nights > 0 else taken_until
    return Walk(own, chains, taken_until)


def together(parts: Iterable[Walk]) -> Walk:
    """Of several properties."""
    known = list(parts)
    return Walk([stay for each in known for stay in each.own], sum(each.chains for each in known))


def start(before: Sequence[Stay], after: Sequence[Stay], ended: date) -> int | None:
    """From where both may be walked through as if nothing lay before: from a stay of both that begins when all before
    it have ended, or else from the first difference, where nothing before it touches that. None where neither is.

    `ended` is a day by which those have ended that begin before all of these, and are not known.
    """
    same = 0
    for was, now in zip(before, after, strict=False):
        if was != now:
            break
        if was.arrival >= ended:
            return same
        ended = max(ended, was.departure)
        same += 1
    differing = [stay.arrival for stay in (*before[same : same + 1], *after[same : same + 1])]
    return same if differing and ended < min(differing) else None


def both(before: Sequence[Stay], after: Sequence[Stay], around: Around, tally: Tally) -> tuple[Walk, Walk] | None:
    """The two walks, where they are known to begin alike."""
    at = start(before, after, spans.ended_before(around, tally))
    return None if at is None else (walk(before[at:]), walk(after[at:]))


def is_own(stay: Stay, head: Head, around: Around) -> bool:
    """Whether a completed stay is the person's own. Raises Unread with the stays that must be known for it."""
    known = completed(around.stays.values(), stay.property_id)
    if around.span == EVERYTHING:
        return stay in walk(known).own
    if head.tally is None:
        raise Unread(head.leaf, EVERYTHING)
    if around.span is None:
        raise Unread(head.leaf, spans.span_of([stay], head.tally))
    known = known[: known.index(stay) + 1]
    walks = both(known, known, around, head.tally)
    if walks is None:
        raise Unread(head.leaf, spans.earlier(around.span, head))
    return stay in walks[0].own
