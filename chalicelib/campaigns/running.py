"""Send a chunk: what the queue `send` asks for. It may come twice, late, or at once."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from chalicelib.campaigns import parts, queued, rules, store, tending
from chalicelib.campaigns.model import RunState
from chalicelib.canonical.ids import Leaf
from chalicelib.canonical.time import now as present
from chalicelib.guests.model import Traits
from chalicelib.messages import pacing, sending
from chalicelib.messages.model import Occasion, Outcome
from chalicelib.segments.profiled import belongs
from chalicelib.settings.rules import MailIdentity

PROPERTY_GONE = "property_gone"
"""Why a run is paused in whose name nobody writes any more; it goes on when the property is on the list again."""


def send_chunk(message: Mapping[str, Any], now: datetime | None = None) -> None:
    """Mail one chunk's candidates, each at most once; the chunk is done when each has a decision.

    One that is not done goes back to its row, and not to the queue that it came from.
    """
    asked, moment = queued.read_send_chunk(message), now or present()
    found = store.chunk_to_send(asked.run, asked.chunk)
    if found is None or found.run.is_over:
        return
    if found.chunk.done:
        tending.part_may_be_over(found.run.id, found.chunk.part, moment)  # it may have died before it asked
        return
    outcomes = {} if found.run.state is RunState.PAUSED else _sent(found, moment)
    codes = [rules.code_of(outcomes[guest]) for guest in found.chunk.guests if guest in outcomes]
    if len(codes) < len(found.chunk.guests) or "again" in codes:
        parts.came_back(found.chunk)
        return
    held = [outcomes[guest] if outcomes[guest].code == "held" else None for guest in found.chunk.guests]
    parts.finish(found.chunk, codes, [each.law if each else "" for each in held])
    tending.part_may_be_over(found.run.id, found.chunk.part, moment)


def _sent(found: store.ChunkToSend, now: datetime) -> Mapping[Leaf, Outcome]:
    """What became of the candidates; of nobody where what is in the way is nobody's own, and the run is paused."""
    if found.identity is None:
        store.pause_for(found.run.id, PROPERTY_GONE)
        return {}
    batch = sending.send(_occasion(found, found.identity), found.chunk.guests, now)
    if batch.throttled:
        pacing.refuse(found.run.channel)
    if batch.calls > 1 and not found.run.singly:
        pacing.called(found.run.channel, batch.calls - 1)  # one was sold with the chunk
    if batch.stopped:
        store.pause_for(found.run.id, batch.stopped)
        return {}
    return batch.outcomes


def _occasion(found: store.ChunkToSend, identity: MailIdentity) -> Occasion:
    return Occasion(
        id=found.run.id,
        campaign=found.run.campaign,
        origin=found.chunk.name,
        message_class=found.run.message_class,
        channel=found.run.channel,
        template=found.content.template,
        identity=identity,
        public_url=found.public_url,
        cap=found.cap,
        is_cancelled=found.run.state is RunState.CANCELLED,
        instead_of=found.run.instead_of,
        earlier=found.run.earlier,
        singly=found.run.singly,
        belongs=_belongs(found),
        as_planned=found.run.as_planned,
        topic=found.run.topic or "",
        days=found.content.days_of(found.run),
    )


def _belongs(found: store.ChunkToSend) -> Callable[[Traits], bool]:
    """Whether a guest is in the segment as they are now; its days are counted from the day of the launch, for a run may
    last for many."""
    rule, days = found.content.segment.rule, found.content.days_of(found.run)
    return lambda traits: belongs(rule, traits, days)
