"""/v1/accounts: companies and agencies, as reservations of the key's hotels name them."""

from collections.abc import Collection
from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from chalicelib.access.model import Caller
from chalicelib.accounts import actions
from chalicelib.accounts.actions import Opened, Summed
from chalicelib.accounts.model import MOST_CONTACTS, MOST_DOMAINS, Account, Contact, ContactRole, Kind
from chalicelib.canonical.errors import FieldError, Invalid, NotFound
from chalicelib.canonical.ids import (
    ACCOUNT,
    AccountId,
    ConnectionId,
    GuestId,
    Leaf,
    PropertyId,
    account_of,
    is_person,
    stable_id,
)
from chalicelib.canonical.snapshots import HUB_ID, SourceId
from chalicelib.entrypoints.api.answers import Listing, Money, Shown, amounts
from chalicelib.entrypoints.api.calls import Ask
from chalicelib.entrypoints.api.free_texts import WITHOUT_CARDS
from chalicelib.entrypoints.api.paging import Page
from chalicelib.entrypoints.api.stays import StayShown, stay_shown
from chalicelib.entrypoints.api.visibility import eyes_of, guest_of, guests_by
from chalicelib.properties import store as properties
from chalicelib.settings.guest_rules import AgencyDomain


class AccountNew(BaseModel):
    """With `source` and `source_id` it is the one that reservations of this source name so, or will."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Kind
    name: Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True), WITHOUT_CARDS]
    source: Annotated[ConnectionId, HUB_ID] | None = None
    source_id: SourceId | None = None
    domains: Annotated[tuple[AgencyDomain, ...], Field(max_length=MOST_DOMAINS)] = ()
    contacts: Annotated[tuple[Contact, ...], Field(max_length=MOST_CONTACTS)] = ()


class AccountShown(Shown):
    """`source` and `source_id` are whose word its name is; null of one that people made. `name` is null where neither
    the source nor anybody said it. `properties` are the hotels in sight whose reservations name it."""

    id: str
    kind: Kind
    name: str | None
    source: ConnectionId | None
    source_id: str | None
    domains: list[str]
    properties: list[PropertyId]


class ContactShown(Shown):
    """A guest in sight who speaks for an account."""

    guest: str
    role: ContactRole
    given_name: str | None
    family_name: str | None


class AccountSums(Shown):
    """Over the latest 1,000 reservations in sight, room by room; `is_whole` says whether these are all. What was not
    completed brought no nights and no revenue."""

    reservations: int
    stays: int
    nights: int
    upcoming: int
    cancelled: int
    no_shows: int
    room_revenue: list[Money]
    other_revenue: list[Money]
    first_arrival: date | None
    last_departure: date | None
    is_whole: bool


class AccountOpened(AccountShown):
    """With what its reservations came to. `merged_ids` are accounts that its source says are this one. `version` is
    that of what people wrote, 0 where they did not."""

    merged_ids: list[str]
    contacts: list[ContactShown]
    sums: AccountSums
    version: int


class AccountStayShown(StayShown):
    """A reservation of an account. `guest` is the record of who stays, by which the guest is found; null where nobody
    is known."""

    guest: str | None


def listed(ask: Ask, *, named: str | None = None, page: Page) -> Listing[AccountShown]:
    """Companies and agencies that reservations of the key's hotels name; a key of all hotels also sees those that
    people made.

    With `named` those in whose name or id of the source that stands. A page may be short, and still have a
    `next_cursor`. A company that a reservation named just now may not be listed for a moment.
    """
    wanted = (named or "").casefold()

    def show(each: Opened) -> AccountShown | None:
        told = f"{each.name or ''}\n{each.known.source_id or ''}".casefold()
        return _shown(each) if wanted in told else None

    found = actions.listed(_hotels(ask.caller), page.after, page.limit + 1)
    items, cursor = page.sift(found, lambda each: each.id, show)
    return Listing(items=items, next_cursor=cursor)


def get(ask: Ask, account_id: AccountId) -> AccountOpened:
    """One company or agency, and what its reservations came to at the key's hotels; one that was merged into another
    answers with that other."""
    return _opened(ask.caller, account_id)


def stays(ask: Ask, account_id: AccountId, *, page: Page) -> Listing[AccountStayShown]:
    """Its reservations at the key's hotels, the latest arrival first. One that was made just now may not be listed for
    a moment."""
    hotels = _hotels(ask.caller)
    account = actions.opened(account_id, hotels)
    lines = actions.stays(account, hotels, page.after, page.limit + 1)
    items, cursor = page.sift(lines, lambda line: line.position, _stay)
    return Listing(items=items, next_cursor=cursor)


def create(ask: Ask, body: AccountNew) -> AccountOpened:
    """Write a company or an agency down, of which people are the first to tell.

    The `domains` of an agency are added to the settings' `agency_domains`: no guest is known by such an address.
    Contacts are guests; each is named by any of their records.
    """
    account_id = _new_id(ask, body)
    _check_contacts(ask.caller, body.contacts)
    told = body.model_dump(exclude={"source", "source_id"})
    actions.create(Account.model_validate({**told, "id": account_id}), body.source, body.source_id, ask.hand)
    return _opened(ask.caller, account_id)


def put(ask: Ask, body: Account) -> AccountOpened:
    """Write what people know of a company or an agency, all of it: what is left out is the source's word again.

    A domain that is taken off an agency stays among the settings' `agency_domains` until it is taken off there.
    """
    kept = actions.opened(AccountId(body.id), _hotels(ask.caller))
    _check_contacts(ask.caller, body.contacts)
    known = [_as_known(ask.caller, each, kept.written.contacts) for each in body.contacts]
    actions.write(body.with_contacts(tuple(dict.fromkeys(known))), _hotels(ask.caller), ask.hand)
    return _opened(ask.caller, AccountId(body.id))


def _new_id(ask: Ask, body: AccountNew) -> AccountId:
    if bool(body.source) != bool(body.source_id):
        raise Invalid(FieldError("source_id", "stands beside source, or neither does"))
    if body.source and body.source_id:
        return account_of(body.source, body.source_id)
    return AccountId(stable_id(ACCOUNT, "made", ask.seed))


def _check_contacts(caller: Caller, contacts: Collection[Contact]) -> None:
    """Raises Invalid."""
    strange = [at for at, each in enumerate(contacts) if not _is_guest(caller, each.guest)]
    if strange:
        raise Invalid(*(FieldError(f"contacts.{at}.guest", "is no guest of the key's hotels") for at in strange))


def _as_known(caller: Caller, contact: Contact, known: Collection[Contact]) -> Contact:
    """By the record by which the guest is the contact already: who reads an account is told the guest's id, and a
    guest who is split later goes where that record goes."""
    if contact in known:
        return contact
    members = guest_of(caller, GuestId(contact.guest)).whole.members
    return next((each for each in known if each.role == contact.role and each.guest in members), contact)


def _is_guest(caller: Caller, leaf: Leaf) -> bool:
    try:
        guest_of(caller, GuestId(leaf))
    except NotFound:
        return False
    return True


def _hotels(caller: Caller) -> Collection[PropertyId]:
    """Where the caller looks: where hotels share what they know, at all of them."""
    eyes, known = eyes_of(caller), properties.by_id()
    there = {each for each in known if eyes.sees(each)}
    return actions.everywhere(there) if caller.is_group else there


def named_in_sight(caller: Caller, account_ids: Collection[AccountId]) -> dict[AccountId, str | None]:
    """What those of these accounts are called that the caller may see."""
    return actions.names_of(account_ids, _hotels(caller)) if account_ids else {}


def _shown(account: Opened) -> AccountShown:
    return AccountShown(
        id=account.id,
        kind=account.kind,
        name=account.name,
        source=account.known.source,
        source_id=account.known.source_id,
        domains=list(account.written.domains),
        properties=sorted(account.known.hotels),
    )


def _opened(caller: Caller, account_id: AccountId) -> AccountOpened:
    hotels = _hotels(caller)
    account = actions.opened(account_id, hotels)
    return AccountOpened(
        **dict(_shown(account)),
        merged_ids=list(account.merged),
        contacts=_contacts(caller, account.written.contacts),
        sums=_sums(actions.summed(account, hotels)),
        version=account.written.version,
    )


def _contacts(caller: Caller, contacts: Collection[Contact]) -> list[ContactShown]:
    """Those in sight. Who was erased is nobody's contact any more; two who became one are named once a role."""
    shown = {
        (sight.id, each.role): ContactShown(
            guest=sight.id,
            role=each.role,
            given_name=sight.traits.given_name,
            family_name=sight.traits.family_name,
        )
        for sight in (guests_by(caller, {each.guest for each in contacts}) if contacts else [])
        for each in contacts
        if each.guest in sight.whole.members
    }
    return [shown[key] for key in sorted(shown)]


def _sums(found: Summed) -> AccountSums:
    told = found.sums._asdict()
    money = {name: amounts(told[name]) for name in ("room_revenue", "other_revenue")}
    return AccountSums.model_validate({**told, **money, "is_whole": found.is_whole})


def _stay(line: actions.Line) -> AccountStayShown:
    return AccountStayShown.model_validate(
        {**dict(stay_shown(line.stay)), "guest": line.leaf if is_person(line.leaf) else None}
    )
