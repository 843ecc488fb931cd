"""Mail that comes back for the time being: how often, until an address is left in peace. Pure.

Five messages in a row, a week or more between the first and the last of them, and none that arrived since: then what
nobody asked for is held. A provider that is down for a day holds nobody, and one mail that arrives ends it.
"""

from collections.abc import Mapping
from datetime import timedelta

from chalicelib.canonical.time import Instant, moment_of
from chalicelib.consent.model import SOFT_BOUNCES, Suppression

MESSAGES = 5
SPREAD = timedelta(days=7)
KEPT = 8
"""The newest that are remembered, besides the first."""
DIGITS = 8
"""Of a message's id, that tell one of an address from its others."""

Bounces = Mapping[str, Instant]
"""When each message came back first, by the end of its id."""


def with_bounce(known: Bounces, message: str, at: Instant) -> Bounces:
    """The same told again, or late, is one."""
    name = message[-DIGITS:]
    told = {**known, name: min(at, known.get(name, at))}
    by_time = sorted(told, key=lambda each: (told[each], each))
    return {each: told[each] for each in by_time if each == by_time[0] or each in by_time[-KEPT:]}


def after_deliveries(known: Bounces, delivered: Mapping[str, Instant]) -> Bounces:
    """What came back since the last that arrived; `delivered` are instants by message. One that arrived itself is no
    bounce, whatever an automatic answer says later."""
    last = max(delivered.values(), default=Instant(""))
    arrived = {each[-DIGITS:] for each in delivered}
    return {each: at for each, at in known.items() if at > last and each not in arrived}


def hold_of(known: Bounces) -> Suppression | None:
    if len(known) < MESSAGES:
        return None
    first, last = min(known.values()), max(known.values())
    is_spread = moment_of(last) - moment_of(first) >= SPREAD
    return Suppression(reason=SOFT_BOUNCES, at=last) if is_spread else None
