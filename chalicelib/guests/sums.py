"""A leaf's sums, advanced by what changed among its stays: at the same cost, however many stays there are. Pure.

What adds up moves by the difference between a stay's old and new part. Whether a stay is the person's own, and whether
it begins a new one or prolongs the one before, follows from those around it at its property: they are walked through
in time order, as they were and as they are now. The first and last days are kept; where one is lost, the next is looked
for from there. What is not known, and would matter, is asked for (`Unread`).

`stats_of` in rules.py says the same of all stays at once.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from chalicelib.canonical.ids import PropertyId, ReservationId
from chalicelib.canonical.snapshots import Status
from chalicelib.guests import spans, walks
from chalicelib.guests.calendar import LATEST, SOONEST, Calendar, calendar_of, moved
from chalicelib.guests.kept import Amounts
from chalicelib.guests.model import Head, Stay
from chalicelib.guests.rules import Day, arriving, by_currency, first_of, last_of, leaving, own_stays, stats_of
from chalicelib.guests.spans import EVERYTHING, Around, Span, Unread
from chalicelib.guests.stats import Stats
from chalicelib.guests.tally import Tally
from chalicelib.guests.walks import Walk

Changed = Mapping[ReservationId, tuple[Stay | None, Stay | None]]
"""Reservation → the stay before and after; None where the leaf had or has none."""
Stays = Mapping[ReservationId, Stay]
Money = tuple[str, int]
"""Currency and minor units."""


@dataclass(frozen=True)
class Sums:
    """What a leaf's stays come to. `turned` are completed ones that changed in nothing themselves, and became the
    person's own or ceased to be: others moved in beside them, or away."""

    stats: Stats
    tally: Tally
    turned: frozenset[ReservationId] = frozenset()


def summed(stays: Sequence[Stay]) -> Sums:
    """From all the stays of a leaf."""
    stats = stats_of(stays)
    rooms = Counter(stay.property_id for stay in stays)
    tally = Tally(at=tuple(rooms[each] for each in stats.properties))
    return Sums(stats, _reaching(tally, stays))


def _reaching(tally: Tally, stays: Iterable[Stay]) -> Tally:
    for stay in filter(walks.is_completed, stays):
        tally = tally.reaching(stay.nights, stay.departure)
    return tally


def advanced(head: Head, changed: Changed, around: Around) -> Sums:
    """The sums of a leaf after a change; the head is as it was before. Raises Unread.

    One that was kept without a tally, as earlier versions did, is summed from all its stays.
    """
    before, after = _sides(changed, around)
    if around.span == EVERYTHING or len(before) == head.stats.reservations:  # most guests have no other
        turned = _own_ids(before.values()) ^ _own_ids(after.values())
        return replace(summed(list(after.values())), turned=frozenset(turned - changed.keys()))
    if head.tally is None:
        raise Unread(head.leaf, EVERYTHING)
    if around.span and not around.span.holds(spans.span_of(_touched(changed), head.tally)):
        return advanced(head, changed, Around())
    return _Advance(head, head.tally, changed, around).sums()


def _touched(changed: Changed) -> list[Stay]:
    return [each for pair in changed.values() for each in pair if each]


def _sides(changed: Changed, around: Around) -> tuple[Stays, Stays]:
    """The stays that are known, as they were and as they are now."""
    still = {key: stay for key, stay in around.stays.items() if key not in changed}
    before = {key: old for key, (old, _) in changed.items() if old}
    after = {key: new for key, (_, new) in changed.items() if new}
    return {**still, **before}, {**still, **after}


def _own_ids(stays: Iterable[Stay]) -> set[ReservationId]:
    return {stay.reservation for stay in own_stays(stays)}


class _Advance:
    """From the stays that are known, as they were and as they are now."""

    def __init__(self, head: Head, tally: Tally, changed: Changed, around: Around) -> None:
        self.head, self.tally, self.around = head, tally, around
        self.olds = [old for old, _ in changed.values() if old]
        self.news = [new for _, new in changed.values() if new]
        self.before, self.after = _sides(changed, around)
        self.unchanged = self.before.keys() - changed.keys()

    def sums(self) -> Sums:
        rooms = self._rooms()
        tally = self.tally.counted(tuple(rooms.values()))
        were, are = self._walks()
        turned = {stay.reservation for stay in were.own} ^ {stay.reservation for stay in are.own}
        stats = self._stats(were, are, tuple(rooms))
        return Sums(stats, _reaching(tally, self.news), frozenset(turned & self.unchanged))

    def _more(self, counts: Callable[[Stay], bool]) -> int:
        """How many more there are of a kind."""
        return sum(map(counts, self.news)) - sum(map(counts, self.olds))

    def _rooms(self) -> dict[PropertyId, int]:
        """Reservations by property."""
        rooms = Counter(dict(zip(self.head.stats.properties, self.tally.at, strict=True)))
        rooms.update(stay.property_id for stay in self.news)
        rooms.subtract(stay.property_id for stay in self.olds)
        return {each: rooms[each] for each in sorted(rooms) if rooms[each]}

    def _walks(self) -> tuple[Walk, Walk]:
        """Through the stays around those that changed, at each of their properties."""
        changed = {stay.property_id for stay in (*self.olds, *self.news) if walks.is_completed(stay)}
        pairs = [self._walks_at(each) for each in sorted(changed)]
        return walks.together(pair[0] for pair in pairs), walks.together(pair[1] for pair in pairs)

    def _walks_at(self, property_id: PropertyId) -> tuple[Walk, Walk]:
        before, after = (walks.completed(side.values(), property_id) for side in (self.before, self.after))
        pair = walks.both(before, after, self.around, self.tally)
        if pair is None:
            raise self._unread(spans.earlier)
        known = spans.known_until(self.around, self.tally)
        if len({max(each.taken_until, known) for each in pair}) > 1:
            raise self._unread(spans.later)
        return pair

    def _unread(self, wider: Callable[[Span, Head], Span]) -> Unread:
        """First what lies around the changed stays, and then more of it."""
        if self.around.span is None:
            return Unread(self.head.leaf, spans.span_of([*self.olds, *self.news], self.tally))
        return Unread(self.head.leaf, wider(self.around.span, self.head))

    def _stats(self, were: Walk, are: Walk, properties: tuple[PropertyId, ...]) -> Stats:
        sums = self.head.stats
        stays = sums.stays + are.chains - were.chains
        first, last = (self._first(are), self._last(were, are)) if stays else (None, None)
        return Stats(
            stays=stays,
            nights=sums.nights + are.nights - were.nights,
            room_revenue=_moved(sums.room_revenue, _rooms_of(were), _rooms_of(are)),
            other_revenue=_moved(sums.other_revenue, _others_of(were), _others_of(are)),
            reservations=sums.reservations + len(self.news) - len(self.olds),
            cancelled=sums.cancelled + self._more(lambda stay: stay.status is Status.CANCELLED),
            no_shows=sums.no_shows + self._more(lambda stay: stay.status is Status.NO_SHOW),
            first_arrival=first.day if first else None,
            first_hotel=first.at if first else None,
            last_departure=last.day if last else None,
            last_hotel=last.at if last else None,
            arriving=self._arriving(),
            leaving=self._leaving(),
            properties=properties,
        )

    def _first(self, are: Walk) -> Day | None:
        """The first completed stay at a property is the person's own, whatever follows."""
        first = _day(self.head.stats.first_arrival, self.head.stats.first_hotel)
        lost = first is not None and first_of(filter(walks.is_completed, self.olds)) == first
        known = first_of(filter(walks.is_completed, self.after.values()) if lost else are.own)
        if lost and not known:
            raise self._unread(spans.later)
        return known if lost or first is None else min(first, known or first)

    def _last(self, were: Walk, are: Walk) -> Day | None:
        last = _day(self.head.stats.last_departure, self.head.stats.last_hotel)
        gained = last_of(are.own)
        if last is None or (gained and gained >= last):
            return gained
        return self._latest(last) if last in {Day(each.departure, each.property_id) for each in were.own} else last

    def _latest(self, lost: Day) -> Day | None:
        """Of all own stays, where one was lost that ended last."""
        if self.around.span and not self.around.span.has(lost.day):
            raise self._unread(spans.later)
        own, uncertain = list[Stay](), spans.ended_before(self.around, self.tally)
        for property_id in {stay.property_id for stay in self.after.values()}:
            stays = walks.completed(self.after.values(), property_id)
            pair = walks.both(stays, stays, self.around, self.tally)
            own += pair[1].own if pair else []
            uncertain = max([uncertain, *(stay.departure for stay in stays if not pair)])
        latest = last_of(own)
        if uncertain > date.min and (latest is None or latest.day <= uncertain):
            raise self._unread(spans.earlier)
        return latest

    def _arriving(self) -> Calendar:
        """Where less is listed than there is room for, while others wait behind, those are looked at again: all that
        arrive from the first listed day on."""
        was = self.head.stats.arriving
        kept = moved(was, arriving(self.olds), arriving(self.news), SOONEST)
        if kept is not None:
            return kept
        first, span = min(each.day for each in was.listed), self.around.span
        if span and span.last is None and (span.first is None or span.first <= first):
            return calendar_of(arriving(self.after.values()), SOONEST)
        raise Unread(self.head.leaf, spans.from_day(first, [*self.olds, *self.news], self.tally))

    def _leaving(self) -> Calendar:
        """A person is seldom in house in more rooms than are listed."""
        kept = moved(self.head.stats.leaving, leaving(self.olds), leaving(self.news), LATEST)
        if kept is None:
            raise Unread(self.head.leaf, EVERYTHING)
        return kept


def _day(day: date | None, hotel: PropertyId | None) -> Day | None:
    return Day(day, hotel or PropertyId("")) if day else None


def _moved(sums: Amounts, gone: Iterable[Money], come: Iterable[Money]) -> Amounts:
    return by_currency([*sums.items(), *come, *((currency, -amount) for currency, amount in gone)])


def _rooms_of(walk: Walk) -> Iterator[Money]:
    return (money for stay in walk.own for money in stay.room_revenue.items())


def _others_of(walk: Walk) -> Iterator[Money]:
    return (money for stay in walk.own for money in stay.other_revenue.items())
