"""Erase a guest: say what will go, write down that it goes, take it out, and sweep up. Each step can be done again."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import NoReturn

from chalicelib.aws import table
from chalicelib.aws.retries import until_written
from chalicelib.canonical.errors import NotFound, TryAgain, XeniaError
from chalicelib.canonical.ids import ERASURE, ConnectionId, ErasureId, Leaf, PropertyId, timed_id
from chalicelib.canonical.snapshots import Status
from chalicelib.canonical.time import Instant, moment_of, now
from chalicelib.connections.model import SIGNUP
from chalicelib.consent import objections
from chalicelib.consent.model import WhyErased
from chalicelib.consent.objections import GuestErasure
from chalicelib.guests import store as guests
from chalicelib.guests.model import Guest, Head
from chalicelib.guests.spans import Span
from chalicelib.guests.standing import hotels_of
from chalicelib.identity.digests import digest
from chalicelib.jobs import store as jobs
from chalicelib.jobs.model import Job, Part, Step
from chalicelib.loyalty import actions as loyalty
from chalicelib.privacy import leftovers, looking, register, store
from chalicelib.privacy.model import Erased, Holder, StayAhead
from chalicelib.privacy.retention import Kept
from chalicelib.profiles import actions as profiles
from chalicelib.profiles.erasing import MoreRecords, OthersRecords, Overtaken
from chalicelib.profiles.model import Erasure, Revisions

LONGEST_STAY = timedelta(days=366)
"""A stay that began earlier is not looked for among those that are not over."""
UNDER_WAY = frozenset({Status.INQUIRY, Status.PENDING, Status.CONFIRMED, Status.IN_HOUSE})
BUSY = "the guest is being written by others"
ANYHOW: Revisions = {}


class StillKept(XeniaError):
    """Who was to be forgotten is kept by now: nothing was erased."""

    def __init__(self, why: Kept) -> None:
        super().__init__(f"the guest is kept: {why}")
        self.why = why


def planned(
    guest: Guest,
    actor: str,
    at: Instant,
    within: Sequence[PropertyId] | None = None,
    why: WhyErased = "asked",
    months: int | None = None,
) -> Erased:
    """What an erasure would be as of now; nothing is written. Where people of hotels ask (`within`), of the records
    that no other hotel knows."""
    bare = Erased(
        id=ErasureId(timed_id(ERASURE, at, guest.id)),
        guest=guest.id,
        leaves=guest.members,
        at=at,
        actor=actor,
        within=None if within is None else tuple(sorted(within)),
        why=why,
        months=months,
        properties=guest.properties,
        points={each.program: each.balance for each in loyalty.membership(guest) if each.balance},
    )
    heads = guests.with_records(guests.heads(guest.members))
    others = {leaf for leaf, head in heads.items() if not bare.may_take(hotels_of(head))}
    own = {leaf: head for leaf, head in heads.items() if leaf not in others}
    return bare.without(others).holding(holders(own), tuple(_ahead(own.values(), at)))


def _ahead(heads: Iterable[Head], at: Instant) -> Iterable[StayAhead]:
    today = moment_of(at).date()
    around = Span(today - LONGEST_STAY, None)
    for stay in (stay for head in heads for stay in guests.stays_of(head, around)):
        if stay.departure >= today and stay.status in UNDER_WAY:
            yield StayAhead.model_validate(stay, from_attributes=True)


def holders(heads: Mapping[Leaf, Head]) -> tuple[Holder, ...]:
    by_source = defaultdict[ConnectionId, set[str]](set)
    for record in (each.record for each in heads.values() if each.record and each.record.source != SIGNUP):
        by_source[record.source] |= {record.source_id} if record.source_id else set()
    return tuple(Holder(source=source, source_ids=tuple(sorted(ids))) for source, ids in sorted(by_source.items()))


def erase(
    guest: Guest,
    actor: str,
    at: Instant,
    within: Sequence[PropertyId] | None = None,
    why: WhyErased = "asked",
    months: int | None = None,
) -> Erased:
    """All records of a guest; of those that hotels ask for (`within`), whatever joins them meanwhile, what no other
    hotel knows. Raises NotFound where others erased it beside this, and TryAgain, also where nothing of it is left to
    these hotels by now. After `months` without a sign of life: StillKept where there is one by now."""
    erased = planned(guest, actor, at, within, why, months)
    done = _carry_out(erased) if erased.leaves else erased
    if not done.leaves:
        raise TryAgain(BUSY)
    return done


def _carry_out(erased: Erased) -> Erased:
    try:
        store.begin(erased)
    except table.ConditionFailed:  # others erase records of this guest; what is left then is another guest
        known = [found for leaf in erased.leaves if (found := store.of(leaf))]
        if not known:
            raise TryAgain(BUSY) from None
        try:
            first, *_ = [go_on(each) for each in known]
        except (NotFound, StillKept):  # what was begun was given up: then this may begin
            raise TryAgain(BUSY) from None
        return first
    return go_on(erased)


def erase_again(noted: GuestErasure) -> bool:
    """In a table that was restored to a time before, as of when it was; with what belonged to the guest at that time.
    False where the table knows none of the records. Raises TryAgain."""
    heads = guests.heads(noted.leaves)
    living = [leaf for leaf, head in heads.items() if head.has_record and not head.erased]
    for leaf in guests.one_leaf_each(living):
        found = guests.guest(leaf)
        if found and (erased := planned(found, noted.actor, noted.at, noted.within, noted.why)).leaves:
            _carry_out(erased)
    for leaf in heads.keys() - set(living):
        if begun := store.of(leaf):
            go_on(begun)
    return bool(heads)


def go_on(erased: Erased) -> Erased:
    """With what was begun, from wherever it came to. Raises TryAgain, and StillKept."""
    if erased.is_done:
        return erased
    done = _gone_on(erased)
    jobs.end(store.job_of(done), now())
    return done


def work_on(job: Job, _: Part) -> Iterator[Step]:
    """What a job of the kind ERASING does: all that is left of one erasure, in one step. Raises TryAgain."""
    begun = store.get(ErasureId(job.subject))
    with suppress(StillKept):
        if begun:
            go_on(begun)
    yield Step("done")


def _gone_on(erased: Erased) -> Erased:
    taken_out = until_written(lambda: _take_out(erased.id), BUSY)
    loyalty.forfeit(taken_out.leaves, taken_out.at)
    for leaf in taken_out.leaves:
        leftovers.sweep(leaf)
        register.note_erasure(leaf, erasure=erased.id)
    return _settle(erased.id)


def _take_out(erasure_id: ErasureId) -> Erased:
    """With the records that came to the guest meanwhile."""
    erased = _required(erasure_id)
    if rests_on := _looked_at(erased):
        return _forget(erased, rests_on)
    _note(erased)
    beside = frozenset[Leaf]()
    while True:
        try:
            _store(erased, beside)
        except OthersRecords as others:
            store.change(erased, _narrowed(erased, others.leaves))
            raise table.Contended(BUSY) from others
        except MoreRecords as more:
            beside |= _left_beside(erased, more.leaves)
        else:
            return erased


def _forget(erased: Erased, rests_on: Revisions) -> Erased:
    """Whom nobody heard of until this transaction; else Contended. It is noted behind it: who may be kept yet is not to
    be erased again in a table that is restored."""
    try:
        _store(erased, frozenset(), rests_on)
    except (Overtaken, MoreRecords) as news:
        raise table.Contended(BUSY) from news
    _note(erased)
    return erased


def _note(erased: Erased) -> None:
    """A table that is restored forgets it."""
    objections.note(GuestErasure(erased.leaves, erased.at, erased.actor, erased.within, erased.why))


def _looked_at(erased: Erased) -> Revisions:
    """The rows by which a guest is to be forgotten; none where that was not the reason, or it has begun to be done.
    Raises StillKept where it is no reason any more."""
    if erased.months is None or any(head.erased for head in guests.heads(erased.leaves).values()):
        return {}
    guest = guests.guest(erased.leaves[0])
    if guest is None or {*guest.members} != {*erased.leaves} or looking.months() != erased.months:
        _give_up(erased, "recent")
    seen = looking.look(guest, erased.months, now())
    if seen.why:
        _give_up(erased, seen.why)
    return seen.rests_on


def _give_up(erased: Erased, why: Kept) -> NoReturn:
    store.give_up(erased)
    jobs.end(store.job_of(erased), now())
    raise StillKept(why)


def _narrowed(erased: Erased, leaves: frozenset[Leaf]) -> Erased:
    """Without these records, and without the tasks that they would make."""
    stays = {each.source: each.source_ids for each in holders(guests.with_records(guests.heads(leaves)))}
    left = tuple(kept for each in erased.holders if (kept := each.without(stays.get(each.source, ()))))
    return erased.without(leaves).holding(left, erased.stays_ahead)


def _left_beside(erased: Erased, more: frozenset[Leaf]) -> frozenset[Leaf]:
    """What joined the guest meanwhile and is not this erasure's: guests may have been joined of whom each is being
    erased, and takes out its own; and other hotels' records stay. Raises Contended where it takes any of it along."""
    heads = guests.with_records(guests.heads(more))
    going = {each for each in more if (by := store.of(each)) and by.id != erased.id}
    along = {each: heads[each] for each in heads.keys() - going if erased.may_take(hotels_of(heads[each]))}
    if not along:
        return more
    store.change(erased, _widened(erased, along))
    raise table.Contended(BUSY)


def _store(erased: Erased, beside: frozenset[Leaf], rests_on: Revisions = ANYHOW) -> None:
    within = None if erased.within is None else frozenset(erased.within)
    whole = beside.union(erased.leaves)
    said = Erasure(erased.id, erased.leaves, erased.at, digest, whole=whole, within=within, rests_on=rests_on)
    profiles.store_erasure(said)


def _widened(erased: Erased, heads: Mapping[Leaf, Head]) -> Erased:
    found = {each.source: each for each in erased.holders}
    for each in holders(heads):
        found[each.source] = found[each.source].holding(each.source_ids) if each.source in found else each
    return erased.widened(
        (*erased.leaves, *sorted(heads)),
        tuple(found[each] for each in sorted(found)),
        {hotel for head in heads.values() for hotel in hotels_of(head)},
        tuple(_ahead(heads.values(), erased.at)),
    )


def _settle(erasure_id: ErasureId) -> Erased:
    def attempt() -> Erased:
        erased = _required(erasure_id)
        if not erased.is_done:
            store.change(erased, erased.done())
        return erased.done()

    return until_written(attempt, BUSY)


def tell(erasure_id: ErasureId, source: ConnectionId, by: str, at: Instant, *, is_done: bool) -> Erased:
    """That a source let go of the person, or has not. Raises NotFound, TryAgain."""

    def attempt() -> Erased:
        before = _required(erasure_id)
        holder = next((each for each in before.holders if each.source == source), None)
        if holder is None:
            raise NotFound("This source held nothing of this guest.")
        after = before.with_holder(holder.settled(at, by) if is_done else holder.reopened())
        if after != before:
            store.change(before, after)
        return after

    return until_written(attempt, BUSY)


def _required(erasure_id: ErasureId) -> Erased:
    found = store.get(erasure_id)
    if found is None:
        raise NotFound("There is no such erasure.")
    return found
