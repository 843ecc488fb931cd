"""By which of a guest's records a message is written, and to which of their addresses it goes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from chalicelib.canonical.ids import PropertyId
from chalicelib.consent.model import SOFT_BOUNCES, Gate, SuppressionReason
from chalicelib.consent.rules import BOUNCE
from chalicelib.guests.model import Guest, Head
from chalicelib.guests.rules import first_known, is_of_group, newest_first, own_emails, project
from chalicelib.identity.digests import digest
from chalicelib.messages.channels.contract import Channel
from chalicelib.settings.rules import MailIdentity

UNREACHED: frozenset[SuppressionReason] = frozenset({BOUNCE, SOFT_BOUNCES})
"""Why the next address of a guest is tried. Who complained is not written to at another."""


def needs_records(guest: Guest, hotel: PropertyId | None) -> bool:
    """Whether the guest's own head does not tell it: few have records of several hotels, or of others than this."""
    is_of_several = len(guest.properties) > 1 or (hotel is not None and hotel not in guest.properties)
    return bool(guest.others) and is_of_several


def reachable_by(records: Iterable[Head], identity: MailIdentity) -> list[Head]:
    """The records by whose addresses a guest may be reached, the one to be tried first: a hotel's own, then the group's
    own, and others only where hotels share what they know. To whom the hotel does not know, it writes as the group."""
    ordered = first_known(records)
    own = newest_first(_of(ordered, identity.hotel))
    if not own:
        return ordered
    beside = [each for each in ordered if each not in own]
    return [*own, *(each for each in beside if identity.shares or is_of_group(each))]


def as_known_at(guest: Guest, records: Iterable[Head], hotel: PropertyId | None) -> Guest:
    """The guest as a hotel's message knows them: by the hotel's own records, where it has any."""
    own = list(_of(records, hotel))
    if not own:
        return guest
    return replace(guest, members=tuple(sorted(each.leaf for each in own)), traits=project(own))


def _of(records: Iterable[Head], hotel: PropertyId | None) -> Iterator[Head]:
    return (each for each in records if hotel in each.seen_at)


def address(channel: Channel, guest: Guest, records: Sequence[Head], gate: Gate | None) -> str | None:
    """The guest's first address that the channel can reach, but for those that came back while there is another."""
    known = dict.fromkeys(own_emails(records)) if records else [guest.traits.email]
    usable = [to for each in known if (to := channel.address_of(guest.traits.with_email(each)))]
    if len(usable) < 2:
        return next(iter(usable), None)
    reached = (to for to in usable if not (gate and _came_back(gate, channel, to)))
    return next(reached, usable[0])


def _came_back(gate: Gate, channel: Channel, to: str) -> bool:
    return gate.suppression_of(digest(channel.identifier, to)) in UNREACHED
