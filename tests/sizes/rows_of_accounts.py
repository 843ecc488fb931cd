"""What reservations, sources and people say of companies and agencies, and of who lives with whom."""

from chalicelib.accounts import store
from chalicelib.accounts.model import MOST_CONTACTS, MOST_DOMAINS, Account, Contact, Named
from chalicelib.accounts.said import Said
from chalicelib.aws import keys_of_accounts as keys
from chalicelib.aws import keys_of_households, table
from chalicelib.aws.codec import Item
from chalicelib.aws.keys import Key
from chalicelib.canonical.ids import AccountId, ConnectionId, Leaf, PropertyId
from tests.sizes.inputs import FOUR, ID, LATEST, Largest, Rows, filled, kept

LEAF, OTHER_LEAF = Leaf("gz" + "0" * 24), Leaf("gz" + "1" * 24)
ONE, OTHER = AccountId("ac" + "0" * 24), AccountId("ac" + "1" * 24)


def account_at(signs: str) -> Item:
    named = [Named(ConnectionId(ID), filled(signs, 128), PropertyId(ID), kind) for kind in ("company", "agency")]
    store.note(named, [])
    return kept(keys.account_at(PropertyId(ID), named[0].id))


def _said(signs: str) -> Said:
    said = Said(ONE, filled(signs, 401), OTHER, f"{LATEST}#{LATEST}#{'d' * 16}")
    store.note([], [said])
    return said


def account_said(signs: str) -> Item:
    return kept(keys.account_said(_said(signs).id))


def account_merged(signs: str) -> Item:
    return kept(keys.account_merged(OTHER, _said(signs).id))


def accounts(signs: str) -> Item:
    written = Account(
        id=ONE,
        kind="company",
        name=filled(signs, 200),
        domains=(".".join(["x" * 49] * 2),) * MOST_DOMAINS,
        contacts=(Contact(guest=Leaf("g" * 64), role="travel_manager"),) * MOST_CONTACTS,
    )
    store.WRITTEN.save(written)
    return kept(Key(keys.ACCOUNTS, ONE))


def contact(_: str) -> Item:
    return table.row(keys.contact(LEAF, ONE))


def household(_: str) -> Item:
    return table.row(keys_of_households.household(LEAF, OTHER_LEAF), at=LATEST, by="staff st" + "0" * 24)


ROWS: Rows = {
    "household": Largest(household, 140),
    "account_at": Largest(account_at, 800, FOUR),
    "account_said": Largest(account_said, 1_900, FOUR),
    "account_merged": Largest(account_merged, 80),
    "contact": Largest(contact, 100),
    "ACCOUNTS": Largest(accounts, 4_500, FOUR),
}
