"""Companies and agencies: those that reservations name, what they came to, and what people know of them.

Calls of AWS, with those for the session and the looks: the list 9 with two hotels, one of them 27 where its
reservations lie at both; each further hotel adds one to the list, and eight to what it is named at.
"""

from collections.abc import Mapping
from typing import Any, get_args

from chalice.app import Response

from chalicelib.accounts.model import Account, ContactRole
from chalicelib.canonical.errors import CallerError
from chalicelib.canonical.ids import AccountId
from chalicelib.entrypoints.api import accounts
from chalicelib.entrypoints.api.accounts import AccountNew, AccountOpened
from chalicelib.entrypoints.console import hotels
from chalicelib.entrypoints.console.pages import guests
from chalicelib.entrypoints.console.told import N_
from chalicelib.entrypoints.console.visits import Visit

ROLES: Mapping[ContactRole, str] = {
    "booker": N_("Books"),
    "travel_manager": N_("Decides about travel"),
    "billing": N_("Pays bills"),
    "events": N_("Plans meetings"),
    "other": N_("Other contact"),
}


def listed(visit: Visit) -> Response:
    found = visit.call(accounts.listed, named=visit.wanted, page=visit.part(visit.path))
    return visit.shown("accounts.html", listing=found, hotels=hotels.of(visit), may_write=visit.may(accounts.create))


def one(visit: Visit) -> Response:
    account = _found(visit)
    return visit.shown(
        "account.html",
        account=account,
        listing=visit.call(accounts.stays, AccountId(account.id), page=visit.part(visit.path)),
        hotels=hotels.of(visit),
        roles={role: visit.words(ROLES[role]) for role in get_args(ContactRole)},
        may_write=visit.may(accounts.put),
    )


def new(visit: Visit) -> Response:
    return visit.shown("account_form.html", account=None)


def created(visit: Visit) -> Response:
    form = visit.form
    told = {name: text for name in ("source", "source_id") if (text := form.text(name).strip())}
    made = visit.call(accounts.create, visit.body(AccountNew, {**_typed(visit), **told}))
    return visit.go(f"/accounts/{made.id}", done="saved")


def edit(visit: Visit) -> Response:
    return visit.shown("account_form.html", account=_found(visit))


def saved(visit: Visit) -> Response:
    """Contacts whose box is not ticked any more are none."""
    account = _found(visit)
    kept = [each for each in _contacts(account) if each["guest"] in visit.form.texts("contacts")]
    return _save(visit, account, {**_typed(visit), "contacts": kept})


def contacts(visit: Visit) -> Response:
    """Whom to add: found as on the page of guests."""
    typed, found, refusal = visit.query.get(guests.ANY, "").strip(), None, None
    try:
        found = guests.found(visit, {guests.ANY: typed}).items if typed else None
    except CallerError as error:
        refusal = error
    there = visit.refused(refusal) if refusal else visit
    roles = [(role, visit.words(words)) for role, words in ROLES.items()]
    return there.shown("account_contacts.html", account=_found(visit), found=found, roles=roles)


def added(visit: Visit) -> Response:
    account = _found(visit)
    others = [each for each in _contacts(account) if each["guest"] != visit.form.text("guest")]
    one_more = {"guest": visit.form.text("guest"), "role": visit.form.text("role")}
    written = {"name": account.name, "kind": account.kind, "domains": account.domains}
    return _save(visit, account, {**written, "contacts": [*others, one_more]})


def _save(visit: Visit, account: AccountOpened, document: dict[str, Any]) -> Response:
    visit.call(accounts.put, visit.body(Account, {"id": account.id, **document}))
    return visit.go(f"/accounts/{account.id}", done="saved")


def _typed(visit: Visit) -> dict[str, Any]:
    form, name = visit.form, visit.form.text("name").strip()
    return {**({"name": name} if name else {}), "kind": form.text("kind"), "domains": form.text("domains").split()}


def _contacts(account: AccountOpened) -> list[dict[str, str]]:
    return [{"guest": each.guest, "role": each.role} for each in account.contacts]


def _found(visit: Visit) -> AccountOpened:
    """Raises NotFound."""
    return visit.call(accounts.get, AccountId(visit.names["account_id"]))
