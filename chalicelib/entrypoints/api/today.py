"""/v1/today: what somebody who comes to work should know, as far as they may see it."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice

from chalicelib.access.model import Caller
from chalicelib.canonical.ids import EVERYWHERE, ConnectionId
from chalicelib.canonical.time import Instant, moment_of
from chalicelib.connections import rules
from chalicelib.connections import store as connections
from chalicelib.connections.health import Health
from chalicelib.connections.model import KeptConnection, api_of
from chalicelib.connections.rules import State
from chalicelib.dead_letters import store as dead_letters
from chalicelib.dead_letters.model import Entry
from chalicelib.entrypoints.api.answers import Shown
from chalicelib.entrypoints.api.calls import Ask, permits
from chalicelib.entrypoints.api.connections import sees
from chalicelib.jobs import store as jobs
from chalicelib.jobs.store import Waiting

MOST_LETTERS, MOST_SOURCES = 100, 10
TROUBLED = frozenset({State.SILENT, State.FAILING})


class TroubledConnection(Shown):
    """A connection that fell silent, or of whose newest notices most failed."""

    id: str
    vendor: str
    state: State
    received_at: Instant | None


class RunOnTheWay(Shown):
    """A run that has not ended; it may be paused. The campaign is null for one from before this was kept."""

    id: str
    campaign_id: str | None
    at: Instant


class JobOnTheWay(Shown):
    """Long work that is under way. Kind and subject are null for one from before these were kept."""

    id: str
    kind: str | None
    subject: str | None
    at: Instant


class LettersLying(Shown):
    """What could not be processed, by queue; up to 100 are counted, and there may be `more`."""

    count: int
    more: bool
    by_queue: dict[str, int]


class TodayShown(Shown):
    """Each part is null where the key may not see what it is about."""

    connections: list[TroubledConnection] | None
    runs: list[RunOnTheWay] | None
    jobs: list[JobOnTheWay] | None
    dead_letters: LettersLying | None


def get(ask: Ask) -> TodayShown:
    """Connections that fell silent or fail, runs and jobs on the way, and dead letters.

    Three reads for a key of all hotels. For one of single hotels dead letters are asked for by connection, ten at most.
    """
    caller = ask.caller
    found = connections.listed_with_health() if permits("connections:listed", caller) else None
    waiting = jobs.waiting() if permits("jobs:listed", caller) else []
    seen = None if found is None else [pair for pair in found if sees(caller, pair[0])]
    return TodayShown(
        connections=None if seen is None else list(_troubled(seen, ask.now)),
        runs=_runs(waiting) if permits("campaigns:listed", caller) else None,
        jobs=_jobs(waiting) if permits("jobs:listed", caller) else None,
        dead_letters=_letters(caller, seen or []) if permits("dead_letters:listed", caller) else None,
    )


def _troubled(found: Iterable[tuple[KeptConnection, Health]], now: Instant) -> Iterator[TroubledConnection]:
    for each, health in found:
        state = rules.state_of(health, moment_of(now))
        if state in TROUBLED:
            yield TroubledConnection(id=each.id, vendor=each.vendor, state=state, received_at=health.received_at)


def _runs(waiting: Iterable[Waiting]) -> list[RunOnTheWay]:
    return [RunOnTheWay(id=each.id, campaign_id=each.about, at=each.at) for each in waiting if each.kind == jobs.RUN]


def _jobs(waiting: Iterable[Waiting]) -> list[JobOnTheWay]:
    return [
        JobOnTheWay(id=each.id, kind=each.about, subject=each.subject, at=each.at)
        for each in waiting
        if each.kind == jobs.JOB
    ]


def _letters(caller: Caller, seen: Iterable[tuple[KeptConnection, Health]]) -> LettersLying:
    found = list(islice(_lying(caller, [each.id for each, _ in seen]), MOST_LETTERS + 1))
    counted = found[:MOST_LETTERS]
    by_queue = dict(sorted(Counter(each.queue for each in counted).items()))
    return LettersLying(count=len(counted), more=len(found) > len(counted), by_queue=by_queue)


def _lying(caller: Caller, ids: list[ConnectionId]) -> Iterator[Entry]:
    if caller.is_group:
        yield from dead_letters.listed(None, at_once=MOST_LETTERS + 1)
        return
    own = [api_of(each) for each in sorted(caller.properties) if each != EVERYWHERE]
    for source in [*_seen(caller, ids), *own][:MOST_SOURCES]:
        yield from dead_letters.listed(source, at_once=MOST_LETTERS + 1)


def _seen(caller: Caller, ids: list[ConnectionId]) -> list[ConnectionId]:
    """Whose letters are this caller's: who has every property that the connection ever reached."""
    reached = connections.reached_by(ids)
    return [each for each in ids if each in reached and caller.sees_all(tuple(reached[each].properties))]
