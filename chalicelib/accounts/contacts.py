"""Guests who speak for an account. Who they are, and as what, stands with the account; a row with the record of each
says that it does, by which an export and an erasure find it. Both are written in one transaction."""

from collections.abc import Collection, Iterator, Sequence
from functools import partial
from typing import NamedTuple

from chalicelib.accounts.model import Account, Contact
from chalicelib.accounts.store import WRITTEN
from chalicelib.aws import keys, table
from chalicelib.aws import keys_of_accounts as keys_of
from chalicelib.aws.definitions import replacing
from chalicelib.aws.keys import Key
from chalicelib.aws.retries import until_written
from chalicelib.canonical.errors import Conflict
from chalicelib.canonical.ids import AccountId, Leaf
from chalicelib.guests import as_read
from chalicelib.guests import store as guests

BUSY = "the account was changed by others all the time"


class Spoken(NamedTuple):
    """That a guest speaks for an account."""

    account: Account
    contact: Contact


def writes(before: Account | None, after: Account) -> list[table.Write]:
    """What is written with an account: it takes new contacts only with the record as it was read, so that none comes
    behind an erasure. Raises Conflict for a record that is nobody's, and NotFound for one that there is not."""
    known, named = _leaves(before), _leaves(after)
    heads = guests.with_records(guests.heads(new)) if (new := named - known) else {}
    if missing := new - heads.keys():
        as_read.refuse(missing)
    for head in heads.values():
        as_read.require_somebodys(head)
    account_id = AccountId(after.id)
    return [
        *(table.Put(table.row(keys_of.contact(leaf, account_id))) for leaf in sorted(named)),
        *(table.Delete(keys_of.contact(leaf, account_id), size=100) for leaf in sorted(known - named)),
        *(as_read.check(heads[leaf]) for leaf in sorted(new)),
    ]


def _leaves(account: Account | None) -> frozenset[Leaf]:
    return frozenset(each.guest for each in account.contacts) if account else frozenset()


def of_records(leaves: Collection[Leaf]) -> Iterator[Spoken]:
    """For which accounts they speak; one query a record."""
    for leaf in leaves:
        for account_id in _accounts_of(leaf):
            account = WRITTEN.get(account_id)
            for each in account.contacts if account else ():
                if account and each.guest == leaf:
                    yield Spoken(account, each)


def _accounts_of(leaf: Leaf) -> Sequence[AccountId]:
    rows = table.query(keys.leaf(leaf), keys_of.CONTACT)
    return [AccountId(row["sk"].removeprefix(keys_of.CONTACT)) for row in rows]


def forget(leaf: Leaf) -> None:
    """A record speaks for nobody any more. Again and again is once. Raises TryAgain."""
    for account_id in _accounts_of(leaf):
        until_written(partial(_without, account_id, leaf), BUSY)


def _without(account_id: AccountId, leaf: Leaf) -> None:
    account = WRITTEN.get(account_id)
    if account is None or leaf not in _leaves(account):
        as_it_was = replacing(account.version if account else 0)
        table.transact([
            table.Delete(keys_of.contact(leaf, account_id), size=100),
            table.Check(Key(keys_of.ACCOUNTS, account_id), as_it_was),
        ])  # fmt: skip
        return
    left = account.with_contacts(tuple(each for each in account.contacts if each.guest != leaf))
    try:
        WRITTEN.save(left, beside=writes)
    except Conflict:
        raise table.Contended(BUSY) from None
