"""Whom an identifier can tie to whom, told from its row: the records of its other carriers need not be read. Pure."""

from collections.abc import Mapping

from chalicelib.canonical.ids import IdentifierKey, Leaf, PropertyId
from chalicelib.identity.model import Called, Identifier, hotel_in
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
    if row.is_shared_for(hotel_in(called)) or not tells(key):
        return set()
    return {leaf for leaf, other in somebodys(row).items() if _can_tie(key, called, other)}


def somebodys(row: Identifier) -> dict[Leaf, Called | None]:
    """Those of its carriers whose own it may be."""
    return {leaf: called for leaf, called in row.carriers.items() if not row.is_shared_for(hotel_in(called))}


def whose(carriers: Carriers, hotel: PropertyId | None) -> dict[Leaf, Called | None]:
    """Those of the carriers whose word counts for a hotel's records: the group's, and that hotel's."""
    return {leaf: called for leaf, called in carriers.items() if hotel_in(called) in {None, hotel}}


def hotels_of(carriers: Carriers) -> set[PropertyId]:
    return {hotel for called in carriers.values() if (hotel := hotel_in(called))}


def _can_tie(key: IdentifierKey, one: Called | None, other: Called | None) -> bool:
    return one is None or other is None or can_tie(key, _name(one), _name(other))


def _name(called: Called) -> Name:
    return name_of(called[0], called[1])


def is_shared_by(
    key: IdentifierKey, carriers: Carriers, *, unless_known: bool, hotel: PropertyId | None = None
) -> bool:
    """Whether these make an identifier shared for a hotel's records, None: for those of the group's sources.
    `unless_known` is the answer while the name of any is not known."""
    those = whose(carriers, hotel)
    names = known_names(those)
    return is_shared(key, names) if len(names) == len(those) else unless_known


def is_one_by(key: IdentifierKey, carriers: Carriers) -> bool:
    return is_one_member(key, known_names(carriers).values())


def known_names(carriers: Carriers) -> dict[Leaf, Name]:
    return {leaf: _name(called) for leaf, called in carriers.items() if called is not None}
