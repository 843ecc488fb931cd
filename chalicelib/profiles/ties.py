"""From record to record, along all that may make them one person; and no further than a stated number."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from chalicelib.aws import keys
from chalicelib.aws.keys import Key
from chalicelib.canonical.ids import Digest, IdentifierKey, Leaf, digest_in
from chalicelib.consent.model import CHANNELS
from chalicelib.guests.model import Head
from chalicelib.identity.carriers import Carriers, is_one_by, is_shared_by, tells, tied_to
from chalicelib.identity.model import MOST_LEAVES, Identifier, Verdict
from chalicelib.profiles.model import Told
from chalicelib.profiles.rows import KnownRows
from chalicelib.profiles.touched import target

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

    def follow(self) -> None:
        self._follow_all()
        if self.is_too_far:
            self.leaves, self.decided, self._through_profiles = set(self.own), self.decided & self.own, False

    def _follow_all(self) -> None:
        self._follow(self.own)
        for key in {key for person in self.people for key in (*person.identifiers, *self._identifiers(person.leaf))}:
            self._follow(self._regrouped_by(key))
        for person in self.people:
            self._follow([*self._tied_anew(person), *target(person.record)])
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
                to_follow += [head.guest, *head.members, *self._joined(head), *self._beyond(head)]
            if leaf not in self.own:
                self._look_whether_too_far()

    def _look_whether_too_far(self) -> None:
        others = self.leaves - self.own
        heads = [head for leaf in others if (head := self.known.head(leaf))]
        self.is_too_far = (
            len(others) > MOST_LEAVES
            or len({head.guest for head in heads}) > MOST_GUESTS
            or len({digest for head in heads for digest in head.digests}) > MOST_IDENTIFIERS
        )

    def _heads(self) -> list[Head]:
        return [head for leaf in self.leaves if (head := self.known.head(leaf))]

    def digests(self) -> set[Digest]:
        """Of the identifiers that tie the leaves, or may."""
        heads = self._heads()
        told = {digest_in(key) for person in self.people for key in person.identifiers}
        told |= {person.own_profile for person in self.people if person.own_profile}
        told |= {digest for head in heads for digest in head.digests}
        return told | {head.own_profile for head in heads if head.own_profile and self._through_profiles}

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
        tied = {leaf for key, row in rows for leaf in tied_to(key, row, head.record.called)}
        merged = self._merged_into(head.own_profile) if self._through_profiles else ()
        return tied.union(target(head.record), merged)

    def _tied_anew(self, person: Told) -> set[Leaf]:
        tied = {leaf for key in person.identifiers for leaf in tied_to(key, self._row(key), person.record.called)}
        return tied.union(self._merged_into(person.own_profile))

    def _regrouped_by(self, key: IdentifierKey) -> set[Leaf]:
        """All who carry an identifier, where what is said now changes for all of them what it tells; and all who read a
        mailbox, for their gates say whether others do.
        """
        row = self._row(key)
        if row.is_closed or not tells(key):
            return set()
        after = self._after(key, row)
        everybody = {*row.carriers, *after}
        is_shared = is_shared_by(key, after, unless_known=row.shared)
        if is_shared == row.shared:
            is_all_of_them = _is_read_together(key) or is_one_by(key, after) != is_one_by(key, row.carriers)
            return everybody if is_all_of_them and not is_shared else set()
        if len(everybody - self.own) <= MOST_GUESTS:
            return everybody
        self.is_too_far |= is_shared and not is_shared_by(key, row.carriers, unless_known=False)
        return set()

    def _after(self, key: IdentifierKey, row: Identifier) -> Carriers:
        """Who carries it when what is said is kept."""
        carriers = dict(row.carriers)
        for person in self.people:
            head = self.known.head(person.leaf)
            if head and not person.is_newer_than(head):
                continue
            carriers.pop(person.leaf, None)
            if key in person.identifiers or (head and key in head.enrolled_keys):
                carriers[person.leaf] = person.record.called
        return carriers

    def _identifiers(self, leaf: Leaf) -> tuple[IdentifierKey, ...]:
        head = self.known.head(leaf)
        return head.identifiers if head else ()

    def _merged_into(self, profile: Digest | None) -> tuple[Leaf, ...]:
        row = self.known.identifier(profile) if profile else None
        return row.leaves if row else ()

    def _row(self, key: IdentifierKey) -> Identifier:
        digest = digest_in(key)
        self.looked_at.add(keys.identifier(digest))
        return self.known.identifier(digest) or Identifier(digest)


def _is_read_together(key: IdentifierKey) -> bool:
    """Whether messages of some channel go there."""
    return key.partition(":")[0] in CHANNELS.values()
