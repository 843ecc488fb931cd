"""From record to record, along all that may make them one person; and no further than a stated number."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from chalicelib.aws import keys
from chalicelib.aws.keys import Key
from chalicelib.canonical.ids import Digest, IdentifierKey, Leaf, PropertyId, digest_in
from chalicelib.consent.model import CHANNELS
from chalicelib.guests.carried import listed_as, sketch
from chalicelib.guests.model import Head
from chalicelib.identity.carriers import Carriers, hotels_of, is_one_by, is_shared_by, tells, tied_to, whose
from chalicelib.identity.model import MOST_LEAVES, Block, Called, Identifier, Verdict, hotel_in
from chalicelib.identity.sketches import Sketch
from chalicelib.identity.weights import weigh
from chalicelib.profiles.anew import target
from chalicelib.profiles.model import Told
from chalicelib.profiles.rows import KnownRows

MOST_BLOCKS = 20
"""So many blocks are looked into besides those of the people that a change is about: those of five others who have all
of their blocks to themselves. A guest of dozens of records that say many things of them is found by its identifiers."""
MOST_GUESTS, MOST_IDENTIFIERS = 12, 16
"""Besides those that a change is about, so many guests are looked at, and so many identifiers of theirs: what would
regroup more is kept without its new ties."""


@dataclass
class Ties:
    """The leaves that a change may regroup, with what ties them. `own` are all leaves of the guests it is about.

    An identifier is followed to those whose names do not contradict; to all its carriers only from the people of whom
    something is said, where it becomes shared by that, or stops being so, and where it is a mailbox of few.
    """

    known: KnownRows
    own: frozenset[Leaf]
    people: Sequence[Told] = ()
    """Of whom something new is said."""
    leaves: set[Leaf] = field(default_factory=set)
    decided: set[Leaf] = field(default_factory=set)
    looked_at: set[Key] = field(default_factory=set)
    """Heads and identifiers that led here, or too far: were they others, this would end elsewhere."""
    is_too_far: bool = False
    _through_profiles: bool = False
    _claims: dict[Leaf, PropertyId] = field(default_factory=dict)
    """What was met of other hotels' claims."""
    _by_likeness: bool = True
    _unheard: set[PropertyId] = field(default_factory=set)
    """Hotels whose claims are left as they are: they are so many that they would lead too far."""

    def follow(self) -> None:
        """Where it is too far, without what is only alike; and then without the claims of the hotel that has most
        there: they keep nobody from anybody."""
        self._follow_all()
        if self.is_too_far or len(self.blocks() - self._own_blocks()) > MOST_BLOCKS:
            self._begin_again()
            self._by_likeness = False
            self._follow_all()
        while self.is_too_far and (hotel := self._loudest()):
            self._begin_again()
            self._unheard.add(hotel)
            self._follow_all()
        if self.is_too_far:
            self.leaves, self.decided, self._through_profiles = set(self.own), self.decided & self.own, False

    def _loudest(self) -> PropertyId | None:
        claims = Counter(hotel for hotel in self._claims.values() if hotel not in {self._hotel, *self._unheard})
        return min(claims, key=lambda hotel: (-claims[hotel], hotel), default=None)

    def _begin_again(self) -> None:
        self.leaves, self.decided, self._through_profiles, self.is_too_far = set(), set(), False, False

    def _follow_all(self) -> None:
        self._follow(self.own)
        for key in {key for person in self.people for key in (*person.identifiers, *self._identifiers(person.leaf))}:
            self._follow(self._regrouped_by(key))
        for person in self.people:
            self._follow([*self._tied_anew(person), *target(person.record)])
            self._follow(self._alike(sketch(person.record), person.blocks))
        if self.decided:  # who is kept apart may be what a source's merge waits for: it is followed from its end, too
            self._through_profiles = True
            self._follow([leaf for known in self._heads() for leaf in self._merged_into(known.own_profile)])

    def _follow(self, leaves: Iterable[Leaf]) -> None:
        to_follow = list(leaves)
        while to_follow and not self.is_too_far:
            leaf = to_follow.pop()
            if leaf in self.leaves:
                continue
            self.leaves.add(leaf)
            self.looked_at.add(keys.head(leaf))
            if head := self.known.head(leaf):
                to_follow += [head.guest, *head.members, *self._joined(head)]
                to_follow += self._beyond(head) if self._is_heard(head) else ()
            if leaf not in self.own:
                self._look_whether_too_far()

    def _look_whether_too_far(self) -> None:
        others = {leaf for leaf in self.leaves - self.own if self._claims.get(leaf) not in self._unheard}
        heads = [head for leaf in others if (head := self.known.head(leaf))]
        self.is_too_far = (
            len(others) > MOST_LEAVES
            or len({head.guest for head in heads}) > MOST_GUESTS
            or len({digest for head in heads for digest in head.digests}) > MOST_IDENTIFIERS
        )

    def _heads(self) -> list[Head]:
        return [head for leaf in self.leaves if (head := self.known.head(leaf))]

    def readers(self) -> list[Leaf]:
        """Who else has a mailbox of these people, of hotels whose claims are left as they are: that somebody else reads
        it, their gates are to say all the same. All but one guest of them know already."""
        rows = [self._row(key) for person in self.people for key in person.identifiers if _is_read_together(key)]
        carriers = {leaf: called for row in rows for leaf, called in row.carriers.items() if leaf not in self.leaves}
        return sorted(leaf for leaf, called in carriers.items() if hotel_in(called) in self._unheard)[:MOST_GUESTS]

    def digests(self) -> set[Digest]:
        """Of the identifiers that tie the leaves, or may."""
        heads = self._heads()
        told = {digest_in(key) for person in self.people for key in person.identifiers}
        told |= {person.own_profile for person in self.people if person.own_profile}
        told |= {digest for head in heads for digest in head.digests}
        return told | {head.own_profile for head in heads if head.own_profile and self._through_profiles}

    def blocks(self) -> set[Digest]:
        """Where the people of whom something is said lie from now on, or lay; and all that are looked into."""
        others = self._heads() if self._by_likeness else ()
        return self._own_blocks().union(*(head.blocks for head in others))

    def _own_blocks(self) -> set[Digest]:
        lay = (head for person in self.people if (head := self.known.head(person.leaf)))
        lie = {each for person in self.people for each in person.blocks}
        return lie.union(*(head.blocks for head in lay))

    def _joined(self, head: Head) -> list[Leaf]:
        """The leaves to which a person joined this one; those that it is kept apart from tie it to nobody.

        The head is the lock of what was decided about its leaf: that is read only when the head is known.
        """
        if not head.decided:
            return []
        self.decided.add(head.leaf)
        return [other for other, each in self.known.decisions(head.leaf).items() if each.verdict is Verdict.JOIN]

    def _beyond(self, head: Head) -> set[Leaf]:
        """What else a record is tied to, as it is kept."""
        if not head.record:
            return set()
        rows = [(key, self._row(key)) for key in head.identifiers]
        tied = {leaf for key, row in rows for leaf in self._tied_to(key, row, listed_as(head.record))}
        merged = self._merged_into(head.own_profile) if self._through_profiles else ()
        return tied.union(target(head.record), merged, self._alike(sketch(head.record), head.blocks))

    def _alike(self, compared: Sketch, blocks: Iterable[Digest]) -> set[Leaf]:
        """The records that are so much alike that they are one person's, unless something speaks against it."""
        if not self._by_likeness:
            return set()
        beside = {leaf: each for block in blocks for leaf, each in self._block(block).sketches.items()}
        return {leaf for leaf, each in beside.items() if weigh(compared, each, self.known.matching).is_one}

    def _tied_anew(self, person: Told) -> set[Leaf]:
        rows = [(key, self._row(key)) for key in person.identifiers]
        tied = {leaf for key, row in rows for leaf in self._tied_to(key, row, listed_as(person.record))}
        return tied.union(self._merged_into(person.own_profile))

    def _tied_to(self, key: IdentifierKey, row: Identifier, called: Called) -> set[Leaf]:
        return tied_to(key, row, called) & self._heard(row.carriers).keys()

    def _is_heard(self, head: Head) -> bool:
        if head.record and (hotel := head.record.hotel):
            self._claims[head.leaf] = hotel
        return self._claims.get(head.leaf) not in self._unheard

    def _heard(self, carriers: Carriers) -> Carriers:
        self._claims.update((leaf, hotel) for leaf, called in carriers.items() if (hotel := hotel_in(called)))
        return {leaf: called for leaf, called in carriers.items() if hotel_in(called) not in self._unheard}

    @property
    def _hotel(self) -> PropertyId | None:
        """Whose key says what is new: all people of a change are one source's."""
        return next((person.record.hotel for person in self.people), None)

    def _regrouped_by(self, key: IdentifierKey) -> set[Leaf]:
        """All who carry an identifier, where what is said now changes for all of them what it tells; and all who read a
        mailbox, for their gates say whether others do.
        """
        row = self._row(key)
        if row.is_closed or not tells(key):
            return set()
        after = self._after(key, row)
        heard, heard_then = self._heard(row.carriers), self._heard(after)
        everybody = {*heard, *heard_then}
        is_shared = is_shared_by(key, after, unless_known=row.is_shared_for(self._hotel), hotel=self._hotel)
        if not any(self._turns(key, row, after, hotel) for hotel in self._views(heard_then)):
            is_all_of_them = _is_read_together(key) or is_one_by(key, heard_then) != is_one_by(key, heard)
            return everybody if is_all_of_them and not is_shared else set()
        if len(everybody - self.own) <= MOST_GUESTS:
            return everybody
        was_shared = is_shared_by(key, row.carriers, unless_known=False, hotel=self._hotel)
        self.is_too_far |= (is_shared and not was_shared) or self._are_claims_among(heard_then)
        return set()

    def _are_claims_among(self, heard: Carriers) -> bool:
        """Whether others' claims are, which could be left as they are."""
        return whose(heard, self._hotel).keys() != heard.keys()

    def _views(self, carriers: Carriers) -> list[PropertyId | None]:
        """For whose records a word of these people may make an identifier nobody's: a hotel's, for its own."""
        return [self._hotel] if self._hotel else [None, *sorted(hotels_of(carriers))]

    def _turns(self, key: IdentifierKey, row: Identifier, after: Carriers, hotel: PropertyId | None) -> bool:
        known = row.is_shared_for(hotel)
        is_shared = is_shared_by(key, after, unless_known=known) or is_shared_by(
            key, after, unless_known=known, hotel=hotel
        )
        return is_shared != known

    def _after(self, key: IdentifierKey, row: Identifier) -> Carriers:
        """Who carries it when what is said is kept."""
        carriers = dict(row.carriers)
        for person in self.people:
            head = self.known.head(person.leaf)
            if head and not person.is_newer_than(head):
                continue
            carriers.pop(person.leaf, None)
            is_kept = head is not None and key in head.enrolled_keys and person.record.nobody != "erased"
            if key in person.identifiers or is_kept:
                carriers[person.leaf] = listed_as(person.record)
        return carriers

    def _identifiers(self, leaf: Leaf) -> tuple[IdentifierKey, ...]:
        head = self.known.head(leaf)
        return head.identifiers if head else ()

    def _merged_into(self, profile: Digest | None) -> tuple[Leaf, ...]:
        row = self.known.identifier(profile) if profile else None
        return row.leaves if row else ()

    def _block(self, digest: Digest) -> Block:
        self.looked_at.add(keys.block(digest))
        return self.known.block(digest) or Block(digest)

    def _row(self, key: IdentifierKey) -> Identifier:
        digest = digest_in(key)
        self.looked_at.add(keys.identifier(digest))
        return self.known.identifier(digest) or Identifier(digest)


def _is_read_together(key: IdentifierKey) -> bool:
    """Whether messages of some channel go there."""
    return key.partition(":")[0] in CHANNELS.values()
