"""Mews notices name ids; what they stand for is asked of the Connector API, one call of each kind for a whole batch."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from chalicelib.canonical.errors import Rejected
from chalicelib.canonical.ids import PropertyId
from chalicelib.canonical.time import instant
from chalicelib.connectors.beside import beside
from chalicelib.connectors.contract import Conversation, Json, Link, Translated
from chalicelib.connectors.mews import calls
from chalicelib.connectors.mews.calls import Row
from chalicelib.connectors.mews.names import Names, names_for
from chalicelib.connectors.mews.rows import guest, occupants, paymasters_of, reservation, unknown_words

RESERVATION_FIELDS = ("Id", "ServiceId", "AccountId", "AccountType")
"""Without these nothing else can be asked; any other missing field is found when the row is read."""
COMPANION_FIELDS, ITEM_FIELDS = ("ReservationId", "CustomerId"), ("ServiceOrderId", "Id")
RESERVATIONS, CUSTOMERS = {"ServiceOrderUpdated"}, {"CustomerAdded", "CustomerUpdated"}
FIELDS = frozenset(
    {
        *RESERVATION_FIELDS, *COMPANION_FIELDS, *ITEM_FIELDS, "State", "CreatedUtc", "UpdatedUtc", "ScheduledStartUtc",
        "ScheduledEndUtc", "Amount", "Currency", "NetValue", "GrossValue", "ConsumedUtc",
    }
)  # fmt: skip
"""What a row may be said to lack; any other word that a table does not know is the row's own."""
TOLD = 10
"""Faults told of one entity."""
FOUND = "CustomerFound"
"""The hub's own word for a profile that was found by asking what changed: a portfolio's token answers for the chain."""
KNOWN = RESERVATIONS | CUSTOMERS | {FOUND}
PASSED_OVER = frozenset(
    {
        "ResourceUpdated", "ResourceBlockUpdated", "MessageAdded", "PaymentUpdated",
        "IntegrationCreated", "IntegrationUpdated", "IntegrationDeleted", "IntegrationApiKeyCreated",
    }
)  # fmt: skip
"""Events of Mews that say nothing of a guest: counted by name. Others may be called anything, and are counted."""


@dataclass(frozen=True)
class Named:
    """The ids that a batch of notices named, each with the property whose notice it was."""

    reservations: Mapping[str, PropertyId]
    customers: Mapping[str, set[PropertyId]]
    """Profiles are the chain's: several hotels may name the same one."""
    found: Mapping[str, PropertyId]
    """Profiles that nobody named, by the last hotel for which it was asked what changed."""
    enterprises: Mapping[str, str]
    """By reservation, whose notice it was, as Mews calls it."""
    ignored: Counter[str]


def fetch(notices: Sequence[Json], link: Link) -> Conversation[Translated]:
    """Ask for everything the notices name, and translate it. Raises Rejected for a notice of another shape.

    Mews has one endpoint for all hotels and gives each its own access token, or one for a whole portfolio: what can be
    asked with one token is asked together.
    """
    parts: list[Translated] = []
    for token, some in _by_token(notices, link).items():
        parts.append((yield from _fetch(some, _with_token(link, token))))
    return Translated(
        [snapshot for part in parts for snapshot in part.snapshots],
        sum((Counter(part.ignored) for part in parts), Counter()),
        {vendor_id: reason for part in parts for vendor_id, reason in part.broken.items()},
        {reservation: hotel for part in parts for reservation, hotel in part.hotels.items()},
        frozenset().union(*(part.of_no_hotel for part in parts)),
        [word for part in parts for word in part.unknown_words],
    )


def _by_token(notices: Sequence[Json], link: Link) -> Mapping[str, list[Json]]:
    grouped: defaultdict[str, list[Json]] = defaultdict(list)
    for notice in notices:
        grouped[_token(link, notice.get("EnterpriseId") if isinstance(notice, dict) else None)].append(notice)
    return grouped


def _token(link: Link, enterprise: object) -> str:
    """The hotel's own access token (`access_token:{enterprise id}`), or else the one for all."""
    return link.credentials.get(f"access_token:{enterprise}") or link.credentials["access_token"]


def _with_token(link: Link, token: str) -> Link:
    return replace(link, credentials={**link.credentials, "access_token": token})


def _fetch(notices: Sequence[Json], link: Link) -> Conversation[Translated]:
    """In two turns: what belongs to the ids that were named, then who and what that is about."""
    named = _named(notices, link)
    broken: dict[str, str] = {}
    ids = named.reservations
    found, (beside_them, charged) = yield from beside(
        calls.of_ids(link, "reservations/getAll/2023-06-06", "Reservations", ReservationIds=ids),
        beside(
            calls.of_ids(link, "companionships/getAll", "Companionships", ReservationIds=ids),
            calls.of_ids(link, "orderItems/getAll", "OrderItems", ServiceOrderIds=ids),
        ),
    )
    stays, elsewhere = _accommodation(_complete(found, RESERVATION_FIELDS, "Id", broken), link)
    _count("not_found", len(ids.keys() - {str(row.get("Id")) for row in found}), named.ignored)
    _count("other_service", elsewhere, named.ignored)
    others = ids.keys() - {str(stay["Id"]) for stay in stays}
    companions = _complete(_but_of(others, beside_them, "ReservationId"), COMPANION_FIELDS, "ReservationId", broken)
    items = _complete(_but_of(others, charged, "ServiceOrderId"), ITEM_FIELDS, "ServiceOrderId", broken)
    wanted = _people(stays, companions) | named.customers.keys() | named.found.keys()
    people, names = yield from beside(
        calls.of_ids(link, "customers/getAll", "Customers", CustomerIds=wanted, more=_of_people(link)),
        names_for(stays, {ids[str(stay["Id"])] for stay in stays}, link),
    )
    _count("not_found", len(wanted - {str(row.get("Id")) for row in people}), named.ignored)
    return _translated(named, link, stays, companions, items, people, names, broken)


def _but_of(others: Collection[str], rows: Iterable[Row], field: str) -> list[Row]:
    """A parking place has items, too, and they are asked for before it is known to be none of the rooms."""
    return [row for row in rows if row.get(field) not in others]


def _count(word: str, times: int, ignored: Counter[str]) -> None:
    if times:
        ignored[word] += times


def _of_people(link: Link) -> Row:
    """Deleted profiles, too: a merge is seen on the one that is gone. A portfolio's token must name its chains."""
    chains = link.options.get("chains")
    about = {"Extent": {"Customers": True}, "ActivityStates": ["Active", "Deleted"]}
    return {**about, "ChainIds": list(chains)} if chains else about


def changed_since(link: Link, since: datetime, until: datetime) -> Conversation[list[Json]]:
    """Notices for what changed in [since, until), hotel by hotel: a late charge need not touch its reservation."""
    period = {"StartUtc": instant(since), "EndUtc": instant(until)}
    notices: list[Json] = []
    for enterprise in link.properties:
        ask = _with_token(link, _token(link, enterprise))
        scope = {"UpdatedUtc": period, "EnterpriseIds": [enterprise]}
        stays = yield from calls.pages(ask, "reservations/getAll/2023-06-06", "Reservations", scope)
        items = yield from calls.pages(ask, "orderItems/getAll", "OrderItems", scope)
        people = yield from calls.pages(ask, "customers/getAll", "Customers", {"UpdatedUtc": period, **_of_people(ask)})
        reservations = {str(row["Id"]) for row in stays} | {str(row["ServiceOrderId"]) for row in items}
        events = [("ServiceOrderUpdated", each) for each in sorted(reservations)]
        events += [(FOUND, str(row["Id"])) for row in people]
        notices += _as_notices(enterprise, events)
    return notices


def _as_notices(enterprise: str, events: Sequence[tuple[str, str]], most: int = 50) -> list[Json]:
    listed = [{"Discriminator": kind, "Value": {"Id": each}} for kind, each in events]
    return [{"EnterpriseId": enterprise, "Events": listed[at : at + most]} for at in range(0, len(listed), most)]


def _named(notices: Sequence[Json], link: Link) -> Named:
    reservations: dict[str, PropertyId] = {}
    customers: defaultdict[str, set[PropertyId]] = defaultdict(set)
    found: dict[str, PropertyId] = {}
    enterprises: dict[str, str] = {}
    ignored: Counter[str] = Counter()
    for notice in notices:
        enterprise = notice.get("EnterpriseId", "") if isinstance(notice, dict) else ""
        hotel = link.properties.get(enterprise)
        for kind, named_id in _events(notice):
            if kind not in KNOWN:
                ignored[f"unknown_event:{kind}" if kind in PASSED_OVER else "unknown_event"] += 1
            elif hotel is None:
                ignored["unknown_hotel"] += 1
            elif kind in RESERVATIONS:
                reservations[named_id], enterprises[named_id] = hotel, enterprise
            elif kind == FOUND:
                found[named_id] = hotel
            else:
                customers[named_id].add(hotel)
    unnamed = {each: hotel for each, hotel in found.items() if each not in customers}
    return Named(reservations, customers, unnamed, enterprises, ignored)


def named_by(notice: Json) -> frozenset[str]:
    """The ids in a notice. Raises Rejected for another shape: its neighbours go on without it."""
    return frozenset(named_id for kind, named_id in _events(notice) if kind in KNOWN)


def _events(notice: Json) -> Iterable[tuple[str, str]]:
    if not isinstance(notice, dict):
        raise Rejected("not_a_mews_notice", "the body is no object")
    events = notice.get("Events")
    if events is None and isinstance(notice.get("Action"), str):
        # One event a call: https://docs.mews.com/connector-api/events/wh-integration
        return [(notice["Action"], "")]
    if not isinstance(notice.get("EnterpriseId"), str) or not isinstance(events, list):
        raise Rejected("not_a_mews_notice", "EnterpriseId and Events are required")
    return [_event(at, event) for at, event in enumerate(events)]


def _event(at: int, event: Json) -> tuple[str, str]:
    kind = event.get("Discriminator") if isinstance(event, dict) else None
    if not isinstance(kind, str):
        raise Rejected("not_a_mews_notice", f"Events.{at}.Discriminator is missing")
    if kind not in KNOWN:
        return kind, ""
    value = event.get("Value")
    named_id = value.get("Id") if isinstance(value, dict) else None
    if not isinstance(named_id, str) or not named_id:
        raise Rejected("not_a_mews_notice", f"Events.{at}.Value.Id is missing")
    return kind, named_id


def _complete(rows: Iterable[Row], fields: Sequence[str], subject: str, broken: dict[str, str]) -> list[Row]:
    """The rows that have the fields; whose row lacks one is noted as broken."""
    complete = []
    for row in rows:
        missing = [field for field in fields if not row.get(field)]
        if missing:
            broken[str(row.get(subject))] = f"{missing[0]} is missing"
        else:
            complete.append(row)
    return complete


def _accommodation(found: Sequence[Row], link: Link) -> tuple[list[Row], int]:
    """A parking place or a treatment is a "reservation" of another service."""
    services = set(link.options.get("stay_services", ()))
    stays = [row for row in found if not services or row["ServiceId"] in services]
    return stays, len(found) - len(stays)


def _people(stays: Sequence[Row], companions: Sequence[Row]) -> set[str]:
    owners = {str(stay["AccountId"]) for stay in stays if stay["AccountType"] == "Customer"}
    bookers = {str(stay["BookerId"]) for stay in stays if stay.get("BookerId")}
    return owners | bookers | {str(row["CustomerId"]) for row in companions}


def _translated(
    named: Named,
    link: Link,
    stays: Sequence[Row],
    companions: Sequence[Row],
    items: Sequence[Row],
    people: Sequence[Row],
    names: Names,
    broken: dict[str, str],
) -> Translated:
    customers = {str(row["Id"]): row for row in _complete(people, ("Id",), "Id", broken)}
    with_whom = _by(companions, "ReservationId")
    charged = _by(items, "ServiceOrderId")
    paymasters = paymasters_of(customers)
    snapshots: list[Any] = []
    ours = FIELDS | set(link.properties.values())
    for stay in (each for each in stays if each["Id"] not in broken):
        with _isolated(str(stay["Id"]), broken, ours):
            hotel = named.reservations[str(stay["Id"])]
            beside = sorted({str(row["CustomerId"]) for row in with_whom[stay["Id"]]})
            people_of = occupants(stay, beside, customers, hotel)
            its = charged[stay["Id"]]
            snapshots.append(reservation(stay, hotel, link, its, people_of, named.ignored, names, paymasters))
    asked_about = {**{each: {hotel} for each, hotel in named.found.items()}, **named.customers}
    for each in sorted(asked_about.keys() & customers.keys()):
        with _isolated(each, broken, ours):
            snapshots += [guest(customers[each], hotel) for hotel in sorted(asked_about[each])]
    words = [word for stay in stays for word in unknown_words(stay, customers)]
    return Translated(snapshots, dict(named.ignored), broken, named.enterprises, frozenset(named.found), words)


@contextmanager
def _isolated(vendor_id: str, broken: dict[str, str], ours: Collection[str]) -> Iterator[None]:
    """One entity of an unexpected shape must not hold up the others of its batch; values stay out of the reason."""
    try:
        yield
    except ValidationError as error:
        places = [".".join(map(str, each["loc"])) for each in error.errors(include_input=False)[:TOLD]]
        broken[vendor_id] = "; ".join(places)
    except KeyError as error:
        broken[vendor_id] = f"{error.args[0]} is missing" if error.args[0] in ours else "KeyError"
    except (TypeError, ValueError, ArithmeticError, AttributeError) as error:
        broken[vendor_id] = type(error).__name__


def _by(rows: Iterable[Row], field: str) -> Mapping[str, list[Row]]:
    grouped: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[str(row[field])].append(row)
    return grouped
