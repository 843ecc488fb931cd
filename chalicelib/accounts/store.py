"""How companies and agencies are kept: that reservations name them, what their sources say, and what people wrote."""

from collections.abc import Collection, Iterable, Iterator
from heapq import merge
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from chalicelib.accounts.model import NO_HOTEL, Account, Known, Named
from chalicelib.accounts.said import Said
from chalicelib.aws import keys_of_accounts as keys
from chalicelib.aws import table
from chalicelib.aws.codec import Item
from chalicelib.aws.definitions import Definitions
from chalicelib.aws.keys import Key
from chalicelib.aws.retries import until_written
from chalicelib.canonical.ids import AccountId, ConnectionId, PropertyId

WRITTEN: Definitions[Account, AccountId] = Definitions(Account, keys.ACCOUNTS, "account")


class Told(NamedTuple):
    """What is known of one beside its reservations."""

    said: Said | None
    written: Account | None


def note(named: Collection[Named], said: Collection[Said]) -> None:
    """Remember which accounts reservations name, and what sources say of them; what is known already is not written.

    In any order, and however often: of what a source says the newest version stands. Raises TryAgain.
    """
    newest = {each.id: each for each in sorted(said, key=attrgetter("version"))}
    places = {keys.account_at(each.property_id, each.id) for each in named}
    if not places and not newest:
        return
    rows = table.get_many([*places, *map(keys.account_said, newest)])
    for each in sorted(set(named), key=attrgetter("property_id", "id", "kind")):
        if each.kind not in rows.get(keys.account_at(each.property_id, each.id), {}):
            _list(each.property_id, each.id, each.source, each.source_id, each.kind)
    for news in newest.values():
        kept = rows.get(keys.account_said(news.id))
        if kept is None or kept["version"] < news.version:
            _keep(news)


def list_written(account_id: AccountId, source: ConnectionId | None, source_id: str | None) -> None:
    """One that people made is on the list of no hotel."""
    _list(NO_HOTEL, account_id, source, source_id, "written")


def _list(
    hotel: PropertyId, account_id: AccountId, source: ConnectionId | None, source_id: str | None, kind: str
) -> None:
    told = {"source": source, "source_id": source_id, kind: True}
    values = {name: value for name, value in told.items() if value is not None}
    table.write(
        table.Update(
            keys.account_at(hotel, account_id),
            "SET " + ", ".join(f"#{name} = :{name}" for name in values),
            {f":{name}": value for name, value in values.items()},
            {f"#{name}": name for name in values},
        )
    )


def _keep(said: Said) -> None:
    """Into what it was merged stands there before it stands here: what is found there is looked at here."""
    if said.merged_into:
        table.write(table.Put(table.row(keys.account_merged(said.merged_into, said.id))))
    row = table.row(keys.account_said(said.id), name=said.name, merged_into=said.merged_into, version=said.version)
    newer = table.When("attribute_not_exists(version) OR version < :version", {":version": said.version})
    until_written(lambda: _put(row, newer), "what is said of a company was written by others all the time")


def _put(row: Item, newer: table.When) -> None:
    try:
        table.write(table.Put(row, newer))
    except table.ConditionFailed:
        return  # something newer came beside


def listed(hotels: Iterable[PropertyId], after: str | None, at_once: int) -> Iterator[Known]:
    """Those that reservations of these hotels name, each once, by their ids, behind one of them; one query a hotel."""
    lists = [_at(each, after, at_once) for each in sorted(hotels)]
    for _, same in groupby(merge(*lists, key=attrgetter("id")), key=attrgetter("id")):
        yield _together(same)


def _at(hotel: PropertyId, after: str | None, at_once: int) -> Iterator[Known]:
    for row in table.query(keys.accounts_at(hotel), after=after, at_once=at_once, consistent=False):
        yield _read(hotel, row)


def known(account_ids: Collection[AccountId], hotels: Collection[PropertyId]) -> dict[AccountId, Known]:
    """What reservations of these hotels name, of these accounts."""
    places = [keys.account_at(hotel, each) for hotel in hotels for each in account_ids]
    rows = sorted(table.get_many(places).items()) if places else []
    found: dict[AccountId, Known] = {}
    for key, row in rows:
        one = _read(PropertyId(key.pk.partition("#")[2]), row)
        found[one.id] = found[one.id].also(one) if one.id in found else one
    return found


def _read(hotel: PropertyId, row: Item) -> Known:
    return Known(
        AccountId(row["sk"]),
        row.get("source"),
        row.get("source_id"),
        frozenset(kind for kind in ("company", "agency") if row.get(kind)),
        frozenset({hotel} - {NO_HOTEL}),
    )


def _together(same: Iterable[Known]) -> Known:
    first, *others = same
    for each in others:
        first = first.also(each)
    return first


def told(account_ids: Collection[AccountId]) -> dict[AccountId, Told]:
    """One batch read."""
    rows = table.get_many([key for each in account_ids for key in (keys.account_said(each), _written(each))])
    return {each: Told(_said(each, rows), _document(rows.get(_written(each)))) for each in account_ids}


def _written(account_id: AccountId) -> Key:
    return Key(keys.ACCOUNTS, account_id)


def _said(account_id: AccountId, rows: dict[Key, Item]) -> Said | None:
    row = rows.get(keys.account_said(account_id))
    return Said(account_id, row.get("name"), row.get("merged_into"), row["version"]) if row else None


def _document(row: Item | None) -> Account | None:
    return Account.model_validate_json(row["document"]) if row else None


MOST_ONCE_MERGED = 200


def once_merged_into(account_id: AccountId) -> list[AccountId]:
    """Those of which the source ever said so, the first by their ids."""
    rows = table.query(keys.account_said(account_id).pk, keys.MERGED, limit=MOST_ONCE_MERGED)
    return [AccountId(row["sk"].removeprefix(keys.MERGED)) for row in rows]
