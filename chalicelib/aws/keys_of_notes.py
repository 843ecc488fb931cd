"""The key shape of notes: they lie with the record through which they were written, by time."""

from chalicelib.aws.keys import Key, leaf
from chalicelib.canonical.ids import Leaf, NoteId
from chalicelib.canonical.time import Instant

NOTE = "NOTE#"


def note(leaf_id: Leaf, at: Instant, note_id: NoteId) -> Key:
    return Key(leaf(leaf_id), f"{NOTE}{at}#{note_id}")
