"""/v1/guests: who a guest is."""

from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from pydantic import create_model

from chalicelib.access.model import Caller
from chalicelib.canonical.errors import FieldError, Invalid
from chalicelib.canonical.ids import ConnectionId, GuestId, Leaf, PropertyId, leaf_of_profile
from chalicelib.canonical.time import moment_of
from chalicelib.connections.model import API
from chalicelib.entrypoints.api.answers import Money, Shown, amounts
from chalicelib.entrypoints.api.by_name import guests_by_name
from chalicelib.entrypoints.api.calls import Ask
from chalicelib.entrypoints.api.visibility import InSight, guest_of, guests_by, stats_of
from chalicelib.guests import today
from chalicelib.guests.kinds import Unusable
from chalicelib.guests.model import Traits
from chalicelib.guests.records import Record
from chalicelib.guests.stats import Days, DayStats, GuestState
from chalicelib.guests.traits import IN_API
from chalicelib.identity import actions as identity
from chalicelib.identity.parties import are_several
from chalicelib.identity.typed import Kind
from chalicelib.properties import store as properties
from chalicelib.segments.profiled import Why, why_unprofiled


class LeafShown(Shown):
    """One source record. `unusable` are the fields that the source filled in with what cannot be read (a phone number
    that may be two) or stands for nothing (`N/A`): nothing rests on them. `several_people` is a couple or a family,
    which is joined with none of its people."""

    id: str
    source: ConnectionId | None
    source_id: str | None
    unusable: list[Unusable]
    several_people: bool


if TYPE_CHECKING:
    TraitsShown = Shown
else:
    TraitsShown = create_model("TraitsShown", __base__=Shown, **{name: (kind, ...) for name, kind in IN_API.items()})


class StatsShown(Shown):
    """Sums over the stays that the key may see. What is ahead is as of today at each stay's hotel: `upcoming_bookings`
    are not checked in to and have not begun before today, and a guest is in house until the day of departure. A
    `prospect` never stayed and has nothing ahead, who is `expected` comes for the first time, who `lapsed` left more
    than two years ago and has nothing ahead. `nights_per_stay` is the average. Of who is `unprofiled` (they object to
    profiling, their data is restricted, or they are under age) nothing is summed up but what is ahead."""

    state: GuestState | Literal["unprofiled"]
    stays: int
    nights: int
    nights_per_stay: int
    room_revenue: list[Money]
    other_revenue: list[Money]
    reservations: int
    cancelled: int
    no_shows: int
    first_arrival: date | None
    last_departure: date | None
    next_arrival: date | None
    in_house: bool
    upcoming_bookings: int
    upcoming_nights: int


class GuestFound(Shown):
    """Who somebody is: enough to choose one of many. `/v1/guests/{id}` shows the rest."""

    id: str
    merged_ids: list[str]
    properties: list[PropertyId]
    traits: TraitsShown


class GuestShown(GuestFound):
    """`candidates` are other guests who carry an address, a telephone or a member number of this one, or are rather one
    person with it by name, date of birth and address, and are kept apart by what is said of them: another given name,
    generation or date of birth, or several people in one record."""

    stats: StatsShown
    leaves: list[LeafShown]
    candidates: list[str]


class GuestList(Shown):
    """Whoever is found. By an identifier each is shown whole, as `GuestShown`; by a name as `GuestFound`, and `more`
    says that others may be called so, too: then more of the name tells them apart."""

    items: list[GuestShown | GuestFound]
    more: bool = False
    next_cursor: str | None = None


AHEAD = ("next_arrival", "in_house", "upcoming_bookings", "upcoming_nights")
"""What is a fact of the booking itself."""
NOT_THERE = leaf_of_profile(API, "")
"""A record that no source can tell of: it is read where an identifier is unknown, so that no reads tell that."""


def search(
    ask: Ask,
    *,
    name: str | None = None,
    email: str | None = None,
    phone: str | None = None,
    member: str | None = None,
    source: ConnectionId | None = None,
    source_id: str | None = None,
) -> GuestList:
    """The guests that carry an e-mail address, a phone number, a member number, or a source's id, or are called so.

    A key of single hotels finds them by what a record of these says. `name` is how a given or family name begins, two
    letters at least, in any script or in Latin letters, with or without accents, hyphens and blanks; more words, in any
    order, tell more. It finds 50 guests at most, in the order of their names; who came moments ago may be missing.

    A phone number without its country is read as one of each country in which the key has hotels. Capitals and blanks
    in an address do not matter.
    """
    identifiers: dict[Kind, str | None] = {"email": email, "phone": phone, "member": member}
    asked = [(kind, value) for kind, value in identifiers.items() if value]
    if len(asked) + bool(source and source_id) + (name is not None) != 1 or bool(source) != bool(source_id):
        raise Invalid(FieldError("email", "name one of email, phone, member, name, or source with source_id"))
    if name is not None:
        return _by_name(ask.caller, name)
    leaves = _by_identifier(ask.caller, *asked[0]) if asked else [leaf_of_profile(source or API, source_id or "")]
    leaves = leaves or [NOT_THERE]
    days = today.days(moment_of(ask.now))
    return GuestList(items=[_guest(each, days) for each in guests_by(ask.caller, leaves)])


def _by_name(caller: Caller, name: str) -> GuestList:
    found = guests_by_name(caller, name)
    return GuestList(items=[found_as(each) for each in found.guests], more=found.is_cut)


def _by_identifier(caller: Caller, kind: Kind, value: str) -> list[Leaf]:
    return identity.carriers(kind, value, _countries(caller) if kind == "phone" else ())


def _countries(caller: Caller) -> set[str]:
    return {each.country for each in properties.by_id().values() if caller.sees(each.id)}


def get(ask: Ask, guest_id: GuestId) -> GuestShown:
    """One guest; an id that was merged into another answers with that other."""
    return _guest(guest_of(ask.caller, guest_id), today.days(moment_of(ask.now)))


def found_as(sight: InSight) -> GuestFound:
    """As lists show a guest."""
    return GuestFound(**_who(sight))


def _who(sight: InSight) -> dict[str, Any]:
    return {
        "id": sight.id,
        "merged_ids": list(sight.guest.others),
        "properties": [each for each in sight.whole.properties if sight.eyes.sees(each)],
        "traits": _traits(sight.traits),
    }


def _guest(sight: InSight, days: Days) -> GuestShown:
    return GuestShown(
        **_who(sight),
        stats=_stats(stats_of(sight, days), why_unprofiled(sight.whole.traits, days)),
        leaves=[leaf_shown(head.leaf, head.record) for head in sight.heads],
        candidates=_candidates(sight),
    )


def _candidates(sight: InSight) -> list[str]:
    found = identity.candidates(sight.heads)
    return [each.id for each in guests_by(sight.caller, found.leaves) if found.has(each.whole)]


def leaf_shown(leaf: Leaf, record: Record | None) -> LeafShown:
    return LeafShown(
        id=leaf,
        source=record.source if record else None,
        source_id=record.source_id if record else None,
        unusable=list(record.unusable) if record else [],
        several_people=record is not None and are_several(record.salutation, *record.called),
    )


def _traits(traits: Traits) -> TraitsShown:
    return TraitsShown.model_validate(traits.model_dump(include=set(IN_API)))


def _stats(stats: DayStats, unprofiled: Why | None) -> StatsShown:
    told = stats if unprofiled is None else DayStats.model_validate(stats.model_dump(include=set(AHEAD)))
    kept = told.model_dump(include=set(StatsShown.model_fields) - {"room_revenue", "other_revenue"})
    revenue = {"room_revenue": amounts(told.room_revenue), "other_revenue": amounts(told.other_revenue)}
    return StatsShown.model_validate({**kept, **revenue, **({"state": "unprofiled"} if unprofiled else {})})
