"""The preference centre: what a guest wants mails about, how often, and whether it may be followed what is read."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from chalicelib.canonical.errors import Conflict, FieldError, Invalid
from chalicelib.canonical.ids import Digest, Leaf
from chalicelib.canonical.time import Instant, instant
from chalicelib.canonical.time import now as present
from chalicelib.consent import actions as consents
from chalicelib.consent import addresses, tracking
from chalicelib.consent import store as gates
from chalicelib.consent.acts import GRANTED
from chalicelib.consent.model import MONTHLY, TRACKING, WEEKLY, Consent, Purpose
from chalicelib.consent.rules import answer_for
from chalicelib.guests import store as guests
from chalicelib.messages import leaving, proving, set_up, store
from chalicelib.messages.questions import asked_of
from chalicelib.messages.set_up import SetUp
from chalicelib.messages.tokens import UnsubscribeLink, read_token
from chalicelib.profiles import actions as profiles
from chalicelib.profiles.said import Sayings
from chalicelib.settings.legal import MailTopic
from chalicelib.settings.rules import predecessors, senders_of_controller

Frequency = Literal["all", "week", "month"]
PARTS: Mapping[Frequency, str] = {"week": WEEKLY, "month": MONTHLY}
"""How often mails may come at most → what comes oftener, which is refused."""
OFTEN: Frequency = "all"
RAREST_FIRST: tuple[Frequency, ...] = ("month", "week")


@dataclass(frozen=True)
class Preferences:
    """What a guest chose, or is taken to want. `wanted` are ids of the `topics`, which are all there are; `too_often`
    is what was refused of `PARTS`: both, where the desk or two records of the guest said so."""

    topics: tuple[MailTopic, ...]
    wanted: frozenset[str]
    too_often: frozenset[str]
    tracked: bool

    @property
    def frequency(self) -> Frequency:
        """The rarest that was asked for."""
        return next((name for name in RAREST_FIRST if PARTS[name] in self.too_often), OFTEN)


@dataclass(frozen=True)
class Chosen:
    """What a guest sent: of the topics that were `shown` those that are `wanted`."""

    shown: frozenset[str]
    wanted: frozenset[str]
    frequency: Frequency
    tracked: bool


class Change(NamedTuple):
    """One word of the guest's: about a purpose, or a part of it."""

    purpose: Purpose
    part: str
    wants: bool


def preferences(token: str, at: datetime | None = None, known: SetUp | None = None) -> Preferences:
    """As they are; changes nothing. Raises NotFound for a token that the hub did not make, and of who is nobody."""
    return _of(read_token(token), at or present(), known or set_up.read())


def choose(
    token: str,
    chosen: Chosen,
    words: Mapping[str, str],
    language: str,
    at: datetime | None = None,
    known: SetUp | None = None,
) -> None:
    """Record what differs from before, each with its receipt; first the objections, which every reader of the mailbox
    may make.

    `words` are what the guest read beside each box, by topic, frequency and purpose; `language` is theirs. Again and
    again is once. Raises NotFound for a token that the hub did not make, Invalid for a topic that there is not, and
    Conflict, before anything is changed, for a yes where the link does not show who says it any more.
    """
    moment = at or present()
    known = known or set_up.read()
    link, standing = read_token(token), leaving.standing(token, known)
    before = _of(link, moment, known)
    strange = (chosen.shown | chosen.wanted) - {each.id for each in before.topics}
    if strange:
        raise Invalid(FieldError("topics", "names one that there is not"))
    changes = sorted(_changes(link.purpose, before, chosen), key=lambda each: each.wants)
    if any(each.wants for each in changes) and not standing.may_return:
        raise Conflict("This link does not show who you are any more.")
    through, read_at = speaker(link)
    for each in changes:
        proof = {"via": "preferences", "run": link.run, "language": language}
        proof |= {"words": said} if (said := words.get(each.part or each.purpose)) else {}
        state: Literal["explicit", "withdrawn"] = "explicit" if each.wants else "withdrawn"
        about = through, link.channel, each.purpose, link.controller
        consents.set_consent(*about, state, "guest", instant(moment), proof, read_at, each.part)
    _prove(link, through, read_at, instant(moment))


def _prove(link: UnsubscribeLink, through: Leaf, read_at: Sequence[Digest], at: Instant) -> None:
    """Each time, also where nothing was changed: whoever died behind the last word left the proof out."""
    for head in guests.with_records(guests.heads([through])).values():
        if said := proving.proof(head, link, next(iter(read_at), None), at):
            profiles.store_sayings(Sayings(through, said, at))


def _changes(purpose: Purpose, before: Preferences, chosen: Chosen) -> Iterator[Change]:
    for topic in sorted(chosen.shown):
        if (topic in chosen.wanted) is not (topic in before.wanted):
            yield Change(purpose, topic, wants=topic in chosen.wanted)
    if chosen.frequency != before.frequency:
        for name, part in PARTS.items():
            if (name == chosen.frequency) is not (part in before.too_often):
                yield Change(purpose, part, wants=name != chosen.frequency)
    if chosen.tracked is not before.tracked:
        yield Change(TRACKING, "", wants=chosen.tracked)


def _of(link: UnsubscribeLink, now: datetime, known: SetUp) -> Preferences:
    guest = guests.required(link.leaf)
    gate = gates.gate(guest.id, link.channel)
    succeeds, legal = predecessors(link.controller, known.successions), known.legal

    def answer(purpose: Purpose, part: str = "") -> Consent | None:
        return answer_for(gate, purpose, link.controller, succeeds, part=part) if gate else None

    def is_refused(part: str) -> bool:
        said = answer(link.purpose, part)
        return said is not None and said.state not in GRANTED

    senders = senders_of_controller(known.settings, known.hotels.values(), link.controller, legal=legal)
    asked = asked_of(guest.traits, guest.properties, senders, now)
    topics = legal.topics_of(link.purpose)
    return Preferences(
        topics=topics,
        wanted=frozenset(each.id for each in topics if not is_refused(each.id)),
        too_often=frozenset(filter(is_refused, PARTS.values())),
        tracked=tracking.decide(asked.rules, answer(TRACKING)).reason is None,
    )


def speaker(link: UnsubscribeLink) -> tuple[Leaf, list[Digest]]:
    """Through which record, and at which address, the holder of a link speaks. Raises NotFound where there is no such
    guest any more."""
    guest, sent = guests.required(link.leaf), store.message(link.leaf, link.run)
    address = sent.address if sent else None
    through = addresses.carrier_of(guest, address, sent.property_id) if sent and address else None
    return through or link.leaf, [address] if address else []
