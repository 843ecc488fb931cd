"""/v1/programs/{program_id}/members: who is in a programme, by their numbers."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from math import ceil

from chalicelib.access.model import Caller
from chalicelib.canonical.errors import FieldError, Invalid
from chalicelib.canonical.ids import Leaf, ProgramId, PropertyId
from chalicelib.canonical.time import Instant
from chalicelib.entrypoints.api.answers import Listing, Shown
from chalicelib.entrypoints.api.calls import Ask
from chalicelib.entrypoints.api.paging import Page
from chalicelib.entrypoints.api.sights import sights_of
from chalicelib.entrypoints.api.visibility import InSight, is_of
from chalicelib.guests import store
from chalicelib.guests.model import Head
from chalicelib.identity.identifiers import signs_of_member
from chalicelib.loyalty.membership import Standing
from chalicelib.loyalty.model import Account, Program
from chalicelib.loyalty.store import PROGRAMS, accounts
from chalicelib.profiles import enrolled, members
from chalicelib.profiles.members import Wanted
from chalicelib.profiles.numbered import Place, number_of, place_of
from chalicelib.properties import store as properties

FEWEST_ROWS = 10
"""Read at once of each list, however many hotels share a page."""


class MemberShown(Shown):
    """A member, by the records in the key's sight. `enrolled_at` is null where the ledger has not followed yet, and
    `balance` where the key is one of single hotels: the guest's membership tells what these gave."""

    guest: str
    given_name: str | None
    family_name: str | None
    number: str | None
    enrolled_at: Instant | None
    balance: int | None


def listed(ask: Ask, program_id: ProgramId, *, number: str | None = None, page: Page) -> Listing[MemberShown]:
    """The members among the guests of the key's hotels, by their numbers; those without one come first.

    With a `number` those whose number begins so, whatever parts it. Whoever has several is listed once, by the first.
    A page may be short, and still have a `next_cursor`; who became a member just now may not be listed for a moment.
    """
    program = PROGRAMS.required(program_id)
    desk = Desk(ask.caller, program, frozenset(_hotels(ask.caller)), _prefix(number))
    rows = max(FEWEST_ROWS, ceil((page.limit + 1) / len(desk.hotels)))
    places = members.listed(program.id, desk.hotels, Wanted(desk.prefix, page.after, rows))
    found = _told(desk, places, page.limit + 1)
    items, cursor = page.sift(found, lambda each: each[0].position, lambda each: each[1])
    return Listing(items=items, next_cursor=cursor)


def _hotels(caller: Caller) -> set[PropertyId]:
    """Where the caller looks, also where hotels share what they know; the group also among whom no hotel knows."""
    if caller.is_group:
        return {*properties.by_id(), enrolled.NO_HOTEL}
    return {PropertyId(each) for each in caller.properties}


def _prefix(number: str | None) -> str:
    signs = signs_of_member(number or "")
    if number is not None and not signs:
        raise Invalid(FieldError("number", "needs a letter or a digit: how a member number begins"))
    return signs


@dataclass(frozen=True)
class Desk:
    """Who looks for members of what, where, and whose numbers begin how."""

    caller: Caller
    program: Program
    hotels: Collection[PropertyId]
    prefix: str

    def first_of(self, heads: Mapping[Leaf, Head]) -> Place | None:
        """Where a guest of these records is listed: a guest of several stands in a list once."""
        places = (place_of(each, self.program.id) for each in heads.values() if self.lists(each))
        return min((each for each in places if each and each.number.startswith(self.prefix)), default=None)

    def lists(self, head: Head) -> bool:
        return is_of(self.caller, head) and not set(self.hotels).isdisjoint(enrolled.listed_at(head))


def _told(desk: Desk, places: Iterator[Place], at_once: int) -> Iterator[tuple[Place, MemberShown | None]]:
    """Each place with who is shown there: the records are asked, batch by batch, as far as it is asked for."""
    while some := list(islice(places, at_once)):
        shown = _members(desk, some)
        yield from ((each, shown.get(each)) for each in some)


def _members(desk: Desk, places: Collection[Place]) -> dict[Place, MemberShown]:
    sights = sights_of(desk.caller, [each.leaf for each in places])
    heads = _heads(sights.values())
    own = {each: _of(sights[each.leaf], heads) for each in places if each.leaf in sights}
    first = {each: known for each, known in own.items() if desk.first_of(known) == each}
    kept = accounts({leaf for known in first.values() for leaf in known}, desk.program.id)
    told = {each: _told_of(desk, sights[each.leaf], each, known, kept) for each, known in first.items()}
    return {each: member for each, member in told.items() if member}


def _heads(sights: Collection[InSight]) -> dict[Leaf, Head]:
    """All records in sight with what they say: three batch reads at most, however many guests they are of."""
    wanted = {leaf for sight in sights for leaf in sight.members}
    read = {leaf: head for sight in sights for leaf, head in (sight.read or {}).items() if leaf in wanted}
    return store.with_records({**read, **store.heads(wanted - read.keys())})


def _of(sight: InSight, heads: Mapping[Leaf, Head]) -> dict[Leaf, Head]:
    """One may have been taken off the guest since."""
    return {leaf: heads[leaf] for leaf in sight.members if leaf in heads and heads[leaf].guest == sight.whole.id}


def _told_of(
    desk: Desk, sight: InSight, place: Place, heads: Mapping[Leaf, Head], kept: Mapping[Leaf, Account]
) -> MemberShown | None:
    own = {leaf: kept[leaf] for leaf in heads if leaf in kept}
    standing = Standing(desk.program, sight.guest, heads, own, among=sight.among)
    if not standing.is_member:
        return None
    traits, membership = sight.traits, standing.as_it_is
    return MemberShown(
        guest=sight.id,
        given_name=traits.given_name,
        family_name=traits.family_name,
        number=number_of(heads[place.leaf], desk.program.id),
        enrolled_at=membership.enrolled_at,
        balance=membership.balance if sight.eyes.is_group else None,
    )
