"""Store changes one transaction each, and announce what follows."""

from collections.abc import Callable, Sequence

from chalicelib.aws import bus, keys, table
from chalicelib.aws.meter import meter
from chalicelib.canonical.errors import Rejected, TryAgain
from chalicelib.canonical.facts import Fact
from chalicelib.ingest import rules, writing
from chalicelib.ingest.changes import Change
from chalicelib.ingest.workspace import Workspace

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
    workspace = Workspace()
    workspace.load(changes)
    facts: list[Fact] = []
    failed: dict[int, Exception] = {}
    for at, change in enumerate(changes):
        if seconds_left() < ENOUGH_SECONDS:
            failed[at] = TryAgain("too little time was left for this change", after_seconds=1)
            continue
        try:
            facts += _store(change, workspace)
        except Exception as error:  # noqa: BLE001 (whatever it is, it is this change's: what the others made is told)
            failed[at] = error
    bus.announce(facts)
    return failed


def _store(change: Change, workspace: Workspace) -> list[Fact]:
    """Decide and write; where others wrote beside, look again. A change that is stored already announces again."""
    for _ in range(TRIES):
        workspace.load([change])
        view = workspace.view(change)
        if view.is_torn:
            workspace.forget(change)
            continue
        outcome = rules.apply(change, view)
        if outcome.is_empty:
            mark = view.marks.get((change.subject, change.version.mark))
            meter().called("duplicate" if mark is not None else "stale")
            return _told_before(change) + (writing.facts_of(change, mark) if mark else [])
        writes = writing.writes_of(change, outcome, workspace.rows)
        if len(writes) > table.WRITE_AT_ONCE:  # identifiers of dozens of people become nobody's all at once
            outcome = rules.apply(change, view, untied=True)
            writes = writing.writes_of(change, outcome, workspace.rows)
        if len(writes) > table.WRITE_AT_ONCE:
            raise Rejected("too_many_records", "the records of this person are more than one transaction holds")
        try:
            table.transact(writes)
        except (table.ConditionFailed, TryAgain):
            workspace.forget(change)
            continue
        workspace.wrote(writes)
        meter().called("stored")
        return _told_before(change) + [writing.fact(change, made) for made in outcome.facts]
    raise TryAgain(f"{change.subject} is being written by others")


def _told_before(change: Change) -> list[Fact]:
    """What earlier versions announced, where a crash may have kept it from the bus.

    A thin vendor that is asked again answers with what is true by then: the version that was stored before the crash
    does not come a second time, but its marker is there.
    """
    if not change.again:
        return []
    marks = table.query(keys.mark(change.subject, "").pk, newest_first=True, limit=REMEMBERED)
    return [fact for row in marks for fact in writing.facts_of(change, row["facts"])]
