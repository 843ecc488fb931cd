"""What a connection may be, and how it fares. Pure."""

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.canonical import choices
from chalicelib.canonical.errors import FieldError
from chalicelib.canonical.time import moment_of
from chalicelib.connections.asked import Connection
from chalicelib.connections.health import Health, Outcome
from chalicelib.connections.model import IMPORTED, KeptConnection, is_import, is_own
from chalicelib.connectors.vendors import VENDORS, edge_of

CheckUrl = Callable[[str], None]
"""Raises ValueError for an address that the hub must not call."""


QUIET_TIMES = 2
"""How many times its usual gap a connection may be quiet."""
SHORTEST_SILENCE, SILENCE_OF_NEW = timedelta(hours=3), timedelta(hours=48)
"""Nobody is called silent sooner; and a connection that is too new to have a usual gap, not sooner than that."""
DAYS_TO_KNOW = 3
LOOKED_AT, FEWEST = 10, 3
"""Of the newest deliveries: as many say whether it fails, and at least so many."""
FAILED = frozenset({Outcome.SET_ASIDE, Outcome.AGAIN})


class State(StrEnum):
    """How a connection fares. UNHEARD: nothing ever came; FAILING: of what came last, more than half."""

    UNHEARD = "unheard"
    WELL = "well"
    FAILING = "failing"
    SILENT = "silent"


def state_of(health: Health, now: datetime) -> State:
    if health.received_at is None:
        return State.UNHEARD
    if now - moment_of(health.received_at) > quiet_at_most(health):
        return State.SILENT
    return State.FAILING if is_failing(health) else State.WELL


def quiet_at_most(health: Health) -> timedelta:
    """How long nothing may come before a connection is silent: twice the longest time without a notice that it had in
    the days that are kept, but for one day, which may have been an outage.

    So a hotel may be quiet each night for as long as its nights are, a small one over its quiet days, too.
    """
    gaps = sorted(day.longest_gap for day in health.days.values())
    if len(gaps) < DAYS_TO_KNOW:
        return SILENCE_OF_NEW
    return max(SHORTEST_SILENCE, QUIET_TIMES * timedelta(seconds=gaps[-2]))


def is_failing(health: Health) -> bool:
    newest = health.last[:LOOKED_AT]
    failed = sum(each.outcome in FAILED for each in newest)
    return len(newest) >= FEWEST and 2 * failed > len(newest)


def faults(
    asked: Connection, kept: KeptConnection | None, known: Collection[str], check_url: CheckUrl
) -> list[FieldError]:
    """Every field that could not work; `known` are the properties there are."""
    if asked.vendor not in VENDORS:
        return [
            FieldError("vendor", f"is no vendor that the hub knows; there is {choices.known(VENDORS, asked.vendor)}")
        ]
    return [
        *_address_faults(asked, check_url),
        *_property_faults(asked, known),
        *_option_faults(asked),
        *_secret_faults(asked),
        *(_change_faults(asked, kept) if kept else ()),
    ]


def _address_faults(asked: Connection, check_url: CheckUrl) -> Iterator[FieldError]:
    if is_own(asked.id):
        yield FieldError("id", "names that begin with api, and signup, are the hub's own")
    if is_import(asked.id):
        yield FieldError("id", f"names that begin with {IMPORTED} are those of imported lists")
    if edge_of(asked.vendor).thin and not asked.base_url:
        yield FieldError("base_url", "this vendor's notices name ids only: the hub must know where to ask")
    if asked.base_url:
        try:
            check_url(asked.base_url)
        except ValueError as error:
            yield FieldError("base_url", str(error))


def _property_faults(asked: Connection, known: Collection[str]) -> Iterator[FieldError]:
    for hotel, property_id in asked.properties.items():
        if property_id not in known:
            words = f"no such property; there is {choices.known(known, property_id)}"
            yield FieldError(f"properties.{hotel}", words, "properties.?")


def _option_faults(asked: Connection) -> Iterator[FieldError]:
    """An option that nobody asks for was misspelt, or is another vendor's."""
    known = edge_of(asked.vendor).options
    for name in asked.options.keys() - known:
        told = f"there is {choices.known(known, name)}" if known else "this vendor has none"
        yield FieldError(f"options.{name}", f"is no option; {told}", "options.?")


def _secret_faults(asked: Connection) -> Iterator[FieldError]:
    edge = edge_of(asked.vendor)
    for at, secret in enumerate(asked.secrets):
        fault = edge.secret_fault(secret)
        if fault:
            yield FieldError(f"secrets.{at}", fault)
    missing = edge.credentials - asked.credentials.keys()
    if asked.credentials and missing:
        yield FieldError("credentials", f"this vendor also wants {', '.join(sorted(missing))}")


def _change_faults(asked: Connection, kept: KeptConnection) -> Iterator[FieldError]:
    """Nobody can have kept secrets used where they were not given for: they are of one vendor's form, and tokens go to
    the address that they came with."""
    is_new_vendor = kept.vendor != asked.vendor
    if is_new_vendor and not asked.secrets:
        yield FieldError("secrets", "give them with a new vendor: those that are kept are of another form")
    if is_new_vendor and "properties" not in asked.model_fields_set:
        yield FieldError("properties", "give them with a new vendor, who calls its hotels otherwise")
    if asked.credentials:
        return
    if is_new_vendor and edge_of(asked.vendor).credentials:
        yield FieldError("credentials", "give them with a new vendor")
    is_new_origin = asked.base_url and _origin(asked.base_url) != _origin(kept.base_url)
    if is_new_origin and not is_new_vendor and kept.sealed_credentials:
        yield FieldError("credentials", "give them again with a new base_url")


def names_of_hotels(hotels: Mapping[str, str], before: Mapping[str, str]) -> dict[str, str]:
    """What names each of the vendor's hotels in the ids of its reservations: those that have a name keep it.

    A new one is named by the property that it is mapped to first, so that ids are those of reservations which were
    stored before names were kept; or by its own id, where another hotel has that name already.
    """
    names = dict(before)
    for hotel in sorted(hotels.keys() - before.keys()):
        names[hotel] = hotel if hotels[hotel] in names.values() else hotels[hotel]
    return names


def moves_of_hotels(
    hotels: Mapping[str, str], last: Mapping[str, str], known: Collection[str], before: Mapping[str, int]
) -> dict[str, int]:
    """How often each hotel was moved, now that it is mapped otherwise than in the `last` map.

    One that comes back to a property is told from one that never left it: what its source says has not changed.
    """
    moved = {hotel for hotel in hotels if hotel in known and last.get(hotel) != hotels[hotel]}
    return {**before, **{hotel: before.get(hotel, 0) + 1 for hotel in moved}}


def _origin(url: str) -> str:
    """Scheme, host and port: where a call goes, whatever its path."""
    return "/".join(url.lower().split("/")[:3])
