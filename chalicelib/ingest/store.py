"""How properties and connections are kept, and how an outcome becomes one transaction."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from chalicelib.aws import http, keys, secrets, table
from chalicelib.aws.codec import Item
from chalicelib.canonical.errors import Conflict, FieldError, Invalid, NotFound
from chalicelib.connectors.contract import Link
from chalicelib.ingest import envelopes
from chalicelib.ingest.model import Connection, Property
from chalicelib.ingest.vendors import VENDORS, edge_of

ALL = "*"
"""A connection without a map may speak for every property."""

Allowed = Callable[[str], bool]


# Properties and connections


def put_property(property_: Property) -> None:
    table.write(table.Put(table.row(keys.property_(property_.id), property=property_.model_dump_json())))


def property_(property_id: str) -> Property | None:
    item = table.get(keys.property_(property_id))
    return Property.model_validate_json(item["property"]) if item else None


def properties() -> dict[str, Property]:
    found = [Property.model_validate_json(item["property"]) for item in table.query(keys.property_("").pk)]
    return {each.id: each for each in found}


def delete_property(property_id: str) -> None:
    table.write(table.Delete(keys.property_(property_id)))


def put_connection(connection: Connection, allowed: Allowed = lambda _: True) -> None:
    """Keep a connection; empty secrets and credentials leave those that are kept.

    `allowed` says whether the caller may speak for a property, or for all (`*`). It is asked for every property that
    the id ever reached, by a connection since deleted, too: records are found by connection and source id, so whoever
    takes up an id takes up its guests. Raises NotFound, Invalid, Conflict.
    """
    reach = table.get(keys.connection_reach(connection.id))
    reached = {*(connection.properties.values() or [ALL]), *(reach["properties"] if reach else ())}
    if not all(allowed(each) for each in reached):
        raise NotFound("There is no such connection, or no such property.")
    kept = connection_row(connection.id)
    _check(connection, kept)
    rev = reach["rev"] + 1 if reach else 1
    writes = [
        table.Put(_connection_row(connection, kept)),
        table.Put(
            table.row(keys.connection_reach(connection.id), properties=sorted(reached), rev=rev),
            table.at_revision(reach),
        ),
    ]
    try:
        table.transact(writes)
    except table.ConditionFailed:
        raise Conflict("Somebody else changed this connection just now.") from None


def _connection_row(connection: Connection, kept: Item | None) -> Item:
    """What another vendor was given is worth nothing to this one."""
    before = kept if kept and kept["vendor"] == connection.vendor else {}
    sealed = [_sealed(connection, secret) for secret in connection.secrets] or before.get("secrets", [])
    credentials = connection.credentials
    encrypted = secrets.encrypt(json.dumps(credentials), connection.id) if credentials else before.get("credentials")
    return table.row(
        keys.connection(connection.id),
        vendor=connection.vendor,
        secrets=sealed,
        credentials=encrypted,
        base_url=connection.base_url,
        properties=connection.properties,
        channels={code: str(channel) for code, channel in connection.channels.items()},
        options={name: list(values) for name, values in connection.options.items()},
    )


def _check(connection: Connection, kept: Item | None) -> None:
    """Raises Invalid with every field that could not work."""
    if connection.vendor not in VENDORS:
        raise Invalid(FieldError("vendor", f"is none of {', '.join(VENDORS)}"))
    faults = [
        *_link_faults(connection),
        *_secret_faults(connection),
        *(_change_faults(connection, kept) if kept else ()),
    ]
    if faults:
        raise Invalid(*faults)


def _change_faults(connection: Connection, kept: Item) -> Iterator[FieldError]:
    """Nobody can have kept secrets used where they were not given for: they are of one vendor's form, and tokens go to
    the address that they came with."""
    is_new_vendor = kept["vendor"] != connection.vendor
    if is_new_vendor and not connection.secrets:
        yield FieldError("secrets", "give them with a new vendor: those that are kept are of another form")
    if connection.credentials:
        return
    if is_new_vendor and edge_of(connection.vendor).credentials:
        yield FieldError("credentials", "give them with a new vendor")
    is_new_origin = connection.base_url and _origin(connection.base_url) != _origin(kept.get("base_url", ""))
    if is_new_origin and not is_new_vendor and "credentials" in kept:
        yield FieldError("credentials", "give them again with a new base_url")


def _origin(url: str) -> str:
    """Scheme, host and port: where a call goes, whatever its path."""
    return "/".join(url.lower().split("/")[:3])


def _link_faults(connection: Connection) -> Iterator[FieldError]:
    if envelopes.is_api(connection.id):
        yield FieldError("id", "names that begin with api are the API's own")
    if edge_of(connection.vendor).thin and not connection.base_url:
        yield FieldError("base_url", "this vendor's notices name ids only: the hub must know where to ask")
    if connection.base_url:
        try:
            http.check_url(connection.base_url)
        except ValueError as error:
            yield FieldError("base_url", str(error))
    known = properties()
    for hotel, property_id in connection.properties.items():
        if property_id not in known:
            yield FieldError(f"properties.{hotel}", "no such property")


def _secret_faults(connection: Connection) -> Iterator[FieldError]:
    edge = edge_of(connection.vendor)
    for at, secret in enumerate(connection.secrets):
        if not edge.secret_is_fit(secret):
            yield FieldError(f"secrets.{at}", "is too short, or not of the form that this vendor takes")
    missing = edge.credentials - connection.credentials.keys()
    if connection.credentials and missing:
        yield FieldError("credentials", f"this vendor also wants {', '.join(sorted(missing))}")


def _sealed(connection: Connection, secret: str) -> str:
    """Secrets that are only compared are kept as hashes; those that sign must be readable, by this connection alone."""
    if edge_of(connection.vendor).secret_use == "compare":  # noqa: S105 (how secrets are used, not one)
        return hashlib.sha256(secret.encode()).hexdigest()
    return secrets.encrypt(secret, connection.id)


def connection_row(connection_id: str) -> Item | None:
    return table.get(keys.connection(connection_id))


def connections() -> list[Item]:
    return list(table.query(keys.connection("").pk))


def delete_connection(connection_id: str) -> None:
    """Its secrets go with it. What its id reached stays, so that nobody else gets its guests under the same id."""
    table.write(table.Delete(keys.connection(connection_id)))


def view_of(row: Item) -> dict[str, Any]:
    """A connection as the API shows it: whether there are secrets, never what they are."""
    shown = {name: row.get(name) for name in ("vendor", "base_url", "properties", "channels", "options")}
    return {"id": row["sk"], **shown, "secrets": len(row.get("secrets", [])), "has_credentials": "credentials" in row}


def connection_view(connection_id: str) -> dict[str, Any] | None:
    row = connection_row(connection_id)
    return view_of(row) if row else None


def link_of(row: Item, known: Mapping[str, Property]) -> Link:
    """What a translation may know of its connection, with the credentials made readable."""
    sealed = row.get("credentials")
    return Link(
        connection=row["sk"],
        properties=row["properties"],
        zones={each.id: each.time_zone for each in known.values()},
        channels=row.get("channels", {}),
        options=row.get("options", {}),
        credentials=json.loads(secrets.decrypt(sealed, row["sk"])) if sealed else {},
    )
