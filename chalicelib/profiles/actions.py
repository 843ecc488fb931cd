"""Store changes and decisions one transaction each, and announce what follows."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import NamedTuple

from chalicelib.accounts import contacts
from chalicelib.aws import bus, keys, table
from chalicelib.aws.meter import meter
from chalicelib.aws.retries import until_written
from chalicelib.canonical.errors import Conflict, Rejected, TryAgain
from chalicelib.canonical.facts import Fact
from chalicelib.canonical.ids import Leaf
from chalicelib.guests import store as guests
from chalicelib.guests import written
from chalicelib.guests.spans import Span, Unread
from chalicelib.identity import store as identity
from chalicelib.identity.digests import digest
from chalicelib.identity.model import MOST_DECISIONS, MOST_LEAVES
from chalicelib.profiles import rules, store, verdicts
from chalicelib.profiles.loading import LoadedRows
from chalicelib.profiles.looking_again import LookAgain
from chalicelib.profiles.membership_acts import MembershipAct
from chalicelib.profiles.model import Change, Erasure, Input, MergeDecision, taken_out
from chalicelib.profiles.said import Sayings
from chalicelib.profiles.state import ProfileState, ProfileUpdate

ENOUGH_SECONDS = 8.0
"""With less time left no further change is begun: it may have to rest for five seconds beside others."""
PORTION = 100
"""Changes that are read together, and whose facts are announced together."""
LESS_TIED = partial(rules.apply, untied=True, but_primary=True), partial(rules.apply, untied=True)
"""Where a room names more people than one transaction ties to others, its primary guest is tied alone, or else nobody;
nor is whom it takes apart, where identifiers of dozens of people become nobody's all at once."""
REMEMBERED = 5
"""Newest markers of a thing that are announced again, when a message that named it comes again."""


TOO_MANY = {
    "too_many_records": f"This makes a guest of more records than the {MOST_LEAVES} that one may have.",
    "too_many_decisions": f"About one of these records more was decided than the {MOST_DECISIONS} that are kept.",
}
"""Why a person's decision is not kept."""


class Stored(NamedTuple):
    """What is to be announced, and whether anything of it was news."""

    facts: list[Fact]
    is_news: bool


def store_changes(
    changes: Sequence[Input],
    seconds_left: Callable[[], float] = lambda: float("inf"),
    news: set[int] | None = None,
) -> dict[int, Exception]:
    """Store changes and decisions one transaction each, and announce their facts. Returns position → why it failed;
    `news` is given the positions of those by which a row changed.

    They are worked in portions that are read and announced each by itself: however many there are, what is stored has
    been announced when time runs out, but for one portion.
    """
    failed: dict[int, Exception] = {}
    numbered = list(enumerate(changes))
    for start in range(0, len(numbered), PORTION):
        failed |= _store_portion(numbered[start : start + PORTION], seconds_left, set() if news is None else news)
    return failed


def _store_portion(
    changes: Sequence[tuple[int, Input]], seconds_left: Callable[[], float], news: set[int]
) -> dict[int, Exception]:
    if seconds_left() < ENOUGH_SECONDS:
        return {at: _too_late() for at, _ in changes}
    loaded = LoadedRows()
    loaded.load([change for _, change in changes])
    facts: list[Fact] = []
    failed: dict[int, Exception] = {}
    for at, change in changes:
        if seconds_left() < ENOUGH_SECONDS:
            failed[at] = _too_late()
            continue
        try:
            stored = _store(change, loaded)
            facts += stored.facts
            if stored.is_news:
                news.add(at)
            _forget_what_was_written(change)
        except Exception as error:  # noqa: BLE001 (whatever it is, it is this change's: what the others made is told)
            failed[at] = error
    bus.announce(facts)
    return failed


def _forget_what_was_written(said: Input) -> None:
    """Of whom a source anonymised, as it may give the record to somebody else. Done again with each redelivery, unless
    it is somebody's again by then."""
    people = said.people if isinstance(said, Change) else ()
    anonymised = [person.leaf for person in people if person.record.nobody == "anonymised"]
    for leaf, head in guests.with_records(guests.heads(anonymised)).items() if anonymised else ():
        if head.record and head.record.nobody:
            written.forget(leaf)
            contacts.forget(leaf)
            _forget_what_staff_corrected(leaf, said)


def _forget_what_staff_corrected(leaf: Leaf, said: Input) -> None:
    """The records that keep it go where this one goes: they are nobody's with it. What was corrected since the source
    told it is said of somebody else."""
    told_at = said.received_at if isinstance(said, Change) else None
    corrected = verdicts.said_through([leaf], identity.decisions_about([leaf])) if told_at else set()
    for other, head in guests.with_records(guests.heads(sorted(corrected))).items() if corrected else ():
        if told_at and head.record and not head.record.nobody and head.version and head.version.changed_at <= told_at:
            bus.announce(_store(taken_out(other, head.record, told_at, digest), LoadedRows()).facts)


def _too_late() -> TryAgain:
    return TryAgain("too little time was left for this change", after_seconds=1)


def store_own_word(said: Change) -> Leaf:
    """Store what a person says of themselves, and announce it. Returns the leaf under which it is kept: of who was
    erased before, that under which they begin anew. Raises TryAgain."""
    loaded = LoadedRows()
    bus.announce(_store(said, loaded).facts)
    loaded.load([said])
    return loaded.people_of(said)[-1].leaf


def store_act(act: MembershipAct) -> list[Fact]:
    """Store what somebody said of a membership. Returns its facts, which the caller announces; of what was said before
    the same again. Raises NotFound, Conflict, TryAgain."""
    return _store(act, LoadedRows()).facts


def store_sayings(said: Sayings) -> None:
    """Store what somebody says of a guest through a record, and announce it, with what was said last before; the same
    again writes nothing. Raises NotFound, Conflict, TryAgain."""
    bus.announce(_store(said, LoadedRows()).facts)


def look_again(said: LookAgain) -> None:
    """Decide anew who has a record, and announce it; where nothing follows from it nothing is written. What is more
    than one transaction holds is left to its next news. Raises TryAgain."""
    with suppress(Rejected):
        bus.announce(_store(said, LoadedRows()).facts)


def store_erasure(said: Erasure) -> None:
    """Erase who has these records, in one transaction where it holds them, and announce it; again it is the same.
    Raises TryAgain."""
    try:
        bus.announce(_store(said, LoadedRows()).facts)
    except Rejected:
        if len(said.leaves) == 1:
            raise
        for half in said.halves:
            store_erasure(half)


def store_decision(said: MergeDecision) -> None:
    """Store what a person decided, and announce what follows; of what was decided before the same again. Raises
    Conflict for what does not fit, of which nothing is kept, and TryAgain."""
    try:
        bus.announce(_store(said, LoadedRows()).facts)
    except Rejected as error:
        raise Conflict(TOO_MANY[error.reason]) from error


def _store(said: Input, loaded: LoadedRows) -> Stored:
    """Decide and write; where others wrote beside, look again."""

    def attempt() -> Stored:
        try:
            return _decide_and_write(said, loaded)
        except (table.ConditionFailed, TryAgain):
            loaded.forget()
            raise

    return until_written(attempt, f"{said.subject} is being written by others")


def _decide_and_write(said: Input, loaded: LoadedRows) -> Stored:
    """What follows is announced by the caller; what is stored already is announced again."""
    loaded.load([said])
    state = loaded.state(said)
    if loaded.is_stored(said):
        return Stored(_told_before(said) + _stored_before(said, state), is_news=False)
    if state.is_torn:
        raise table.Contended("others wrote between two of these reads")
    update = _decide(said, loaded, state, rules.apply)
    if update.is_empty:
        return Stored(_told_before(said) + _stored_before(said, state), is_news=False)
    update.rely_on_guests(loaded.look_again(update.checked_heads))
    writes = store.writes_of(said, update, loaded.rows)
    for less in LESS_TIED:
        if len(writes) > table.WRITE_AT_ONCE:
            update = _decide(said, loaded, state, less)
            writes = store.writes_of(said, update, loaded.rows)
    if len(writes) > table.WRITE_AT_ONCE:
        raise Rejected("too_many_records", "the records of this person are more than one transaction holds")
    table.transact(writes)
    loaded.wrote(writes)
    meter().called("stored")
    made = [store.fact(said, each) for each in update.facts]
    return Stored(_told_before(said) + _told_then(said, state) + made, is_news=True)


def _decide(
    said: Input, loaded: LoadedRows, state: ProfileState, apply: Callable[[Input, ProfileState], ProfileUpdate]
) -> ProfileUpdate:
    """Reads more of a leaf's stays as long as its sums cannot be told without: seldom, and then once.

    Raises Contended where what was read is asked for again: it does not fit the head that was read before it.
    """
    asked = set[tuple[Leaf, Span]]()
    while True:
        try:
            return apply(loaded.as_it_is_taken(said), state)
        except Unread as unread:
            if (unread.leaf, unread.span) in asked:
                raise table.Contended("others wrote between two of these reads") from unread
            asked.add((unread.leaf, unread.span))
            loaded.read_stays(unread.leaf, unread.span)
            state = loaded.state(said)


def _stored_before(said: Input, state: ProfileState) -> list[Fact]:
    """What the same version announced when it was stored; nothing for a version that a newer one overtook."""
    is_known = (said.subject, said.version.mark) in state.marks
    meter().called("duplicate" if is_known else "stale")
    return _told_then(said, state)


def _told_then(said: Input, state: ProfileState) -> list[Fact]:
    mark = state.marks.get((said.subject, said.version.mark))
    return store.facts_of(said, mark) if mark else []


def _told_before(said: Input) -> list[Fact]:
    """What earlier versions announced, where a crash may have kept it from the bus.

    A thin vendor that is asked again answers with what is true by then, and people say the same again at another time:
    the version that was stored before the crash does not come a second time, but its marker is there.
    """
    if not (isinstance(said, Sayings) or (isinstance(said, Change) and said.again)):
        return []
    marks = table.query(keys.mark(said.subject, "").pk, newest_first=True, limit=REMEMBERED)
    return [fact for row in marks for fact in store.facts_of(said, row["facts"])]
