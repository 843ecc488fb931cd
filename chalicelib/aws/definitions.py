"""Documents that people write, and that keep a version: one store for segments, templates and programmes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from chalicelib.aws import table
from chalicelib.aws.codec import Item, item_size
from chalicelib.aws.keys import Key
from chalicelib.canonical.definitions import NOBODYS, Changed, Definition, Hand, Stale, refuse_stale
from chalicelib.canonical.errors import Conflict, NotFound, TooLarge

Document = TypeVar("Document", bound=Definition)
Id = TypeVar("Id", bound=str)
SHAPE = 1
"""Of the row: it grows when a reader of the shape before would misread the new one."""


FIRST = 1
"""The version of a row that was kept before its kind had versions."""


def replacing(version: int) -> table.When:
    """The row of this version is kept; 0 stands for none."""
    if version == FIRST:
        return table.When("attribute_exists(pk) AND attribute_not_exists(rev) OR rev = :rev", {":rev": version})
    return table.unchanged_since(version or None)


def changed_in(row: Item | None) -> Changed:
    return Changed(row.get("rev", FIRST), row.get("changed_at"), row.get("changed_by")) if row else Changed(0)


@dataclass(frozen=True)
class Definitions(Generic[Document, Id]):
    """All documents of one kind; the partition holds nothing else."""

    kind: type[Document]
    partition: str
    called: str
    """As people say: a segment, a programme."""

    def get(self, document_id: Id) -> Document | None:
        return self._kept(document_id)

    def required(self, document_id: Id) -> Document:
        """Raises NotFound."""
        found = self.get(document_id)
        if found is None:
            raise NotFound(f"There is no such {self.called}.")
        return found

    def listed(self) -> list[Document]:
        """In the order of their ids."""
        return [self._read(item) for item in table.query(self.partition)]

    def save(
        self,
        asked: Document,
        hand: Hand = NOBODYS,
        beside: Callable[[Document | None, Document], Sequence[table.Write]] | None = None,
    ) -> Document:
        """Keep a document as the next version; the same content again is the same version, whichever was seen. What is
        to be written in one transaction with it follows from what was kept before. Raises Conflict."""
        before = self._kept(asked.id)
        version = before.version if before else 0
        if before and before == asked.at_version(version):
            return before
        self.refuse_stale(asked.id, hand)
        more = beside(before, asked) if beside else ()
        return self.replace(asked.at_version(version + 1), replaces=version, hand=hand, beside=more)

    def refuse_stale(self, document_id: str, hand: Hand) -> None:
        """Raises Stale, which is a Conflict; one read, where a version was seen."""
        if hand.seen is not None:
            refuse_stale(f"this {self.called}", hand, self._changed(document_id))

    def refuse_unseen(self, document: Document, seen: int | None) -> None:
        """Raises Stale for who saw another version than this one, which was just read; one read, where so."""
        if seen is not None and seen != document.version:
            raise Stale(f"this {self.called}", seen, self._changed(document.id))

    def _changed(self, document_id: str) -> Changed:
        item = table.get(Key(self.partition, document_id)) or {}
        return Changed(item.get("rev", 0), item.get("changed_at"), item.get("changed_by"))

    def replace(
        self, document: Document, *, replaces: int, hand: Hand = NOBODYS, beside: Sequence[table.Write] = ()
    ) -> Document:
        """Keep a document in the place of one version (0: of none). Raises TooLarge, and Conflict when another one is
        kept."""
        packed = document.model_dump_json(by_alias=True)
        row = table.row(
            Key(self.partition, document.id),
            v=SHAPE,
            rev=document.version,
            document=packed,
            changed_at=hand.at,
            changed_by=hand.by,
        )
        if item_size(row) > table.LARGEST_ROW:
            raise TooLarge(f"A {self.called} may have {table.LARGEST_ROW} bytes as it is kept.")
        try:
            put = table.Put(row, table.unchanged_since(replaces or None))
            table.transact([put, *beside]) if beside else table.write(put)
        except table.ConditionFailed:
            raise Conflict(f"Somebody else changed this {self.called} just now.") from None
        return document

    def _kept(self, document_id: str) -> Document | None:
        item = table.get(Key(self.partition, document_id))
        return self._read(item) if item else None

    def _read(self, item: Item) -> Document:
        return self.kind.model_validate_json(item["document"])
