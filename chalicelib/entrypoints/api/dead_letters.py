"""/v1/dead-letters: what could not be processed, and why; sent back to its queue, or put away.

A letter is seen by keys that have every property which its connection ever reached: what it holds may be about any.
"""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.access.model import Caller
from chalicelib.canonical.errors import Conflict, FieldError, Invalid, NotFound
from chalicelib.canonical.ids import ConnectionId, LetterId, PropertyId
from chalicelib.canonical.snapshots import HubId, Moment
from chalicelib.canonical.time import Instant, instant
from chalicelib.connections import store as connections
from chalicelib.connections.model import API, is_api
from chalicelib.dead_letters import actions, rules, store
from chalicelib.dead_letters.model import Entry, Letter, Wanted
from chalicelib.entrypoints.api.answers import Listing, Shown
from chalicelib.entrypoints.api.calls import Ask
from chalicelib.entrypoints.api.paging import Page

ANOTHERS = "There is no such dead letter."


class DeadLetterShown(Shown):
    """A message that could not be processed, without what it holds. `times` is how often it was set aside, `receives`
    how often it was tried the last time."""

    id: str
    queue: str
    connection: str | None
    reason: str
    first_at: Instant
    at: Instant
    times: int
    receives: int


class DeadLetterOpened(DeadLetterShown):
    """The same with the message as it was queued: without card numbers, and what a connector drops. `guests` are the
    records of guests that its snapshots name by an id of their source, whether the hub has them or not; what a thin
    vendor pushes holds nothing of anybody but ids."""

    holds: dict[str, Any] | str
    guests: list[str]


class DeadLettersMeant(BaseModel):
    """Which dead letters are meant; the oldest come first. `reason` is how theirs begins. `until` leaves alone what
    failed again after it: with the `until` of the first answer, repeat the call as long as there are `more`."""

    model_config = ConfigDict(extra="forbid")

    connection: HubId | None = None
    queue: HubId | None = None
    reason: Annotated[str, Field(min_length=1, max_length=256)] | None = None
    until: Moment | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 100


class DeadLettersSettled(Shown):
    """How many were sent back, or put away."""

    count: int
    more: bool
    until: Instant


def listed(
    ask: Ask, *, connection: str | None = None, queue: str | None = None, page: Page
) -> Listing[DeadLetterShown]:
    """The dead letters of a connection, or of all, in the order in which they were set aside."""
    wanted = Wanted(_allowed(ask.caller, connection), queue)
    items, more = page.take(map(_shown, actions.lying(wanted, page.after)))
    return Listing(
        items=items, next_cursor=page.cursor(store.position(items[-1].at, LetterId(items[-1].id))) if more else None
    )


def get(ask: Ask, letter_id: LetterId) -> DeadLetterOpened:
    """Open one: the message that could not be processed."""
    letter = _letter(ask.caller, letter_id)
    holds = actions.opened(letter)
    guests = [str(each) for each in rules.records_in(letter.connection, holds)]
    return DeadLetterOpened(**_shown(letter).model_dump(), holds=holds, guests=guests)


def redrive(ask: Ask, letter_id: LetterId) -> DeadLettersSettled:
    """Send one back to its queue. If it fails again it lies here again, as the same letter."""
    letter = _letter(ask.caller, letter_id)
    if not letter.text:
        raise Conflict("This one is too large for its row: `hub dlq redrive` sends it from its queue.")
    return _one(ask, letter, actions.redrive)


def purge(ask: Ask, letter_id: LetterId) -> None:
    """Put one away for good."""
    _one(ask, _letter(ask.caller, letter_id), actions.put_away)


def redrive_slice(ask: Ask, body: DeadLettersMeant) -> DeadLettersSettled:
    """Send up to 100 dead letters back to their queues."""
    return _slice(ask, body, actions.redrive)


def purge_slice(ask: Ask, body: DeadLettersMeant) -> DeadLettersSettled:
    """Put up to 100 dead letters away for good."""
    return _slice(ask, body, actions.put_away)


def _one(ask: Ask, letter: Letter, act: actions.Act) -> DeadLettersSettled:
    done = act(letter)
    actions.tidy(letter.queue)
    return DeadLettersSettled(count=int(done), more=False, until=ask.now)


def _slice(ask: Ask, body: DeadLettersMeant, act: actions.Act) -> DeadLettersSettled:
    until = instant(body.until) if body.until else ask.now
    wanted = Wanted(_allowed(ask.caller, body.connection), body.queue, body.reason, until)
    count, more = actions.settle(wanted, act, body.limit)
    return DeadLettersSettled(count=count, more=more, until=until)


def _letter(caller: Caller, letter_id: LetterId) -> Letter:
    """Raises NotFound, alike for what is not there and for what is not the caller's, after the same reads."""
    letter = store.get(letter_id)
    is_seen = sees_letters(caller, letter.connection if letter else None)
    if letter is None or not letter.lies or not is_seen:
        raise NotFound(ANOTHERS)
    return letter


def _allowed(caller: Caller, connection: str | None) -> ConnectionId | None:
    """Raises Invalid for a key of single hotels that names no connection, NotFound for one that it does not see."""
    if connection is None and not caller.is_group:
        raise Invalid(FieldError("connection", f"this key is for single properties: name one, or {API}-{{property}}"))
    named = ConnectionId(connection) if connection else None
    if not sees_letters(caller, named):
        raise NotFound("There is no such connection.")
    return named


def sees_letters(caller: Caller, connection: ConnectionId | None) -> bool:
    """What is of no connection (facts, mails, jobs) is the group's."""
    if caller.is_group:
        return True
    reached = connections.reached(connection or ConnectionId("")).properties
    if connection and is_api(connection):
        return caller.sees(PropertyId(connection.removeprefix(f"{API}-")))
    return bool(reached) and caller.sees_all(tuple(reached))


def _shown(entry: Entry) -> DeadLetterShown:
    told = {name: getattr(entry, name) for name in DeadLetterShown.model_fields}
    return DeadLetterShown.model_validate(told)
