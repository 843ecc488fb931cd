"""Why each candidate of a run got the mail or did not, page by page."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from chalicelib.campaigns import parts, rules, store
from chalicelib.campaigns.model import Chunk, Decision, Run, RunState
from chalicelib.canonical.errors import FieldError, Invalid, NotFound
from chalicelib.canonical.ids import GuestId, Leaf, RunId
from chalicelib.canonical.time import now as present
from chalicelib.messages import holds, sending
from chalicelib.messages.channels.register import CHANNELS
from chalicelib.messages.known import Words
from chalicelib.messages.model import Outcome
from chalicelib.messages.reasons import Reason


class DecisionPage(NamedTuple):
    decisions: list[Decision]
    cursor: str | None


class PlannedGuest(NamedTuple):
    """One candidate of a run, and its chunk; `code` is what the worker knew when that was done, and empty before."""

    guest: GuestId
    chunk: str
    code: str
    law: str = ""


def page_of(run_id: RunId, cursor: str | None = None, limit: int = 100, now: datetime | None = None) -> DecisionPage:
    """One decision for each candidate in the order of planning, `limit` at a time. Raises NotFound, Invalid."""
    shown = _run(run_id)
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


@dataclass(frozen=True)
class Wanted:
    """Of which decisions, by their kind (`held`, `sent`, …), or by the reason."""

    decision: str | None = None
    reason: str | None = None

    def has(self, made: Decision) -> bool:
        return self.decision in {None, made.decision} and self.reason in {None, made.reason}

    def may_be_in(self, chunk: Chunk) -> bool:
        """Whether a chunk can have one. Who was held when it was done stays held; of the others more may be told."""
        if not chunk.done:
            return True
        may_be_held = self.decision in {None, "held"} and (self.reason is None or self.reason in chunk.decisions)
        is_held = may_be_held and not rules.ENDS.issuperset(chunk.decisions)
        may_have_ended = self.decision != "held" and self.reason not in holds.RULES
        return is_held or (may_have_ended and not rules.ENDS.isdisjoint(chunk.decisions))


MOST_LOOKED_AT = 1_000
"""Chunks that one page is searched in."""
CLAIMS_COUNT_FOR = 25
"""So many chunks takes one of which the messages are read, too."""


def found_in(
    run_id: RunId, wanted: Wanted, cursor: str | None = None, limit: int = 100, now: datetime | None = None
) -> DecisionPage:
    """Those that are wanted, in the order of planning; a page may be short, or empty, and still lead on. Raises
    NotFound, Invalid."""
    run, moment = _run(run_id), now or present()
    previous, offset = _read_cursor(cursor)
    found, left = list[Decision](), MOST_LOOKED_AT
    for chunk in parts.chunks(run_id, after=previous, limit=MOST_LOOKED_AT):
        if left <= 0:
            return DecisionPage(found, f"{previous}|{offset}")
        left -= 1
        if wanted.may_be_in(chunk):
            left -= CLAIMS_COUNT_FOR
            for at, each in enumerate(_decided(run, _candidates(chunk), moment)):
                if at < offset or not wanted.has(each):
                    continue
                if len(found) == limit:
                    return DecisionPage(found, f"{previous}|{at}")
                found.append(each)
        previous, offset = chunk.name, 0
    return DecisionPage(found, f"{previous}|0" if left <= 0 else None)


def of_guest(run_id: RunId, leaves: Sequence[Leaf], now: datetime | None = None) -> Decision:
    """The decision about a guest, under whichever of the records the guest was planned. Raises NotFound."""
    run = _run(run_id)
    for leaf in leaves:
        chunk = parts.chunk_with(run, leaf)
        if chunk:
            own = [each for each in _candidates(chunk) if each.guest == leaf]
            return _decided(run, own, now or present())[0]
    raise NotFound(
        "The guest is no candidate of this run: not in its segment when that was walked through, or not yet."
    )


def _run(run_id: RunId) -> Run:
    found = store.run(run_id)
    if found is None:
        raise NotFound("There is no such run.")
    return found


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
    told = enumerate(zip(chunk.guests, codes, strict=True))
    return [PlannedGuest(guest, chunk.name, code, chunk.laws.get(at, "")) for at, (guest, code) in told]


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
        told = known.model_dump(include={"reason", "law", "tracked"})
        return Decision(guest=candidate.guest, decision=known.code, **told)
    code = candidate.code or (rules.code_of(known) if known else rest)
    if code == "again":
        return Decision(guest=candidate.guest, decision="waiting")
    if code in {*rules.ENDS, "waiting"}:
        return Decision(guest=candidate.guest, decision=code)
    rule = holds.RULES[Reason(code)].rule_in(words)
    return Decision(
        guest=candidate.guest,
        decision="held",
        reason=code,
        rule=rule,
        law=candidate.law or (known.law if known else ""),
    )
