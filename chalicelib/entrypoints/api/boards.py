"""/v1/properties/{property_id}/arrivals, /departures and /in-house: what the front desk has before it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Literal, NamedTuple

from chalicelib.canonical.errors import FieldError, Invalid
from chalicelib.canonical.ids import Leaf, PropertyId
from chalicelib.canonical.snapshots import Channel, Status
from chalicelib.canonical.time import is_date, local_date, moment_of
from chalicelib.captures.model import Unreached
from chalicelib.entrypoints.api import properties, reached
from chalicelib.entrypoints.api.answers import Listing, Shown
from chalicelib.entrypoints.api.calls import Ask
from chalicelib.entrypoints.api.in_pms import Addresses, addresses_of
from chalicelib.entrypoints.api.paging import Page
from chalicelib.entrypoints.api.reached import Reach
from chalicelib.entrypoints.api.sights import sights_of, sums_of
from chalicelib.entrypoints.api.visibility import InSight
from chalicelib.guests import desk
from chalicelib.guests.called import birthday_within, name_to_use
from chalicelib.guests.desk import Line
from chalicelib.guests.model import Stay
from chalicelib.guests.preferences import Preferences
from chalicelib.guests.stats import Stats

Flag = Literal["first_stay", "returning", "member"]


class GuestOnBoard(Shown):
    """Who somebody is, by what the key may see. `called` is what to say to them. `stays` are those that ended, null
    where a guest of many hotels has more reservations than a board reads; then no flag says whether it is the first
    one. `first_stay` is that of whom no stay began before this one; all others are `returning`. `birthday` is the day
    of this stay on which they have it. `unreached` is why no newsletter reaches the guest, who may be asked for an
    address; a `minor` is asked for none, and made no member. `preferences` never tell of allergies, diets or religion:
    the PMS does."""

    id: str
    called: str | None
    salutation: str | None
    given_name: str | None
    family_name: str | None
    language: str | None
    country: str | None
    member: bool
    vip: int | None
    stays: int | None
    birthday: date | None
    preferences: Preferences | None
    flags: list[Flag]
    unreached: Unreached | None
    minor: bool


class CompanionOnBoard(Shown):
    """Who shares the room, as far as the source names them."""

    id: str
    given_name: str | None
    family_name: str | None


class BoardLineShown(Shown):
    """A reservation on a board. `guest` is null where the source names nobody. `company_id` and `agency_id` are the
    source's own words. `desk_url` opens the reservation in the PMS, where its connection says how."""

    reservation: str
    property_id: PropertyId
    status: Status
    arrival: date
    departure: date
    nights: int
    arrival_time: str | None
    room_type: str | None
    room_number: str | None
    adults: int | None
    children: int | None
    channel: Channel
    company_id: str | None
    agency_id: str | None
    desk_url: str | None
    guest: GuestOnBoard | None
    companions: list[CompanionOnBoard]


def arrivals(ask: Ask, property_id: PropertyId, *, date: str | None = None, page: Page) -> Listing[BoardLineShown]:
    """Who arrives at a property on a `date`, or arrived and has not left.

    Without a date it is today's at the property. Within moments after a change a line may be missing.
    """
    day = day_of(ask, property_id, date)
    return _page(ask, desk.arrivals(property_id, day, page.after, page.limit + 1), page)


def departures(ask: Ask, property_id: PropertyId, *, date: str | None = None, page: Page) -> Listing[BoardLineShown]:
    """Who leaves a property on a `date`, or left.

    Without a date it is today's at the property. Within moments after a change a line may be missing.
    """
    day = day_of(ask, property_id, date)
    return _page(ask, desk.departures(property_id, day, page.after, page.limit + 1), page)


def in_house(ask: Ask, property_id: PropertyId, *, page: Page) -> Listing[BoardLineShown]:
    """Who checked in at a property and has not left, by day of arrival; long stays come last.

    Who came more than 30 days ago for fewer nights is not shown: the source never said that the guest left.
    """
    today = day_of(ask, property_id, None)
    return _page(ask, desk.in_house(property_id, today, page.after, page.limit + 1), page)


def day_of(ask: Ask, property_id: PropertyId, asked: str | None) -> date:
    """Raises NotFound for a property that the caller does not see, and Invalid."""
    hotel = properties.get(ask, property_id)
    if asked is None:
        return local_date(moment_of(ask.now), hotel.time_zone)
    if not is_date(asked):
        raise Invalid(FieldError("date", "must be a date, such as 2026-02-01"))
    return date.fromisoformat(asked)


def _page(ask: Ask, lines: Iterator[Line], page: Page) -> Listing[BoardLineShown]:
    found = list(islice(lines, page.limit + 1))
    items, more = page.take(_shown(ask, found))
    return Listing(items=items, next_cursor=page.cursor(found[len(items) - 1].position) if more else None)


class Beside(NamedTuple):
    """What was read beside the stays, for all lines at once."""

    sights: Mapping[Leaf, InSight]
    sums: Mapping[Leaf, Stats | None]
    reaches: Mapping[Leaf, Reach]
    in_pms: Addresses


def _shown(ask: Ask, lines: Sequence[Line]) -> list[BoardLineShown]:
    sights = sights_of(ask.caller, {leaf for line in lines for leaf in (line.leaf, *line.stay.companions)})
    guests = {line.leaf: sights[line.leaf] for line in lines if line.leaf in sights}
    seen = list(guests.values())
    beside = Beside(
        sights,
        sums=dict(zip(guests, sums_of(seen), strict=True)),
        reaches=dict(zip(guests, reached.reaches_of(seen, moment_of(ask.now)), strict=True)),
        in_pms=addresses_of(line.stay for line in lines),
    )
    return [_line(line, beside) for line in lines]


def _line(line: Line, beside: Beside) -> BoardLineShown:
    stay, sights = line.stay, beside.sights
    kept = stay.model_dump(include=set(BoardLineShown.model_fields) - {"companions"})
    return BoardLineShown.model_validate(
        {
            **kept,
            "nights": stay.nights,
            "desk_url": beside.in_pms.get(stay.reservation),
            "guest": _guest(line, beside) if line.leaf in sights else None,
            "companions": [_companion(sights[each]) for each in stay.companions if each in sights],
        }
    )


def _guest(line: Line, beside: Beside) -> GuestOnBoard:
    stay, sight, sums = line.stay, beside.sights[line.leaf], beside.sums.get(line.leaf)
    traits = sight.traits
    kept = traits.model_dump(include=set(GuestOnBoard.model_fields))
    flags = [*_acquaintance(stay, sums), *(["member"] if traits.member else [])]
    return GuestOnBoard.model_validate(
        {
            **kept,
            "id": sight.id,
            "called": name_to_use(traits),
            "stays": sums.stays if sums else None,
            "birthday": birthday_within(traits.birth_date, stay.arrival, stay.departure),
            **beside.reaches[line.leaf]._asdict(),
            "flags": flags,
        }
    )


def _acquaintance(stay: Stay, sums: Stats | None) -> list[Flag]:
    if sums is None:
        return []
    is_first = sums.first_arrival is None or sums.first_arrival >= stay.arrival
    return ["first_stay" if is_first else "returning"]


def _companion(sight: InSight) -> CompanionOnBoard:
    kept = sight.traits.model_dump(include=set(CompanionOnBoard.model_fields))
    return CompanionOnBoard.model_validate({**kept, "id": sight.id})
