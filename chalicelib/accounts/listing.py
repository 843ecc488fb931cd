"""Where the reservations of a company or an agency are listed: at the row that says where a reservation is kept, which
is written with it anyway. A further write is made only where another account is named, or another arrival."""

from collections.abc import Iterator
from datetime import date

from chalicelib.aws import keys_of_accounts as keys
from chalicelib.aws import table
from chalicelib.aws.codec import Item
from chalicelib.aws.indexes import INDEX_1, INDEX_2, Index
from chalicelib.canonical.ids import AccountId, PropertyId, ReservationId, account_of
from chalicelib.guests.model import Stay

LAST_DAY = date(2300, 1, 1)
INDEX_OF = {"company": INDEX_1, "agency": INDEX_2}


def attributes(stay: Stay) -> Item:
    """The entries of the indexes that a reservation is to be in; none for most."""
    named = (INDEX_1, stay.company_id), (INDEX_2, stay.agency_id)
    entries: Item = {}
    for index, source_id in named:
        if source_id:
            of = keys.stays_of_account(account_of(stay.source, source_id), stay.property_id)
            entries |= {index.pk: of, index.sk: position_of(stay)}
    return entries


def lists_otherwise(stay: Stay, row: Item | None) -> bool:
    """Whether a reservation's row says something else of whom it names."""
    listed = {name: row[name] for each in INDEX_OF.values() for name in each[1:] if name in row} if row else {}
    return listed != attributes(stay)


def position_of(stay: Stay) -> str:
    """The latest arrival comes first."""
    return f"{(LAST_DAY - stay.arrival).days:06}#{stay.reservation}"


def names(stay: Stay, account_id: AccountId) -> bool:
    told = (stay.company_id, stay.agency_id)
    return any(each and account_of(stay.source, each) == account_id for each in told)


def positions(
    account_id: AccountId, hotel: PropertyId, index: Index, after: str | None, at_once: int
) -> Iterator[tuple[str, ReservationId]]:
    """Of the reservations that an index lists, behind a position, as far as they are asked for. It follows the table
    within moments."""
    for item in table.query_index(index, keys.stays_of_account(account_id, hotel), after=after, at_once=at_once):
        yield item[index.sk], ReservationId(item["pk"].partition("#")[2])
