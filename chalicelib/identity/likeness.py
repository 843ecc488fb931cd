"""What speaks for two records being one person's: what they say, and what of their own they have in common. Pure."""

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet

from chalicelib.canonical.ids import Digest, IdentifierKey, Leaf, digest_in
from chalicelib.guests.carried import sketch
from chalicelib.guests.model import Head
from chalicelib.identity.carriers import somebodys, tells
from chalicelib.identity.model import Block, Identifier
from chalicelib.identity.sketches import Sketch
from chalicelib.identity.weights import Weighed, weigh


def own_sketch(head: Head, shared: AbstractSet[IdentifierKey]) -> Sketch:
    """How a record weighs beside others. A telephone that is nobody's own, an agency's or a hotel's, weighs nothing."""
    known = sketch(head.record) if head.record else Sketch()
    is_shared = any(key.startswith("phone:") and key in shared for key in head.identifiers)
    return known.without_phone() if is_shared else known


def sketched_by(head: Head, row_of: Callable[[Digest], Identifier | None]) -> Sketch:
    """The same, where the rows of the record's identifiers say which are nobody's own."""
    hotel = head.record.hotel if head.record else None
    rows = ((key, row_of(digest_in(key))) for key in head.identifiers)
    return own_sketch(head, {key for key, row in rows if row and row.is_shared_for(hotel)})


def compared(one: Sketch, other: Sketch, common: Iterable[str] = ()) -> Weighed:
    """`common` are kinds of identifiers that both records have, and that are their own."""
    weighed = weigh(one, other)
    for kind in common:
        weighed = weighed.with_common(kind)
    return weighed


def in_common(one: Head, other: Head, rows: Mapping[Digest, Identifier]) -> list[str]:
    """Kinds of the identifiers that both records carry, without those that are nobody's own."""
    both = sorted(key for key in {*one.identifiers} & {*other.identifiers} if tells(key))
    return [key.partition(":")[0] for key in both if _is_own(rows.get(digest_in(key)), one, other)]


def _is_own(row: Identifier | None, one: Head, other: Head) -> bool:
    return row is not None and somebodys(row).keys() >= {one.leaf, other.leaf}


def alike(head: Head, rows: Mapping[Digest, Identifier], blocks: Iterable[Block]) -> set[Leaf]:
    """The records that are rather one person's with this one, by what lies beside it in its blocks."""
    own = sketched_by(head, rows.get)
    beside = {leaf: each for block in blocks for leaf, each in block.sketches.items()}
    return {leaf for leaf, each in beside.items() if weigh(own, each).may_be_one}
