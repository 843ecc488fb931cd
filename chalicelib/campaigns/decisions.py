"""Why each candidate of a run got the mail or did not, page by page."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from chalicelib.campaigns import parts, rules, store
from chalicelib.campaigns.model import Chunk, Decision, Run, RunState
from chalicelib.canonical.errors import FieldError, Invalid, NotFound
from chalicelib.canonical.ids import GuestId, Leaf, RunId
from chalicelib.canonical.time import now as present
from chalicelib.messages import holds, sending
from chalicelib.messages.channels.register import CHANNELS
from chalicelib.messages.holds import Reason
from chalicelib.messages.known import Words
from chalicelib.messages.model import Outcome


class DecisionPage(NamedTuple):
    decisions: list[Decision]
    cursor: str | None


class PlannedGuest(NamedTuple):
    """One candidate of a run, and its chunk; `code` is what the worker knew when that was done, and empty before."""

    guest: GuestId
    chunk: str
    code: str


def page_of(run_id: RunId, cursor: str | None = None, limit: int = 100, now: datetime | None = None) -> DecisionPage:
    """One decision for each candidate in the order of planning, `limit` at a time. Raises NotFound, Invalid."""
    shown = store.run(run_id)
    if shown is None:
        raise NotFound("There is no such run.")
    previous, offset = _read_cursor(cursor)
    found: list[PlannedGuest] = []
    following = None
    for chunk in parts.chunks(run_id, after=previous, limit=limit + 1):
        candidates = _candidates(chunk)[offset:]
        room = limit - len(found)
        found += candidates[:room]
        if len(candidates) > room:
            following = f"{previous}|{offset + room}"
            break
        previous, offset = chunk.name, 0
    return DecisionPage(_decided(shown, found, now or present()), following)


def codes_of(run: Run, chunks: Sequence[Chunk], now: datetime) -> Counter[str]:
    """How many of these chunks' candidates have which decision, by code. Who has none yet is not among them."""
    decided = _decided(run, [each for chunk in chunks for each in _candidates(chunk)], now)
    return Counter(each.reason if each.decision == "held" else each.decision for each in decided if each.is_made)


def _read_cursor(cursor: str | None) -> tuple[str, int]:
    previous, _, offset = (cursor or "|0").rpartition("|")
    if not offset.isdecimal():
        raise Invalid(FieldError("cursor", "is not one that the hub gave"))
    return previous, int(offset)


def _candidates(chunk: Chunk) -> list[PlannedGuest]:
    codes = chunk.decisions if chunk.done else ("",) * len(chunk.guests)
    return [PlannedGuest(guest, chunk.name, code) for guest, code in zip(chunk.guests, codes, strict=True)]


def _decided(run: Run, candidates: Sequence[PlannedGuest], now: datetime) -> list[Decision]:
    """A chunk keeps what its worker knew. What SES told later, and why a mail failed, is on the messages."""
    origins: dict[Leaf, str] = {each.guest: each.chunk for each in candidates if each.code in {"", *rules.ENDS}}
    known = sending.outcomes_so_far(run.id, run.channel, origins, now)
    rest = holds.CANCELLED.reason if run.state is RunState.CANCELLED else "waiting"
    words = CHANNELS[run.channel].words
    return [_decision(each, known.get(each.guest), rest, words) for each in candidates]


def _decision(candidate: PlannedGuest, known: Outcome | None, rest: str, words: Words) -> Decision:
    """`known` is what the claim says; a chunk that is done is overruled by an end alone. `rest` is for no claim."""
    if known and known.code in rules.ENDS:
        return Decision(guest=candidate.guest, decision=known.code, reason=known.reason)
    code = candidate.code or (rules.code_of(known) if known else rest)
    if code == "again":
        return Decision(guest=candidate.guest, decision="waiting")
    if code in {*rules.ENDS, "waiting"}:
        return Decision(guest=candidate.guest, decision=code)
    rule = holds.RULES[Reason(code)].rule_in(words)
    return Decision(guest=candidate.guest, decision="held", reason=code, rule=rule)
