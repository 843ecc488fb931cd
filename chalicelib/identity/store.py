"""How identifiers are kept."""

from chalicelib.aws import keys, table
from chalicelib.aws.codec import Item
from chalicelib.identity.model import Identifier


def row_of(identifier: Identifier) -> Item:
    return table.row(
        keys.identifier(identifier.digest),
        rev=identifier.rev,
        leaves=list(identifier.leaves) or None,
        shared=identifier.shared or None,
        suppressed=identifier.suppressed,
    )


def read(digest: str, item: Item) -> Identifier:
    kept = {name: item[name] for name in ("rev", "leaves", "shared", "suppressed") if name in item}
    return Identifier.model_validate({"digest": digest, **kept})


def identifier(digest: str) -> Identifier | None:
    item = table.get(keys.identifier(digest))
    return read(digest, item) if item else None
