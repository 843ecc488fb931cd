"""Store changes one transaction each, and announce what follows."""

from collections.abc import Callable, Sequence

from chalicelib.aws import bus, keys, table
from chalicelib.aws.meter import meter
from chalicelib.canonical.errors import Rejected, TryAgain
from chalicelib.canonical.facts import Fact
from chalicelib.profiles import rules, store
from chalicelib.profiles.loading import LoadedRows
from chalicelib.profiles.model import Change

TRIES = 6
"""How often a change is decided anew when others write beside it, before the queue tries again."""
ENOUGH_SECONDS = 5.0
"""With less time left no further change is begun: the rest comes again."""
REMEMBERED = 5
"""Newest markers of a thing that are announced again, when a message that named it comes again."""


def store_changes(
    changes: Sequence[Change], seconds_left: Callable[[], float] = lambda: float("inf")
) -> dict[int, Exception]:
    """Store changes one transaction each, and announce their facts. Returns position → why it failed."""
    loaded = LoadedRows()
    loaded.load(changes)
    facts: list[Fact] = []
    failed: dict[int, Exception] = {}
    for at, change in enumerate(changes):
        if seconds_left() < ENOUGH_SECONDS:
            failed[at] = TryAgain("too little time was left for this change", after_seconds=1)
            continue
        try:
            facts += _store(change, loaded)
        except Exception as error:  # noqa: BLE001 (whatever it is, it is this change's: what the others made is told)
            failed[at] = error
    bus.announce(facts)
    return failed


def _store(change: Change, loaded: LoadedRows) -> list[Fact]:
    """Decide and write; where others wrote beside, look again. A change that is stored already announces again."""
    for _ in range(TRIES):
        loaded.load([change])
        state = loaded.state(change)
        if state.is_torn:
            loaded.forget()
            continue
        update = rules.apply(change, state)
        if update.is_empty:
            mark = state.marks.get((change.subject, change.version.mark))
            meter().called("duplicate" if mark is not None else "stale")
            return _told_before(change) + (store.facts_of(change, mark) if mark else [])
        writes = store.writes_of(change, update, loaded.rows)
        if len(writes) > table.WRITE_AT_ONCE:  # identifiers of dozens of people become nobody's all at once
            update = rules.apply(change, state, untied=True)
            writes = store.writes_of(change, update, loaded.rows)
        if len(writes) > table.WRITE_AT_ONCE:
            raise Rejected("too_many_records", "the records of this person are more than one transaction holds")
        try:
            table.transact(writes)
        except (table.ConditionFailed, TryAgain):
            loaded.forget()
            continue
        loaded.wrote(writes)
        meter().called("stored")
        return _told_before(change) + [store.fact(change, made) for made in update.facts]
    raise TryAgain(f"{change.subject} is being written by others")


def _told_before(change: Change) -> list[Fact]:
    """What earlier versions announced, where a crash may have kept it from the bus.

    A thin vendor that is asked again answers with what is true by then: the version that was stored before the crash
    does not come a second time, but its marker is there.
    """
    if not change.again:
        return []
    marks = table.query(keys.mark(change.subject, "").pk, newest_first=True, limit=REMEMBERED)
    return [fact for row in marks for fact in store.facts_of(change, row["facts"])]
