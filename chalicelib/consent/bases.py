"""Whether a guest may be written to by the rules of the countries concerned, by which of them, and until when. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from chalicelib.canonical.time import Instant, instant, moment_of, months_later
from chalicelib.consent.acts import GRANTED
from chalicelib.consent.model import Consent
from chalicelib.consent.registers import Listed
from chalicelib.settings.legal import Contact, CountryRule, Implied, Proof, RegisterId

OBJECTION = "objection"
"""The rule by which who objected is held, in every country."""


class Denied(StrEnum):
    """Why somebody may not be written to; the nearest to a yes last."""

    WITHDRAWN = "withdrawn"
    NO_CONSENT = "no_consent"
    NO_LEGAL_BASIS = "no_legal_basis"
    NOT_REGISTERED = "not_registered"
    ON_LIST = "on_list"
    DOUBLE_OPT_IN_MISSING = "double_opt_in_missing"
    CONSENT_EXPIRED = "consent_expired"


NOT_LISTED: Mapping[RegisterId, Listed] = MappingProxyType({})


@dataclass(frozen=True)
class Booking:
    """One that was made through a record that carries the address, by the guest who stays and for a hotel of the one
    who writes. `at` is its end, or now where that is still to come. `attested`: its hotel states that it offered the
    refusal when it obtained the address."""

    at: Instant
    direct: bool
    stayed: bool
    attested: bool


class Found(NamedTuple):
    """What was looked up of one guest, of whom it may decide: what they booked, when they last asked a hotel itself for
    an offer and did not book, when they last clicked, and whether their address stands on lists of others."""

    bookings: tuple[Booking, ...] = ()
    enquired_at: Instant | None = None
    clicked_at: Instant | None = None
    listed: Mapping[RegisterId, Listed] = NOT_LISTED


NOTHING_FOUND = Found()


@dataclass(frozen=True)
class Evidence:
    """What is known about one guest and one controller. What was not looked for is not there."""

    answer: Consent | None = None
    bookings: tuple[Booking, ...] = ()
    clicked_at: Instant | None = None
    enquired_at: Instant | None = None
    """Of the last enquiry at a hotel itself that offered the refusal, where its source tells when that was."""
    may_opt_out: bool = False
    """Whether the hotels concerned attest that they offer the refusal."""
    proven_at_source: bool = False
    """Whether they attest that their sources keep the proof of each opt-in."""
    registers: frozenset[str] = frozenset()
    """The lists with which the hotels concerned attest to compare."""
    listed: Mapping[RegisterId, Listed] = field(default_factory=dict)
    """Whether the address stands on lists that the company handed on; where one is in force, nobody's word is asked."""

    def finding(self, found: Found) -> "Evidence":
        """With what was looked up."""
        return replace(self, **found._asdict())


NO_EVIDENCE = Evidence()


class Verdict(NamedTuple):
    """`rule` is the id of the document that decided, `basis` what the guest may be written to on (None where not), and
    `until` the instant from which it is so no more (None where it does not end by itself)."""

    rule: str
    basis: str | None = None
    reason: Denied | None = None
    until: Instant | None = None

    @property
    def name(self) -> str:
        """`de.confirmed`; of what is held the document alone."""
        return f"{self.rule}.{self.basis}" if self.basis else self.rule


def decide(rules: Sequence[CountryRule], known: Evidence, now: datetime) -> Verdict:
    """All rules must allow it: of those that do not, the first tells; of those that do, the one that ends first. An
    objection beats every basis. Without rules a yes is asked for, whosever it is."""
    if known.answer and known.answer.state not in GRANTED:
        return Verdict(OBJECTION, reason=Denied.WITHDRAWN)
    if not rules:
        return Verdict("", "express") if known.answer else Verdict("", reason=Denied.NO_CONSENT)
    verdicts = [_under(rule, known, now) for rule in rules]
    held = next((each for each in verdicts if each.reason), None)
    return held or min(verdicts, key=lambda each: (each.until is None, each.until or ""))


def may_be_overturned(rules: Sequence[CountryRule], known: Evidence, verdict: Verdict, *, attested: bool) -> bool:
    """Whether bookings or clicks, which were not looked for yet, could make it a yes, or tell that a list alone is in
    the way; it costs reads to look.
    `attested`: a hotel at which there may be bookings attests that it offered the refusal."""
    if verdict.reason in {None, Denied.WITHDRAWN}:
        return False
    return all(_could_allow(rule, known, attested=attested) for rule in rules)


def _could_allow(rule: CountryRule, known: Evidence, *, attested: bool) -> bool:
    by_bookings = attested and any(_from_list(each, known) is not Denied.NOT_REGISTERED for each in rule.implied)
    return by_bookings or (known.answer is not None and _is_enough(rule, known))


def _under(rule: CountryRule, known: Evidence, now: datetime) -> Verdict:
    """The longest basis that one country's rule gives; where it gives none, why the nearest to one does not hold."""
    found = [*_express(rule, known, now), *(each for way in rule.implied for each in _implied(rule, way, known, now))]
    allowed = [each for each in found if each.reason is None]
    if allowed:
        return max(allowed, key=lambda each: (each.until is None, each.until or ""))
    order = list(Denied)
    nearest = max(found, key=lambda each: order.index(each.reason or Denied.NO_CONSENT), default=None)
    return nearest or Verdict(rule.id, reason=Denied.NO_CONSENT)


def _express(rule: CountryRule, known: Evidence, now: datetime) -> Iterator[Verdict]:
    if known.answer is None:
        return
    if not _is_enough(rule, known):
        is_unproven = rule.double_opt_in
        yield Verdict(rule.id, reason=Denied.DOUBLE_OPT_IN_MISSING if is_unproven else Denied.NO_LEGAL_BASIS)
    elif rule.on_register and not _is_registered(rule.on_register, known, known.answer):
        yield Verdict(rule.id, reason=Denied.NOT_REGISTERED)
    else:
        basis = "confirmed" if known.answer.state == "confirmed" else "express"
        yield _lasting(rule, basis, _ends(rule, None, known, known.answer.last_said), now)


def _is_enough(rule: CountryRule, known: Evidence) -> bool:
    return not set(rule.express).isdisjoint(_proofs(known))


def _proofs(known: Evidence) -> Iterator[Proof]:
    answer = known.answer
    if answer and answer.state == "confirmed":
        yield "confirmed"
    if answer and answer.basis == "source":
        yield "source"
        if known.proven_at_source:
            yield "source_attested"
    elif answer and answer.basis in {"guest", "staff"}:
        yield "guest" if answer.basis == "guest" else "staff"


def _implied(rule: CountryRule, way: Implied, known: Evidence, now: datetime) -> Iterator[Verdict]:
    for since in _begun(way, known):
        if held := _from_list(way, known):
            yield Verdict(rule.id, reason=held)
        else:
            yield _lasting(rule, way.kind, _ends(rule, way.months, known, since), now)


def _from_list(way: Implied, known: Evidence) -> Denied | None:
    """Why a list keeps it from counting; None where the rule asks none, or the address is known not to stand there."""
    listed = known.listed.get(way.off_register) if way.off_register else None
    if listed is None:
        return Denied.NOT_REGISTERED if way.off_register not in {None, *known.registers} else None
    return Denied.ON_LIST if listed.is_refused else None


def _is_registered(register: RegisterId, known: Evidence, answer: Consent) -> bool:
    """By the list, where there is one: of a yes that is no older than that, the hotel's word counts."""
    listed = known.listed.get(register)
    if listed is None or (not listed.is_on and answer.last_said >= listed.of.isoformat()):
        return register in known.registers
    return listed.is_on


def _begun(way: Implied, known: Evidence) -> Iterator[Instant | None]:
    """From when it counts, where it is there; None where it always did."""
    match way.kind:
        case "opt_out":
            if known.may_opt_out:
                yield None
        case "enquiry":
            if known.enquired_at:
                yield known.enquired_at
        case "sale" | "stay":
            own = (each for each in known.bookings if each.direct and each.attested)
            ends = [each.at for each in own if each.stayed or way.kind == "sale"]
            if ends:
                yield max(ends)


def _ends(rule: CountryRule, months: int | None, known: Evidence, since: Instant | None) -> list[Instant]:
    """Of what ends it: so many months after it began, and so many after the last contact that the rule counts."""
    ends = [_later(since, months)] if months and since else []
    if rule.lapse:
        contacts = [at for at in (since, *(_contact(each, known) for each in rule.lapse.after)) if at]
        ends += [_later(max(contacts), rule.lapse.months)] if contacts else []
    return ends


def _contact(kind: Contact, known: Evidence) -> Instant | None:
    match kind:
        case "consent":
            return known.answer.last_said if known.answer else None
        case "stay":
            return max((each.at for each in known.bookings if each.stayed), default=None)
        case "click":
            return known.clicked_at
        case "enquiry":
            return known.enquired_at


def _lasting(rule: CountryRule, basis: str, ends: Iterable[Instant], now: datetime) -> Verdict:
    until = min(ends, default=None)
    if until is not None and until <= instant(now):
        return Verdict(rule.id, reason=Denied.CONSENT_EXPIRED, until=until)
    return Verdict(rule.id, basis, until=until)


def _later(at: Instant, months: int) -> Instant:
    return instant(months_later(moment_of(at), months))
