"""Send one occasion's message to a few guests: load, decide, write, claim, send, record what became of it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from chalicelib.aws import table
from chalicelib.aws.retries import until_written
from chalicelib.canonical.delivery import Result, Verdict
from chalicelib.canonical.errors import TryAgain
from chalicelib.canonical.ids import ChannelName, GuestId, Leaf, OccasionId
from chalicelib.canonical.turns import Turns
from chalicelib.messages import candidates, claims, holds, lookups, rules, store
from chalicelib.messages.candidates import Candidate
from chalicelib.messages.channels.contract import Channel, Writer, Written
from chalicelib.messages.channels.register import CHANNELS
from chalicelib.messages.claims import Sendable
from chalicelib.messages.deciding import Look, decide, held, is_written_down
from chalicelib.messages.known import Known
from chalicelib.messages.model import AGAIN, Occasion, Outcome

TRIES = 3
"""Times a guest is decided again when the gate changed between decision and claim."""
UNSENT = frozenset({Verdict.LATER, Verdict.STOPPED})


@dataclass
class Batch:
    """What became of each candidate. `stopped` is the carrier's reason to send nothing at all; `throttled` asks for
    less; `calls` were made to the carrier."""

    outcomes: dict[Leaf, Outcome] = field(default_factory=dict)
    stopped: str = ""
    throttled: bool = False
    calls: int = 0


@dataclass
class Sending:
    """One call of `send`: the tools of its channel, what was decided, and what was claimed so far."""

    occasion: Occasion
    channel: Channel
    writer: Writer
    now: datetime
    batch: Batch = field(default_factory=Batch)
    claimed: dict[Leaf, Sendable] = field(default_factory=dict)

    def waiting(self, everybody: Sequence[Leaf]) -> list[Leaf]:
        return [each for each in everybody if each not in self.batch.outcomes and each not in self.claimed]


def send(occasion: Occasion, everybody: Sequence[Leaf], now: datetime) -> Batch:
    """At most one message to each candidate, after any crash: what was claimed before is never sent by this call.

    Each look decides those whom others changed since the last one. Who is still undecided comes again, beside those
    who got theirs: so no look fails as a whole.
    """
    channel = CHANNELS[occasion.channel]
    channel.begin()
    sending = Sending(occasion, channel, channel.writer(occasion, now), now)
    for _ in range(TRIES):
        waiting = sending.waiting(everybody)
        if not waiting:
            break
        try:
            asked = occasion.earlier, occasion.identity
            known = list(candidates.load(occasion.id, channel.name, waiting, *asked))
            known = candidates.with_mailboxes(occasion.id, channel, known, *asked)
            known = [each.told(occasion.days) for each in known]
            known = [lookups.looked_up(lookups.Look(occasion, channel, now), each) for each in known]
        except TryAgain:
            if not sending.claimed:
                raise
            break  # who is claimed gets the message now, or nobody would ever send it; the others come again
        sendable = _decide_all(sending, [each for each in known if each.stands], everybody)
        sending.claimed |= {each.message.candidate: each for each in claims.claim(sendable)}
    sending.batch.outcomes |= dict.fromkeys(sending.waiting(everybody), AGAIN)
    _post(sending)
    return sending.batch


def lost(occasion: OccasionId, channel: ChannelName, everybody: Sequence[Leaf], now: datetime) -> set[Leaf]:
    """Those whose message for an occasion was claimed and is lost, under whichever of their records. Who is regrouped
    at this moment is not among them."""
    return {
        each.id
        for each in candidates.load(occasion, channel, everybody)
        if each.stands and each.claims and {rules.shown_state(claim, now) for claim in each.claims} == {"lost"}
    }


def outcomes_so_far(
    occasion: OccasionId, channel: ChannelName, origins: Mapping[Leaf, str], now: datetime
) -> dict[Leaf, Outcome]:
    """What claims say about candidates, each with the piece of work it is in; nothing is decided or sent.

    Raises TryAgain when guests are regrouped all the time: a claim that is not found must surely not be there.
    """
    known: dict[Leaf, Outcome | None] = {}

    def attempt() -> dict[Leaf, Outcome]:
        waiting = [each for each in origins if each not in known]
        for candidate in candidates.load(occasion, channel, waiting) if waiting else ():
            if candidate.stands:
                known[candidate.id] = _told_by_claims(candidate, origins[candidate.id], now)
        if len(known) < len(origins):
            raise table.Contended("guests were regrouped between two reads")
        return {candidate: outcome for candidate, outcome in known.items() if outcome}

    return until_written(attempt, "guests were changed by others all the time", TRIES)


def _told_by_claims(candidate: Candidate, origin: str, now: datetime) -> Outcome | None:
    own = rules.outcome_of_own(candidate.claims, origin, candidate.id, now)
    if own or not holds.CLAIMED.holds(Known(now, is_claimed=bool(candidate.claims))):
        return own
    return held(holds.CLAIMED.reason)


def _decide_all(sending: Sending, known: Sequence[Candidate], everybody: Collection[Leaf]) -> list[Sendable]:
    """Decide each candidate; who is held has an outcome, the others' messages may be claimed.

    Of two candidates that are one guest, or read one mailbox, the second waits for the first one's claim: until that
    stands, they may part.
    """
    sendable: dict[GuestId, Sendable] = {}
    look = _look(sending, [each.id for each in known], everybody)
    for candidate in known:
        decided = decide(look, candidate)
        if isinstance(decided, Outcome):
            if is_written_down(look, candidate, decided):
                sending.batch.outcomes[candidate.id] = decided
        elif decided.mailbox is None or all(decided.mailbox != each.mailbox for each in sendable.values()):
            sendable.setdefault(decided.message.guest, decided)
    return list(sendable.values())


def _look(sending: Sending, waiting: Sequence[Leaf], everybody: Collection[Leaf]) -> Look:
    occasion, now = sending.occasion, sending.now
    chosen = {each.message.guest for each in sending.claimed.values()}
    missed = lost(occasion.instead_of, occasion.channel, waiting, now) if occasion.instead_of else None
    return Look(occasion, sending.channel, sending.writer, now, everybody, chosen, missed)


def _post(sending: Sending) -> None:
    """What was accepted is written first, then claims of what was not sent are given back."""
    claimed = list(sending.claimed.values())
    with Turns() as turns:
        for some in _in_calls(claimed, 1 if sending.occasion.singly else sending.channel.at_once):
            results = _results(sending, [each.written for each in some])
            for each, result in sorted(zip(some, results, strict=True), key=lambda pair: pair[1].verdict in UNSENT):
                turns.take(partial(_follow_up, each, result, sending.batch))


def _results(sending: Sending, written: Sequence[Written]) -> list[Result]:
    """Nothing more is given up to a carrier that asked for less, or takes nothing."""
    if sending.batch.throttled or sending.batch.stopped:
        return [Result(Verdict.LATER, "after_a_refusal")] * len(written)
    sending.batch.calls += 1
    return sending.channel.send(sending.occasion, written)


def _in_calls(claimed: Sequence[Sendable], at_once: int) -> Iterator[Sequence[Sendable]]:
    """Who is tracked shares no call with who is not: the carrier is told of each call which it is."""
    for tracked in (False, True):
        some = [each for each in claimed if each.written.tracked is tracked]
        for start in range(0, len(some), at_once):
            yield some[start : start + at_once]


def _follow_up(claimed: Sendable, result: Result, batch: Batch) -> None:
    """Write what became of one message."""
    batch.throttled |= result.verdict is Verdict.LATER
    batch.stopped = batch.stopped or (result.reason if result.verdict is Verdict.STOPPED else "")
    batch.outcomes[claimed.message.candidate] = _outcome(claimed, result)


def _outcome(claimed: Sendable, result: Result) -> Outcome:
    message = claimed.message
    match result.verdict:
        case Verdict.ACCEPTED:
            store.keep_outcome(message, message.accepted(result.carrier_id))
            return Outcome(code="sent", tracked=message.tracked)
        case Verdict.REFUSED:
            store.keep_outcome(message, message.refused(result.reason))
            return Outcome(code="failed", reason=result.reason)
        case Verdict.UNKNOWN:
            return Outcome(code="unknown")
        case Verdict.LATER | Verdict.STOPPED:
            claims.give_back(message, claimed.channel)
            return AGAIN
