"""What a gate is: everything that may hold a mail to one guest on one channel, in one row."""

from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.settings.model import GROUP_CONTROLLER, LARGEST_CAP

GROUP = GROUP_CONTROLLER
"""The controller (legal entity) unless a property is set as its own."""

KEPT_SENDS = LARGEST_CAP
"""Sends a gate remembers: the highest frequency cap, and the row stays below one write unit."""

Purpose = Literal["marketing"]
MARKETING: Purpose = "marketing"
EMAIL: Final = "email"
CHANNELS = (EMAIL,)
"""What a guest may agree to, and on which channels: the words of consents and gates."""
State = Literal["implicit", "explicit", "confirmed", "withdrawn"]
Basis = Literal["source", "guest", "staff", "complaint"]


class Consent(BaseModel):
    """One leaf's state for one purpose and controller.

    `basis` says whose word it is: a source's flag, the guest's own act, a member of staff, or a mailbox provider's
    complaint report. An act of the guest or a complaint outlives what any source says later.
    """

    model_config = ConfigDict(frozen=True)

    state: State
    basis: Basis
    at: str


class Suppression(BaseModel):
    """An address that no mail may reach."""

    model_config = ConfigDict(frozen=True)

    reason: Literal["bounce", "complaint"]
    at: str


class LeafConsent(BaseModel):
    """What came with one leaf, and goes with it when guests are regrouped. Keys are `controller:purpose`."""

    model_config = ConfigDict(frozen=True)

    consents: dict[str, Consent] = Field(default_factory=dict)


class Gate(BaseModel):
    """The row of one guest and channel. `rev` is the lock: a claim passes only a gate that is as it was decided on.

    `suppressed` is keyed by the identifier digest of the address; `sends` holds the marks of the newest marketing
    mails (`rules.send_mark`), oldest first.
    """

    model_config = ConfigDict(frozen=True)

    guest: str
    channel: str = EMAIL
    rev: int = 0
    leaves: dict[str, LeafConsent] = Field(default_factory=dict)
    suppressed: dict[str, Suppression] = Field(default_factory=dict)
    sends: tuple[str, ...] = ()
    erased: bool = False
    restricted: bool = False
    open_case: bool = False

    def suppression_of(self, address: str) -> str | None:
        """Why no message may reach an address of this guest."""
        known = self.suppressed.get(address)
        return known.reason if known else None
