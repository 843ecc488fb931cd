"""That a record is somebody's, and still as it was read, when something is written of its person."""

from collections.abc import Iterable
from typing import NoReturn

from chalicelib.aws import keys, table
from chalicelib.canonical.errors import Conflict, NotFound, TryAgain
from chalicelib.canonical.ids import Leaf
from chalicelib.guests import store
from chalicelib.guests.model import Head
from chalicelib.guests.standing import is_somebodys

AS_READ = "attribute_not_exists(erased) AND record_rev = :read"


def require_somebodys(*records: Head) -> None:
    """Of some records of a guest, one. Raises Conflict."""
    if not any(map(is_somebodys, records)):
        raise Conflict("This record is nobody's: what is written of it would be read of whoever it is given to.")


def check(head: Head) -> table.Check:
    as_read = table.When(AS_READ, {":read": head.record_rev or 0})
    return table.Check(keys.head(head.leaf), as_read, size=1024)


def refuse(leaves: Iterable[Leaf]) -> NoReturn:
    """Where a check failed. Raises NotFound for who was erased meanwhile, and TryAgain where a source said something
    else of a record meanwhile: it may be nobody's by then."""
    asked = list(leaves)
    now = store.heads(asked)
    if any(leaf not in now or now[leaf].erased for leaf in asked):
        raise NotFound("There is no such guest.")
    raise TryAgain("the record is being written by others")
