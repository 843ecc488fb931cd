"""Where the reservations of a company or an agency are listed: at the row that says where a reservation is kept, which
is written with it anyway. A further write is made only where another account is named, or another arrival."""

from collections.abc import Iterator
from datetime import date

from chalicelib.accounts.model import Kind, Named
from chalicelib.aws import keys_of_accounts as keys
from chalicelib.aws import table
from chalicelib.aws.codec import Item
from chalicelib.aws.indexes import INDEX_1, INDEX_2, Index
from chalicelib.canonical.ids import AccountId, PropertyId, ReservationId
from chalicelib.guests.model import Stay

LAST_DAY = date(2300, 1, 1)
INDEX_OF: dict[Kind, Index] = {"company": INDEX_1, "agency": INDEX_2}


def named_by(stay: Stay) -> list[Named]:
    """The accounts that a reservation names."""
    told: tuple[tuple[Kind, str | None], ...] = ("company", stay.company_id), ("agency", stay.agency_id)
    return [Named(stay.source, source_id, stay.property_id, kind) for kind, source_id in told if source_id]


def attributes(stay: Stay) -> Item:
    """The entries of the indexes that a reservation is to be in; none for most."""
    entries: Item = {}
    for each in named_by(stay):
        index = INDEX_OF[each.kind]
        entries |= {index.pk: keys.stays_of_account(each.id, each.property_id), index.sk: position_of(stay)}
    return entries


def lists_otherwise(stay: Stay, row: Item | None) -> bool:
    """Whether a reservation's row says something else of whom it names."""
    listed = {name: row[name] for each in INDEX_OF.values() for name in each[1:] if name in row} if row else {}
    return listed != attributes(stay)


def position_of(stay: Stay) -> str:
    """The latest arrival comes first."""
    return f"{(LAST_DAY - stay.arrival).days:06}#{stay.reservation}"


def names(stay: Stay, account_id: AccountId) -> bool:
    return any(each.id == account_id for each in named_by(stay))


def positions(
    account_id: AccountId, hotel: PropertyId, index: Index, after: str | None, at_once: int
) -> Iterator[tuple[str, ReservationId]]:
    """Of the reservations that an index lists, behind a position, as far as they are asked for. It follows the table
    within moments."""
    for item in table.query_index(index, keys.stays_of_account(account_id, hotel), after=after, at_once=at_once):
        yield item[index.sk], ReservationId(item["pk"].partition("#")[2])
