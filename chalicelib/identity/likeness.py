"""What speaks for two records being one person's: what they say, and what of their own they have in common. Pure."""

from collections.abc import Iterable, Mapping

from chalicelib.canonical.ids import Digest, digest_in
from chalicelib.guests.model import Head
from chalicelib.identity.carriers import somebodys, tells
from chalicelib.identity.model import Identifier
from chalicelib.identity.sketches import Sketch
from chalicelib.identity.weights import Weighed, weigh


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
