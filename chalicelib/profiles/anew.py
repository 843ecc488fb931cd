"""Who the people of a change are where somebody was erased: tombstones, or guests who begin anew. Pure.

A source may go on telling of a person who was erased here. What it knew before is taken no more, by whichever record it
comes: the record itself is known to be erased, and another one by an address, a telephone or a member number of the
person. A booking that was made later begins a new guest, under a leaf that follows from the erased one, so that twice
or in another order it is the same guest; so does the person's own word. A profile by itself begins nobody: who changed
it, and why, it does not say. Nor is it taken once the guest has begun, for what had come before the booking was not
kept either; what is booked later tells who that is by now.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from chalicelib.canonical.ids import Digest, Leaf, ReservationId, digest_in, is_anew, leaf_anew, leaf_of_profile
from chalicelib.canonical.time import Instant
from chalicelib.guests.carried import listed_as
from chalicelib.guests.model import Head, Stay
from chalicelib.guests.records import Record
from chalicelib.identity.carriers import tied_to
from chalicelib.identity.model import Identifier
from chalicelib.identity.names import name_of
from chalicelib.identity.tombs import tomb_of
from chalicelib.profiles.model import Change, Person

NEVER = Instant("")


class Known(Protocol):
    """What is known by now; what was not read yet says nothing."""

    def was_read(self, leaf: Leaf) -> bool: ...
    def head(self, leaf: Leaf) -> Head | None: ...
    def identifier(self, digest: Digest) -> Identifier | None: ...
    def leaf_of_stay(self, reservation: ReservationId) -> Leaf | None: ...


@dataclass(frozen=True)
class Anew:
    """The people of a change where any of them was erased, and whose the stay is then."""

    people: tuple[Person, ...]
    leaves: Mapping[Leaf, Leaf]

    def of(self, change: Change) -> Change:
        stay, leaf = change.stay, change.stay_leaf
        companions = tuple(sorted(self.leaves.get(each, each) for each in stay.companions)) if stay else ()
        return replace(
            change,
            people=self.people,
            stay=stay.with_companions(companions) if stay else None,
            stay_leaf=self.leaves.get(leaf, leaf) if leaf else None,
        )


def anew(change: Change, known: Known) -> Anew | None:
    """None where nobody of a change was erased."""
    found = [(person, _as_whom(change, person, known)) for person in change.people]
    if all(those == [person] for person, those in found):
        return None
    people = tuple(each for _, those in found for each in those)
    return Anew(people, {person.leaf: those[-1].leaf for person, those in found})


def _as_whom(change: Change, person: Person, known: Known) -> list[Person]:
    """The person; or what is left of them, and where they come again who they are then."""
    leaf, left = person.leaf, list[Person]()
    while known.was_read(leaf):
        at = _erased_at(leaf, person, known)
        if at is None:
            break
        if not _is_later(change, person, leaf, at, known):
            return [*left, person.erased(leaf, at)]
        if is_anew(leaf) and not _is_erased(known.head(leaf)):
            break
        left = left or [person.erased(leaf, at)]
        leaf = leaf_anew(leaf)
    return [person] if leaf == person.leaf else [*left, person.begun_anew(leaf)]


def _erased_at(leaf: Leaf, person: Person, known: Known) -> Instant | None:
    """When who has this leaf was erased; of a leaf of which nothing is known, who could be that person."""
    head = known.head(leaf)
    if head and head.erased:
        return head.erased
    return None if _is_living(head) else _by_identifiers(person, known)


def _is_erased(head: Head | None) -> bool:
    return head is not None and head.erased is not None


def _is_living(head: Head | None) -> bool:
    return head is not None and head.has_record and not head.nobody


def _by_identifiers(person: Person, known: Known) -> Instant | None:
    """The last time that anybody of this name was erased who carried one of these, or into whose record the source
    merged this one; None where a guest is there who carries it as well, and could be this person."""
    found = {head.erased for into in target(person.record) if (head := known.head(into)) and head.erased}
    rows = [(key, row) for key in person.identifiers if (row := known.identifier(digest_in(key))) and row.tombs]
    if rows:
        own, called = tomb_of(name_of(*person.record.called), NEVER, person.digest), listed_as(person.record)
        left = [row for key, row in rows if all(map(is_anew, tied_to(key, row, called) - {person.leaf}))]
        found |= {tomb.at for row in left for tomb in row.tombs if tomb.is_of(own)}
    return max(found, default=None)


def target(record: Record) -> list[Leaf]:
    """The leaf into which a record's own source merged it."""
    return [leaf_of_profile(record.source, record.merged_into)] if record.merged_into else []


def _is_later(change: Change, person: Person, leaf: Leaf, erased_at: Instant, known: Known) -> bool:
    """Whether it was made after the erasure. Where the source does not say when, a reservation was that comes first
    afterwards, lies ahead, and is no history. That somebody became nobody is news of whoever they are by now."""
    if change.own_act and change.version.changed_at > erased_at:
        return True
    if change.stay is None:
        return person.record.nobody is not None and person.version.changed_at > erased_at
    if change.booked_at:
        return change.booked_at > erased_at
    lies_at = known.leaf_of_stay(change.stay.reservation)
    if lies_at and (lies_at == leaf or is_anew(lies_at)):
        return lies_at != leaf
    return not change.backfill and change.version.changed_at > erased_at and _lies_ahead(change.stay, erased_at)


def _lies_ahead(stay: Stay, at: Instant) -> bool:
    return stay.arrival.isoformat() >= at[:10]
