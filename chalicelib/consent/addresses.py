"""What is said at an address holds for whoever carries it: its own row keeps it, for those who carry it later."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from chalicelib.aws import table
from chalicelib.aws.retries import until_written
from chalicelib.canonical.ids import ChannelName, Digest, Leaf, PropertyId
from chalicelib.canonical.time import Instant
from chalicelib.consent import bounces
from chalicelib.consent.model import CHANNELS, SOFT_BOUNCES, Suppression, SuppressionReason
from chalicelib.consent.rules import stronger
from chalicelib.guests import store as guests
from chalicelib.guests.model import Guest
from chalicelib.guests.standing import first_known
from chalicelib.identity import store
from chalicelib.identity.model import Identifier


def of(guest: Guest | None, channel: ChannelName) -> list[Digest]:
    """All that any record of a guest carries, but for those that belong to nobody."""
    if guest is None:
        return []
    heads = guests.with_records(guests.heads(guest.members)).values()
    digests = {each for head in heads for each in head.digests_of(CHANNELS[channel])}
    return sorted(each.digest for each in store.identifiers(digests) if not each.shared)


def carrier_of(guest: Guest | None, address: Digest, hotel: PropertyId | None) -> Leaf | None:
    """The record through which the reader of an address speaks who was written to in the name of a hotel (None: the
    group's): one of that hotel that carries it, else the first known that does; None where no record of the guest does.
    """
    row = store.identifier(address) if guest else None
    carriers = [leaf for leaf in row.leaves if guest and leaf in guest.members] if row else []
    found = first_known(guests.with_records(guests.heads(carriers)).values())
    return next((head.leaf for head in sorted(found, key=lambda head: hotel not in head.seen_at)), None)


def object_at(address: Digest, key: str, at: Instant) -> Identifier:
    """Somebody who reads what is sent there said no; `key` is `controller:purpose`. Raises TryAgain."""
    return _changed(address, partial(_objected, key=key, at=at))


def _objected(before: Identifier, key: str, at: Instant) -> Identifier:
    latest = max(at, before.objections.get(key, at))
    return replace(before, objections={**before.objections, key: latest})


def suppress(address: Digest, suppression: Suppression) -> Identifier:
    """No message may reach it. Raises TryAgain."""
    return _changed(address, partial(_suppressed, suppression=suppression))


def _suppressed(before: Identifier, suppression: Suppression) -> Identifier:
    if before.lifted and suppression.at <= before.lifted:
        return before
    known = Suppression.model_validate(before.suppressed) if before.suppressed else suppression
    return replace(before, suppressed=stronger(known, suppression).model_dump())


def lift(address: Digest, reason: SuppressionReason, at: Instant) -> Identifier:
    """Messages may reach it again that it was held from for this reason, before this instant. Raises TryAgain."""
    return _changed(address, partial(_lifted, reason=reason, at=at))


def _lifted(before: Identifier, reason: SuppressionReason, at: Instant) -> Identifier:
    known = Suppression.model_validate(before.suppressed) if before.suppressed else None
    is_this = known is not None and known.reason == reason and known.at < at
    return replace(before, suppressed=None, lifted=at, bounces={}) if is_this else before


def let_come_again(address: Digest, at: Instant) -> Identifier:
    """Who was erased and has the address again agreed to something by themselves. Raises TryAgain."""
    return _changed(address, partial(_agreed_again, at=at))


def _agreed_again(before: Identifier, at: Instant) -> Identifier:
    is_news = any(tomb.at < at for tomb in before.tombs) and (before.came_back or "") < at
    return replace(before, came_back=at) if is_news else before


def came_back(address: Digest, message: str, at: Instant) -> Identifier:
    """A message came back for the time being; after so many the address is held. Raises TryAgain."""
    return _changed(address, partial(_came_back, message=message, at=at))


def _came_back(before: Identifier, message: str, at: Instant) -> Identifier:
    if before.lifted and at <= before.lifted:
        return before
    after = replace(before, bounces=bounces.with_bounce(before.bounces, message, at))
    hold = bounces.hold_of(after.bounces)
    return _suppressed(after, hold) if hold else after


def is_held_softly(row: Identifier | None) -> bool:
    return row is not None and row.suppressed is not None and row.suppressed["reason"] == SOFT_BOUNCES


def end_soft_hold(address: Digest, delivered: Mapping[str, Instant]) -> Identifier:
    """What arrived ends the hold; what came back before is forgotten once the gates follow. Raises TryAgain."""
    return _changed(address, partial(_hold_ended, delivered=delivered))


def _hold_ended(before: Identifier, delivered: Mapping[str, Instant]) -> Identifier:
    left = bounces.after_deliveries(before.bounces, delivered)
    return replace(before, suppressed=None) if is_held_softly(before) and not bounces.hold_of(left) else before


def forget_bounces(address: Digest, delivered: Mapping[str, Instant]) -> Identifier:
    """Raises TryAgain."""
    return _changed(address, partial(_forgotten, delivered=delivered))


def _forgotten(before: Identifier, delivered: Mapping[str, Instant]) -> Identifier:
    left = bounces.after_deliveries(before.bounces, delivered)
    return before if left == before.bounces else replace(_hold_ended(before, delivered), bounces=left)


def _changed(address: Digest, change: Callable[[Identifier], Identifier]) -> Identifier:
    """The row after a change; nothing is written where it says so already."""

    def attempt() -> Identifier:
        found = store.identifier(address)
        before = found or Identifier(digest=address)
        after = change(before)
        if after == before:
            return before
        after = replace(after, rev=before.rev + 1)
        table.write(table.Put(store.row_of(after), table.unchanged_since(found.rev if found else None)))
        return after

    return until_written(attempt, "the identifier was changed by others all the time")
