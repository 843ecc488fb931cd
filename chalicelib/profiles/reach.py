"""What one change or decision reaches: from its records to their guests, and through what ties them to others."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from chalicelib.aws import keys
from chalicelib.aws.keys import Key
from chalicelib.canonical.ids import Digest, Leaf, ReservationId
from chalicelib.consent.model import CHANNELS
from chalicelib.guests.model import Head
from chalicelib.identity.model import Decision, Identifier
from chalicelib.profiles import hotels
from chalicelib.profiles.anew import anew
from chalicelib.profiles.looking_again import LookAgain
from chalicelib.profiles.membership_acts import MembershipAct
from chalicelib.profiles.model import Change, Erasure, Input, MergeDecision, Person, Told
from chalicelib.profiles.rows import KnownRows
from chalicelib.profiles.said import Sayings
from chalicelib.profiles.ties import Ties
from chalicelib.profiles.touched import TouchedRows, leaf_of, mark_of


def reach_of(said: Input, known: KnownRows) -> TouchedRows:
    """As far as the rows tell that are known by now: with each of its keys that is read it may become larger."""
    reach = _follow_input(said, known)
    reach.keys.update(map(keys.head, reach.leaves), map(keys.identifier, reach.digests), map(keys.block, reach.blocks))
    if reach.curious:
        reach.keys |= {keys.record(leaf) for leaf in reach.leaves if _may_have_record(leaf, known)}
        reach.keys |= hotels.rows_of(reach.hotels)
    reach.keys.update(keys.gate(guest, channel) for guest in reach.guests for channel in CHANNELS)
    reach.keys.update(map(keys.decisions, reach.decided))
    reach.keys.add(mark_of(said))
    return reach


def _follow_input(said: Input, known: KnownRows) -> TouchedRows:
    match said:
        case Change():
            return _follow_change(said, known)
        case MergeDecision():
            return _follow_decision(said, known)
        case MembershipAct():
            return _follow_act(said, known)
        case Sayings():
            return _follow_sayings(said, known)
        case Erasure():
            return _follow_erasure(said, known)
        case LookAgain():
            return _look_again(said, known)


def reservations_of(change: Change, known: KnownRows) -> list[ReservationId]:
    """The reservation of a change; of a charge also the one that it is kept under until now."""
    home = known.reservation_of_charge(change.charge.id) if change.charge else None
    named = [change.stay.reservation] if change.stay else []
    return named + ([home] if home and home not in named else [])


def _follow_decision(said: MergeDecision, known: KnownRows) -> TouchedRows:
    """A decision that is kept, or older than what is kept, changes nothing: it ties nobody to anybody."""
    leaves = {leaf for each in said.decisions for leaf in each.leaves}
    heads = [head for leaf in leaves if (head := known.head(leaf))]
    reach = TouchedRows(decided={head.leaf for head in heads if head.decided})
    reach.curious = any(_is_newer(each, known) for each in said.decisions)
    _follow(leaves, (), reach, known)
    return reach


def _is_newer(decision: Decision, known: KnownRows) -> bool:
    one, other = decision.leaves
    kept = known.decisions(one).get(other)
    return decision.version.supersedes(kept.version if kept else None)


def _follow_act(act: MembershipAct, known: KnownRows) -> TouchedRows:
    """From the record through which it is said; a number leads to whoever has it, and could be the same person."""
    reach, head = TouchedRows(curious=True), known.head(act.leaf)
    news = [person] if head and (person := act.person_of(head)) else []
    _follow([act.leaf], news, reach, known)
    return reach


def _look_again(said: LookAgain, known: KnownRows) -> TouchedRows:
    """As if its source said the same of it for the first time."""
    reach, head = TouchedRows(curious=True), known.head(said.leaf)
    news = [person] if head and (person := said.person_of(head)) else []
    _follow([said.leaf], news, reach, known)
    return reach


def _follow_sayings(said: Sayings, known: KnownRows) -> TouchedRows:
    """It ties nobody to anybody."""
    reach = TouchedRows(curious=True)
    _follow([said.leaf], (), reach, known)
    return reach


def _follow_change(change: Change, known: KnownRows) -> TouchedRows:
    """Follow leaves to their guests; for people of whom something new is said, identifiers to other leaves, too.

    Where nothing new is said of anybody, neither records, identifiers nor gates can change: they are not even read.
    """
    looked_at = _LookedAt(known)
    if found := anew(change, looked_at):
        change = found.of(change)
    reservations = reservations_of(change, known)
    reach = TouchedRows(anew=found, keys=looked_at.keys | _keys_of_rooms(change, reservations))
    lie_at = [leaf for each in reservations if (leaf := known.leaf_of_stay(each))]
    lie_at += [change.stay_leaf] if change.stay_leaf else []
    news = [person for person in change.people if _is_news(person, known)]
    reach.curious = bool(news)
    if not reach.curious and not change.version.observed_at and known.get(mark_of(change)):
        reach.stored = True
    else:
        reach.stays = _keys_of_stays(reservations, known)
        reach.keys |= reach.stays
    if reach.curious:
        reach.hotels = {person.property_id for person in change.people if person.property_id}
    _follow([*lie_at, *(person.leaf for person in change.people)], news, reach, known)
    return reach


@dataclass
class _LookedAt:
    """What is known, and the keys of what was looked for: were it otherwise, the people would be others."""

    known: KnownRows
    keys: set[Key] = field(default_factory=set)

    def was_read(self, leaf: Leaf) -> bool:
        self.keys.add(keys.head(leaf))
        return self.known.was_read(leaf)

    def head(self, leaf: Leaf) -> Head | None:
        self.keys.add(keys.head(leaf))
        return self.known.head(leaf)

    def identifier(self, digest: Digest) -> Identifier | None:
        self.keys.add(keys.identifier(digest))
        return self.known.identifier(digest)

    def leaf_of_stay(self, reservation: ReservationId) -> Leaf | None:
        self.keys.add(keys.reservation(reservation))
        return self.known.leaf_of_stay(reservation)


def _follow_erasure(said: Erasure, known: KnownRows) -> TouchedRows:
    """What a record tied together is looked at anew without it; of one that is erased, nothing."""
    heads = [head for leaf in said.leaves if (head := known.head(leaf))]
    reach = TouchedRows(curious=any(not head.erased for head in heads))
    _follow(said.leaves, [person for head in heads if (person := said.person_of(head))], reach, known)
    return reach


def _keys_of_rooms(change: Change, reservations: Sequence[ReservationId]) -> set[Key]:
    wanted = set(map(keys.reservation, reservations))
    if change.charge:
        wanted |= {keys.charge(each, change.charge.id) for each in reservations}
        wanted.add(keys.reservation_of_charge(change.charge.id))
    return wanted


def _keys_of_stays(reservations: Iterable[ReservationId], known: KnownRows) -> set[Key]:
    """The head is the lock of its leaf's stays: they are read after it."""
    found = [key for each in reservations if (key := known.key_of_stay(each))]
    return {key for key in found if keys.head(leaf_of(key)) in known}


def _follow(leaves: Iterable[Leaf], news: Sequence[Told], reach: TouchedRows, known: KnownRows) -> None:
    own = _whole_guests(leaves, known)
    reach.leaves |= own
    if not reach.curious:
        return
    ties = Ties(known, frozenset(own), news)
    ties.follow()
    reach.leaves, reach.digests, reach.too_far = ties.leaves, ties.digests(), ties.is_too_far
    reach.blocks = ties.blocks()
    reach.decided |= ties.decided
    reach.keys |= {key for key in ties.looked_at if key in known}
    for head in (head for leaf in reach.leaves if (head := known.head(leaf))):
        reach.guests.add(head.guest)
        reach.hotels.update(head.seen_at)
    reach.readers = ties.readers()
    reach.keys.update(map(keys.head, reach.readers))
    reach.guests.update(head.guest for leaf in reach.readers if (head := known.head(leaf)))


def _whole_guests(leaves: Iterable[Leaf], known: KnownRows) -> set[Leaf]:
    """The leaves, and all others of their guests."""
    whole, to_follow = set[Leaf](), list(leaves)
    while to_follow:
        leaf = to_follow.pop()
        if leaf not in whole:
            whole.add(leaf)
            if head := known.head(leaf):
                to_follow += [head.guest, *head.members]
    return whole


def _is_news(person: Person, known: KnownRows) -> bool:
    """Told from the head: what is not read yet is no news yet. To be named at one more hotel is."""
    if keys.head(person.leaf) not in known:
        return False
    head = known.head(person.leaf)
    if person.record.nobody == "erased" or (head and head.erased):
        return head is None or not head.erased
    is_seen = head is not None and (person.property_id is None or person.property_id in head.seen_at)
    if head is None or not is_seen:
        return True
    return person.version.supersedes(head.version) or person.version.rivals(head.version)


def _may_have_record(leaf: Leaf, known: KnownRows) -> bool:
    head = known.head(leaf)
    return head.record_rev is not None if head else keys.head(leaf) not in known
