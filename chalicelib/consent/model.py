"""What a consent is, and the gate: everything that may hold a message to one guest on one channel, in one row."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal, NamedTuple, get_args

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from chalicelib.canonical.ids import ChannelName, ControllerId, Digest, GuestId, Leaf
from chalicelib.canonical.time import Instant
from chalicelib.settings.model import LARGEST_CAP

KEPT_SENDS = LARGEST_CAP
"""Sends that count for a cap and that a gate remembers: the highest frequency cap."""
MOST_SENDS = KEPT_SENDS + 2
"""Sends a gate remembers, together with those that count for none: the row stays below one write unit."""
MOST_SUPPRESSED = 40
"""Addresses a gate can name. A guest of whom more are suppressed gets no message at any."""
EVERY_ADDRESS = "*"
ADDRESS_DIGITS = 6
"""Digits of an address's digest that stand for it in a gate. Two of one guest that begin alike are held together."""

Purpose = Literal["marketing", "tracking"]
MARKETING: Purpose = "marketing"
TRACKING: Purpose = "tracking"
"""That it is followed which messages a guest opens, and what is clicked there."""
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
WhyErased = Literal["asked", "retention"]
"""Why a guest is erased: somebody asked for it, or nothing was heard of the person for as long as the settings keep a
guest."""
WRITTEN_FOR: tuple[Purpose, ...] = (MARKETING,)
"""Those for which guests are written to: what holds a message, or an address, is about these."""
EMAIL: Final = ChannelName("email")
CHANNELS: Mapping[ChannelName, str] = {EMAIL: "email"}
"""Channel, as consents and gates name it → the kind of identifier that its addresses are."""
DEFAULT_CHANNEL = next(iter(CHANNELS))
"""That of a campaign that names none, and of what was kept before there was another."""


class Topic(NamedTuple):
    """What a word of consent is about, whoever answers for the data."""

    channel: ChannelName
    purpose: Purpose


FLAGS: Mapping[str, Topic] = {"marketing_email": Topic(EMAIL, MARKETING)}
"""What a source's opt-in is about, by the field of its record."""

State = Literal["implicit", "explicit", "confirmed", "withdrawn", "lifted"]
"""LIFTED stands in receipts alone: a bounce that somebody lifted."""
Basis = Literal["source", "guest", "staff", "complaint", "address"]
SuppressionReason = Literal["complaint", "erased", "bounce", "soft_bounces"]
"""The strongest first. ERASED holds who comes again after an erasure, until they agree by themselves; SOFT_BOUNCES
holds what nobody asked for, until something arrives."""
ERASED: SuppressionReason = "erased"
SOFT_BOUNCES: SuppressionReason = "soft_bounces"
STRENGTH: tuple[SuppressionReason, ...] = get_args(SuppressionReason)


PartName = Annotated[str, StringConstraints(pattern=r"^(@week|@month|[a-z0-9-]{1,16})$")]
"""What of a purpose somebody wants less of: a topic by its id, or that it comes oftener than once a week, or month."""
WEEKLY, MONTHLY = "@week", "@month"


def key_of(purpose: Purpose, controller: ControllerId, part: str = "") -> str:
    """How a consent is named in gates and receipts: `controller:purpose`, and of a part `controller:purpose/part`."""
    return f"{controller}:{purpose}/{part}" if part else f"{controller}:{purpose}"


def part_of(key: str) -> str:
    """ "" of the whole of a purpose."""
    return key.removesuffix(REMEMBERED).partition("/")[2]


def is_for_writing(key: str) -> bool:
    """Whether a yes to it is one to being written to, and not to a part of that or to something else."""
    return key.partition(":")[2] in WRITTEN_FOR


REMEMBERED = ":objected"
"""Ends the name of an objection that a later yes took back: who succeeds that controller is held by it still."""


def remembered_key(key: str) -> str:
    """How the last objection to a consent is named beside it; that of such a name is the name."""
    return key if key.endswith(REMEMBERED) else f"{key}{REMEMBERED}"


def purpose_of(key: str) -> str:
    return key.partition(":")[2].removesuffix(REMEMBERED).partition("/")[0]


def controller_of(key: str) -> ControllerId:
    return ControllerId(key.partition(":")[0])


class Consent(BaseModel):
    """A state for one purpose and controller, said through one leaf, or in effect for a guest.

    `basis` says whose word it is: a source's flag, the guest's own act, a member of staff, a mailbox provider's
    complaint report, or that of somebody else who reads what is sent to the same address. All but the first outlive
    what any source says later. `again` is when the same
    was last said once more through the same leaf, if it was: a different word of between is older than that. `claimed`
    is what people of one hotel say for a legal entity that answers at others', too: it counts for their own record.
    """

    model_config = ConfigDict(frozen=True)

    state: State
    basis: Basis
    at: Instant
    again: Instant | None = None
    claimed: bool | None = None

    @property
    def last_said(self) -> Instant:
        return self.again or self.at

    def said_again(self, at: Instant) -> "Consent":
        return self.model_copy(update={"again": at})

    def on_the_basis(self, basis: Basis) -> "Consent":
        return self.model_copy(update={"basis": basis})

    def in_effect(self) -> "Consent":
        """As an answer of a gate, which knows an act by the instant at which it was last said."""
        return Consent(state=self.state, basis=self.basis, at=self.last_said)


Acts = Mapping[str, Consent]
"""What was done through one leaf on one channel, the newest act for each `controller:purpose`, and the last objection
where that is a yes. Sources' flags are no acts: they stand in the records."""


class Receipt(Consent):
    """The proof of one act; `purpose` is `controller:purpose`, or `controller:purpose/part`."""

    id: str
    leaf: Leaf
    channel: ChannelName
    purpose: str
    proof: dict[str, str] = Field(default_factory=dict)


class Suppression(BaseModel):
    """An address that no message may reach, as its identifier keeps it."""

    model_config = ConfigDict(frozen=True)

    reason: SuppressionReason
    at: Instant


class Gate(BaseModel):
    """The row of one guest and channel. `rev` is the lock: a claim passes only a gate that is as it was decided on.

    `answers` are what is in effect, by `controller:purpose`, and beside it the last objection where a yes took it back;
    what they follow from is kept by leaf. `suppressed` names addresses by the beginning of their digest; `sends` holds
    the marks of the newest messages (`rules.send_mark`, `rules.remembered`), oldest first. `shares` says that others
    have, or had, an address of this guest: what is sent there goes by the address's own row as well.
    """

    model_config = ConfigDict(frozen=True)

    guest: GuestId
    channel: ChannelName
    rev: int = 0
    answers: dict[str, Consent] = Field(default_factory=dict)
    suppressed: dict[str, SuppressionReason] = Field(default_factory=dict)
    sends: tuple[str, ...] = ()
    erased: bool = False
    restricted: bool = False
    open_case: bool = False
    shares: bool = False

    def answer_to(self, purpose: Purpose, controller: ControllerId, part: str = "") -> Consent | None:
        """What the guest answered one controller; None where nobody ever said anything."""
        return self.answers.get(key_of(purpose, controller, part))

    def remembered_objection_to(self, purpose: Purpose, controller: ControllerId, part: str = "") -> Consent | None:
        """The last no to a controller that says yes to it followed."""
        return self.answers.get(remembered_key(key_of(purpose, controller, part)))

    def suppression_of(self, address: Digest) -> SuppressionReason | None:
        """Why no message may reach an address of this guest; `address` is the identifier's digest."""
        return self.suppressed.get(address[:ADDRESS_DIGITS]) or self.suppressed.get(EVERY_ADDRESS)

    def with_answers(self, answers: Mapping[str, Consent]) -> "Gate":
        return self.model_copy(update={"answers": dict(answers)})

    def with_suppressed(self, suppressed: Mapping[str, SuppressionReason]) -> "Gate":
        return self.model_copy(update={"suppressed": dict(suppressed)})

    def with_sends(self, sends: tuple[str, ...]) -> "Gate":
        return self.model_copy(update={"sends": sends})

    def sharing(self, *, shares: bool) -> "Gate":
        return self.model_copy(update={"shares": shares})

    def restricting(self, *, is_restricted: bool) -> "Gate":
        return self.model_copy(update={"restricted": is_restricted})

    def erasing(self, *, is_erased: bool) -> "Gate":
        return self.model_copy(update={"erased": is_erased})

    def at_rev(self, rev: int) -> "Gate":
        return self.model_copy(update={"rev": rev})
