"""The key shapes of companies and agencies."""

from collections.abc import Callable

from chalicelib.aws.keys import Key, alone, leaf
from chalicelib.canonical.ids import AccountId, Leaf, PropertyId

ACCOUNTS = "ACCOUNTS"
"""The partition of what people wrote of them, by id."""
accounts_at: Callable[[PropertyId], str] = "ACCOUNTS#{}".format
"""The partition of those that reservations of a hotel name; of no hotel those that people made."""
account_said: Callable[[AccountId], Key] = alone("ACCOUNT", "SAID")
"""What the source says of one: how it is called, and what it was merged into."""
MERGED = "MERGED#"
CONTACT = "CONTACT#"
stays_of_account: Callable[[AccountId, PropertyId], str] = "ACCOUNT#{}#{}".format
"""Of both indexes: the reservations of a hotel that name it, as the company in the first, as the agency in the second;
the latest arrival first."""


def account_at(property_id: PropertyId, account_id: AccountId) -> Key:
    return Key(accounts_at(property_id), account_id)


def account_merged(into: AccountId, account_id: AccountId) -> Key:
    """Says that the source once merged the one into the other; what it says now stands with the one."""
    return Key(account_said(into).pk, f"{MERGED}{account_id}")


def contact(leaf_id: Leaf, account_id: AccountId) -> Key:
    """Says that people named the record as one that speaks for the account; as what stands there."""
    return Key(leaf(leaf_id), f"{CONTACT}{account_id}")
