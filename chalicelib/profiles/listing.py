"""Where the names of records are listed, so that who works at a hotel finds a guest by how the name begins.

A record lists itself at the first of its hotels: its row is written with its name anyway, and stands in both indexes
with one form each. Further forms, and further hotels, have rows beside it, two forms a row. All of them follow from
what the record says and from where it is known, and are written in the transaction that changes either.
"""

from collections.abc import Iterator, Sequence

from chalicelib.aws import keys, table
from chalicelib.aws.codec import Item
from chalicelib.aws.indexes import INDEXES, PROJECTED
from chalicelib.aws.keys import Key
from chalicelib.canonical.ids import PropertyId
from chalicelib.guests.model import Head
from chalicelib.guests.standing import first_hotel, hotels_of
from chalicelib.identity.forms import FEWEST, Listed, listed
from chalicelib.profiles import enrolled

MOST_HOTELS = 32
"""Hotels at which a record is found by its name, the first by their ids: a changed name must fit one transaction."""
NOBODY = Listed()


def in_record(head: Head) -> Item:
    """The attributes by which the record's own row is listed; none of who is nobody, or has no name."""
    called = called_of(head)
    return _entry(head, first_hotel(head), called.forms[: len(INDEXES)], called)


def beside(head: Head) -> dict[Key, Item]:
    """The other rows that list a head which was read with its record: by its names, and as a member's."""
    return {**_names_beside(head), **enrolled.rows(head)}


def _names_beside(head: Head) -> dict[Key, Item]:
    called, first = called_of(head), first_hotel(head)
    return {
        key: table.row(key, **_entry(head, hotel, forms, called))
        for hotel in sorted(hotels_of(head) or {first})[:MOST_HOTELS]
        for number, forms in enumerate(_by_row(called.forms))
        if (hotel, number) != (first, 0)
        for key in [keys.name(head.leaf, hotel, number)]
    }


def called_of(head: Head) -> Listed:
    """How a record is listed that was read with its head."""
    record = head.record
    return NOBODY if record is None or record.nobody else listed(*record.called)


def _by_row(forms: Sequence[str]) -> Iterator[Sequence[str]]:
    for at in range(0, len(forms), len(INDEXES)):
        yield forms[at : at + len(INDEXES)]


def _entry(head: Head, hotel: PropertyId, forms: Sequence[str], called: Listed) -> Item:
    entry: Item = {}
    for index, form in zip(INDEXES, forms, strict=False):
        entry |= {index.pk: keys.names(hotel, form[:FEWEST]), index.sk: f"{form}#{head.leaf}"}
    return entry | {PROJECTED: " ".join(called.words)} if entry else entry
