"""A hotel's board: who arrives, who leaves, who is in house.

A page of 50 lines asks AWS 10 to 13 times beyond the session (in house 31 times more): the hotels, and what the API's
board reads.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from chalice.app import Response

from chalicelib.canonical.errors import CallerError, NotFound
from chalicelib.canonical.ids import PropertyId
from chalicelib.canonical.time import is_date, local_date, moment_of
from chalicelib.entrypoints.api import boards
from chalicelib.entrypoints.api.boards import BoardLineShown
from chalicelib.entrypoints.console import hotels
from chalicelib.entrypoints.console.hotels import Hotels
from chalicelib.entrypoints.console.pages import from_board
from chalicelib.entrypoints.console.told import N_
from chalicelib.entrypoints.console.visits import Visit
from chalicelib.properties.model import Property

ARRIVALS, DEPARTURES, IN_HOUSE = "arrivals", "departures", "in-house"
LISTS = {ARRIVALS: N_("Arrivals"), DEPARTURES: N_("Departures"), IN_HOUSE: N_("In house")}
ALL = "200"
"""Lines on one page, where it is to be printed."""


class Tab(NamedTuple):
    address: str
    title: str
    is_here: bool


class Lines(NamedTuple):
    items: Sequence[BoardLineShown]
    next_cursor: str | None


NO_LINES = Lines((), None)


def chosen(visit: Visit) -> Response:
    """Lead on to the hotel that was chosen, or the only one there is; else all of them to choose from."""
    known = hotels.of(visit)
    wanted = PropertyId(visit.query.get("hotel", ""))
    if wanted in known or len(known) == 1:
        hotel = wanted if wanted in known else next(iter(known))
        return visit.go(f"/board/{hotel}", date=visit.query.get("date"), list=visit.query.get("list"))
    return visit.shown("boards.html", hotels=known)


def shown(visit: Visit) -> Response:
    """The list that is asked for, of a day; who is in house, of now."""
    known = hotels.of(visit)
    hotel = known.get(PropertyId(visit.names["property_id"]))
    if hotel is None:
        raise NotFound("There is no such property.")
    try:
        return _page(visit, known, hotel, _lines(visit, hotel.id))
    except CallerError as refusal:
        return _page(visit.refused(refusal), known, hotel, NO_LINES)


def _page(visit: Visit, known: Hotels, hotel: Property, lines: Lines) -> Response:
    today = local_date(moment_of(visit.now), hotel.time_zone)
    asked = visit.query.get("date", "")
    day = date.fromisoformat(asked) if is_date(asked) else today
    return visit.shown(
        "board.html",
        hotels=known,
        hotel=hotel,
        lines=lines,
        day=day,
        is_today=day == today,
        before=beside(day, -1),
        after=beside(day, 1),
        asked=_list(visit),
        title=visit.words(LISTS[_list(visit)]),
        tabs=tabs_of(visit, hotel.id, _list(visit)),
        offers=from_board.offers(visit),
        all=ALL,
    )


def _lines(visit: Visit, hotel: PropertyId) -> Lines:
    asked, day = _list(visit), visit.query.get("date") or None
    page = visit.part(f"{visit.path}/{asked}")
    if asked == IN_HOUSE:
        found = visit.call(boards.in_house, hotel, page=page)
    else:
        found = visit.call(boards.departures if asked == DEPARTURES else boards.arrivals, hotel, date=day, page=page)
    return Lines(sorted(found.items, key=_by_name if asked == ARRIVALS else _by_room), found.next_cursor)


def _by_name(line: BoardLineShown) -> tuple[str, str]:
    """Who comes to the desk says a name; who leaves is known by the room."""
    guest = line.guest
    return (guest.family_name or "").casefold() if guest else "", line.reservation


def _by_room(line: BoardLineShown) -> tuple[int, str, str]:
    room = line.room_number or ""
    return len(room), room, line.reservation


def _list(visit: Visit) -> str:
    asked = visit.query.get("list", "")
    return asked if asked in LISTS else ARRIVALS


def tabs_of(visit: Visit, hotel: PropertyId, here: str) -> list[Tab]:
    """The hotel's lists, and its tasks for who may see them; of the day that is looked at."""
    board, tasks = f"/board/{hotel}", f"/board/{hotel}/tasks"
    asked = {name: visit.query.get(name) for name in ("date", "limit")}
    lists = [
        Tab(visit.at(board, list=name, **asked), visit.words(title), name == here) for name, title in LISTS.items()
    ]
    own = Tab(visit.at(tasks, date=visit.query.get("date")), visit.words(N_("Tasks")), here == "tasks")
    return [*lists, own] if visit.opens_at(tasks) else lists


def beside(day: date, days: int) -> str | None:
    """None where the calendar ends."""
    try:
        return (day + timedelta(days=days)).isoformat()
    except OverflowError:
        return None
