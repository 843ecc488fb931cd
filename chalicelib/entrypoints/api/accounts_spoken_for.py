"""For which companies and agencies a guest speaks: a part of the guest's export."""

from chalicelib.accounts import contacts
from chalicelib.accounts.contacts import Spoken
from chalicelib.accounts.model import ContactRole
from chalicelib.canonical.ids import AccountId, GuestId
from chalicelib.entrypoints.api.accounts import named_in_sight
from chalicelib.entrypoints.api.answers import Shown
from chalicelib.entrypoints.api.calls import Ask
from chalicelib.entrypoints.api.visibility import guest_of


class SpokenFor(Shown):
    """A company or an agency that people named the guest for, and as what; `name` is null where nobody said it."""

    account: AccountId
    name: str | None
    role: ContactRole


def of_guest(ask: Ask, guest_id: GuestId) -> list[SpokenFor]:
    """Of the accounts in sight."""
    found = list(contacts.of_records(guest_of(ask.caller, guest_id).members))
    names = named_in_sight(ask.caller, {AccountId(each.account.id) for each in found})
    return [_shown(each, names) for each in found if each.account.id in names]


def _shown(spoken: Spoken, names: dict[AccountId, str | None]) -> SpokenFor:
    account_id = AccountId(spoken.account.id)
    return SpokenFor(account=account_id, name=names[account_id], role=spoken.contact.role)
