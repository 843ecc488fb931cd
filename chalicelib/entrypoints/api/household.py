"""/v1/guests/{guest_id}/household: who lives with a guest, as people say, and who might."""

from collections.abc import Collection, Iterable
from itertools import islice, product
from typing import Literal, NamedTuple

from chalicelib.canonical.errors import Conflict, NotFound
from chalicelib.canonical.ids import GuestId, Leaf
from chalicelib.canonical.time import Instant
from chalicelib.entrypoints.api.answers import Shown
from chalicelib.entrypoints.api.by_name import guests_by_name
from chalicelib.entrypoints.api.calls import Ask
from chalicelib.entrypoints.api.visibility import InSight, guest_of, guests_by, own_leaves, speaks_through, stays_of
from chalicelib.guests import history, households
from chalicelib.guests.households import Link
from chalicelib.guests.standing import is_somebodys
from chalicelib.guests.store import stays_of_reservations
from chalicelib.guests.together import MOST_TOGETHER, is_one_home
from chalicelib.identity.forms import asked

Sign = Literal["same_home", "booked_together"]
LOOKED_AT = 50
"""Reservations, the latest, of which those who were named with the guest are looked at; and people."""
MOST_CANDIDATES = 10


class Together(Shown):
    """A guest who lives with this one: since when it is known, and who wrote it down."""

    guest: str
    given_name: str | None
    family_name: str | None
    since: Instant
    by: str


class MayLiveTogether(Shown):
    """A guest who might: of the same family name at the same address (`same_home`), or named in one reservation."""

    guest: str
    given_name: str | None
    family_name: str | None
    signs: list[Sign]


class HouseholdShown(Shown):
    """Who lives together with a guest. `candidates` are computed when they are looked at: nobody is put into a
    household but by people."""

    members: list[Together]
    candidates: list[MayLiveTogether]


class LivesWith(Shown):
    """That a guest lives with another: by the other's id alone, who did not ask what is known."""

    guest: str
    since: Instant
    by: str


class Member(NamedTuple):
    sight: InSight
    links: list[Link]


def get(ask: Ask, guest_id: GuestId) -> HouseholdShown:
    """Who lives with a guest, of the guests in the key's sight."""
    return _shown(guest_of(ask.caller, guest_id))


def said_of(ask: Ask, guest_id: GuestId) -> list[LivesWith]:
    """What was said of a guest's household, without a word of whom else it is about."""
    told = map(_together, _members(guest_of(ask.caller, guest_id)))
    return [LivesWith(guest=each.guest, since=each.since, by=each.by) for each in told]


def put(ask: Ask, guest_id: GuestId, other_id: GuestId) -> HouseholdShown:
    """Say that two guests live together, with all who live with either; said again it changes nothing.

    They stay two guests: each has their own profile, consents and points. A household has 8 people at most.
    """
    said: list[Link] = []
    try:
        _say(ask, guest_id, other_id, said)
    except Conflict:
        households.take_away(said)
        raise
    return _shown(guest_of(ask.caller, guest_id))


def _say(ask: Ask, guest_id: GuestId, other_id: GuestId, said: list[Link]) -> None:
    """Until nothing is missing: others may say beside this with whom one of them lives. Of those who do so at once the
    last to look finds what the others wrote. Raises Conflict, also where they are too many by then."""
    for _ in range(MOST_TOGETHER):
        sight, other = guest_of(ask.caller, guest_id), guest_of(ask.caller, other_id)
        if sight.whole.id == other.whole.id:
            raise Conflict("A guest lives with others, and not with themselves.")
        ours, theirs = _whole(sight), _whole(other)
        if len(ours | theirs) > MOST_TOGETHER:
            raise Conflict(f"A household has {MOST_TOGETHER} people at most.")
        missing = _missing(ours, theirs, ask)
        if not missing:
            return
        households.keep(missing, {head.leaf: head for each in (ours | theirs).values() for head in each.heads})
        said += missing


def delete(ask: Ask, guest_id: GuestId, other_id: GuestId) -> None:
    """Say that the other lives with this guest no more, nor with those who do.

    What was said through other hotels' records stays theirs.
    """
    sight, other = guest_of(ask.caller, guest_id), guest_of(ask.caller, other_id)
    there = {leaf for each in _whole(sight).values() if each.whole.id != other.whole.id for leaf in own_leaves(each)}
    links = [link for link in households.links_of(own_leaves(other)) if link.other in there]
    if not links:
        raise NotFound("Nobody of your hotels said that these two guests live together.")
    households.take_away(links)


def _whole(sight: InSight) -> dict[GuestId, InSight]:
    """The guest with those who live there, by the ids that they have among all."""
    return {each.whole.id: each for each in (sight, *(member.sight for member in _members(sight)))}


def _missing(ours: dict[GuestId, InSight], theirs: dict[GuestId, InSight], ask: Ask) -> list[Link]:
    """Of every one with every other, what is not known yet; each speaks through a record of the caller's."""
    through = {each: speaks_through(sight) for each, sight in (ours | theirs).items()}
    known = {
        each: {link.other for link in households.links_of(sight.members)} for each, sight in (ours | theirs).items()
    }
    pairs = {(min(pair), max(pair)) for pair in product(ours, theirs) if len(set(pair)) > 1}
    return [
        Link(through[one], through[other], ask.now, ask.caller.told)
        for one, other in sorted(pairs)
        if known[one].isdisjoint((ours | theirs)[other].members)
    ]


def _members(sight: InSight) -> list[Member]:
    """Of whom the records through which it was said are in sight, theirs too; nobody lives with anybody."""
    if not any(map(is_somebodys, sight.heads)):
        return []
    links = list(households.links_of(sight.members))
    found = _people(sight, {link.other for link in links})
    members = [Member(each, [link for link in links if link.other in each.members]) for each in found]
    return [each for each in members if each.links]


def _people(sight: InSight, leaves: Collection[Leaf]) -> list[InSight]:
    """The persons among the guests of these records, but this one."""
    found = guests_by(sight.caller, leaves) if leaves else []
    return [each for each in found if each.whole.id != sight.whole.id and any(map(is_somebodys, each.heads))]


def _shown(sight: InSight) -> HouseholdShown:
    members = _members(sight)
    known = {sight.whole.id, *(each.sight.whole.id for each in members)}
    return HouseholdShown(
        members=[_together(each) for each in members],
        candidates=list(islice(_candidates(sight, known), MOST_CANDIDATES)),
    )


def _together(member: Member) -> Together:
    first = min(member.links, key=lambda link: (link.at, link.by))
    traits = member.sight.traits
    return Together(
        guest=member.sight.id,
        given_name=traits.given_name,
        family_name=traits.family_name,
        since=first.at,
        by=first.by,
    )


def _candidates(sight: InSight, known: Collection[GuestId]) -> Iterable[MayLiveTogether]:
    """Who was named in one reservation first."""
    booked = {each.whole.id: each for each in _people(sight, _named_with(sight))}
    homes = {each.whole.id: each for each in _at_home(sight)}
    for guest_id in (*sorted(booked), *sorted(homes.keys() - booked.keys())):
        if guest_id in known:
            continue
        found = booked.get(guest_id) or homes[guest_id]
        signs: list[tuple[Sign, bool]] = [("booked_together", guest_id in booked), ("same_home", guest_id in homes)]
        yield MayLiveTogether(
            guest=found.id,
            given_name=found.traits.given_name,
            family_name=found.traits.family_name,
            signs=[sign for sign, is_so in signs if is_so],
        )


def _named_with(sight: InSight) -> set[Leaf]:
    """Records that reservations in sight name beside one of the guest's."""
    own = [stay for leaf in sight.members for stay in stays_of(sight.eyes, leaf)]
    latest = sorted(own, key=lambda stay: stay.arrival)[-LOOKED_AT:]
    shared = [
        each.what.stay
        for leaf in sight.members
        for each in islice(history.shared_happenings(leaf, None, LOOKED_AT), LOOKED_AT)
        if sight.eyes.sees(each.what.stay.property_id)
    ]
    primary = {leaf for leaf, _ in stays_of_reservations(stay.reservation for stay in shared).values()}
    beside = {leaf for stay in (*latest, *shared) for leaf in stay.companions}
    return set(sorted((primary | beside) - set(sight.members))[:LOOKED_AT])


def _at_home(sight: InSight) -> list[InSight]:
    """Guests of the same family name at the same address, as far as a search finds them."""
    traits = sight.traits
    name = (traits.family_name or "").strip()
    if traits.address is None or not asked(name).is_enough:
        return []
    return [
        each
        for each in guests_by_name(sight.caller, name).guests
        if (each.traits.family_name or "").casefold() == name.casefold()
        and is_one_home(each.traits.address, traits.address)
        and each.whole.id != sight.whole.id
    ]
