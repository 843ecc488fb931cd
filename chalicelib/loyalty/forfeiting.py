"""Points of who was erased are forfeited: the ledger stays, adds up, and comes to nothing."""

from chalicelib.aws import table
from chalicelib.canonical.ids import Leaf, stable_id
from chalicelib.canonical.time import Instant
from chalicelib.loyalty import store
from chalicelib.loyalty.books import Person
from chalicelib.loyalty.model import Account, Entry, Forfeiture


def forfeit(leaf: Leaf, person: Person) -> None:
    """Once, whatever wakes the ledger: an account is forfeited by the entry that takes what it holds, or is owed.
    Raises ConditionFailed where somebody writes there."""
    head, before = person.heads.get(leaf), person.accounts.get(leaf)
    if head is None or head.erased is None or before is None or not (before.balance or before.number):
        return
    after = before.forfeited()
    entry = _entry(before, after, head.erased)
    table.transact([
        store.entry_write(leaf, person.program.id, entry),
        store.account_write(before, after),
        store.head_unchanged(leaf, head.rev),
    ])  # fmt: skip


def _entry(before: Account, after: Account, at: Instant) -> Entry:
    return Entry(
        id=stable_id("e", before.program, "forfeiture", before.leaf),
        at=at,
        account_rev=after.rev,
        points=-before.balance,
        origin=Forfeiture(act=before.leaf),
    )
