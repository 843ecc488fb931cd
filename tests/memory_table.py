"""The table in a dictionary, for properties that need thousands of tries: the doors of chalicelib.aws.table."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from math import ceil
from typing import Any, Self

import pytest

from chalicelib.aws import keys, table
from chalicelib.aws.codec import DEFLATED, Item, inflated, item_size
from chalicelib.aws.indexes import INDEXES, PROJECTED, Index
from chalicelib.aws.keys import Key
from chalicelib.aws.table import Check, ConditionFailed, Delete, Put, Update, When, Write
from chalicelib.canonical.ids import Digest, Leaf, ReservationId
from chalicelib.guests.carried import sketch
from chalicelib.guests.store import read_head, read_stay, with_record
from chalicelib.identity import forms
from chalicelib.identity.store import read_block

UNALTERABLE = {str, int, bool, bytes}
VOLATILE = {DEFLATED, "rev", "record_rev", "expires_at", "bounds", "drift", "month"}


@dataclass
class MemoryTable:
    """Rows by key. Only the conditions and updates that capabilities use are understood; any other is an error."""

    rows: dict[Key, Item] = field(default_factory=dict)
    beside: list[tuple[int, Callable[[], None]]] = field(default_factory=list)
    """What others do between our calls: (before which call, counted from 0, deed), in that order."""
    calls: int = 0
    rows_read: int = 0
    """Asked for by their keys, there or not."""
    transactions: int = 0
    lags: bool = False
    """Whether what is not asked for as of now is as it was before it was last written."""
    rows_of_before: dict[Key, Item | None] = field(default_factory=dict)

    def _called(self) -> None:
        at, self.calls = self.calls, self.calls + 1
        while self.beside and self.beside[0][0] <= at:
            _, deed = self.beside.pop(0)
            before, waiting = self.calls, self.beside
            self.beside = []  # deeds are not disturbed themselves
            deed()
            self.calls, self.beside = before, waiting

    def get(self, key: Key, *, consistent: bool = True) -> Item | None:
        self._called()
        self.rows_read += 1
        found: Item | None = _copy(self.rows.get(key))
        return found

    def get_many(self, keys: Iterable[Key], *, consistent: bool = True) -> dict[Key, Item]:
        """A batch is no snapshot: others may write between its rows."""
        found: dict[Key, Item] = {}
        for key in keys:
            self._called()
            self.rows_read += 1
            row = self.rows.get(key) if consistent else self._lagging(key)
            if row:
                found[key] = _copy(row)
        return found

    def _lagging(self, key: Key) -> Item | None:
        return self.rows_of_before.get(key, self.rows.get(key)) if self.lags else self.rows.get(key)

    def query(
        self,
        pk: str,
        prefix: str = "",
        *,
        after: str | None = None,
        up_to: str | None = None,
        limit: int | None = None,
        at_once: int | None = None,
        newest_first: bool = False,
    ) -> Iterator[Item]:
        self._called()
        found = sorted(key for key in self.rows if key[0] == pk and key[1].startswith(prefix))
        found = [key for key in found if up_to is None or key.sk <= up_to]
        ordered = found[::-1] if newest_first else found
        if after is not None:
            ordered = [key for key in ordered if (key.sk < after if newest_first else key.sk > after)]
        return iter([_copy(self.rows[key]) for key in ordered[:limit]])

    def query_index(
        self, index: Index, pk: str, prefix: str = "", *, after: str | None = None, at_once: int | None = None
    ) -> Iterator[Item]:
        self._called()
        shown = "pk", "sk", index.pk, index.sk, PROJECTED
        found = sorted((row for row in self.rows.values() if row.get(index.pk) == pk), key=lambda row: row[index.sk])
        entries = [{name: row[name] for name in shown if name in row} for row in found]
        return iter([each for each in entries if each[index.sk].startswith(prefix) and each[index.sk] > (after or "")])

    def write(self, one: Put | Delete | Update) -> None:
        self.transact([one])

    def transact(self, writes: Sequence[Write]) -> None:
        self._called()
        self.transactions += len(writes) > 1
        touched = [table.key_written(each) for each in writes]
        assert len(set(touched)) == len(touched), "a transaction names a row once"
        assert len(touched) <= 100, "a transaction has 100 rows at most"
        failed = [at for at, each in enumerate(writes) if not self._holds(table.key_written(each), each.when)]
        if failed:
            raise ConditionFailed(failed)
        self.rows_of_before |= {key: self.rows.get(key) for key in touched}
        for each in writes:
            if isinstance(each, Put):
                self.rows[table.key_written(each)] = _copy(dict(each.item))
            elif isinstance(each, Update):
                self._update(each)
            elif isinstance(each, Delete):
                self.rows.pop(table.key_written(each), None)
            else:
                assert isinstance(each, Check)

    def _update(self, update: Update) -> None:
        row = self.rows.setdefault(update.key, table.row(update.key))
        assert update.expression.startswith("SET ")
        for part in update.expression.removeprefix("SET ").split(","):
            name, value = (each.strip() for each in part.split("="))
            row[update.names.get(name, name)] = deepcopy(update.values[value])

    def _holds(self, key: Key, when: When | None) -> bool:
        if when is None:
            return True
        row = self.rows.get(key)
        expression = when.expression
        for name, stands_for in when.names.items():
            expression = expression.replace(name, stands_for)
        return any(
            all(_clause(clause.strip(), row, when.values) for clause in either.split(" AND "))
            for either in expression.split(" OR ")
        )

    def state(self) -> dict[Key, Item]:
        """What is kept, without what differs between two ways to one end: revisions, markers, how far to look, hints of
        who is alike, and in which month the row of a stay lies, as long as it is found there."""
        assert stays_not_found(self.rows) == []
        assert names_astray(self.rows) == set()
        assert sketches_astray(self.rows) == set()
        lasting = (key for key in self.rows if not key.pk.startswith("MARK#") and key.sk != "CANDIDATE")
        rows = {key: inflated(self.rows[key]) for key in lasting}
        kept = dict(_as_put_anew(key, row) for key, row in rows.items())
        told = {key: {name: value for name, value in row.items() if name not in VOLATILE} for key, row in kept.items()}
        return {key: row for key, row in told.items() if not _says_nothing(key, row)}

    def install(self, monkeypatch: pytest.MonkeyPatch) -> "MemoryTable":
        for name in ("get", "get_many", "query", "query_index", "write", "transact"):
            monkeypatch.setattr(table, name, getattr(self, name))
        return self


def stays_not_found(rows: Mapping[Key, Item]) -> list[Key]:
    """Stays that lie elsewhere than a reservation's or a companion's row says, or further than the head lets look."""
    stays = {key: read_stay(row) for key, row in rows.items() if key.sk.startswith(keys.STAY)}
    told = {_told_in(key, row) for key, row in rows.items() if key.pk.startswith("RESERVATION#") and "leaf" in row}
    lost = stays.keys() ^ told
    for key, stay in stays.items():
        leaf = Leaf(key.pk.removeprefix("LEAF#"))
        for companion in stay.companions:
            where = keys.companion(companion, stay.month, stay.reservation)
            lost |= {where} if where not in rows or _told_in(where, rows[where]) != key else set()
        drift = read_head(leaf, rows[keys.head(leaf)]).drift
        lost |= {key} if drift.with_stay(keys.month_and_reservation(key)[0], stay.month) != drift else set()
    return sorted(lost)


def names_astray(rows: Mapping[Key, Item]) -> set[tuple[str, str]]:
    """Entries of indexes that list a name otherwise than its record says it, or elsewhere than the record is known; or
    that fail."""
    listed = {
        (row[index.pk], row[index.sk])
        for row in rows.values()
        for index in INDEXES
        if row.get(index.pk, "").startswith("NAMES#")
    }
    return listed ^ {entry for key, row in rows.items() if key.sk == "RECORD" for entry in _entries(key, row, rows)}


def sketches_astray(rows: Mapping[Key, Item]) -> set[tuple[str, str, object]]:
    """What lies in a block otherwise than its record says it, or where it does not belong; or is not there."""
    blocks = {key.pk: read_block(Digest(key.pk), row) for key, row in rows.items() if key.pk.startswith("BLOCK#")}
    lie = {(pk, leaf, each) for pk, block in blocks.items() for leaf, each in block.sketches.items()}
    records = {Leaf(key.pk.removeprefix("LEAF#")): row for key, row in rows.items() if key.sk == "RECORD"}
    heads = [with_record(read_head(leaf, rows[keys.head(leaf)]), row) for leaf, row in records.items()]
    own = {
        (keys.block(each).pk, head.leaf, sketch(head.record)) for head in heads if head.record for each in head.blocks
    }
    return lie ^ {each for each in own if each[0] not in blocks or not blocks[each[0]].is_full}


def _entries(key: Key, row: Item, rows: Mapping[Key, Item]) -> Iterator[tuple[str, str]]:
    leaf = Leaf(key.pk.removeprefix("LEAF#"))
    head = with_record(read_head(leaf, rows[keys.head(leaf)]), row)
    if head.record and not head.record.nobody:
        for hotel in head.seen_at or [""]:
            for form in forms.listed(*head.record.called).forms:
                yield f"NAMES#{hotel}#{form[:2]}", f"{form}#{leaf}"


def _told_in(key: Key, row: Item) -> Key:
    """Where the row of a reservation or a companion says that the stay lies."""
    if key.sk.startswith(keys.COMPANION):
        month, reservation = keys.month_and_reservation(key)
        return keys.stay(row["leaf"], row.get("month", month), reservation)
    return keys.stay(row["leaf"], row["month"], ReservationId(key.pk.removeprefix("RESERVATION#")))


def _as_put_anew(key: Key, row: Item) -> tuple[Key, Item]:
    if not key.sk.startswith(keys.STAY):
        return key, row
    stay = read_stay(row)
    anew = keys.stay(Leaf(key.pk.removeprefix("LEAF#")), stay.month, stay.reservation)
    return anew, {**row, "sk": anew.sk}


@dataclass
class BilledTable(MemoryTable):
    """Counts read and write units as the table bills them, refused writes included."""

    units: float = 0

    def get_many(self, keys: Iterable[Key], *, consistent: bool = True) -> dict[Key, Item]:
        wanted = list(keys)
        found = super().get_many(wanted, consistent=consistent)
        units = sum(_read_units(found.get(key, {})) for key in wanted)
        self.units += units if consistent else units / 2
        return found

    def query(self, pk: str, prefix: str = "", **how: Any) -> Iterator[Item]:
        found = list(super().query(pk, prefix, **how))
        self.units += ceil(sum(map(item_size, found)) / 4096) or 1
        return iter(found)

    def transact(self, writes: Sequence[Write]) -> None:
        for each in writes:
            size = item_size(each.item) if isinstance(each, Put) else each.size
            self.units += 2 * (ceil(size / 1024) or 1)
        super().transact(writes)

    def install(self, monkeypatch: pytest.MonkeyPatch) -> Self:
        super().install(monkeypatch)
        return self


def _read_units(row: Item) -> int:
    return ceil(item_size(row) / 4096) or 1


def _says_nothing(key: Key, row: Item) -> bool:
    """An identifier nobody carries any more, a block in which nobody lies, a gate that holds nothing, a nobody without
    stays: as good as absent."""
    if key.pk.startswith(("IDENTIFIER#", "BLOCK#")):
        return not row.keys() - {"pk", "sk"}
    if key.sk == "HEAD":
        return row.get("stats") == "{}"
    return key.pk.startswith("GATE#") and not row.keys() - {"pk", "sk"}


def _clause(clause: str, row: Item | None, values: Mapping[str, Any]) -> bool:
    if clause.startswith("attribute_not_exists("):
        return row is None or clause.removeprefix("attribute_not_exists(").rstrip(")") not in row
    if clause == "attribute_exists(pk)":
        return row is not None
    name, operator, value = clause.split()
    if row is None or name not in row:
        return False
    return bool({"=": row[name] == values[value], "<": row[name] < values[value]}[operator])


def _copy(row: Item | None) -> Any:
    """Most of what a row holds cannot be altered: it need not be looked at one by one as `deepcopy` does."""
    if row is None:
        return None
    return {name: value if type(value) in UNALTERABLE else deepcopy(value) for name, value in row.items()}
