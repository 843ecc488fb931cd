"""Candidates as the hub knows them at this moment: read so that head, gate and claims belong together."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from chalicelib.aws import keys, table
from chalicelib.canonical.ids import ChannelName, Digest, GuestId, Leaf, OccasionId
from chalicelib.consent import store as consents
from chalicelib.consent.bases import NOTHING_FOUND, Found
from chalicelib.consent.model import Gate
from chalicelib.consent.rules import Remembering
from chalicelib.guests import store as guests
from chalicelib.guests.model import Guest, Head, Traits
from chalicelib.guests.stats import Days
from chalicelib.guests.today import told
from chalicelib.identity import store as identifiers
from chalicelib.identity.digests import digest
from chalicelib.identity.model import Identifier
from chalicelib.messages import addressing, store
from chalicelib.messages.channels.contract import Channel
from chalicelib.messages.model import Message
from chalicelib.settings.guest_rules import SHIPPED, GuestRules
from chalicelib.settings.rules import MailIdentity


@dataclass(frozen=True)
class Candidate:
    """A candidate at this moment. `guest` is the one that the candidate belongs to now.

    `stands` is False where somebody wrote between the reads: guest, gate and claims may not belong together.
    """

    id: Leaf
    guest: Guest | None
    gate: Gate | None
    claims: tuple[Message, ...]
    before: tuple[Message, ...] = ()
    """What was claimed for earlier occasions of the same message."""
    stands: bool = True
    mailbox: Identifier | None = None
    """The row of the guest's address, where other guests have or had it, and who these are."""
    rivals: tuple["Candidate", ...] = ()
    known_as: Guest | None = None
    """As the message knows the guest, where that is not as the group does."""
    records: tuple[Head, ...] = ()
    """Those by whose addresses the guest may be reached, where the head does not tell the address."""
    found: Found = NOTHING_FOUND
    """Looked up where it decides whether the guest may be written to."""
    heard: Traits | None = None
    """What the sender's segment is asked of, but for stays and membership, where others claim something."""

    rules: GuestRules = SHIPPED
    """How guests are recognised, where the records tell the address."""

    def told(self, days: Days) -> "Candidate":
        """With what their stays say of these days, where a head does not."""
        guest = told(self.guest, days) if self.guest else None
        known_as = told(self.known_as, days) if self.known_as else None
        rivals = tuple(each.told(days) for each in self.rivals)
        if guest is self.guest and known_as is self.known_as and rivals == self.rivals:
            return self
        return replace(self, guest=guest, known_as=known_as, rivals=rivals)

    @property
    def shown(self) -> Traits:
        """What stands in the message."""
        return self.known_as.traits if self.known_as else self.traits

    def address(self, channel: Channel) -> str | None:
        """Where the message goes."""
        return addressing.address(channel, self.guest, self.records, self.gate, self.rules) if self.guest else None

    def addressed(self, records: Mapping[Leaf, Head], identity: MailIdentity) -> "Candidate":
        """The candidate with what the records of the guest, where they are known, make of the message."""
        own = [records[leaf] for leaf in self.guest.members if leaf in records] if self.guest else []
        if not own or self.guest is None:
            return self
        return replace(
            self,
            known_as=addressing.as_known_at(self.guest, own, identity),
            records=tuple(addressing.reachable_by(own, identity)),
            heard=addressing.asked_of(own, identity),
            rules=identity.guests,
        )

    @property
    def traits(self) -> Traits:
        return self.guest.traits if self.guest else Traits()

    @property
    def asked(self) -> Traits:
        """Of what a segment is asked."""
        return self.heard.of_whole(self.traits) if self.heard else self.traits

    @property
    def memories(self) -> list[Remembering]:
        """What knows which messages reached the guest, or the guest's address."""
        return [each for each in (self.gate, self.mailbox) if each]

    @property
    def others(self) -> tuple[Leaf, ...]:
        return self.guest.others if self.guest else ()


def load(
    occasion: OccasionId,
    channel: ChannelName,
    candidates: Sequence[Leaf],
    earlier: Sequence[OccasionId] = (),
    identity: MailIdentity | None = None,
) -> Iterator[Candidate]:
    """Three batch reads, however many candidates; one more when some were merged into others since, and two where the
    records of some tell where a message of this `identity` goes.

    The claim stands on the gate's revision, and every regrouping writes the gate. So the gate must be read while the
    head is as it was decided on: the heads' revisions are asked for again behind the gates, beside the claims.
    """
    heads = guests.heads(candidates)
    moved = {head.merged_into for head in heads.values() if head.merged_into}
    heads |= guests.heads(moved - heads.keys())
    now_guests = {each: _guest(heads, each) for each in candidates}
    known = {guest.id: guest for guest in now_guests.values() if guest}
    gates = consents.gates([*known, *(GuestId(leaf) for leaf, head in heads.items() if head.erased)], channel)
    records = _records(known.values(), identity) if identity else {}
    claims, revisions = _claims_and_revisions([occasion, *earlier], known.values())
    for candidate, guest in now_guests.items():
        if guest is None:
            yield Candidate(candidate, None, gates.get(candidate), (), stands=not _is_torn(heads, candidate))
            continue
        own, *others = (_of(guest, each, claims) for each in (occasion, *earlier))
        before, stands = tuple(each for some in others for each in some), revisions.get(guest.id) == guest.rev
        found = Candidate(candidate, guest, gates.get(guest.id), own, before, stands=stands)
        yield found.addressed(records, identity) if identity else found


def _records(known: Iterable[Guest], identity: MailIdentity) -> dict[Leaf, Head]:
    """Read before the heads' revisions are asked for again: what is new of a record writes the head of its guest."""
    asked = [each for each in known if addressing.needs_records(each, identity.hotel, identity.guests)]
    leaves = [leaf for each in asked for leaf in each.members]
    return guests.with_records(guests.heads(leaves)) if leaves else {}


def _of(guest: Guest, occasion: OccasionId, claims: Mapping[tuple[Leaf, OccasionId], Message]) -> tuple[Message, ...]:
    return tuple(claims[leaf, occasion] for leaf in sorted(guest.members) if (leaf, occasion) in claims)


def with_mailboxes(
    occasion: OccasionId,
    channel: Channel,
    known: Sequence[Candidate],
    earlier: Sequence[OccasionId] = (),
    identity: MailIdentity | None = None,
) -> list[Candidate]:
    """The candidates, each whose gate says that an address is shared with its row and who else carries it: two or three
    batch reads more, and only where there is such."""
    addresses = {each.id: to for each in known if each.gate and each.gate.shares and (to := _address(channel, each))}
    if not addresses:
        return list(known)
    rows = {row.digest: row for row in identifiers.identifiers(set(addresses.values()))}
    leaves = {leaf for row in rows.values() for leaf in row.leaves}
    readers = _readers(load(occasion, channel.name, sorted(leaves), earlier, identity))
    return [_sharing(each, addresses[each.id], rows, readers) if each.id in addresses else each for each in known]


def _address(channel: Channel, candidate: Candidate) -> Digest | None:
    to = candidate.address(channel)
    return digest(channel.identifier, to) if to else None


def _readers(found: Iterable[Candidate]) -> dict[Leaf, Candidate]:
    """By leaf, its guest as a candidate under the guest's own id."""
    return {each.id: replace(each, id=each.guest.id if each.guest else each.id) for each in found}


def _sharing(
    candidate: Candidate, address: Digest, rows: Mapping[Digest, Identifier], readers: Mapping[Leaf, Candidate]
) -> Candidate:
    mailbox = rows.get(address) or Identifier(address)
    own = candidate.guest.id if candidate.guest else candidate.id
    rivals = {each.id: each for leaf in mailbox.leaves if (each := readers[leaf]).id != own}
    stands = candidate.stands and all(each.stands for each in rivals.values())
    return replace(candidate, stands=stands, mailbox=mailbox, rivals=tuple(rivals.values()))


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
    occasions: Sequence[OccasionId], known: Collection[Guest]
) -> tuple[dict[tuple[Leaf, OccasionId], Message], dict[GuestId, int]]:
    """What was claimed for the occasions, and the revision that each guest's head has by now: one read."""
    leaves = [leaf for guest in known for leaf in guest.members]
    claims = {keys.message(leaf, each): (leaf, each) for each in occasions for leaf in leaves}
    heads = {keys.head(guest.id): guest.id for guest in known}
    found = table.get_many([*claims, *heads])
    messages = {claimed: store.read_message(key, found[key]) for key, claimed in claims.items() if key in found}
    return messages, {leaf: found[key]["rev"] for key, leaf in heads.items() if key in found}
