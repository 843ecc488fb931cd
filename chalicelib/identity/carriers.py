"""Whom an identifier can tie to whom, told from its row: the records of its other carriers need not be read. Pure."""

from collections.abc import Mapping

from chalicelib.canonical.ids import IdentifierKey, Leaf
from chalicelib.identity.model import Called, Identifier
from chalicelib.identity.names import Name, name_of
from chalicelib.identity.rules import can_tie, is_one_member, is_shared

TELLING = "email:", "phone:", "member:"
"""Kinds of identifiers that a name is compared at; a source's own merge needs none."""

Carriers = Mapping[Leaf, Called | None]


def tells(key: IdentifierKey) -> bool:
    return key.startswith(TELLING)


def tied_to(key: IdentifierKey, row: Identifier, called: Called | None) -> set[Leaf]:
    """The carriers that a record of this name could be one person with by the identifier: nobody where it is shared.

    Whose name is not known could be anybody.
    """
    if row.shared or not tells(key):
        return set()
    return {leaf for leaf, other in row.carriers.items() if _can_tie(key, called, other)}


def _can_tie(key: IdentifierKey, one: Called | None, other: Called | None) -> bool:
    return one is None or other is None or can_tie(key, name_of(*one), name_of(*other))


def is_shared_by(key: IdentifierKey, carriers: Carriers, *, unless_known: bool) -> bool:
    """Whether these make an identifier shared; `unless_known` is the answer while the name of any is not known."""
    names = known_names(carriers)
    return is_shared(key, names) if len(names) == len(carriers) else unless_known


def is_one_by(key: IdentifierKey, carriers: Carriers) -> bool:
    return is_one_member(key, known_names(carriers).values())


def known_names(carriers: Carriers) -> dict[Leaf, Name]:
    return {leaf: name_of(*called) for leaf, called in carriers.items() if called is not None}
