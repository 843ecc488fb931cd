"""Whom a campaign to a segment would reach now: counted by long work over all guests, and nobody is written to."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict

from chalicelib.canonical.choices import known
from chalicelib.canonical.errors import Conflict, FieldError, Invalid
from chalicelib.canonical.ids import ChannelName, PropertyId
from chalicelib.canonical.snapshots import HUB_ID
from chalicelib.canonical.time import moment_of
from chalicelib.consent import store as consents
from chalicelib.consent.model import DEFAULT_CHANNEL, Gate
from chalicelib.consent.registers import asked_by
from chalicelib.guests import minors, today
from chalicelib.guests.model import Traits
from chalicelib.guests.packed import Packed
from chalicelib.guests.stats import Days
from chalicelib.identity.digests import digest
from chalicelib.identity.offices import office_of
from chalicelib.jobs import store as jobs
from chalicelib.jobs import work
from chalicelib.jobs.model import Job, Part, Progress, Step
from chalicelib.messages import holds, names
from chalicelib.messages.channels.contract import Channel
from chalicelib.messages.channels.register import CHANNELS
from chalicelib.messages.holds import UNASKED
from chalicelib.messages.known import Cap, Known
from chalicelib.messages.questions import asked_of
from chalicelib.properties import store as properties
from chalicelib.segments.members import LookedAt, looked_at
from chalicelib.segments.model import Rule
from chalicelib.settings import legal_store
from chalicelib.settings import store as settings
from chalicelib.settings.legal import TopicId
from chalicelib.settings.rules import MailIdentity

PREVIEWING = "preview_segment"
PARTS = 16
MOST_UNDER_WAY = 4
"""Each walks through all guests, beside what else is long."""
READ_AT_ONCE = 100
"""Gates that are asked for together."""
LOOKED_AT_ONCE = 1_000
"""Guests of a step, whoever of them is in."""
GUESTS, MAILABLE = "guests", "mailable"
TO_COMPARE = "to_compare"
"""Of those who are mailable, of whom a list of others is asked when the mail is sent: a look more each, which a count
does not take."""


class PreviewAsked(BaseModel):
    """A rule, which need not be saved; over which channel, in whose name (a property's, or else the group's), and about
    which topic its guests would be written to."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rule: Rule
    channel: ChannelName = DEFAULT_CHANNEL
    property_id: Annotated[PropertyId, HUB_ID] | None = None
    topic: TopicId | None = None


def start(asked: PreviewAsked, subject: str, seed: str, now: datetime) -> Progress:
    """Begin to count; the same `seed` is the same preview. Raises Invalid for a channel, a property or a topic that is
    not there, and Conflict while too many are under way."""
    _require_known(asked)
    job = work.job_of(PREVIEWING, subject, now, PARTS, seed=seed, asked=asked.model_dump_json(by_alias=True))
    if jobs.job(job.id) is None and len(_under_way()) >= MOST_UNDER_WAY:
        raise Conflict(f"{MOST_UNDER_WAY} previews are under way: wait for one of them.")
    return work.progress(work.start(job).id)


def _require_known(asked: PreviewAsked) -> None:
    hotels = properties.by_id() if asked.property_id else {}
    topics = [each.id for each in legal_store.get().topics] if asked.topic else []
    faults = []
    if asked.channel not in CHANNELS:
        faults.append(FieldError("channel", f"does not exist; there is {known(CHANNELS)}"))
    if asked.property_id and asked.property_id not in hotels:
        faults.append(FieldError("property_id", f"does not exist; there is {known(hotels, asked.property_id)}"))
    if asked.topic and asked.topic not in topics:
        faults.append(FieldError("topic", f"does not exist; there is {known(topics, asked.topic)}"))
    if faults:
        raise Invalid(*faults)


def _under_way() -> list[Job]:
    return [each for each in jobs.jobs(jobs.waking().jobs) if each.kind == PREVIEWING]


def look(job: Job, part: Part) -> Iterator[Step]:
    """Count a part's guests by what would become of their mail; the first few who are in are the part's sample."""
    asked = PreviewAsked.model_validate_json(job.asked or "")
    reach = _reach(asked, moment_of(job.at))
    guests = looked_at(asked.rule, reach.days, part.number, job.parts, part.position)
    yield from map(reach.step, _blocks(guests))


def _blocks(guests: Iterable[LookedAt]) -> Iterator[list[LookedAt]]:
    """So many that the gates of those who are in are one read."""
    block, are_in = list[LookedAt](), 0
    for each in guests:
        block.append(each)
        are_in += each.is_in
        if are_in == READ_AT_ONCE or len(block) == LOOKED_AT_ONCE:
            yield block
            block, are_in = [], 0
    if block:
        yield block


@dataclass(frozen=True)
class Reach:
    """What holds a mail that would be sent at one moment, as far as a guest's head and gate tell."""

    channel: Channel
    identity: MailIdentity
    cap: Cap
    now: datetime
    days: Days
    topic: str = ""

    def step(self, block: Sequence[LookedAt]) -> Step:
        found = [each.guest for each in block if each.is_in]
        gates = consents.gates([each.id for each in found], self.channel.name)
        verdicts = Counter(what for each in found for what in self._verdict(each, gates.get(each.id)))
        counted = {GUESTS: len(found), **verdicts}
        return Step(block[-1].guest.position, len(block), counted, [each.id for each in found])

    def _verdict(self, guest: Packed, gate: Gate | None) -> list[str]:
        """By the table of holds that a campaign's sender asks, of what is known without looking further; and whether
        more is to be looked at."""
        traits = Traits.model_validate_json(guest.traits or "{}")
        to = self.channel.address_of(traits)
        asked = asked_of(traits, traits.stats.properties, self.identity.senders, self.now)
        known = Known(
            now=self.now,
            guest=guest.id,
            gate=gate,
            address=digest(self.channel.identifier, to) if to else None,
            controller=self.identity.controller,
            succeeds=self.identity.succeeds,
            rules=asked.rules,
            evidence=asked.evidence,
            cap=self.cap,
            topic=self.topic,
            at_office=to is not None and office_of(to, self.identity.guests) is not None,
            is_minor=minors.is_minor(traits, minors.day_for(self.identity.hotel, self.days)),
        )
        held = holds.decide(UNASKED, known)
        if held:
            return [str(held)]
        return [MAILABLE, *([TO_COMPARE] if asked_by(asked.rules, self.identity.senders.registers) else [])]


def _reach(asked: PreviewAsked, now: datetime) -> Reach:
    """As everything is set when the part is worked. For a property that is on the list no more speaks the group."""
    kept = settings.get()
    return Reach(
        CHANNELS[asked.channel],
        names.of(asked.property_id) or names.of_group(),
        Cap(kept.cap_mails, kept.cap_days),
        now,
        today.days(now, asked.property_id),
        asked.topic or "",
    )
