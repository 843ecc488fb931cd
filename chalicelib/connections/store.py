"""How connections are kept, and which properties their ids ever reached."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from chalicelib.aws import keys, table
from chalicelib.aws.codec import Item
from chalicelib.canonical.ids import ConnectionId, Scope
from chalicelib.connections.model import KeptConnection


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
    return [_read(item) for item in table.query(keys.CONNECTIONS)]


def delete(connection: KeptConnection, before: Reached, properties: frozenset[Scope]) -> None:
    """Its secrets go with it. What its id reached stays, so that nobody else gets its guests under the same id.

    Raises ConditionFailed when somebody else wrote beside it; who writes beside this gets it, and brings nothing back.
    """
    gone = table.Delete(keys.connection(connection.id), table.PRESENT)
    table.transact([gone, _reach(connection, before, properties)])


def reached(connection_id: ConnectionId) -> Reached:
    item = table.get(keys.connection_reach(connection_id))
    if item is None:
        return Reached()
    return Reached(frozenset(item["properties"]), item["rev"], item.get("known_as", {}), item.get("moves", {}))


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
        properties=dict(connection.properties),
        known_as=dict(connection.known_as),
        moves=dict(connection.moves),
        channels=dict(connection.channels),
        options={name: list(values) for name, values in connection.options.items()},
        is_claim=connection.is_claim or None,
    )


def _read(item: Item) -> KeptConnection:
    return KeptConnection(
        id=item["sk"],
        vendor=item["vendor"],
        base_url=item.get("base_url", ""),
        properties=item["properties"],
        known_as=item["known_as"] if "known_as" in item else item["properties"],
        moves=item.get("moves", {}),
        channels=item.get("channels", {}),
        options=item.get("options", {}),
        sealed_secrets=tuple(item.get("secrets", ())),
        sealed_credentials=item.get("credentials"),
        is_claim=item.get("is_claim", False),
    )
