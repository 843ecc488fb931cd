"""How erasures are kept."""

from collections.abc import Iterator

from chalicelib.aws import keys_of_erasures as keys
from chalicelib.aws import table
from chalicelib.aws.codec import Item, Value
from chalicelib.canonical.ids import ErasureId, Leaf
from chalicelib.canonical.time import moment_of
from chalicelib.jobs import store as jobs
from chalicelib.jobs import work
from chalicelib.jobs.model import Job
from chalicelib.privacy.model import Erased

ERASING = "erase_guest"
"""The kind of long work that an erasure is, from its first write to its last."""


def of(leaf: Leaf) -> Erased | None:
    """The erasure by which a record went, or goes."""
    row = table.get(keys.erasure_of(leaf))
    return get(ErasureId(row["erasure"])) if row else None


def get(erasure_id: ErasureId) -> Erased | None:
    row = table.get(keys.erasure(erasure_id))
    return _read(row) if row else None


def listed(before: str | None = None) -> Iterator[Erased]:
    """The newest first."""
    return map(_read, table.query(keys.ERASURES, up_to=before, newest_first=True))


def begin(erased: Erased) -> None:
    """With the job by which the tick goes on with it, whatever dies. Raises ConditionFailed where one of the records
    goes by another erasure already."""
    begun = table.Put(row_of(erased), table.ABSENT)
    table.transact([begun, *(pointer(leaf, erased) for leaf in erased.leaves), *jobs.kept(job_of(erased))])


def job_of(erased: Erased) -> Job:
    return work.job_of(ERASING, erased.id, moment_of(erased.at), 1)


def change(before: Erased, after: Erased) -> None:
    """Raises ConditionFailed where it is not as it was read."""
    more = [pointer(leaf, after) for leaf in after.leaves if leaf not in before.leaves]
    less = [table.Delete(keys.erasure_of(leaf)) for leaf in before.leaves if leaf not in after.leaves]
    as_read = table.When("erased = :before", {":before": before.packed()})
    table.transact([table.Put(row_of(after), as_read), *more, *less])


def give_up(erased: Erased) -> None:
    """As if it had not been begun. Raises ConditionFailed where it is not as it was read."""
    as_read = table.When("erased = :before", {":before": erased.packed()})
    entry = table.Delete(keys.erasure(erased.id), as_read)
    table.transact([entry, *(table.Delete(keys.erasure_of(leaf)) for leaf in erased.leaves)])


def row_of(erased: Erased) -> Item:
    told: Value = erased.packed()
    return table.row(keys.erasure(erased.id), erased=told)


def _read(row: Item) -> Erased:
    return Erased.model_validate_json(row["erased"])


def pointer(leaf: Leaf, erased: Erased) -> table.Put:
    return table.Put(table.row(keys.erasure_of(leaf), erasure=erased.id), table.ABSENT)
