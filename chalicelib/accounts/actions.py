"""Look at companies and agencies, and write down what people know of them."""

from collections.abc import Collection, Container, Iterator, Mapping
from dataclasses import dataclass
from heapq import merge
from itertools import islice
from typing import NamedTuple

from chalicelib.accounts import contacts, listing, rules, store
from chalicelib.accounts.model import NO_HOTEL, Account, Kind, Known
from chalicelib.accounts.rules import Sums
from chalicelib.aws.indexes import INDEXES
from chalicelib.canonical.definitions import NOBODYS, Hand
from chalicelib.canonical.errors import FieldError, Invalid, NotFound
from chalicelib.canonical.ids import AccountId, ConnectionId, Leaf, PropertyId
from chalicelib.guests.model import Stay
from chalicelib.guests.store import stays_of_reservations
from chalicelib.settings import actions as settings
from chalicelib.settings import store as kept_settings
from chalicelib.settings.guest_rules import MOST_AGENCY_DOMAINS

MOST_MERGED = 20
"""Accounts that a source merged into one, and steps from one to what it was merged into."""
MOST_SUMMED = 1_000
"""Reservations of an account that are read to sum them up, the latest first."""
READ_AT_ONCE = 100


@dataclass(frozen=True)
class Opened:
    """An account with what its source merged into it, of what the hotels in sight know."""

    known: Known
    told: store.Told
    merged: tuple[AccountId, ...] = ()

    @property
    def id(self) -> AccountId:
        return self.known.id

    @property
    def name(self) -> str | None:
        written, said = self.told.written, self.told.said
        return (written.name if written else None) or (said.name if said else None)

    @property
    def kind(self) -> Kind:
        return (self.told.written.kind if self.told.written else None) or self.known.kind

    @property
    def written(self) -> Account:
        """What people wrote; nothing, where they did not."""
        return self.told.written or Account(id=self.id)


def listed(hotels: Collection[PropertyId], after: str | None, at_once: int) -> Iterator[Opened]:
    """Those that the hotels' reservations name, by their ids; of those that were merged into one that is named there,
    too, that one."""
    found = store.listed(hotels, after, at_once)
    while some := list(islice(found, at_once)):
        told = store.told([each.id for each in some])
        merged = [each.id for each in some if (said := told[each.id].said) and said.merged_into]
        into = {each: _current(each) for each in merged}
        there = store.known(sorted(set(into.values())), hotels)
        yield from (Opened(each, told[each.id]) for each in some if _is_shown(each.id, into, there))


def _is_shown(account_id: AccountId, into: Mapping[AccountId, AccountId], there: Container[AccountId]) -> bool:
    current = into.get(account_id, account_id)
    return current == account_id or current not in there


def opened(account_id: AccountId, hotels: Collection[PropertyId]) -> Opened:
    """The account into which this one was merged, where it was. Into one whose source leads round in circles nothing is
    merged. Raises NotFound for one that none of the hotels names."""
    current = _current(account_id)
    told = store.told([current])[current]
    goes_round = told.said is not None and told.said.merged_into is not None
    merged = () if goes_round else _merged_into(current, account_id)
    found = store.known([current, *merged], hotels)
    if not found:
        raise NotFound("There is no such account.")
    first = found.get(current, Known(current))
    for each in found.values():
        first = first.also(each)
    return Opened(first, told, merged)


def names_of(account_ids: Collection[AccountId], hotels: Collection[PropertyId]) -> dict[AccountId, str | None]:
    """Of those that the hotels name, or people made."""
    found, told = store.known(account_ids, hotels), store.told(account_ids)
    return {each.id: Opened(each, told[each.id]).name for each in found.values()}


def _current(account_id: AccountId) -> AccountId:
    """One that goes round in circles is itself."""
    seen = [account_id]
    while len(seen) <= MOST_MERGED:
        said = store.told([seen[-1]])[seen[-1]].said
        if said is None or said.merged_into is None:
            return seen[-1]
        if said.merged_into in seen:
            return account_id
        seen.append(said.merged_into)
    return account_id


def _merged_into(account_id: AccountId, asked: AccountId) -> tuple[AccountId, ...]:
    """All whose source says that they are this one now, directly or by others: with the one that was asked for, which
    is this one or one of them, also where they are more."""
    found: list[AccountId] = []
    into = [account_id]
    while into and len(found) < MOST_MERGED:
        target = into.pop()
        once = store.once_merged_into(target)
        told = store.told(once) if once else {}
        now = [each for each in once if (said := told[each].said) and said.merged_into == target]
        new = [each for each in now if each != account_id and each not in found]
        found += new
        into += new
    first = {asked} - {account_id}
    others = [each for each in found if each not in first]
    return tuple(sorted([*first, *others[: MOST_MERGED - len(first)]]))


class Line(NamedTuple):
    """A reservation of an account: its place in the listing, and the record of its guest."""

    position: str
    leaf: Leaf
    stay: Stay


def stays(account: Opened, hotels: Collection[PropertyId], after: str | None, at_once: int) -> Iterator[Line]:
    """The account's reservations at the hotels, the latest arrival first, as far as they are asked for. An index may
    tell of what is not so any more: each is looked at."""
    there = sorted(account.known.hotels.intersection(hotels))
    ids = (account.id, *account.merged)
    places = merge(
        *(listing.positions(each, hotel, index, after, at_once) for each in ids for hotel in there for index in INDEXES)
    )
    told: set[str] = set()
    while some := list(islice(places, min(at_once, READ_AT_ONCE))):
        new = {reservation: position for position, reservation in some if position not in told}
        told = {position for position, _ in some}
        found = stays_of_reservations(new)
        for reservation, position in new.items():
            leaf, stay = found.get(reservation, (None, None))
            if leaf and stay and stay.property_id in there and any(listing.names(stay, each) for each in ids):
                yield Line(position, leaf, stay)


class Summed(NamedTuple):
    sums: Sums
    is_whole: bool


def summed(account: Opened, hotels: Collection[PropertyId]) -> Summed:
    """What its latest reservations at the hotels come to, and whether these are all."""
    found = list(islice(stays(account, hotels, None, READ_AT_ONCE), MOST_SUMMED + 1))
    is_whole = len(found) <= MOST_SUMMED and len(account.merged) < MOST_MERGED
    return Summed(rules.sums_of(line.stay for line in found[:MOST_SUMMED]), is_whole)


def write(asked: Account, hotels: Collection[PropertyId], hand: Hand = NOBODYS) -> Account:
    """Keep what people write of one that is known. Raises NotFound, Invalid, Conflict."""
    kept = opened(AccountId(asked.id), hotels)
    if kept.id != asked.id:
        raise NotFound("The source merged this account into another.")
    return _save(asked, asked.kind or kept.known.kind, hand)


def create(asked: Account, source: ConnectionId | None, source_id: str | None, hand: Hand = NOBODYS) -> Account:
    """One of which people write first; the same again is the same. Raises Invalid, Conflict where they did before."""
    kept = _save(asked, asked.kind or "company", Hand(hand.by, hand.at, seen=0))
    store.list_written(AccountId(asked.id), source, source_id)
    return kept


def _save(asked: Account, kind: Kind, hand: Hand) -> Account:
    """An agency's domains stand among the settings' first: that its mailboxes are nobody's is told there."""
    before = store.WRITTEN.get(AccountId(asked.id))
    if before is None or before != asked.at_version(before.version):
        store.WRITTEN.refuse_stale(asked.id, hand)
    if asked.domains and kind == "agency":
        _tell_domains(asked.domains, hand)
    return store.WRITTEN.save(asked, hand, contacts.writes)


def _tell_domains(domains: Collection[str], hand: Hand) -> None:
    kept = kept_settings.get()
    known = kept.guests.agency_domains
    more = tuple(dict.fromkeys((*known, *domains)))
    if len(more) > MOST_AGENCY_DOMAINS:
        raise Invalid(FieldError("domains", f"the settings hold {MOST_AGENCY_DOMAINS} domains of agencies at most"))
    if more != known:
        settings.save(kept.with_agency_domains(more), Hand(by=hand.by, at=hand.at))


def everywhere(hotels: Collection[PropertyId]) -> Collection[PropertyId]:
    """Where the group looks: also among those that no hotel's reservations name."""
    return {*hotels, NO_HOTEL}
