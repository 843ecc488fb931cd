"""By which of a guest's records a message is written, and to which of their addresses it goes."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from chalicelib.canonical.ids import PropertyId
from chalicelib.consent.model import SOFT_BOUNCES, Gate, SuppressionReason
from chalicelib.consent.rules import BOUNCE
from chalicelib.guests.model import Guest, Head, Traits
from chalicelib.guests.projection import own_emails, project
from chalicelib.guests.standing import claimed_by, first_known, is_of_group, known_to_the_group, newest_first
from chalicelib.guests.survivorship import addressed
from chalicelib.identity.digests import digest
from chalicelib.messages.channels.contract import Channel
from chalicelib.settings.guest_rules import GuestRules
from chalicelib.settings.rules import MailIdentity

UNREACHED: frozenset[SuppressionReason] = frozenset({BOUNCE, SOFT_BOUNCES})
"""Why the next address of a guest is tried. Who complained is not written to at another."""


def needs_records(guest: Guest, hotel: PropertyId | None, rules: GuestRules) -> bool:
    """Whether the guest's own head does not tell it: for the group's mail where there are several records, for a
    hotel's where these are of several hotels, or of others than this, or where it has rules of its own."""
    is_own = hotel is not None and guest.properties == (hotel,) and hotel not in rules.survivorship_at
    return bool(guest.others) and not is_own


def reachable_by(records: Collection[Head], identity: MailIdentity) -> list[Head]:
    """The records by whose addresses a guest may be reached, the one to be tried first: a hotel's own, then the group's
    own. To whom the hotel does not know, it writes as the group: to the addresses by which that knows the guest. Others
    only where hotels share what they know."""
    own = newest_first(_of(records, identity.hotel))
    known = own or known_to_the_group(records)
    beside = [each for each in first_known(records) if each not in known]
    reached = [*known, *(each for each in beside if identity.shares or (own and is_of_group(each)))]
    return addressed(reached, _rules(identity, own), {identity.hotel} if identity.hotel else ())


def as_known_at(guest: Guest, records: Collection[Head], identity: MailIdentity) -> Guest | None:
    """The guest as a message's sender knows them: a hotel by its own records, and by none of others' claims the group,
    nor whom the guest is new to. None where that is all that is known, or hotels share it."""
    own = list(_of(records, identity.hotel))
    known = own or known_to_the_group(records)
    if not own and (identity.shares or all(each in known for each in records if each.record)):
        return None
    traits = project(known, {identity.hotel} if own and identity.hotel else (), _rules(identity, own))
    return replace(guest, members=tuple(sorted(each.leaf for each in known)), traits=traits)


def asked_of(records: Collection[Head], identity: MailIdentity) -> Traits | None:
    """What a sender's segment is asked of: what others claim gets nobody a message. None where nobody claims anything,
    or hotels share what they know."""
    hotel, said_by = identity.hotel, set(map(claimed_by, records))
    if identity.shares or said_by == {None}:
        return None
    heard = [each for each in records if claimed_by(each) in {None, hotel}] or known_to_the_group(records)
    return project(heard, {hotel} if hotel else (), identity.guests)


def _rules(identity: MailIdentity, own: Collection[Head]) -> GuestRules:
    """A hotel's own, where it knows the guest."""
    return identity.guests.seen_at([identity.hotel]) if own and identity.hotel else identity.guests


def _of(records: Iterable[Head], hotel: PropertyId | None) -> Iterator[Head]:
    return (each for each in records if hotel in each.seen_at)


def address(
    channel: Channel, guest: Guest, records: Sequence[Head], gate: Gate | None, rules: GuestRules
) -> str | None:
    """The guest's first address that the channel can reach, but for those that came back while there is another."""
    known = own_emails(records, rules) if records else [guest.traits.email]
    usable = [to for each in known if (to := channel.address_of(guest.traits.with_email(each)))]
    if len(usable) < 2:
        return next(iter(usable), None)
    reached = (to for to in usable if not (gate and _came_back(gate, channel, to)))
    return next(reached, usable[0])


def _came_back(gate: Gate, channel: Channel, to: str) -> bool:
    return gate.suppression_of(digest(channel.identifier, to)) in UNREACHED
