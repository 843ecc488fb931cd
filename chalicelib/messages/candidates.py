"""Candidates as the hub knows them at this moment: read so that head, gate and claims belong together."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from chalicelib.aws import keys, table
from chalicelib.consent import store as consents
from chalicelib.consent.model import Gate
from chalicelib.guests import store as guests
from chalicelib.guests.model import Head, Traits
from chalicelib.messages import store
from chalicelib.messages.model import Message


@dataclass(frozen=True)
class Candidate:
    """A candidate at this moment. `head` is the guest that the candidate belongs to now.

    `stands` is False where somebody wrote between the reads: head, gate and claims may not belong together.
    """

    id: str
    head: Head | None
    gate: Gate | None
    claims: tuple[Message, ...]
    stands: bool = True

    @property
    def traits(self) -> Traits:
        return (self.head and self.head.traits) or Traits()

    @property
    def others(self) -> tuple[str, ...]:
        """The guest's leaves besides the one that names the guest."""
        return tuple(leaf for leaf in self.head.members if leaf != self.head.leaf) if self.head else ()


def load(occasion: str, channel: str, candidates: Sequence[str]) -> Iterator[Candidate]:
    """Three batch reads, however many candidates; one more when some were merged into others since.

    The claim stands on the gate's revision, and every regrouping writes the gate. So the gate must be read while the
    head is as it was decided on: the heads' revisions are asked for again behind the gates, beside the claims.
    """
    heads = guests.heads(candidates)
    moved = {head.merged_into for head in heads.values() if head.merged_into}
    heads |= guests.heads(moved - heads.keys())
    now_guests = {each: _guest(heads, each) for each in candidates}
    known = {head.leaf: head for head in now_guests.values() if head}
    gates = consents.gates(known, channel)
    claims, revisions = _claims_and_revisions(occasion, known.values())
    for candidate, head in now_guests.items():
        if head is None:
            yield Candidate(candidate, None, None, (), stands=not _is_torn(heads, candidate))
            continue
        own = tuple(claims[leaf] for leaf in sorted({head.leaf, *head.members}) if leaf in claims)
        yield Candidate(candidate, head, gates.get(head.leaf), own, stands=revisions.get(head.leaf) == head.rev)


def _guest(heads: Mapping[str, Head], leaf: str) -> Head | None:
    head = heads.get(leaf)
    head = heads.get(head.merged_into) if head and head.merged_into else head
    return head if head and head.is_guest else None


def _is_torn(heads: Mapping[str, Head], leaf: str) -> bool:
    """The guest that a record was merged into was itself merged away between the two reads."""
    head = heads.get(leaf)
    into = heads.get(head.merged_into) if head and head.merged_into else None
    return into is not None and into.merged_into is not None


def _claims_and_revisions(occasion: str, known: Collection[Head]) -> tuple[dict[str, Message], dict[str, int]]:
    """By leaf, what was claimed for the occasion, and the revision that each guest's head has by now: one read."""
    claims = {keys.message(leaf, occasion): leaf for head in known for leaf in {head.leaf, *head.members}}
    heads = {keys.head(head.leaf): head.leaf for head in known}
    found = table.get_many([*claims, *heads])
    messages = {leaf: store.read_message(key, found[key]) for key, leaf in claims.items() if key in found}
    return messages, {leaf: found[key]["rev"] for key, leaf in heads.items() if key in found}
