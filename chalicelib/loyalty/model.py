"""What a programme, an account and a ledger entry are."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from chalicelib.canonical.definitions import Definition
from chalicelib.canonical.details import Currency
from chalicelib.canonical.ids import GuestId, Leaf, ProgramId, PropertyId, ReservationId, digest_of, stable_id
from chalicelib.canonical.snapshots import HUB_ID, Channel, HubId
from chalicelib.canonical.time import Instant
from chalicelib.guests.enrolments import Earning

Rate = Annotated[str, StringConstraints(pattern=r"^\d{1,6}(\.\d{1,4})?$")]
"""Points per major currency unit, as a decimal text: no float ever decides money."""


NEVER = date.max
"""From when the stays of who is no member earn."""


class Terms(BaseModel):
    """What stays earn that end on or after `effective_from`, until the next terms."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    points_per_unit: Annotated[dict[Currency, Rate], Field(max_length=200)] = Field(default_factory=dict)
    excluded_channels: Annotated[tuple[Channel, ...], Field(max_length=len(Channel))] = (Channel.OTA,)
    auto_enrol: bool = False
    effective_from: date | None = None
    """Left out: from the programme's start, or, for a change of a programme, from tomorrow."""

    def starting(self, day: date | None) -> Self:
        return self.model_copy(update={"effective_from": day})


class Program(Terms, Definition):
    """One loyalty scheme: its newest terms and those before, which the hub keeps.

    A stay is priced by the terms of the day it ended, whenever the ledger is brought up to date: a new rate never
    changes what was earned before. `version` grows with every change, so that entries name the rule they came from.
    """

    id: Annotated[ProgramId, HUB_ID]
    name: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    starts_on: date = date(1970, 1, 1)
    """Stays that end before this day earn nothing. The API takes the day on which a programme is first written where
    nothing is said."""
    earlier: tuple[Terms, ...] = ()
    """Terms before the newest, oldest first; what a caller writes here is passed over. How many they may be is asked
    when they become more (rules.py), never when they are read: what stands must be readable."""

    def begun_on(self, day: date) -> Self:
        return self.model_copy(update={"starts_on": day})

    def terms(self) -> Terms:
        """The newest terms alone."""
        return Terms.model_validate({name: getattr(self, name) for name in Terms.model_fields})

    def kept_as(self, version: int, earlier: tuple[Terms, ...]) -> Self:
        """What the hub itself counts and remembers, whatever a caller wrote there."""
        return self.model_copy(update={"version": version, "earlier": earlier})

    def terms_at(self, day: date) -> Terms | None:
        """The terms of a stay that ended on this day; None before the first."""
        valid = [each for each in (*self.earlier, self.terms()) if (each.effective_from or self.starts_on) <= day]
        return valid[-1] if valid else None


class Reason(StrEnum):
    """Why a stay earned what it earned."""

    EARNED = "earned"
    NOT_COMPLETED = "not_completed"
    UNNAMED_OCCUPANT = "unnamed_occupant"
    CHANNEL_EXCLUDED = "channel_excluded"
    NO_RATE = "no_rate"
    NO_ROOM_REVENUE = "no_room_revenue"
    NOT_OWN_FOLIO = "not_own_folio"
    ROUNDS_TO_ZERO = "rounds_to_zero"
    BEFORE_START = "before_start"
    NOT_ENROLLED = "not_enrolled"
    MEMBERSHIP_ENDED = "membership_ended"


@dataclass(frozen=True)
class Account:
    """A leaf's points in one programme. A guest is a member when one of its leaves was enrolled.

    `balance` is the sum of the account's entries. It is below zero only where a stay was taken back whose points are
    spent already: that is owed, and set off against what is earned next.
    """

    leaf: Leaf
    program: ProgramId
    balance: int = 0
    enrolled_at: Instant | None = None
    earns_from: date | None = None
    number: str | None = None
    rev: int = 0
    by_stays_from: date | None = None
    """From when the leaf's stays earn because some of them ended under terms that enrol by themselves, whatever was
    agreed beside that. Like an enrolment it stays, whatever becomes of these."""
    settled_from: date | None = NEVER
    """The first departure that earned when all of the leaf's stays were last priced, NEVER for no member's: as long as
    it is the same, what changes is priced alone. None where an earlier version kept the account."""
    settled_periods: str | None = None
    """Where somebody ended the membership, what stands for the periods by which the stays were priced."""
    settled_by: str | None = None
    """The id of the fact that woke the ledger for that: the same again has to announce all that was written."""

    def enrolled(self, at: Instant, earns_from: date, number: str | None) -> "Account":
        """The same revision still: an enrolment is kept together with a credit, if only of nothing."""
        return replace(self, enrolled_at=at, earns_from=earns_from, number=number)

    def unnumbered(self) -> "Account":
        """The next revision, of who has no number any more."""
        return replace(self, number=None, rev=self.rev + 1)

    def forfeited(self) -> "Account":
        """The next revision, of whom nobody is left."""
        return replace(self, balance=0, number=None, rev=self.rev + 1)

    @property
    def is_in(self) -> bool:
        return bool(self.enrolled_at or self.by_stays_from)

    def earning_by_stays(self, day: date | None) -> "Account":
        known = [each for each in (self.by_stays_from, day) if each]
        return replace(self, by_stays_from=min(known, default=None))

    def settled(self, earning: Earning, by: str | None) -> "Account":
        """All stays of the leaf are priced."""
        return replace(self, settled_from=_start(earning), settled_periods=_told(earning), settled_by=by)

    def is_settled_for(self, earning: Earning) -> bool:
        return (self.settled_from, self.settled_periods) == (_start(earning), _told(earning))

    def credited(self, points: int) -> "Account":
        """The account's next revision."""
        return replace(self, balance=self.balance + points, rev=self.rev + 1)


def _start(earning: Earning) -> date:
    return earning[0].start if earning else NEVER


def _told(earning: Earning) -> str | None:
    """None for one period without an end, which its start tells."""
    if all(each.end is None for each in earning):
        return None
    return digest_of(" ".join(f"{each.start}/{each.end or ''}" for each in earning))


class _OfStay(BaseModel):
    """An entry that follows from a stay: the difference to what the stay was given before."""

    model_config = ConfigDict(frozen=True)

    reason: Reason
    reservation: ReservationId
    property_id: PropertyId
    rule_version: int
    stay_version: int


class StayEarned(_OfStay):
    """The stay gave points, or none, with the reason why."""

    kind: Literal["stay_earned"] = "stay_earned"


class Reversal(_OfStay):
    """The stay gave less than it had given before: it was reopened, corrected, or turned out to be another guest's."""

    kind: Literal["reversal"] = "reversal"


class _OfAct(BaseModel):
    """An entry that follows from an act; `act` is the id that who acted gave to it: it is made once."""

    model_config = ConfigDict(frozen=True)

    act: HubId


class Redemption(_OfAct):
    """The member spent points."""

    kind: Literal["redemption"] = "redemption"


class Expiry(_OfAct):
    """Points that came to their end unspent."""

    kind: Literal["expiry"] = "expiry"


class Transfer(_OfAct):
    """Points that went to another member, or came from one."""

    kind: Literal["transfer"] = "transfer"


class Release(_OfAct):
    """A redemption given back."""

    kind: Literal["release"] = "release"


class Adjustment(_OfAct):
    """A person's correction or gesture."""

    kind: Literal["adjustment"] = "adjustment"


class Opening(_OfAct):
    """What a member brought along from the programme's former system."""

    kind: Literal["opening"] = "opening"


class Forfeiture(_OfAct):
    """What was left when the member was erased; `act` is the record that it lay with."""

    kind: Literal["forfeiture"] = "forfeiture"


Spending = Redemption | Expiry | Transfer
"""What takes points from a membership, over all its accounts."""
Origin = Annotated[
    StayEarned | Reversal | Spending | Release | Adjustment | Opening | Forfeiture, Field(discriminator="kind")
]


class Entry(BaseModel):
    """One line of the ledger; `points` is the difference that this entry made."""

    model_config = ConfigDict(frozen=True)

    id: str
    at: Instant
    """When what caused it happened, as the source says; a late wake-up's entry lies among those of that time."""
    account_rev: int
    """The revision of its account that this entry made: it orders the entries of one instant."""
    points: int
    origin: Origin

    @property
    def position(self) -> str:
        """Where it lies in the ledger; text order is time order, over all accounts of a guest."""
        return f"{self.at}#{self.account_rev:08d}#{self.id}"


@dataclass(frozen=True)
class Draw:
    """What an act took from one account, and the revision that this made."""

    points: int
    account_rev: int


@dataclass(frozen=True)
class Spent:
    """One act that took points: what was asked for, when it was done, and which account gave how much."""

    program: ProgramId
    origin: Spending
    guest: GuestId
    at: Instant
    draws: Mapping[Leaf, Draw]

    @property
    def points(self) -> int:
        return sum(draw.points for draw in self.draws.values())

    @property
    def entries(self) -> dict[Leaf, Entry]:
        """The entry of each account, by leaf."""
        return {leaf: self._entry(leaf, draw) for leaf, draw in self.draws.items()}

    def _entry(self, leaf: Leaf, draw: Draw) -> Entry:
        entry_id = stable_id("e", self.program, self.origin.kind, self.origin.act, leaf)
        return Entry(id=entry_id, at=self.at, account_rev=draw.account_rev, points=-draw.points, origin=self.origin)
