"""What a yes may rest on where nobody said one, or that keeps one alive: read for the few guests of whom it decides."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time

from chalicelib.canonical.ids import ControllerId, Digest, Leaf
from chalicelib.canonical.snapshots import Channel as Sold
from chalicelib.canonical.snapshots import Status
from chalicelib.canonical.time import Instant, instant
from chalicelib.consent import bases, register_lists
from chalicelib.consent.bases import NOTHING_FOUND, Booking, Found
from chalicelib.consent.registers import Listed, asked_by
from chalicelib.guests import store as guests
from chalicelib.guests.model import Head, Stay
from chalicelib.identity.digests import digest
from chalicelib.messages import store
from chalicelib.messages.candidates import Candidate
from chalicelib.messages.channels.contract import Channel
from chalicelib.messages.known import Known
from chalicelib.messages.model import Occasion
from chalicelib.messages.questions import asked_of
from chalicelib.settings.legal import CountryRule, RegisterId
from chalicelib.settings.senders import Senders, offers_refusal

NEWEST = 50
"""Occasions of a record in which the last click is looked for."""
SOLD = frozenset({Status.CONFIRMED, Status.IN_HOUSE, Status.CHECKED_OUT})
STAYED = frozenset({Status.IN_HOUSE, Status.CHECKED_OUT})


@dataclass(frozen=True)
class Look:
    """For what, and when, somebody is looked at."""

    occasion: Occasion
    channel: Channel
    now: datetime


def looked_up(look: Look, candidate: Candidate) -> Candidate:
    """With bookings and clicks, where these may make a yes: two batch reads, a query for each of the guest's records,
    and one more for a country in which a click counts."""
    rivals = tuple(looked_up(look, each) for each in candidate.rivals)
    found = replace(candidate, rivals=rivals) if rivals else candidate
    to = candidate.address(look.channel)
    guest = found.guest
    if guest is None or to is None or look.occasion.purpose is None:
        return found
    address = digest(look.channel.identifier, to)
    identity, purpose = look.occasion.identity, look.occasion.purpose
    asked = asked_of(candidate.shown, guest.properties, identity.senders, look.now)
    on_lists = NOTHING_FOUND._replace(listed=listed(asked.rules, identity.senders, look.channel, to, look.now))
    found = replace(found, found=on_lists)
    if not asked.may_be_looked_up:
        return found
    known = Known(
        look.now,
        gate=found.gate,
        controller=identity.controller,
        succeeds=identity.succeeds,
        rules=asked.rules,
        evidence=asked.evidence.finding(on_lists),
        mailbox=found.mailbox,
    )
    if not bases.may_be_overturned(asked.rules, known.proof(purpose), known.verdict(purpose), attested=asked.attested):
        return found
    has_clicks = any(each.lapse and "click" in each.lapse.after for each in asked.rules)
    past = past_of(guest.members, address, identity.senders, look.now)
    clicked_at = last_click(guest.members, identity.controller) if has_clicks else None
    return replace(found, found=past._replace(clicked_at=clicked_at, listed=on_lists.listed))


def listed(
    rules: Sequence[CountryRule], senders: Senders, channel: Channel, to: str | None, now: datetime
) -> Mapping[RegisterId, Listed]:
    """Whether an address stands on the lists that rules ask for and the company handed on: two reads, only there."""
    asked = asked_by(rules, senders.registers)
    return register_lists.listed(asked, channel.normalised(to) or to, now.date()) if asked and to else {}


def past_of(leaves: Sequence[Leaf], address: Digest, senders: Senders, now: datetime) -> Found:
    """What somebody booked, and when they last asked a hotel itself for an offer, and did not book. Through records
    that carry the address: who travels with somebody else has none of their own."""
    records = guests.with_records(guests.heads(leaves)).values()
    told = [(head, guests.stays(head.leaf)) for head in records if address in head.digests]
    enquired = [at for head, stays in told for at in _enquiries(head, stays, senders, now)]
    bookings = tuple(each for head, stays in told for each in _of_record(head, stays, senders, now))
    return Found(bookings, max(enquired, default=None))


def _enquiries(head: Head, stays: Sequence[Stay], senders: Senders, now: datetime) -> Iterable[Instant]:
    """At hotels that offered the refusal, as for bookings; of one whose source tells no time nothing is known."""
    known_since = _known_since(head, stays, now)
    for each in stays:
        hotel = senders.hotels.get(each.property_id)
        if each.enquired_on and each.channel is Sold.DIRECT and hotel and offers_refusal([hotel], known_since):
            yield min(_midnight(each.enquired_on), instant(now))


def _of_record(head: Head, stays: Sequence[Stay], senders: Senders, now: datetime) -> Iterable[Booking]:
    hotels, known_since = senders.hotels, _known_since(head, stays, now)
    for each in stays:
        if each.status in SOLD and each.property_id in hotels:
            yield Booking(
                at=min(_midnight(each.departure), instant(now)),
                direct=each.channel is Sold.DIRECT,
                stayed=each.status in STAYED,
                attested=offers_refusal([hotels[each.property_id]], known_since),
            )


def _known_since(head: Head, stays: Sequence[Stay], now: datetime) -> date:
    """The day by which the address was surely obtained: when the hub was first told, or the first arrival before."""
    told = datetime.fromtimestamp(head.since / 1000, UTC) if head.since else now
    return min([told.date(), *(each.arrival for each in stays)])


def _midnight(day: date) -> Instant:
    return instant(datetime.combine(day, time(), UTC))


def last_click(leaves: Sequence[Leaf], controller: ControllerId) -> Instant | None:
    """In a message of the same legal entity. To have opened one is no contact."""
    sent = [each for leaf in leaves for each in store.newest(leaf, NEWEST)]
    return max((each.clicked_at for each in sent if each.clicked_at and each.controller == controller), default=None)
