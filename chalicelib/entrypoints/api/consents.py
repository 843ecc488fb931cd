"""/v1/guests/{guest_id}/consents: what a guest agreed to, and the proof of every act."""

from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

from chalicelib.canonical.errors import FieldError, Invalid, NotFound
from chalicelib.canonical.ids import GuestId, Leaf
from chalicelib.canonical.snapshots import Moment
from chalicelib.canonical.time import Instant, instant, moment_of
from chalicelib.consent import actions, store
from chalicelib.consent.model import CHANNELS, EMAIL, GROUP, MARKETING, Consent, Receipt
from chalicelib.entrypoints.api.answers import Shown
from chalicelib.entrypoints.api.calls import Ask
from chalicelib.entrypoints.api.visibility import guest_of

CLOCKS_DIFFER_BY = timedelta(minutes=1)


class ConsentAsked(BaseModel):
    """What the guest said to a member of staff. `how` is how it was obtained, such as `signed registration card`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    state: Literal["explicit", "confirmed", "withdrawn"]
    basis: Literal["guest", "staff"] = "staff"
    at: Moment | None = None
    how: Annotated[str, StringConstraints(max_length=200, strip_whitespace=True)] | None = None


class ConsentShown(Shown):
    channel: str
    purpose: str
    controller: str
    state: str
    basis: str | None = None
    at: Instant | None = None


class ReceiptShown(ConsentShown):
    """The proof of one act."""

    leaf: Leaf
    proof: dict[str, str]


class ConsentsShown(Shown):
    """`state` is `none` where nobody ever said anything."""

    consents: list[ConsentShown]
    suppressed: list[str]
    history: list[ReceiptShown]


def listed(ask: Ask, guest_id: GuestId) -> ConsentsShown:
    """What holds now, which reasons suppress the guest's addresses, and every receipt, oldest first."""
    guest = guest_of(ask.caller, guest_id)
    gate = store.gate(guest.id, EMAIL)
    now = gate.answer_to(MARKETING) if gate else None
    reasons = sorted({*gate.suppressed.values()}) if gate else []
    history = [_receipt(each) for each in actions.history(guest.id)]
    return ConsentsShown(consents=[_consent(EMAIL, MARKETING, now)], suppressed=list(reasons), history=history)


def put(ask: Ask, guest_id: GuestId, channel: str, purpose: str, body: ConsentAsked) -> ConsentShown:
    """Record what a guest said, with its proof; an objection holds mail from this moment on."""
    guest = guest_of(ask.caller, guest_id)
    if channel not in CHANNELS or purpose != MARKETING:
        raise NotFound("There is no such channel or purpose.")
    proof = {"key_id": ask.caller.key_id, **({"how": body.how} if body.how else {})}
    at = _not_later(body.at, moment_of(ask.now)) if body.at else ask.now
    kept = actions.set_consent(guest.id, channel, MARKETING, body.state, body.basis, at, proof)
    return _consent(channel, purpose, kept)


def _not_later(said: datetime, now: datetime) -> Instant:
    """An act dated ahead would outlive what the guest says tomorrow. Raises Invalid."""
    if said > now + CLOCKS_DIFFER_BY:
        raise Invalid(FieldError("at", "lies in the future"))
    return instant(min(said, now))


def _consent(channel: str, purpose: str, consent: Consent | None) -> ConsentShown:
    if consent is None:
        return ConsentShown(channel=channel, purpose=purpose, controller=GROUP, state="none")
    return ConsentShown(channel=channel, purpose=purpose, controller=GROUP, **consent.model_dump(exclude={"again"}))


def _receipt(receipt: Receipt) -> ReceiptShown:
    controller, _, purpose = receipt.purpose.partition(":")
    kept = receipt.model_dump(include=set(ReceiptShown.model_fields))
    return ReceiptShown.model_validate({**kept, "controller": controller, "purpose": purpose})
