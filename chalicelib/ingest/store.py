"""How properties and connections are kept, and how an outcome becomes one transaction."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from chalicelib.aws import http, keys, secrets, table
from chalicelib.aws.codec import Item, item_size
from chalicelib.aws.keys import Key
from chalicelib.canonical.errors import Conflict, FieldError, Invalid, NotFound
from chalicelib.canonical.facts import Fact, FactType
from chalicelib.canonical.snapshots import Version
from chalicelib.canonical.time import now
from chalicelib.connectors.contract import Link
from chalicelib.consent.store import gate_row
from chalicelib.guests.store import head_row, stay_row
from chalicelib.identity.store import row_of
from chalicelib.ingest import envelopes
from chalicelib.ingest.changes import Change
from chalicelib.ingest.model import Connection, Property
from chalicelib.ingest.vendors import VENDORS, edge_of
from chalicelib.ingest.view import FactMade, KeptCharge, Outcome

MARKED_FOR = 30 * 24 * 3600
"""Seconds a marker stays: longer than any sender repeats, and than any dead letter lies."""
REACH = "#REACH"
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
    reach = table.get(_reach(connection.id))
    reached = {*(connection.properties.values() or [ALL]), *(reach["properties"] if reach else ())}
    if not all(allowed(each) for each in reached):
        raise NotFound("There is no such connection, or no such property.")
    kept = connection_row(connection.id)
    _check(connection, kept)
    rev = reach["rev"] + 1 if reach else 1
    writes = [
        table.Put(_connection_row(connection, kept)),
        table.Put(
            table.row(_reach(connection.id), properties=sorted(reached), rev=rev),
            table.at_revision(reach),
        ),
    ]
    try:
        table.transact(writes)
    except table.ConditionFailed:
        raise Conflict("Somebody else changed this connection just now.") from None


def _reach(connection_id: str) -> Key:
    """Every property that a connection's id ever reached; it outlives the connection. No notice can name it."""
    return keys.connection(f"{connection_id}{REACH}")


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
    return [row for row in table.query(keys.connection("").pk) if not row["sk"].endswith(REACH)]


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


# Outcomes


def writes_of(change: Change, outcome: Outcome, rows: Mapping[Key, Item | None]) -> list[table.Write]:
    """One transaction: every row on the condition that it still is what the decision was made on, and the marker.

    What the decision rests on and does not change is checked, so that no two decisions made beside each other stand
    that could not have been made one after the other.
    """
    versioned = [head_row(head) for head in outcome.heads.values()]
    versioned += [row_of(identifier) for identifier in outcome.identifiers.values()]
    versioned += [gate_row(gate) for gate in outcome.gates.values() if gate]
    writes: list[table.Write] = [table.Put(row, _as_seen(row, rows)) for row in versioned]
    writes += [_gate_gone(keys.gate(guest), rows) for guest, gate in outcome.gates.items() if gate is None]
    writes += _stay_writes(outcome, rows)
    writes += _charge_writes(outcome, rows)
    writes.append(table.Put(_mark_row(change, outcome)))
    return writes + _checks(outcome, writes, rows)


def _checks(outcome: Outcome, writes: Sequence[table.Write], rows: Mapping[Key, Item | None]) -> list[table.Write]:
    """As many as the transaction has room for: only dozens of records of one person leave any out."""
    written = {table.key_written(write) for write in writes}
    wanted = [keys.head(leaf) for leaf in sorted(outcome.relied_on_heads)]
    wanted += [keys.identifier(digest) for digest in sorted(outcome.relied_on_identifiers)]
    checks: list[table.Write] = [
        table.Check(key, table.at_revision(rows.get(key)), size=item_size(rows.get(key) or {}))
        for key in wanted
        if key not in written
    ]
    return checks[: table.WRITE_AT_ONCE - len(writes)]


def _gate_gone(key: Key, rows: Mapping[Key, Item | None]) -> table.Write:
    """The gate of a guest that is merged away goes along; had it none, it must not be getting one just now."""
    return table.Delete(key, table.at_revision(rows[key])) if key in rows else table.Check(key, table.ABSENT)


def _as_seen(row: Item, rows: Mapping[Key, Item | None]) -> table.When:
    return table.at_revision(rows.get(table.key_of(row)))


def _stay_writes(outcome: Outcome, rows: Mapping[Key, Item | None]) -> list[table.Write]:
    """Stays need no condition of their own: their leaf's head, in the same transaction, is their lock."""
    writes: list[table.Write] = []
    for (leaf, reservation), kept in outcome.stays.items():
        if kept:
            writes.append(table.Put(stay_row(leaf, kept.stay, kept.version.text() if kept.version else "")))
        else:
            writes.append(table.Delete(keys.stay(leaf, reservation)))
    for reservation, leaf in outcome.places.items():
        key = keys.reservation(reservation)
        writes.append(table.Put(table.row(key, leaf=leaf), _with_same("leaf", key, rows)))
    for (companion, reservation), primary in outcome.companions.items():
        key = keys.companion(companion, reservation)
        writes.append(table.Put(table.row(key, leaf=primary)) if primary else table.Delete(key))
    return writes


def _with_same(attribute: str, key: Key, rows: Mapping[Key, Item | None]) -> table.When:
    """The row is as it was read in what it is about."""
    before = rows.get(key)
    return table.When(f"{attribute} = :before", {":before": before[attribute]}) if before else table.ABSENT


def _charge_writes(outcome: Outcome, rows: Mapping[Key, Item | None]) -> list[table.Write]:
    writes: list[table.Write] = []
    for (reservation, charge_id), charge in outcome.charges.items():
        key = keys.charge(reservation, charge_id)
        when = _with_same("version", key, rows)
        writes.append(table.Put(_charge_row(key, charge), when) if charge else table.Delete(key, when, size=256))
    for charge_id, reservation in outcome.charge_places.items():
        key = keys.charge_place(charge_id)
        writes.append(table.Put(table.row(key, reservation=reservation), _with_same("reservation", key, rows)))
    return writes


def _charge_row(key: Key, charge: KeptCharge) -> Item:
    return table.row(
        key,
        version=charge.version.text(),
        kind=str(charge.kind),
        amount_minor=charge.amount_minor,
        currency=charge.currency,
    )


def read_charge(row: Item) -> KeptCharge:
    return KeptCharge(row["kind"], row["amount_minor"], row["currency"], Version.parse(row["version"]))


def _mark_text(outcome: Outcome) -> str:
    """What of the facts cannot be had from the snapshot itself; the marker stays below 300 bytes."""
    made = [[each.type, each.subject, each.version, each.leaf, int(each.member)] for each in outcome.facts]
    return json.dumps(made, separators=(",", ":"))


def _mark_row(change: Change, outcome: Outcome) -> Item:
    until = int(now().timestamp()) + MARKED_FOR
    return table.row(keys.mark(change.subject, change.version.mark), facts=_mark_text(outcome), expires_at=until)


def facts_of(change: Change, mark: str) -> list[Fact]:
    """Rebuild the facts of a stored change from its marker."""
    return [
        fact(change, FactMade(type_, subject, version, leaf, bool(member)))
        for type_, subject, version, leaf, member in json.loads(mark)
    ]


def fact(change: Change, made: FactMade) -> Fact:
    return Fact(
        type=FactType(made.type),
        subject=made.subject,
        subject_version=str(made.version),
        occurred_at=change.version.changed_at,
        correlation_id=change.correlation_id,
        backfill=change.backfill,
        leaf=made.leaf,
        property_id=change.property_id,
        member=made.member,
    )
