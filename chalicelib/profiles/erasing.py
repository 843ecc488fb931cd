"""What is left of a person who is erased, and of their identifiers. Pure."""

from collections.abc import Iterable
from dataclasses import replace

from chalicelib.canonical.facts import FactType
from chalicelib.canonical.ids import Leaf, digest_in
from chalicelib.consent.model import CHANNELS, Gate
from chalicelib.guests.model import Head
from chalicelib.identity.carriers import tells
from chalicelib.identity.model import Identifier
from chalicelib.identity.names import name_of
from chalicelib.identity.tombs import tomb_of, with_tomb
from chalicelib.profiles.draft import Draft
from chalicelib.profiles.model import Person


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


def is_held(row: Identifier, person: Person) -> bool:
    """Whether who was erased has this address again, and has not agreed to anything there since."""
    own = tomb_of(name_of(*person.record.called), person.version.changed_at, person.digest)
    return any(tomb.is_of(own) and (row.came_back is None or row.came_back <= tomb.at) for tomb in row.tombs)
