"""How an update becomes one transaction, and how its facts are remembered."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.accounts.listing import attributes, lists_otherwise
from chalicelib.aws import keys, table
from chalicelib.aws.codec import Item, item_size
from chalicelib.aws.keys import Key
from chalicelib.canonical.compact import compact
from chalicelib.canonical.facts import Fact, FactType
from chalicelib.canonical.ids import Leaf
from chalicelib.canonical.time import now
from chalicelib.canonical.versions import Version
from chalicelib.consent.store import acts_row, gate_row
from chalicelib.guests.store import companion_row, head_row, record_row, stay_row
from chalicelib.identity.store import block_row, candidate_row, decisions_row, row_of
from chalicelib.profiles import listing
from chalicelib.profiles.erasing import Overtaken
from chalicelib.profiles.model import Change, Erasure, Input
from chalicelib.profiles.state import FactMade, KeptCharge, KeptStay, ProfileUpdate

MARKED_FOR = 30 * 24 * 3600
"""Seconds a marker stays: longer than any sender repeats, and than any dead letter lies."""


MOST_NOTED = 2
"""Records of which one change notes who may be the same person: of a guest of dozens one is enough to ask about."""


def writes_of(said: Input, update: ProfileUpdate, rows: Mapping[Key, Item | None]) -> list[table.Write]:
    """One transaction: every row on the condition that it still is what the decision was made on, and, where there
    is anything to tell or a room to be known again, the marker.

    What the decision rests on and does not change is checked, so that no two decisions made beside each other stand
    that could not have been made one after the other.
    """
    versioned = [head_row(head) for head in update.heads.values()]
    versioned += [row_of(identifier) for identifier in update.identifiers.values()]
    versioned += [block_row(block) for block in update.blocks.values()]
    versioned += [gate_row(gate) for gate in update.gates.values() if gate]
    writes: list[table.Write] = [table.Put(row, _as_seen(row, rows)) for row in versioned]
    writes += _record_writes(update, rows)
    writes += [
        _gate_gone(keys.gate(*guest_and_channel), rows)
        for guest_and_channel, gate in update.gates.items()
        if gate is None
    ]
    writes += [table.Put(acts_row(leaf, channel, acts)) for (leaf, channel), acts in update.acts.items()]
    writes += [table.Put(decisions_row(leaf, decisions)) for leaf, decisions in update.decisions.items()]
    writes += _stay_writes(update, rows)
    writes += _charge_writes(update, rows)
    writes += _mark_writes(said, update, rows)
    if isinstance(said, Erasure):
        writes += _as_judged(said, writes, rows)
    writes += _checks(update, writes, rows)
    return writes + _candidate_writes(update)[: max(0, table.WRITE_AT_ONCE - len(writes))]


def _as_judged(said: Erasure, writes: Sequence[table.Write], rows: Mapping[Key, Item | None]) -> list[table.Write]:
    """Whoever asked for it judged by these rows. Raises Overtaken where one of them is another already."""
    read = {key: (rows[Key(*key)] or {}).get("rev") for key in said.rests_on if key in rows}
    if any(said.rests_on[key] != rev for key, rev in read.items()):
        raise Overtaken("others wrote what it was judged by")
    written = {table.key_of(each.item) if isinstance(each, table.Put) else each.key for each in writes}
    others = {key: rev for key, rev in said.rests_on.items() if key not in written}
    return [table.Check(Key(*key), table.unchanged_since(rev)) for key, rev in others.items()]


def _record_writes(update: ProfileUpdate, rows: Mapping[Key, Item | None]) -> list[table.Write]:
    """Records need no condition, and no more does what lists them: their heads are the lock of both."""
    told = [head for head in update.heads.values() if head.record_rev == head.rev]
    writes: list[table.Write] = [
        table.Put(record_row(head, listing.in_record(head)), replaces=rows.get(keys.record(head.leaf))) for head in told
    ]
    for leaf, before in update.relisted.items():
        writes += table.differences(listing.beside(before), listing.beside(update.heads[leaf]))
    return writes


def _candidate_writes(update: ProfileUpdate) -> list[table.Write]:
    """Without a condition, and as many as there is room for: what a row says is looked at before it is shown."""
    return [
        table.Put(candidate_row(leaf, found)) if found else table.Delete(keys.candidate(leaf), size=200)
        for leaf, found in list(update.candidates.items())[:MOST_NOTED]
    ]


def _mark_writes(said: Input, update: ProfileUpdate, rows: Mapping[Key, Item | None]) -> list[table.Write]:
    """What is told of a version for a second time stands beside what was told at first."""
    row = rows.get(keys.mark(said.subject, said.version.mark))
    if not update.facts and (row or not _is_about_a_room(said)):
        return []
    return [table.Put(_mark_row(said, update, json.loads(row["facts"]) if row else []))]


def _is_about_a_room(said: Input) -> bool:
    """Its duplicates are known by the marker, for the stays of a leaf may be many."""
    return isinstance(said, Change) and said.stay is not None


def _checks(update: ProfileUpdate, writes: Sequence[table.Write], rows: Mapping[Key, Item | None]) -> list[table.Write]:
    """As many as the transaction has room for: only dozens of records of one person leave any out."""
    wanted = [keys.head(leaf) for leaf in sorted(update.checked_heads)]
    wanted += [keys.identifier(digest) for digest in sorted(update.relied_on_identifiers - update.identifiers.keys())]
    wanted += [keys.gate(*each) for each in sorted(update.relied_on_gates - update.gates.keys())]
    checks: list[table.Write] = [
        table.Check(key, _at_revision(rows.get(key)), size=item_size(rows.get(key) or {})) for key in wanted
    ]
    return checks[: table.WRITE_AT_ONCE - len(writes)]


def _gate_gone(key: Key, rows: Mapping[Key, Item | None]) -> table.Write:
    """The gate of a guest that is merged away goes along; had it none, it must not be getting one just now."""
    return table.Delete(key, _at_revision(rows[key])) if key in rows else table.Check(key, table.ABSENT)


def _as_seen(row: Item, rows: Mapping[Key, Item | None]) -> table.When:
    return _at_revision(rows.get(table.key_of(row)))


def _at_revision(row: Item | None) -> table.When:
    return table.unchanged_since(row["rev"] if row else None)


def _stay_writes(update: ProfileUpdate, rows: Mapping[Key, Item | None]) -> list[table.Write]:
    """Stays need no condition of their own: their leaf's head, in the same transaction, is their lock."""
    writes: list[table.Write] = []
    for (leaf, _), kept in update.stays.items():
        if kept:
            row = stay_row(leaf, kept.stay, kept.version.text() if kept.version else "", kept.lies_in)
            writes.append(table.Put(row, replaces=rows.get(table.key_of(row))))
            place = rows.get(keys.reservation(kept.stay.reservation))
            if kept.stay.reservation in update.leaf_by_reservation or lists_otherwise(kept.stay, place):
                writes.append(_place_write(leaf, kept, rows))
    left = [keys.stay(*each) for each in update.stays_left]
    writes += [table.Delete(key, replaces=rows.get(key)) for key in left]
    for (companion, month, reservation), primary in update.companions.items():
        if primary and (kept := update.stays[primary, reservation]):
            writes.append(table.Put(companion_row(companion, kept.stay, primary, kept.lies_in)))
        else:
            writes.append(table.Delete(keys.companion(companion, month, reservation)))
    return writes


def _place_write(leaf: Leaf, kept: KeptStay, rows: Mapping[Key, Item | None]) -> table.Put:
    """Where a reservation is kept, and of which company and agency it is one."""
    key = keys.reservation(kept.stay.reservation)
    row = table.row(key, leaf=leaf, month=kept.lies_in, **attributes(kept.stay))
    return table.Put(row, _with_same("leaf", key, rows), replaces=rows.get(key))


def _with_same(attribute: str, key: Key, rows: Mapping[Key, Item | None]) -> table.When:
    """The row is as it was read in what it is about."""
    before = rows.get(key)
    return table.When(f"{attribute} = :before", {":before": before[attribute]}) if before else table.ABSENT


def _charge_writes(update: ProfileUpdate, rows: Mapping[Key, Item | None]) -> list[table.Write]:
    writes: list[table.Write] = []
    for (reservation, charge_id), charge in update.charges.items():
        key = keys.charge(reservation, charge_id)
        when = _with_same("version", key, rows)
        writes.append(table.Put(_charge_row(key, charge), when) if charge else table.Delete(key, when, size=256))
    for charge_id, reservation in update.reservation_by_charge.items():
        key = keys.reservation_of_charge(charge_id)
        writes.append(table.Put(table.row(key, reservation=reservation), _with_same("reservation", key, rows)))
    return writes


def _charge_row(key: Key, charge: KeptCharge) -> Item:
    return table.row(
        key,
        version=charge.version.text(),
        kind=str(charge.kind),
        amount_minor=charge.amount_minor,
        currency=charge.currency,
        category=charge.category,
        tax_minor=charge.tax_minor,
        folio_owner=charge.folio_owner,
    )


def read_charge(row: Item) -> KeptCharge:
    return KeptCharge(
        kind=row["kind"],
        amount_minor=row["amount_minor"],
        currency=row["currency"],
        version=Version.parse(row["version"]),
        category=row.get("category"),
        tax_minor=row.get("tax_minor"),
        folio_owner=row.get("folio_owner"),
    )


def _mark_text(update: ProfileUpdate, told: Sequence[object]) -> str:
    """What of the facts cannot be had from the change itself: each change writes a marker, of one unit."""
    return compact([*told, *(_told(each) for each in update.facts)])


def _told(made: FactMade) -> dict[str, str | int]:
    """Most facts are about a leaf: it need not be told twice."""
    told: dict[str, str | int] = {"type": made.type, "subject": made.subject, "version": made.version}
    return told if made.leaf == made.subject else {**told, "leaf": made.leaf}


def _mark_row(said: Input, update: ProfileUpdate, told: Sequence[object]) -> Item:
    until = int(now().timestamp()) + MARKED_FOR
    return table.row(keys.mark(said.subject, said.version.mark), facts=_mark_text(update, told), expires_at=until)


def facts_of(said: Input, mark: str) -> list[Fact]:
    """Rebuild the facts of a stored change or decision from its marker."""
    return [fact(said, _fact_made(each)) for each in json.loads(mark)]


def _fact_made(told: Mapping[str, Any] | Sequence[Any]) -> FactMade:
    """Fields have names, so that one more never makes a kept marker unreadable; the first markers had places."""
    if isinstance(told, Sequence):
        type_, subject, version, leaf, *_ = told
        return FactMade(type_, subject, version, leaf)
    return FactMade(told["type"], told["subject"], told["version"], told.get("leaf", told["subject"]))


def fact(said: Input, made: FactMade) -> Fact:
    return Fact(
        type=FactType(made.type),
        subject=made.subject,
        subject_version=str(made.version),
        occurred_at=said.version.changed_at,
        correlation_id=said.correlation_id,
        backfill=said.backfill,
        leaf=made.leaf,
        property_id=said.property_id,
    )
