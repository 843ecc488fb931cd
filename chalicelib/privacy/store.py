"""How erasures are kept."""

from collections.abc import Iterator

from chalicelib.aws import keys_of_erasures as keys
from chalicelib.aws import table
from chalicelib.aws.codec import Item, Value
from chalicelib.canonical.ids import ErasureId, Leaf
from chalicelib.privacy.model import Erased


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
    """Raises ConditionFailed where one of the records goes by another erasure already."""
    table.transact([table.Put(row_of(erased), table.ABSENT), *(pointer(leaf, erased) for leaf in erased.leaves)])


def change(before: Erased, after: Erased) -> None:
    """Raises ConditionFailed where it is not as it was read."""
    more = [pointer(leaf, after) for leaf in after.leaves if leaf not in before.leaves]
    as_read = table.When("erased = :before", {":before": before.packed()})
    table.transact([table.Put(row_of(after), as_read), *more])


def row_of(erased: Erased) -> Item:
    told: Value = erased.packed()
    return table.row(keys.erasure(erased.id), erased=told)


def _read(row: Item) -> Erased:
    return Erased.model_validate_json(row["erased"])


def pointer(leaf: Leaf, erased: Erased) -> table.Put:
    return table.Put(table.row(keys.erasure_of(leaf), erasure=erased.id), table.ABSENT)
