"""The whole table of an account in memory: what it holds, and emptied of what a test wrote."""

from chalicelib.aws import clients, keys, table
from chalicelib.aws.codec import Item, from_item
from chalicelib.aws.keys import Key
from chalicelib.aws.settings import settings

STANDING = {
    keys.DEPLOYMENT.pk,
    keys.PROPERTIES,
    keys.CONNECTIONS,
    keys.PROGRAMS,
}


def rows() -> dict[Key, Item]:
    pages = clients.dynamodb().get_paginator("scan").paginate(TableName=settings().table)
    items = [from_item(each) for page in pages for each in page["Items"]]
    return {table.key_of(item): item for item in items}


def state() -> dict[Key, Item]:
    """Every row, revisions included, but for the second at which it expires."""
    return {key: {name: value for name, value in row.items() if name != "expires_at"} for key, row in rows().items()}


def empty() -> None:
    """Delete all rows but those that a deployment stands on."""
    for key in rows():
        if key.pk not in STANDING:
            table.write(table.Delete(key))


def restore(before: dict[Key, Item]) -> None:
    """Make the table what `rows` found in it."""
    now = rows()
    for key in now.keys() - before.keys():
        table.write(table.Delete(key))
    for key, row in before.items():
        if now.get(key) != row:
            table.write(table.Put(row))
