"""Look at one guest: why they are kept, or that they are to be forgotten; and which rows say so, as they were read."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from chalicelib.aws import keys
from chalicelib.canonical.ids import Leaf
from chalicelib.consent import store as consents
from chalicelib.consent.model import CHANNELS
from chalicelib.guests import history
from chalicelib.guests import store as guests
from chalicelib.guests.model import Guest, Stay
from chalicelib.loyalty.model import Account
from chalicelib.loyalty.store import PROGRAMS, accounts
from chalicelib.privacy import register, retention
from chalicelib.privacy.retention import Kept, Known
from chalicelib.profiles.model import Revisions
from chalicelib.settings import store as settings

AT_ONCE = 50
"""Rooms of others that are read together."""


class Seen(NamedTuple):
    """`rests_on` is the revision of each row that says `why` they are kept, or that nothing does; None where there is
    no row. They are read before what lies under them, so that all of it holds as long as these stand."""

    why: Kept | None
    rests_on: Revisions


def months() -> int | None:
    """None where nobody is erased by how long ago they were heard of."""
    kept = settings.get()
    return kept.retention_months if kept.retention_erases else None


def kept_for(guest: Guest, after: int, now: datetime) -> Kept | None:
    """Most guests are told by the head alone."""
    if not retention.is_over(guest.traits.stats.last_departure, after, now.date()):
        return "recent"
    return look(guest, after, now).why


def look(guest: Guest, after: int, now: datetime) -> Seen:
    heads = guests.with_records(guests.heads(guest.members))
    gates = {channel: consents.gate(guest.id, channel) for channel in CHANNELS}
    purses = {each.id: accounts(guest.members, each.id) for each in PROGRAMS.listed()}
    known = Known(
        heads=list(heads.values()),
        acts=[acts for channel in CHANNELS for acts in consents.acts_of(guest.members, channel).values()],
        gates=[gate for gate in gates.values() if gate],
        stays=list(_stays(guest.members)),
        has_points=any(purse.balance for each in purses.values() for purse in each.values()),
        has_open_request=any(each.is_open for leaf in guest.members for each in register.of(leaf)),
    )
    rests_on: dict[tuple[str, str], int | None] = {keys.head(leaf): head.rev for leaf, head in heads.items()}
    rests_on |= {keys.gate(guest.id, channel): gate.rev if gate else None for channel, gate in gates.items()}
    for program, known_at in purses.items():
        rests_on |= {keys.account(leaf, program): _rev(known_at.get(leaf)) for leaf in guest.members}
    return Seen(retention.kept_for(known, after, now.date()), rests_on)


def _rev(purse: Account | None) -> int | None:
    return purse.rev or None if purse else None


def _stays(leaves: Sequence[Leaf]) -> Iterable[Stay]:
    """The guest's own, and those of others whose rooms they share."""
    for leaf in leaves:
        yield from guests.stays(leaf)
        yield from (each.what.stay for each in history.shared_happenings(leaf, None, AT_ONCE))
