"""What is known of one candidate for one message, when it is decided whether it is sent. Pure."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from chalicelib.canonical.ids import ControllerId, Digest, GuestId, OccasionId
from chalicelib.consent import bases
from chalicelib.consent.acts import GRANTED
from chalicelib.consent.bases import NO_EVIDENCE, Evidence, Verdict
from chalicelib.consent.model import Basis, Consent, Gate, Purpose
from chalicelib.consent.rules import NO_OBJECTIONS, Remembering, answer_for
from chalicelib.identity.model import Identifier
from chalicelib.settings.legal import CountryRule
from chalicelib.settings.model import GROUP_CONTROLLER


class Fault(StrEnum):
    """Why a template cannot be filled in for a guest."""

    VALUE_MISSING = "value_missing"
    EMPTY = "empty"
    FAILED = "failed"
    REFUSED = "refused"
    """It is one that the hub does not take any more."""
    ADVERTISING = "advertising"
    """The guest's name is none."""


@dataclass(frozen=True)
class Cap:
    """At most so many messages within so many days."""

    mails: int
    days: int


NO_OCCASION = OccasionId("")


@dataclass(frozen=True)
class Words:
    """What a channel calls an address (`e-mail address`) and what it carries (`mail`)."""

    address: str
    message: str


@dataclass(frozen=True)
class Known:
    """What is known of one candidate for one occasion, at the moment of the decision.

    `guest` is None where the record belongs to no guest, `address` the digest of the guest's own where the channel can
    reach one. `controller` answers for the occasion, and `succeeds` others. `fault` is known once the message was
    written: what is held before need not be.
    """

    now: datetime
    occasion: OccasionId = NO_OCCASION
    guest: GuestId | None = None
    gate: Gate | None = None
    address: Digest | None = None
    controller: ControllerId = GROUP_CONTROLLER
    succeeds: frozenset[ControllerId] = frozenset()
    rules: tuple[CountryRule, ...] = ()
    """Of the countries concerned; where none is given a plain yes is asked for."""
    evidence: Evidence = NO_EVIDENCE
    """Of a legal basis besides the answer."""
    cap: Cap = Cap(mails=0, days=1)
    fits_claim: bool = True
    """One transaction holds the claim with all the guest's records."""
    is_claimed: bool = False
    """A record of the guest has a claim for this occasion that is not this candidate's own."""
    got_before: bool = False
    """The guest got this message for an earlier occasion of it, or may have."""
    is_chosen: bool = False
    """The guest gets this message already, as another candidate of the same batch."""
    mailbox: Identifier | None = None
    """The address's own row, where other guests have or had it."""
    belongs: bool = True
    """False for who is no longer one of those whom it is for."""
    is_cancelled: bool = False
    is_missed: bool = True
    """False where the message that this one is sent instead of turned up meanwhile."""
    fault: Fault | None = None
    topic: str = ""
    """What it is about, by the id of one of the company's topics."""
    at_office: bool = False
    """Whether whoever is on duty in some office reads the address."""
    is_minor: bool = False
    """Whether the guest is under age, by what the message is written with or by all that is known."""
    _verdicts: dict[Purpose, Verdict] = field(default_factory=dict, init=False, repr=False, compare=False)

    def answer_about(self, purpose: Purpose, part: str = "") -> Consent | None:
        said_there = self.mailbox.objections if self.mailbox else NO_OBJECTIONS
        asked = purpose, self.controller, self.succeeds, said_there, part
        return answer_for(self.gate, *asked) if self.gate else None

    def proof(self, purpose: Purpose) -> Evidence:
        """The evidence with the answer."""
        return replace(self.evidence, answer=self.answer_about(purpose))

    def verdict(self, purpose: Purpose) -> Verdict:
        """By the rules of the countries concerned; decided once, for every hold asks."""
        if purpose not in self._verdicts:
            self._verdicts[purpose] = bases.decide(self.rules, self.proof(purpose), self.now)
        return self._verdicts[purpose]

    def is_refused(self, purpose: Purpose, basis: Basis | None = None, part: str = "") -> bool:
        """By whomever, or on this basis; or a part of it alone."""
        answer = self.answer_about(purpose, part)
        return answer is not None and answer.state not in GRANTED and basis in {None, answer.basis}

    def is_confirmed(self, purpose: Purpose) -> bool:
        """By an act of the guest's own, or by the answer to a mail that asked: of all words these alone are said by
        who reads the address."""
        answer = self.answer_about(purpose)
        return (
            answer is not None and answer.state in GRANTED and (answer.basis == "guest" or answer.state == "confirmed")
        )

    @property
    def suppression(self) -> str | None:
        known = self.mailbox.suppressed if self.mailbox else None
        if known:
            return known["reason"]
        return self.gate.suppression_of(self.address) if self.gate and self.address else None

    @property
    def memories(self) -> list[Remembering]:
        """What knows which messages reached the guest: the gate, and the address's own row where others have it."""
        return [each for each in (self.gate, self.mailbox) if each]
