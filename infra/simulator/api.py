"""The part of the Mews Connector API that the hub calls: filters, paging, tokens and rate limit, without any HTTP."""

import hmac
import threading
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from infra.simulator.hotel import AGE_CATEGORIES, COMPANIONSHIPS, CUSTOMERS, ORDER_ITEMS, RESERVATIONS, Entity, Hotel

MAX_IDS = 1000
RATE_WINDOW_SECONDS = 30.0
# operation -> kind of entity, and its filters by ids: request field -> entity field
OPERATIONS: dict[str, tuple[str, dict[str, str]]] = {
    "reservations/getAll/2023-06-06": (
        RESERVATIONS,
        {"ReservationIds": "Id", "ServiceIds": "ServiceId", "AccountIds": "AccountId"},
    ),
    "ageCategories/getAll": (AGE_CATEGORIES, {"ServiceIds": "ServiceId", "AgeCategoryIds": "Id"}),
    "customers/getAll": (CUSTOMERS, {"CustomerIds": "Id"}),
    "companionships/getAll": (COMPANIONSHIPS, {"ReservationIds": "ReservationId", "CustomerIds": "CustomerId"}),
    "orderItems/getAll": (
        ORDER_ITEMS,
        {"OrderItemIds": "Id", "ServiceOrderIds": "ServiceOrderId", "ServiceIds": "ServiceId"},
    ),
}


class Refused(Exception):
    """The call is answered with an error status."""

    def __init__(self, status: int, message: str, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.retry_after = retry_after


@dataclass(frozen=True)
class Tokens:
    client: str
    access: str
    webhook: str


class RateLimit:
    """So many calls for each access token in a sliding window."""

    def __init__(self, calls: int, now: Callable[[], float]) -> None:
        self._calls = calls
        self._now = now
        self._seen: defaultdict[str, deque[float]] = defaultdict(deque)
        self._lock = threading.Lock()

    def take(self, token: str) -> None:
        with self._lock:
            seen, now = self._seen[token], self._now()
            while seen and seen[0] <= now - RATE_WINDOW_SECONDS:
                seen.popleft()
            if len(seen) >= self._calls:
                wait = seen[0] + RATE_WINDOW_SECONDS - now
                raise Refused(429, "Too many requests.", retry_after=max(1, int(wait) + 1))
            seen.append(now)


class ConnectorApi:
    """Answers Connector API calls from the hotel's current state."""

    def __init__(self, hotel: Hotel, tokens: Tokens, limit: RateLimit) -> None:
        self._hotel = hotel
        self._tokens = tokens
        self._limit = limit

    def call(self, operation: str, body: object) -> dict[str, Any]:
        if not isinstance(body, dict):
            raise Refused(400, "The body must be a JSON object.")
        self._check_tokens(body)
        self._limit.take(self._tokens.access)
        if operation not in OPERATIONS:
            raise Refused(404, f"No operation {operation}.")
        kind, filters = OPERATIONS[operation]
        count, cursor = _limitation(body)
        found = self._matching(kind, filters, body)
        rest = [entity for entity in found if cursor is None or entity["Id"] > cursor]
        page = sorted(rest, key=lambda entity: str(entity["Id"]))
        more = len(page) > count
        return {kind: page[:count], "Cursor": page[count - 1]["Id"] if more else None}

    def _check_tokens(self, body: Entity) -> None:
        client, access = (str(body.get(name, "")).encode() for name in ("ClientToken", "AccessToken"))
        right_client = hmac.compare_digest(client, self._tokens.client.encode())
        right_access = hmac.compare_digest(access, self._tokens.access.encode())
        if not (right_client and right_access):
            raise Refused(401, "Invalid ClientToken or AccessToken.")
        if not body.get("Client"):
            raise Refused(400, "Client is required.")

    def _matching(self, kind: str, filters: dict[str, str], body: Entity) -> list[Entity]:
        wanted = {filters[name]: set(ids) for name in filters if (ids := _ids(body, name)) is not None}
        updated = _interval(body)
        enterprises = _ids(body, "EnterpriseIds")
        return [
            entity
            for entity in self._candidates(kind, wanted)
            if all(entity[field] in ids for field, ids in wanted.items())
            and (updated is None or updated[0] <= self._updated(entity) < updated[1])
            and (enterprises is None or self._is_of(kind, entity, enterprises))
        ]

    def _candidates(self, kind: str, wanted: dict[str, set[str]]) -> list[Entity]:
        """By id, or through the reservation, without looking at everything: the hub asks this way for each notice."""
        if "Id" in wanted:
            return self._hotel.find(kind, wanted["Id"])
        if "ServiceOrderId" in wanted:
            return [item for key in wanted["ServiceOrderId"] for item in self._hotel.items_of(key)]
        if "ReservationId" in wanted:
            return [row for key in wanted["ReservationId"] for row in self._hotel.companionships_of(key)]
        return self._hotel.every(kind)

    def _updated(self, entity: Entity) -> datetime:
        return datetime.fromisoformat(self._hotel.updated[entity["Id"]])

    def _is_of(self, kind: str, entity: Entity, enterprises: list[str]) -> bool:
        """Profiles belong to the chain, so that every enterprise sees all of them."""
        match kind:
            case "Reservations":
                return self._hotel.property_of(entity).enterprise in enterprises
            case "OrderItems":
                return entity["EnterpriseId"] in enterprises
            case "Companionships":
                reservations = self._hotel.find(RESERVATIONS, [entity["ReservationId"]])
                return any(self._hotel.property_of(found).enterprise in enterprises for found in reservations)
            case _:
                return True


def _limitation(body: Entity) -> tuple[int, str | None]:
    limitation = body.get("Limitation")
    if not isinstance(limitation, dict):
        raise Refused(400, "Limitation is required.")
    count, cursor = limitation.get("Count"), limitation.get("Cursor")
    if not isinstance(count, int) or isinstance(count, bool) or not 1 <= count <= 1000:
        raise Refused(400, "Limitation.Count must be between 1 and 1000.")
    if cursor is not None and not isinstance(cursor, str):
        raise Refused(400, "Limitation.Cursor must be a string.")
    return count, cursor


def _ids(body: Entity, name: str) -> list[str] | None:
    ids = body.get(name)
    if ids is None:
        return None
    if not isinstance(ids, list) or not all(isinstance(one, str) for one in ids):
        raise Refused(400, f"{name} must be a list of ids.")
    if len(ids) > MAX_IDS:
        raise Refused(400, f"{name} holds more than {MAX_IDS} ids.")
    return ids


def _interval(body: Entity) -> tuple[datetime, datetime] | None:
    """UpdatedUtc as a half-open interval."""
    updated = body.get("UpdatedUtc")
    if updated is None:
        return None
    try:
        start, end = (datetime.fromisoformat(updated[name]) for name in ("StartUtc", "EndUtc"))
    except (KeyError, TypeError, ValueError) as error:
        raise Refused(400, "UpdatedUtc needs StartUtc and EndUtc as instants.") from error
    if start.tzinfo is None or end.tzinfo is None:
        raise Refused(400, "UpdatedUtc must be in UTC.")
    return start, end
