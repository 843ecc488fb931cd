"""What of a guest a key may see: rows of its own properties, and nothing of a guest who never was at one of them."""

from collections.abc import Callable, Collection, Iterable
from functools import cache, partial

from chalicelib.access.model import Caller
from chalicelib.canonical.errors import NotFound
from chalicelib.canonical.happenings import Happening
from chalicelib.canonical.ids import ControllerId, GuestId, Leaf
from chalicelib.guests import rules, store
from chalicelib.guests.model import Guest, Head, Stay
from chalicelib.guests.rules import WHOLE
from chalicelib.guests.stats import Days, DayStats, on
from chalicelib.guests.today import told
from chalicelib.settings import actions as settings


def guest_of(caller: Caller, guest_id: GuestId) -> Guest:
    """Raises NotFound, alike for guests that are not there and for other properties' guests."""
    found = store.guest(guest_id)
    if found is None or not caller.sees_any(found.properties):
        raise NotFound("There is no such guest.")
    return found


def seen(caller: Caller, guests: Iterable[Guest]) -> list[Guest]:
    return [each for each in guests if caller.sees_any(each.properties)]


def heads_of(caller: Caller, guest: Guest) -> list[Head]:
    """The guest's source records that the caller may see."""
    found = store.with_records(store.heads(guest.members))
    return [found[leaf] for leaf in sorted(found) if caller.sees_any(found[leaf].seen_at)]


def own_leaves(caller: Caller, guest: Guest) -> list[Leaf]:
    """The records on which the caller's people may write what the guest said, the one to be taken first: for the group
    any, for hotels those that a source named at one of theirs, or that stayed there. Never empty for a guest in sight.
    """
    if caller.is_group:
        return [guest.id, *guest.others]
    found = store.heads(guest.members)
    named = [leaf for leaf in sorted(found) if caller.sees_any(found[leaf].seen_at)]
    return named or [leaf for leaf in sorted(found) if caller.sees_any(found[leaf].stats.properties)]


def stays_of(caller: Caller, leaf: Leaf) -> list[Stay]:
    return [stay for stay in store.stays(leaf) if caller.sees(stay.property_id)]


def stats_of(caller: Caller, guest: Guest, days: Days) -> DayStats:
    """As of these days. Totals of the group need a key for all of it; others see the sums of their own properties."""
    if caller.is_group:
        return on(told(guest, days).traits.stats, days)
    whole = [rules.stats_of(stays_of(caller, leaf), WHOLE) for leaf in guest.members]
    return on(rules.add_stats(whole, WHOLE), days)


def controllers_of(caller: Caller, guest: Guest, said_to: Collection[ControllerId]) -> frozenset[ControllerId]:
    """To whom the guest did or could say something, of those that answer, or did before, at the caller's hotels."""
    known = settings.controllers()
    concerned = {known.group, *known.of(guest.properties)}
    if caller.is_group:
        return frozenset({*concerned, *said_to})
    own = known.of(caller.properties)
    return (own & concerned) | (known.with_predecessors(own) & frozenset(said_to))


def may_see(caller: Caller) -> Callable[[Happening[object]], bool]:
    """Whether the caller may see a line of a guest's history. Who answers at its hotels is read when a line asks."""
    own = cache(partial(_own_controllers, caller))

    def sees(line: Happening[object]) -> bool:
        if line.controller is not None:
            return caller.is_group or line.controller in own()
        return line.property_id is None or caller.sees(line.property_id)

    return sees


def _own_controllers(caller: Caller) -> frozenset[ControllerId]:
    known = settings.controllers()
    return known.with_predecessors(known.of(caller.properties))
