"""Candidates as the hub knows them at this moment: read so that head, gate and claims belong together."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from chalicelib.aws import keys, table
from chalicelib.canonical.ids import ChannelName, GuestId, Leaf, OccasionId
from chalicelib.consent import store as consents
from chalicelib.consent.model import Gate
from chalicelib.guests import store as guests
from chalicelib.guests.model import Guest, Head, Traits
from chalicelib.messages import store
from chalicelib.messages.model import Message


@dataclass(frozen=True)
class Candidate:
    """A candidate at this moment. `guest` is the one that the candidate belongs to now.

    `stands` is False where somebody wrote between the reads: guest, gate and claims may not belong together.
    """

    id: Leaf
    guest: Guest | None
    gate: Gate | None
    claims: tuple[Message, ...]
    stands: bool = True

    @property
    def traits(self) -> Traits:
        return self.guest.traits if self.guest else Traits()

    @property
    def others(self) -> tuple[Leaf, ...]:
        return self.guest.others if self.guest else ()


def load(occasion: OccasionId, channel: ChannelName, candidates: Sequence[Leaf]) -> Iterator[Candidate]:
    """Three batch reads, however many candidates; one more when some were merged into others since.

    The claim stands on the gate's revision, and every regrouping writes the gate. So the gate must be read while the
    head is as it was decided on: the heads' revisions are asked for again behind the gates, beside the claims.
    """
    heads = guests.heads(candidates)
    moved = {head.merged_into for head in heads.values() if head.merged_into}
    heads |= guests.heads(moved - heads.keys())
    now_guests = {each: _guest(heads, each) for each in candidates}
    known = {guest.id: guest for guest in now_guests.values() if guest}
    gates = consents.gates(known, channel)
    claims, revisions = _claims_and_revisions(occasion, known.values())
    for candidate, guest in now_guests.items():
        if guest is None:
            yield Candidate(candidate, None, None, (), stands=not _is_torn(heads, candidate))
            continue
        own = tuple(claims[leaf] for leaf in sorted(guest.members) if leaf in claims)
        yield Candidate(candidate, guest, gates.get(guest.id), own, stands=revisions.get(guest.id) == guest.rev)


def _guest(heads: Mapping[Leaf, Head], leaf: Leaf) -> Guest | None:
    head = heads.get(leaf)
    head = heads.get(head.merged_into) if head and head.merged_into else head
    return head.as_guest() if head else None


def _is_torn(heads: Mapping[Leaf, Head], leaf: Leaf) -> bool:
    """The guest that a record was merged into was itself merged away between the two reads."""
    head = heads.get(leaf)
    into = heads.get(head.merged_into) if head and head.merged_into else None
    return into is not None and into.merged_into is not None


def _claims_and_revisions(
    occasion: OccasionId, known: Collection[Guest]
) -> tuple[dict[Leaf, Message], dict[GuestId, int]]:
    """By leaf, what was claimed for the occasion, and the revision that each guest's head has by now: one read."""
    claims = {keys.message(leaf, occasion): leaf for guest in known for leaf in guest.members}
    heads = {keys.head(guest.id): guest.id for guest in known}
    found = table.get_many([*claims, *heads])
    messages: dict[Leaf, Message] = {
        leaf: store.read_message(key, found[key]) for key, leaf in claims.items() if key in found
    }
    return messages, {leaf: found[key]["rev"] for key, leaf in heads.items() if key in found}
