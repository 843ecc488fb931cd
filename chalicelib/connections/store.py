"""How connections are kept, and which properties their ids ever reached."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from chalicelib.aws import keys, table
from chalicelib.aws.codec import Item, inflated, within_a_unit
from chalicelib.canonical.compact import compact
from chalicelib.canonical.ids import ConnectionId, Scope
from chalicelib.canonical.time import Instant
from chalicelib.connections import health
from chalicelib.connections.health import UNHEARD, Day, Health, Outcome, Told, Word
from chalicelib.connections.model import FIRST, KeptConnection


@dataclass(frozen=True)
class Reached:
    """Every property that a connection's id ever reached, by a connection since deleted, too; `*` stands for all."""

    properties: frozenset[Scope] = frozenset()
    rev: int = 0
    known_as: Mapping[str, str] = field(default_factory=dict)
    """What ever named the vendor's hotels in the ids of reservations."""
    moves: Mapping[str, int] = field(default_factory=dict)


def get(connection_id: ConnectionId, *, consistent: bool = True) -> KeptConnection | None:
    item = table.get(keys.connection(connection_id), consistent=consistent)
    return _read(item) if item else None


def get_many(wanted: Iterable[ConnectionId]) -> dict[ConnectionId, KeptConnection]:
    found = table.get_many({keys.connection(each) for each in wanted})
    return {ConnectionId(key.sk): _read(item) for key, item in found.items()}


def listed() -> list[KeptConnection]:
    """Their health lies among them."""
    return [_read(item) for item in table.query(keys.CONNECTIONS) if not _is_health(item)]


def listed_with_health() -> list[tuple[KeptConnection, Health]]:
    """One query."""
    rows = {item["sk"]: item for item in table.query(keys.CONNECTIONS, consistent=False)}
    return [(_read(item), _health_among(rows, _read(item).id)) for item in rows.values() if not _is_health(item)]


def delete(connection: KeptConnection, before: Reached, properties: frozenset[Scope]) -> None:
    """Its secrets go with it, and how it fared. What its id reached stays, so that nobody else gets its guests under
    the same id.

    Raises ConditionFailed when somebody else wrote beside it; who writes beside this gets it, and brings nothing back.
    """
    gone = table.Delete(keys.connection(connection.id), table.PRESENT)
    forgotten = table.Delete(keys.connection_health(connection.id))
    table.transact([gone, forgotten, _reach(connection, before, properties)])


def reached(connection_id: ConnectionId) -> Reached:
    item = table.get(keys.connection_reach(connection_id))
    return _reached(item) if item else Reached()


def _reached(item: Item) -> Reached:
    return Reached(frozenset(item["properties"]), item["rev"], item.get("known_as", {}), item.get("moves", {}))


def reached_by(wanted: Iterable[ConnectionId]) -> dict[ConnectionId, Reached]:
    """Of several ids, what each reached; one batch read."""
    rows = {keys.connection_reach(each): each for each in wanted}
    return {rows[key]: _reached(item) for key, item in table.get_many(rows).items()}


def save(connection: KeptConnection, before: Reached, properties: frozenset[Scope]) -> None:
    """Keep a connection with what it reaches. Raises ConditionFailed when somebody else wrote beside it."""
    table.transact([table.Put(_row(connection)), _reach(connection, before, properties)])


def _reach(connection: KeptConnection, before: Reached, properties: frozenset[Scope]) -> table.Put:
    """The lock of a connection, too: it outlives what was deleted, and each change of either counts its revision up."""
    row = table.row(
        keys.connection_reach(connection.id),
        properties=sorted(properties),
        rev=before.rev + 1,
        known_as={**before.known_as, **connection.known_as},
        moves={**before.moves, **connection.moves},
    )
    return table.Put(row, table.unchanged_since(before.rev or None))


def _row(connection: KeptConnection) -> Item:
    return table.row(
        keys.connection(connection.id),
        vendor=connection.vendor,
        secrets=list(connection.sealed_secrets),
        credentials=connection.sealed_credentials,
        base_url=connection.base_url or None,
        desk_url=connection.desk_url or None,
        properties=dict(connection.properties),
        known_as=dict(connection.known_as),
        moves=dict(connection.moves),
        channels=dict(connection.channels),
        options={name: list(values) for name, values in connection.options.items()},
        made_secrets=list(connection.made_secrets) or None,
        is_claim=connection.is_claim or None,
        version=connection.version,
        changed_at=connection.changed_at,
        changed_by=connection.changed_by,
    )


def _read(item: Item) -> KeptConnection:
    return KeptConnection(
        id=item["sk"],
        vendor=item["vendor"],
        base_url=item.get("base_url", ""),
        desk_url=item.get("desk_url", ""),
        properties=item["properties"],
        known_as=item["known_as"] if "known_as" in item else item["properties"],
        moves=item.get("moves", {}),
        channels=item.get("channels", {}),
        options={name: tuple(values) for name, values in item.get("options", {}).items()},
        sealed_secrets=tuple(item.get("secrets", ())),
        sealed_credentials=item.get("credentials"),
        made_secrets=tuple(item.get("made_secrets", ())),
        is_claim=item.get("is_claim", False),
        version=item.get("version", FIRST),
        changed_at=item.get("changed_at"),
        changed_by=item.get("changed_by"),
    )


# Health

HEALTH_KEPT = timedelta(days=400)
"""After its last notice: of a connection that is no more, for late news may come behind its end."""
SHAPE = 1


def health_of(connection_id: ConnectionId) -> Health:
    item = table.get(keys.connection_health(connection_id))
    return _health(item) if item else UNHEARD


def add_to_health(connection_id: ConnectionId, told: Sequence[Told], at: datetime) -> None:
    """One read and one write, of three seconds each at most. Raises ConditionFailed where another process wrote in
    between, and TryAgain."""
    key = keys.connection_health(connection_id)
    item = table.get(key, brief=True)
    rev = item["rev"] if item else 0
    after = health.together(_health(item) if item else UNHEARD, told, at.date())
    until = int((at + HEALTH_KEPT).timestamp())
    row = table.row(key, rev=rev + 1, expires_at=until, told=_packed(after))
    table.write(table.Put(within_a_unit(row, "told"), table.unchanged_since(rev or None)), brief=True)


def _is_health(item: Item) -> bool:
    """It lies behind its connection, whose id has no such sign."""
    return "#" in item["sk"]


def _health_among(rows: Mapping[str, Item], connection_id: ConnectionId) -> Health:
    item = rows.get(keys.connection_health(connection_id).sk)
    return _health(item) if item else UNHEARD


def _packed(told: Health) -> str:
    days = {day: [each.longest_gap, *(each.counts.get(one, 0) for one in Outcome)] for day, each in told.days.items()}
    last = [[each.at, each.outcome, each.about, each.reason] for each in told.last]
    return compact(
        {
            "v": SHAPE,
            "received_at": told.received_at,
            "stored_at": told.stored_at,
            "days": days,
            "words": told.words,
            "last": last,
        }
    )


def _health(item: Item) -> Health:
    told = json.loads(inflated(item)["told"])
    return Health(
        received_at=told["received_at"],
        stored_at=told["stored_at"],
        days={day: _day(each) for day, each in told["days"].items()},
        words={word: Word(*each) for word, each in told["words"].items()},
        last=[Told(Instant(at), Outcome(what), tuple(about), reason) for at, what, about, reason in told["last"]],
    )


def _day(packed: Sequence[int]) -> Day:
    """What a row of before does not count yet, it has none of."""
    gap, *counts = packed
    return Day({one: count for one, count in zip(Outcome, counts, strict=False) if count}, gap)
