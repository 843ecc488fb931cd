"""What is left of a person who is erased, and of their identifiers. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from chalicelib.canonical.errors import XeniaError
from chalicelib.canonical.facts import FactType
from chalicelib.canonical.ids import Leaf, digest_in
from chalicelib.consent.model import CHANNELS, Gate
from chalicelib.guests.model import Head
from chalicelib.guests.standing import hotels_of
from chalicelib.identity.carriers import tells
from chalicelib.identity.model import Identifier
from chalicelib.identity.names import name_of
from chalicelib.identity.tombs import tomb_of, with_tomb
from chalicelib.profiles.draft import Draft
from chalicelib.profiles.model import Erasure, Person


class MoreRecords(XeniaError):
    """A guest that is to be erased as a whole has these records, too."""

    def __init__(self, leaves: frozenset[Leaf]) -> None:
        super().__init__("the guest has further records by now")
        self.leaves = leaves


class OthersRecords(XeniaError):
    """Other hotels know these records by now, whose people did not ask for it."""

    def __init__(self, leaves: frozenset[Leaf]) -> None:
        super().__init__("other hotels know the guest by now")
        self.leaves = leaves


class Overtaken(XeniaError):
    """A row by which it was judged is not as it was read."""


def check(said: Erasure, heads: Sequence[Head], draft: Draft) -> None:
    """Raises OthersRecords for what may not be taken, and MoreRecords where the guest has others by now."""
    living = [head for head in heads if not head.erased]
    if others := frozenset(head.leaf for head in living if not said.may_take(hotels_of(head))):
        raise OthersRecords(others)
    members = {leaf for head in living for leaf in draft.head(head.guest).members}
    if said.whole and not members <= said.whole:
        raise MoreRecords(frozenset(members - said.whole))


def take(draft: Draft, person: Person) -> bool:
    """The record becomes nobody's for good, a guest by itself that is shown to nobody; its stays stay. What says where
    and since when it was known goes as well: it must not matter what came before."""
    before = draft.head(person.leaf)
    erased = Head(
        leaf=before.leaf,
        rev=before.rev,
        record=person.record,
        record_rev=before.record_rev,
        record_version=person.version.text(),
        stats=before.stats,
        tally=before.tally,
        drift=before.drift,
        members=(before.leaf,),
        nobody=True,
        decided=before.decided,
        erased=person.version.changed_at,
    )
    draft.keep(erased)
    if before.has_record:
        draft.say(FactType.GUEST_ERASED, person.leaf, person.leaf)
    return True


def entomb(draft: Draft, persons: Iterable[Person]) -> None:
    """The rows of what told the persons become their tombs, but for what many have: that tells nobody."""
    for person in persons:
        before = draft.state.heads.get(person.leaf)
        for key in filter(tells, before.identifiers if before else ()):
            row = draft.identifier(digest_in(key))
            if before and before.record and not row.shared:
                tomb = tomb_of(name_of(*before.record.called), person.version.changed_at, person.digest)
                draft.decided.identifiers[row.digest] = replace(row, tombs=with_tomb(row.tombs, tomb))


def close_gates(draft: Draft, leaves: Iterable[Leaf]) -> None:
    """Nothing goes out to who was erased, also not what is decided already: a claim stands on the gate that it saw."""
    highest = max((gate.rev for gate in draft.state.gates.values()), default=0)
    for head in map(draft.head, leaves):
        for channel in CHANNELS:
            draft.decided.gates[head.guest, channel] = Gate(guest=head.guest, channel=channel, rev=highest, erased=True)


def hold_what_goes_later(draft: Draft, said: Erasure) -> None:
    """Of a guest whom several transactions erase, whoever dies behind the first one: no message reaches what is left.
    What is not to go with it is held no longer, which was joined with that in between."""
    gates, going = draft.decided.gates, set(said.later)
    for guest in {draft.head(leaf).guest for leaf in going if not draft.head(leaf).erased}:
        for channel in CHANNELS:
            gates[guest, channel] = draft.gate(guest, channel).erasing(is_erased=True)
    for (guest, channel), gate in gates.items():
        if gate and gate.erased and not draft.head(guest).erased and going.isdisjoint(draft.head(guest).members):
            gates[guest, channel] = gate.erasing(is_erased=False)


def is_held(row: Identifier, person: Person) -> bool:
    """Whether who was erased has this address again, and has not agreed to anything there since."""
    own = tomb_of(name_of(*person.record.called), person.version.changed_at, person.digest)
    return any(tomb.is_of(own) and (row.came_back is None or row.came_back <= tomb.at) for tomb in row.tombs)
