"""What staff write down of a guest for each other, for a while: it is in no mail, no segment and no profile.

A note lies with the record through which it was written, and goes where that goes. It ends by itself.
"""

from collections.abc import Iterator
from typing import Self

from chalicelib.aws import keys, table
from chalicelib.aws import keys_of_notes as keys_of
from chalicelib.aws.codec import Item, joined
from chalicelib.canonical.happenings import Happening
from chalicelib.canonical.ids import Leaf, NoteId, PropertyId
from chalicelib.canonical.time import Instant, instant, moment_of, now
from chalicelib.connectors.cards import scrub_text
from chalicelib.guests import as_read
from chalicelib.guests.kept import Kept
from chalicelib.guests.model import Head

READ_AT_ONCE = 50


class Note(Kept):
    """`author` is who wrote it, as people are told; `property_id` the hotel whose people it is for, None for those of
    all hotels. From `until` on it is gone."""

    id: NoteId
    text: str
    author: str
    at: Instant
    until: Instant
    property_id: PropertyId | None = None

    def saying(self, text: str) -> Self:
        return self.model_copy(update={"text": text})


def keep(head: Head, note: Note) -> Note:
    """With a record, as it was read: a card's number is taken out of the note. The same again is the same. Raises
    Conflict for a record that is nobody's, NotFound for who was erased meanwhile, and TryAgain where its source said
    something else of it meanwhile: it may be nobody's by then."""
    as_read.require_somebodys(head)
    clean = note.saying(scrub_text(note.text))
    try:
        table.transact([table.Put(row(head.leaf, clean)), as_read.check(head)])
    except table.ConditionFailed:
        as_read.refuse([head.leaf])
    return clean


def row(leaf: Leaf, note: Note) -> Item:
    ends = int(moment_of(note.until).timestamp())
    return table.row(keys_of.note(leaf, note.at, note.id), note=note.packed(without={"id", "at"}), expires_at=ends)


def take_away(leaf: Leaf, note: Note) -> None:
    table.write(table.Delete(keys_of.note(leaf, note.at, note.id)))


def forget(leaf: Leaf) -> None:
    """All of a record, whoever wrote them."""
    for item in list(table.query(keys.leaf(leaf), keys_of.NOTE)):
        table.write(table.Delete(table.key_of(item)))


def happenings(leaf: Leaf, before: str | None, limit: int) -> Iterator[Happening[Note]]:
    """Those of a record that have not ended, newest first, before a position."""
    up_to = f"{keys_of.NOTE}{before}" if before else None
    present = instant(now())
    for item in table.query(keys.leaf(leaf), keys_of.NOTE, up_to=up_to, at_once=limit, newest_first=True):
        note = _read(item)
        found = Happening(note.at, note.id, leaf, note, property_id=note.property_id)
        if note.until > present and found.is_before(before):
            yield found


def _read(item: Item) -> Note:
    _, at, note_id = item["sk"].split("#")
    return Note.model_validate_json(joined(f'{{"id":"{note_id}","at":"{at}"}}', item["note"]))
