"""Whether one candidate gets the message: held with a reason, or written out and ready to be claimed."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.aws import table
from chalicelib.canonical.ids import CLAIM, Digest, GuestId, Leaf, stable_id
from chalicelib.canonical.time import instant
from chalicelib.consent import tracking
from chalicelib.consent.model import TRACKING
from chalicelib.guests import minors
from chalicelib.identity.digests import digest
from chalicelib.identity.offices import office_of
from chalicelib.languages.catalogues import nearest
from chalicelib.messages import claims, holds, rules
from chalicelib.messages.candidates import Candidate
from chalicelib.messages.channels.contract import Channel, Writer, Written
from chalicelib.messages.claims import Sendable
from chalicelib.messages.known import Known
from chalicelib.messages.model import Message, Occasion, Outcome
from chalicelib.messages.questions import NOTHING_ASKED, Asked, asked_of
from chalicelib.messages.reasons import Reason
from chalicelib.messages.templates import Unfit
from chalicelib.messages.tokens import UnsubscribeLink, make_token


@dataclass(frozen=True)
class Look:
    """One look at an occasion's candidates. `chosen` are the guests who have the message already, `asked` the
    candidates of this piece of work, and `missed` those who lost the message that this one is sent instead of (None
    where there is no such)."""

    occasion: Occasion
    channel: Channel
    writer: Writer
    now: datetime
    asked: Collection[Leaf]
    chosen: Collection[GuestId]
    missed: Collection[Leaf] | None


def decide(look: Look, candidate: Candidate) -> Outcome | Sendable:
    decided = _decide_alone(look, candidate)
    if isinstance(decided, Sendable) and any(_outranks(look, rival, candidate, decided) for rival in candidate.rivals):
        return held(holds.SHARED_MAILBOX.reason)
    return decided


def held(reason: Reason, law: str = "") -> Outcome:
    return Outcome(code="held", reason=reason, law=law)


def is_written_down(look: Look, candidate: Candidate, decided: Outcome) -> bool:
    """Where anything was claimed for the occasion, that is what is known of it."""
    if not look.occasion.keeps_holds or decided.code != "held" or candidate.claims:
        return True
    guest = candidate.guest.id if candidate.guest else GuestId(candidate.id)
    kept = _message(look, guest, candidate.id, None, decided.law).held(decided.reason, look.channel.name)
    return claims.hold(kept, candidate.others)


def _outranks(look: Look, rival: Candidate, candidate: Candidate, own: Sendable) -> bool:
    """Whether another reader of the mailbox is to get the message: of those who would, guests of the hotel in whose
    name it is before others, and of these the one with the smallest id: it does not matter who is decided first."""
    if not _is_before(look, rival, candidate) or not _is_candidate(look, rival):
        return False
    decided = _decide_alone(look, rival)
    return isinstance(decided, Sendable) and decided.message.address == own.message.address


def _is_before(look: Look, rival: Candidate, candidate: Candidate) -> bool:
    return _place(look, rival) < _place(look, candidate)


def _place(look: Look, reader: Candidate) -> tuple[bool, str]:
    is_known = reader.guest is not None and look.occasion.identity.hotel in reader.guest.properties
    return not is_known, reader.guest.id if reader.guest else reader.id


def _is_candidate(look: Look, rival: Candidate) -> bool:
    leaves = rival.guest.members if rival.guest else (rival.id,)
    return not set(leaves).isdisjoint(look.asked) or look.occasion.is_meant_for(rival.asked)


def _decide_alone(look: Look, candidate: Candidate) -> Outcome | Sendable:
    """As if nobody else read the guest's mailbox now."""
    occasion = look.occasion
    own = rules.outcome_of_own(candidate.claims, occasion.origin, candidate.id, look.now)
    if own:
        return own
    to = candidate.address(look.channel)
    known = _known(look, candidate, to)
    if known.guest is None or known.address is None or to is None:
        return held(holds.reason(occasion.message_class, known))
    reason = holds.decide(occasion.message_class, known)
    if reason:
        return held(reason, _law(occasion, known) if reason in holds.OF_CONSENT else "")
    tracked = _is_tracked(look, candidate, known)
    message = _message(look, known.guest, candidate.id, known.address, _law(occasion, known), tracked=tracked)
    try:
        written = _write(look, message, candidate, to)
    except Unfit as unfit:
        return held(holds.reason(occasion.message_class, replace(known, fault=unfit.fault)))
    prefix = next((each.subject_prefix for each in known.rules if each.subject_prefix), None)
    written = (written.beginning_with(prefix) if prefix else written).followed(tracked=tracked)
    counts = holds.is_capped(occasion.message_class)
    return Sendable(message, candidate.gate, look.channel.name, candidate.others, written, counts, candidate.mailbox)


def _law(occasion: Occasion, known: Known) -> str:
    return known.verdict(occasion.purpose).name if occasion.purpose else ""


def _is_tracked(look: Look, candidate: Candidate, known: Known) -> bool:
    """By the same countries as consent; also of what the guest asked for, which needs no other consent."""
    rules = known.rules or _asked(look, candidate).rules
    return tracking.decide(rules, known.answer_about(TRACKING)).reason is None


def _asked(look: Look, candidate: Candidate) -> Asked:
    seen_at = candidate.guest.properties if candidate.guest else ()
    return asked_of(candidate.shown, seen_at, look.occasion.identity.senders, look.now)


def _known(look: Look, candidate: Candidate, to: str | None) -> Known:
    guest = candidate.guest.id if candidate.guest else None
    asked = _asked(look, candidate) if look.occasion.purpose else NOTHING_ASKED
    return Known(
        now=look.now,
        occasion=look.occasion.id,
        guest=guest,
        gate=candidate.gate,
        address=digest(look.channel.identifier, to) if to else None,
        controller=look.occasion.identity.controller,
        succeeds=look.occasion.identity.succeeds,
        rules=asked.rules,
        evidence=asked.evidence.finding(candidate.found),
        cap=look.occasion.cap,
        topic=look.occasion.topic,
        fits_claim=claims.rows_of(candidate.others) <= table.WRITE_AT_ONCE,
        is_claimed=bool(candidate.claims),
        got_before=rules.got_before(candidate.before, candidate.memories, look.occasion.earlier),
        is_chosen=guest in look.chosen,
        mailbox=candidate.mailbox,
        belongs=look.occasion.still_meant_for(candidate.asked),
        is_cancelled=look.occasion.is_cancelled,
        is_missed=look.missed is None or candidate.id in look.missed,
        at_office=to is not None and office_of(to, look.occasion.identity.guests) is not None,
        is_minor=_is_minor(look.occasion, candidate),
    )


def _is_minor(occasion: Occasion, candidate: Candidate) -> bool:
    today = minors.day_for(occasion.identity.hotel, occasion.days)
    told = [candidate.shown, candidate.guest.traits] if candidate.guest else []
    return any(minors.is_minor(each, today) for each in told)


def _message(
    look: Look, guest: GuestId, candidate: Leaf, address: Digest | None, law: str, *, tracked: bool | None = None
) -> Message:
    return Message(
        guest=guest,
        occasion=look.occasion.id,
        claim=stable_id(CLAIM, look.occasion.id, guest),
        campaign=look.occasion.campaign,
        origin=look.occasion.origin,
        candidate=candidate,
        address=address,
        at=instant(look.now),
        controller=look.occasion.identity.controller,
        property_id=look.occasion.identity.hotel,
        law=law or None,
        tracked=tracked,
    )


def _write(look: Look, message: Message, candidate: Candidate, to: str) -> Written:
    tags = {"run": message.occasion, "guest": message.guest, "claim": message.claim}
    return look.writer.write(to, candidate.shown, _way_out(look.occasion, message.guest, look.channel), tags)


def _way_out(occasion: Occasion, guest: GuestId, channel: Channel) -> str | None:
    if occasion.purpose is None:
        return None
    controller, language = occasion.identity.controller, nearest(occasion.template.language)
    token = make_token(UnsubscribeLink(guest, occasion.purpose, occasion.id, channel.name, controller, language))
    return f"{occasion.public_url.rstrip('/')}/u/{token}"
