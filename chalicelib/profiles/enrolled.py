"""Where members are listed: each record that makes its guest one, at each hotel that knows the record.

All of it follows from what the record and its head say, and is written in the transaction that changes either: what
people said of a membership, what a ledger has of itself, the source's own number, and where the record is known.
"""

from collections.abc import Iterator

from chalicelib.aws import keys_of_members as keys
from chalicelib.aws import table
from chalicelib.aws.codec import Item
from chalicelib.aws.keys import Key
from chalicelib.canonical.ids import PropertyId
from chalicelib.guests.model import Head
from chalicelib.guests.standing import hotels_of
from chalicelib.profiles.numbered import Place, numbers_of, plain

NO_HOTEL = PropertyId("")
MOST_ROWS = 32
"""Of one record, at the first of its hotels by their ids: they must fit the transaction that changes them all."""


def listed_at(head: Head) -> list[PropertyId]:
    """The hotels at which the record is listed where it makes a member."""
    hotels = sorted(hotels_of(head)) or [NO_HOTEL]
    return hotels[: MOST_ROWS // max(1, len(numbers_of(head)))]


def rows(head: Head) -> dict[Key, Item]:
    """By their keys, of a head that was read with its record."""
    return dict(_rows(head))


def writes(before: Head, after: Head) -> list[table.Write]:
    """What to write where one becomes the other. They need no condition: the head is their lock."""
    return table.differences(rows(before), rows(after))


def _rows(head: Head) -> Iterator[tuple[Key, Item]]:
    numbers = numbers_of(head)
    for hotel in listed_at(head) if numbers else ():
        for program, number in numbers.items():
            key = keys.member(hotel, program, Place(plain(number), head.leaf).position)
            yield key, table.row(key)
