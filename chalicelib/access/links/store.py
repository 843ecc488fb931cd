"""How links are kept: a row each, for the minutes in which it signs somebody in."""

from datetime import datetime, timedelta

from chalicelib.access.links.model import TRIES, Link
from chalicelib.aws import keys_of_people as keys
from chalicelib.aws import table
from chalicelib.canonical.ids import LinkId, StaffId
from chalicelib.canonical.time import instant, moment_of

KEPT = timedelta(hours=1)
"""After its end: who comes late is told that it is over."""
UNUSED = "attribute_exists(pk) AND attribute_not_exists(used_at)"


def add(link: Link) -> None:
    row = table.row(
        keys.link(link.id),
        staff_id=link.staff_id,
        token_hash=link.token_hash,
        code_hash=link.code_hash,
        browser_hash=link.browser_hash,
        ends_at=link.ends_at,
        tries=0,
        expires_at=int((moment_of(link.ends_at) + KEPT).timestamp()),
    )
    table.write(table.Put(row, table.ABSENT))


def get(link_id: LinkId) -> Link | None:
    row = table.get(keys.link(link_id))
    if row is None:
        return None
    return Link(
        id=link_id,
        staff_id=StaffId(row["staff_id"]),
        token_hash=row["token_hash"],
        code_hash=row["code_hash"],
        browser_hash=row["browser_hash"],
        ends_at=row["ends_at"],
        is_used="used_at" in row,
    )


def count_try(link: Link) -> None:
    """Before a code is compared, so that many at once are no more. Raises ConditionFailed after the last."""
    left = table.When(f"{UNUSED} AND tries < :most", {":most": TRIES})
    table.write(table.Update(keys.link(link.id), "ADD tries :one", {":one": 1}, when=left))


def use(link: Link, now: datetime) -> table.Update:
    """The write that a link signs in by; its condition fails where it did before."""
    return table.Update(keys.link(link.id), "SET used_at = :now", {":now": instant(now)}, when=table.When(UNUSED))
