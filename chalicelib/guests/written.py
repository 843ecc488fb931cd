"""What people wrote of a record: notes, what was to be done before an arrival, and who lives together."""

from chalicelib.canonical.ids import Leaf
from chalicelib.guests import households, notes, task_store


def forget(leaf: Leaf) -> None:
    """Of who was erased, and of whom a source anonymised. Again and again is once. Raises TryAgain."""
    notes.forget(leaf)
    task_store.forget(leaf)
    households.forget(leaf)
