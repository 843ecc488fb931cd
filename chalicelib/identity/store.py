"""How identifiers are kept."""

from chalicelib.aws import keys, table
from chalicelib.aws.codec import Item
from chalicelib.canonical.ids import Digest
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
    return Identifier(
        digest=Digest(digest),
        rev=item["rev"],
        leaves=tuple(item.get("leaves", ())),
        shared=item.get("shared", False),
        suppressed=item.get("suppressed"),
    )


def identifier(digest: str) -> Identifier | None:
    item = table.get(keys.identifier(digest))
    return read(digest, item) if item else None
