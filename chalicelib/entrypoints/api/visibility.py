"""What of a guest a key may see: what records of its own hotels say, and nothing of who never was at one of them."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property, partial

from chalicelib.access.model import Caller
from chalicelib.canonical.errors import FieldError, Invalid, NotFound
from chalicelib.canonical.happenings import Happening
from chalicelib.canonical.ids import EVERYWHERE, ControllerId, GuestId, Leaf, PropertyId, Scope
from chalicelib.guests import as_read, projection, rules, standing, store
from chalicelib.guests.model import Guest, Head, Stay, Traits
from chalicelib.guests.rules import WHOLE
from chalicelib.guests.stats import Days, DayStats, on
from chalicelib.guests.today import told
from chalicelib.messages import addressing, names
from chalicelib.settings import actions as settings
from chalicelib.settings import store as kept_settings
from chalicelib.settings.guest_rules import SHIPPED, GuestRules
from chalicelib.settings.model import HubSettings


@dataclass(frozen=True)
class Eyes(Caller):
    """Who looks, and how guests are recognised where somebody does not look for all hotels: what these see of a guest
    is projected anew."""

    rules: GuestRules = SHIPPED


@dataclass(frozen=True)
class InSight:
    """A guest whom the caller may see: `whole` as it is kept. What is read of it goes by `eyes`, which see all of the
    guest where hotels share what they know; what is written, by the `caller`."""

    caller: Caller
    eyes: Eyes
    whole: Guest
    read: Mapping[Leaf, Head] | None = None
    """The guest's records, where they were read with those of others."""

    @cached_property
    def kept(self) -> Mapping[Leaf, Head]:
        """All records of the guest as they were read, in sight or not; one may have been taken off it since."""
        return store.heads(self.whole.members) if self.read is None else self.read

    @cached_property
    def _heads(self) -> Mapping[Leaf, Head]:
        return {leaf: head for leaf, head in self.kept.items() if head.guest == self.whole.id}

    @cached_property
    def members(self) -> tuple[Leaf, ...]:
        """The records in sight; never none of them."""
        if self.eyes.is_group:
            return self.whole.members
        return tuple(leaf for leaf in sorted(self._heads) if is_of(self.eyes, self._heads[leaf]))

    @property
    def among(self) -> tuple[Leaf, ...] | None:
        """The records in sight; None where all are, also those that come beside."""
        return None if self.eyes.is_group else self.members

    @property
    def own(self) -> Collection[Scope]:
        """The hotels whose word counts more to who looks for them; of who sees all of the guest none."""
        return () if self.eyes.is_group else self.eyes.properties

    @property
    def others(self) -> list[Leaf]:
        """The records that are not in sight."""
        return [leaf for leaf in self.whole.members if leaf not in self.members]

    @property
    def is_callers_alone(self) -> bool:
        """Whether all hotels that know the guest are the caller's: what is done to the whole guest is for these."""
        return self.caller.sees_all(self.whole.properties)

    @property
    def id(self) -> GuestId:
        """That of the smallest record in sight: one that is not in sight changes nothing of what is shown."""
        return self.whole.id if self.eyes.is_group else GuestId(self.members[0])

    @cached_property
    def heads(self) -> list[Head]:
        """Those in sight, with what their sources say."""
        found = store.with_records({leaf: self._heads[leaf] for leaf in self.members if leaf in self._heads})
        return [found[leaf] for leaf in sorted(found)]

    @property
    def guest(self) -> Guest:
        """What is in sight, as if there were nothing else of this guest."""
        return self.whole if self.eyes.is_group else replace(self.whole, id=self.id, members=self.members)

    @cached_property
    def traits(self) -> Traits:
        if self.eyes.is_group:
            return self.whole.traits
        return projection.project(self.heads, self.eyes.properties, self.eyes.rules, self.whole.traits.unprofiled)

    def through(self, leaf: Leaf) -> Leaf:
        """The record by which something is told that lies with one of the guest's."""
        return leaf if leaf in self.members else Leaf(self.id)


def guest_of(caller: Caller, guest_id: GuestId) -> InSight:
    """Raises NotFound, alike for guests that are not there and for other properties' guests."""
    found = seen(caller, eyes_of(caller), store.guest(guest_id))
    if found is None:
        raise NotFound("There is no such guest.")
    return found


def eyes_of(caller: Caller) -> Eyes:
    """As who the caller looks at a guest in sight."""
    kept = HubSettings() if caller.is_group else kept_settings.get()
    properties = frozenset[Scope]({EVERYWHERE}) if kept.sharing else caller.properties
    return Eyes(caller.actor, caller.role, properties, caller.is_person, kept.guests.seen_at(properties))


def seen(caller: Caller, eyes: Eyes, guest: Guest | None, read: Mapping[Leaf, Head] | None = None) -> InSight | None:
    if guest is None or not caller.sees_any(guest.properties):
        return None
    found = InSight(caller, eyes, guest, read)
    return found if found.members else None


def guests_by(caller: Caller, leaves: Collection[Leaf]) -> list[InSight]:
    """The guests of those of these records that are in the caller's sight, each once, by their ids."""
    eyes = eyes_of(caller)
    heads = {leaf: head for leaf, head in store.heads(leaves).items() if is_of(eyes, head)}
    found = [each for guest in store.guests_of(heads) if (each := seen(caller, eyes, guest))]
    return sorted({each.id: each for each in found}.values(), key=lambda each: each.id)


def is_of(caller: Caller, head: Head) -> bool:
    """Whether a record is one of the caller's hotels: named at one of them, or with a stay there."""
    return caller.is_group or not caller.properties.isdisjoint(standing.hotels_of(head))


def person_of(caller: Caller, guest_id: GuestId) -> InSight:
    """Of whom something is to be written. Raises NotFound, and Conflict for a record that is nobody's: it may be
    somebody else's later."""
    found = guest_of(caller, guest_id)
    as_read.require_somebodys(*found.heads)
    return found


def speaks_through(sight: InSight, hotel: PropertyId | None = None) -> Leaf:
    """The record by which the caller's people say something of the person: one of the hotel that it is for, as its
    people see no other; else the first of theirs. A person's, where there is one."""
    people, own = {head.leaf for head in sight.heads if standing.is_somebodys(head)}, own_leaves(sight)
    theirs = [leaf for leaf in own if hotel in standing.hotels_of(sight.kept[leaf])]
    return next((leaf for leaf in (*theirs, *own) if leaf in people), own[0])


def hotel_meant(sight: InSight, named: str | None) -> PropertyId | None:
    """For which hotel the caller's people act: the one that they name, else the first of theirs that knows the guest;
    for the group (None) where they are of all hotels and name none. Raises Invalid for a hotel that is not the
    caller's, or that does not know the guest."""
    known = [each for each in sight.whole.properties if sight.caller.sees(each)]
    if named is not None:
        hotel = PropertyId(named)
        if hotel not in known:
            raise Invalid(FieldError("property_id", "is no hotel of yours that knows the guest"))
        return hotel
    return None if sight.caller.is_group else min(known)


def may_see_entry(caller: Caller, properties: tuple[PropertyId, ...]) -> bool:
    """Whether what is written down about a guest of these hotels is shown, which stays when the guest is gone: what is
    about a guest whom no hotel knew is the group's alone."""
    return caller.is_group or (bool(properties) and caller.sees_all(properties))


def own_leaves(sight: InSight) -> list[Leaf]:
    """The records on which the caller's people may write what the guest said, the one to be taken first: for the group
    any, beginning with its own and those of the hotel that knew the guest first; for hotels those that a source named
    at one of theirs, or that stayed there. Never empty for a guest in sight.
    """
    caller, found = sight.caller, sight.kept
    if caller.is_group:
        return _first_known(sight)
    named = [leaf for leaf in sorted(found) if caller.sees_any(found[leaf].seen_at)]
    return named or [leaf for leaf in sorted(found) if caller.sees_any(found[leaf].stats.properties)]


def _first_known(sight: InSight) -> list[Leaf]:
    guest = sight.whole
    if not guest.others:
        return [guest.id]
    ordered = [head.leaf for head in standing.first_known(store.with_records(sight.kept).values())]
    return [*ordered, *(leaf for leaf in guest.members if leaf not in ordered)]


def stays_of(caller: Caller, leaf: Leaf) -> list[Stay]:
    return [stay for stay in store.stays(leaf) if caller.sees(stay.property_id)]


def stats_of(sight: InSight, days: Days) -> DayStats:
    """As of these days. Totals of the group need eyes for all of it; others see the sums of their own properties."""
    return on(told_of(sight, days).stats, days)


def told_of(sight: InSight, days: Days) -> Traits:
    """All that is in sight, with whatever the stays say of these days: of hotels nothing but the own ones'."""
    if sight.eyes.is_group:
        return told(sight.whole, days).traits
    whole = [rules.stats_of(stays_of(sight.eyes, leaf), WHOLE) for leaf in sight.members]
    return sight.traits.with_stats(rules.add_stats(whole, WHOLE))


def known_at(sight: InSight, hotel: PropertyId | None, days: Days) -> Traits:
    """As a message in a hotel's name (None: the group's) knows the guest, of what is in sight."""
    guest, identity = replace(sight.guest, traits=sight.traits), names.of(hotel)
    recognised = identity.guests if identity else SHIPPED
    records = sight.heads if addressing.needs_records(guest, hotel, recognised) else []
    known = (addressing.as_known_at(guest, records, identity) if records and identity else None) or guest
    if sight.eyes.is_group:
        return told(known, days).traits
    return known.traits.with_stats(told_of(sight, days).stats)


def controllers_of(sight: InSight, said_to: Collection[ControllerId]) -> frozenset[ControllerId]:
    """To whom the guest did or could say something, of those that answer, or did before, at the caller's hotels."""
    known, eyes = settings.controllers(), sight.eyes
    concerned = {known.group, *known.of(sight.whole.properties)}
    if eyes.is_group:
        return frozenset({*concerned, *said_to})
    own = known.of(eyes.properties)
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
