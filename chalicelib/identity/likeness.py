"""What speaks for two records being one person's: what they say, and what of their own they have in common. Pure."""

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import cast

from chalicelib.canonical.ids import Digest, IdentifierKey, Leaf, digest_in
from chalicelib.guests.carried import sketch
from chalicelib.guests.model import Head
from chalicelib.identity.carriers import somebodys, tells
from chalicelib.identity.model import Block, Identifier
from chalicelib.identity.offices import keys_of_offices
from chalicelib.identity.sketches import Sketch
from chalicelib.identity.weights import Weighed, weigh
from chalicelib.settings.guest_rules import GuestRules
from chalicelib.settings.matching import FieldName


def own_sketch(head: Head, shared: AbstractSet[IdentifierKey]) -> Sketch:
    """How a record weighs beside others. A telephone that is nobody's own, an agency's or a hotel's, weighs nothing."""
    known = sketch(head.record) if head.record else Sketch()
    is_shared = any(key.startswith("phone:") and key in shared for key in head.identifiers)
    return known.without_phone() if is_shared else known


def sketched_by(head: Head, row_of: Callable[[Digest], Identifier | None], rules: GuestRules) -> Sketch:
    """The same, where the rows of the record's identifiers say which are nobody's own."""
    hotel = head.record.hotel if head.record else None
    rows = ((key, row_of(digest_in(key))) for key in head.identifiers)
    nobodys = {key for key, row in rows if row and row.is_shared_for(hotel)}
    return own_sketch(head, nobodys | keys_of_offices(head, rules))


def compared(one: Sketch, other: Sketch, rules: GuestRules, common: Iterable[FieldName] = ()) -> Weighed:
    """`common` are kinds of identifiers that both records have, and that are their own."""
    weighed = weigh(one, other, rules.matching)
    for kind in common:
        weighed = weighed.with_common(kind)
    return weighed


def in_common(one: Head, other: Head, rows: Mapping[Digest, Identifier], rules: GuestRules) -> list[FieldName]:
    """Kinds of the identifiers that both records carry, without those that are nobody's own."""
    both = sorted({*telling(one, rules)} & {*telling(other, rules)})
    return [kind_of(key) for key in both if _is_own(rows.get(digest_in(key)), one, other)]


def telling(head: Head, rules: GuestRules) -> list[IdentifierKey]:
    """The identifiers that a name is compared at: an office's are none of them."""
    nobodys = keys_of_offices(head, rules)
    return [key for key in head.identifiers if tells(key) and key not in nobodys]


def kind_of(key: IdentifierKey) -> FieldName:
    """Of an identifier that tells: an e-mail address, a telephone or a member number."""
    return cast("FieldName", key.partition(":")[0])


def _is_own(row: Identifier | None, one: Head, other: Head) -> bool:
    return row is not None and somebodys(row).keys() >= {one.leaf, other.leaf}


def alike(head: Head, rows: Mapping[Digest, Identifier], blocks: Iterable[Block], rules: GuestRules) -> set[Leaf]:
    """The records that are rather one person's with this one, by what lies beside it in its blocks."""
    own = sketched_by(head, rows.get, rules)
    beside = {leaf: each for block in blocks for leaf, each in block.sketches.items()}
    return {leaf for leaf, each in beside.items() if weigh(own, each, rules.matching).may_be_one}
