"""Whom newsletters can reach, as the front desk is told it: a guest who is asked for an address is one whom none
can."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from chalicelib.captures import rules
from chalicelib.captures.model import Unreached
from chalicelib.consent import store as gates
from chalicelib.consent.model import DEFAULT_CHANNEL, Gate
from chalicelib.entrypoints.api.visibility import InSight
from chalicelib.guests import minors
from chalicelib.identity.digests import digest
from chalicelib.messages import addressing
from chalicelib.messages.channels.register import CHANNELS
from chalicelib.settings import store as settings
from chalicelib.settings.guest_rules import GuestRules


class Reach(NamedTuple):
    """Whom somebody may ask for an address, and who is asked for none."""

    unreached: Unreached | None
    minor: bool


def reaches_of(sights: Sequence[InSight], now: datetime) -> list[Reach]:
    """Of guests, by their order."""
    return [
        Reach(why, minors.is_minor(sight.whole.traits, minors.first_day(now)))
        for sight, why in zip(sights, unreached(sights), strict=True)
    ]


def unreached(sights: Sequence[InSight]) -> list[Unreached | None]:
    """Of each guest, by what is in sight, why not; a read for all of them (for eyes of the group another one), and
    one more for each who has several records and an address at which mail came back."""
    if not sights:
        return []
    kept = settings.get().guests if sights[0].eyes.is_group else sights[0].eyes.rules
    found = gates.gates({sight.whole.id for sight in sights}, DEFAULT_CHANNEL)
    return [_of(sight, found.get(sight.whole.id), kept) for sight in sights]


def _of(sight: InSight, gate: Gate | None, kept: GuestRules) -> Unreached | None:
    address = CHANNELS[DEFAULT_CHANNEL].address_of(sight.traits)
    why = _why(address, gate, kept)
    if why in {"bounce", "soft_bounces"} and len(sight.members) > 1:
        guest, plug = sight.guest, CHANNELS[DEFAULT_CHANNEL]
        return _why(addressing.address(plug, guest, sight.heads, gate, kept), gate, kept)
    return why


def _why(address: str | None, gate: Gate | None, kept: GuestRules) -> Unreached | None:
    held = gate.suppression_of(digest(CHANNELS[DEFAULT_CHANNEL].identifier, address)) if gate and address else None
    return rules.why_unreached(address, held, kept)
