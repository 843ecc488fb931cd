"""What of a guest is a hotel's that leaves the group: its records, stays, consents, notes, and points earned there.

It goes by what was said and done at the hotel, whatever hotels are shown of each other, and changes nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from chalicelib.canonical.errors import NotFound
from chalicelib.canonical.ids import ControllerId, Leaf, ProgramId, PropertyId
from chalicelib.consent import evidence
from chalicelib.consent import store as consents
from chalicelib.consent.model import CHANNELS, Consent, Receipt, controller_of
from chalicelib.guests import notes
from chalicelib.guests import store as guests
from chalicelib.guests.model import Guest, Head, Stay
from chalicelib.guests.notes import Note
from chalicelib.guests.standing import hotels_of
from chalicelib.loyalty import store as loyalty
from chalicelib.loyalty.model import Entry, Reversal, StayEarned
from chalicelib.loyalty.rules import balance
from chalicelib.profiles import charges
from chalicelib.profiles.state import KeptCharge
from chalicelib.settings import actions as settings

MOST_NOTES = 1_000


@dataclass(frozen=True)
class Said:
    """What holds of one `controller:purpose` through one record."""

    leaf: Leaf
    channel: str
    about: str
    answer: Consent


@dataclass(frozen=True)
class Earned:
    """Points of one programme: what stays at the hotel earned, and how many of these the membership holds still, at
    most: what was spent is not told apart by hotel."""

    program: ProgramId
    entries: Sequence[Entry]
    points: int
    outstanding: int


@dataclass(frozen=True)
class HotelsPart:
    """Of one guest. `position` is from where a walk goes on behind them."""

    position: str
    guest: Guest
    records: Sequence[Head]
    stays: Mapping[Leaf, Sequence[Stay]]
    charges: Mapping[str, Sequence[KeptCharge]]
    consents: Sequence[Said]
    receipts: Sequence[Receipt]
    notes: Mapping[Leaf, Sequence[Note]]
    points: Sequence[Earned]


def parts_of(hotel: PropertyId, position: str = "") -> Iterator[HotelsPart]:
    """Of every guest whom the hotel knows, one at a time, from a position on. Raises NotFound for a hotel that is not
    there."""
    known = settings.controllers()
    if hotel not in known.by_property:
        raise NotFound("There is no such property.")
    answering = known.with_predecessors({known.by_property[hotel]})
    for at, guest in guests.walk(0, 1, position):
        if hotel in guest.properties:
            yield _part(at, guest, hotel, answering)


def _part(position: str, guest: Guest, hotel: PropertyId, answering: frozenset[ControllerId]) -> HotelsPart:
    heads = guests.with_records(guests.heads(guest.members))
    own = [heads[leaf] for leaf in sorted(heads) if hotel in hotels_of(heads[leaf])]
    leaves = [head.leaf for head in own]
    stays = {leaf: [stay for stay in guests.stays(leaf) if stay.property_id == hotel] for leaf in leaves}
    return HotelsPart(
        position=position,
        guest=guest,
        records=own,
        stays=stays,
        charges={
            each.reservation: [*charges.of(each.reservation).values()] for some in stays.values() for each in some
        },
        consents=list(_said(leaves, answering)),
        receipts=[each for each in evidence.receipts(leaves) if controller_of(each.purpose) in answering],
        notes={leaf: [note for note in _notes(leaf) if note.property_id == hotel] for leaf in leaves},
        points=list(_earned(guest, leaves, hotel)),
    )


def _said(leaves: Sequence[Leaf], answering: frozenset[ControllerId]) -> Iterator[Said]:
    for channel in CHANNELS:
        for leaf, acts in sorted(consents.acts_of(leaves, channel).items()):
            for about, act in sorted(acts.items()):
                if controller_of(about) in answering:
                    yield Said(leaf, channel, about, act)


def _notes(leaf: Leaf) -> list[Note]:
    return [each.what for each in notes.happenings(leaf, None, MOST_NOTES)]


def _earned(guest: Guest, leaves: Sequence[Leaf], hotel: PropertyId) -> Iterator[Earned]:
    for program in loyalty.PROGRAMS.listed():
        entries = [each for leaf in leaves for each in loyalty.entries(leaf, program.id) if _is_of(each, hotel)]
        if entries:
            points = sum(each.points for each in entries)
            held = balance(loyalty.accounts(guest.members, program.id).values())
            yield Earned(program.id, entries, points, max(0, min(points, held)))


def _is_of(entry: Entry, hotel: PropertyId) -> bool:
    return isinstance(entry.origin, StayEarned | Reversal) and entry.origin.property_id == hotel
