"""/v1/guests/{guest_id}/consents: what a guest agreed to, and the proof of every act."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

from chalicelib.access.model import Caller
from chalicelib.canonical import choices
from chalicelib.canonical.errors import FieldError, Invalid, NotFound
from chalicelib.canonical.ids import ChannelName, ControllerId, Digest, GuestId, Leaf, PropertyId
from chalicelib.canonical.snapshots import HUB_ID, HubId, Moment
from chalicelib.canonical.time import Instant, instant, moment_of
from chalicelib.consent import actions, evidence, store
from chalicelib.consent.acts import GRANTED
from chalicelib.consent.model import (
    CHANNELS,
    MONTHLY,
    PURPOSES,
    WEEKLY,
    WRITTEN_FOR,
    Consent,
    Gate,
    PartName,
    Purpose,
    Receipt,
    controller_of,
    key_of,
)
from chalicelib.consent.said import Act, Recorded
from chalicelib.entrypoints.api.answers import KnownChannel, Shown
from chalicelib.entrypoints.api.calls import Ask
from chalicelib.entrypoints.api.free_texts import WITHOUT_CARDS
from chalicelib.entrypoints.api.laws import LawShown, court, laws_of
from chalicelib.entrypoints.api.said import (
    ChoiceShown,
    ConsentShown,
    ReceiptShown,
    choices_in,
    consent_shown,
    receipt_shown,
)
from chalicelib.entrypoints.api.visibility import InSight, controllers_of, guest_of, own_leaves, person_of
from chalicelib.guests.profiling import says
from chalicelib.settings import actions as settings
from chalicelib.settings import legal_store

MOST_RECEIPTS = 1_000
"""In one answer; each may have more than 1 KB."""
CLOCKS_DIFFER_BY = timedelta(minutes=1)


def _address(text: str) -> str:
    return str(ip_address(text))


class ConsentAsked(BaseModel):
    """What the guest said to a member of staff. `how` is how it was obtained, such as `signed registration card`.

    `text` is the id of the text that the guest was shown, as the consent settings have it, in that `language`; `source`
    is where it was said, such as the page of a form, and `ip` the address of the guest's own device. Each stands in the
    receipt.

    A `part` makes it about a part of the purpose alone: one of the company's topics by its id, or mails that come
    oftener than once a week (`@week`) or a month (`@month`): who withdraws from these wants them less often.

    It is said to the legal entity that answers at `property_id`. A key whose properties have one in common may leave
    that out; where a key for all properties does, it is said to the group's. What of path and answer may stand in the
    body, too (`channel`, `purpose`, `controller`), must not differ.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    channel: KnownChannel | None = None
    purpose: Purpose | None = None
    controller: ControllerId | None = None
    part: PartName | None = None
    state: Literal["explicit", "confirmed", "withdrawn"]
    basis: Literal["guest", "staff"] = "staff"
    at: Moment | None = None
    property_id: Annotated[PropertyId, HUB_ID] | None = None
    how: Annotated[str, StringConstraints(max_length=200, strip_whitespace=True), WITHOUT_CARDS] | None = None
    text: HubId | None = None
    language: Annotated[str, StringConstraints(max_length=35, strip_whitespace=True)] | None = None
    source: Annotated[str, StringConstraints(max_length=200, strip_whitespace=True)] | None = None
    ip: Annotated[str, StringConstraints(max_length=45), AfterValidator(_address)] | None = None


class ConsentKept(ConsentShown):
    """What holds now, which may be a newer word than this one. `changed` tells what this one changed: the `answer` that
    holds, the `history`, which has one more proof; nothing where the very same was said before. `still_held` is what
    holds the guest's messages all the same: a bounce is lifted by an admin, a complaint by the guest's own yes;
    `soft_bounces` hold marketing, and end with the next message that arrives or by an admin."""

    part: PartName | None = None
    changed: list[Literal["answer", "history"]]
    still_held: list[str]


class LiftAsked(BaseModel):
    """Why a bounce was a mistake, such as `misspelt at the desk`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    reason: Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True), WITHOUT_CARDS]


class ConsentsShown(Shown):
    """`state` is `none` where nobody ever said anything; `laws` has one for each of the `consents`, in their order.
    `choices` are what was said about parts of a purpose alone. Of a guest who is `restricted` nothing is used but for
    what they ask for; of one who `objects_to_profiling` nothing is computed of how they behave."""

    consents: list[ConsentShown]
    laws: list[LawShown]
    choices: list[ChoiceShown]
    suppressed: list[str]
    restricted: bool
    objects_to_profiling: bool
    history: list[ReceiptShown]


def listed(ask: Ask, guest_id: GuestId) -> ConsentsShown:
    """What holds now, which reasons suppress the guest's addresses, and the newest 1,000 receipts, oldest first. The
    timeline has them all, page by page.

    A key of some hotels is shown what was said, through their records or at an address of these, to the legal entities
    that answer there, or did before.
    """
    sight = guest_of(ask.caller, guest_id)
    gates = [_gate(sight, each) for each in CHANNELS]
    receipts = evidence.receipts(sight.members)
    said_to = {controller_of(key) for gate in gates for key in gate.answers}
    said_to |= {controller_of(each.purpose) for each in receipts}
    seen = controllers_of(sight, said_to)
    judged = court(sight, seen, moment_of(ask.now))
    return ConsentsShown(
        consents=[each for gate in gates for each in _answers(gate, seen, receipts)],
        laws=[each for gate in gates for each in laws_of(gate, judged)],
        choices=[each for gate in gates for each in choices_in(gate, seen)],
        suppressed=sorted({why for gate in gates for why in gate.suppressed.values()}),
        restricted=any(gate.restricted for gate in gates),
        objects_to_profiling=_objects(sight),
        history=[receipt_shown(each, judged.legal) for each in receipts if controller_of(each.purpose) in seen][
            -MOST_RECEIPTS:
        ],
    )


def _objects(sight: InSight) -> bool:
    """A restriction stands before an objection: then the records in sight tell."""
    why = sight.whole.traits.unprofiled
    return why == "objected" or (why is not None and any(says(head, "objected") for head in sight.heads))


def _answers(gate: Gate, controllers: Collection[ControllerId], receipts: Sequence[Receipt]) -> Iterator[ConsentShown]:
    for controller in sorted(controllers):
        for purpose in PURPOSES:
            answer = gate.answer_to(purpose, controller)
            said = answer and evidence.as_proven(answer, key_of(purpose, controller), gate.channel, receipts)
            yield consent_shown(gate.channel, purpose, controller, said)


def put(ask: Ask, guest_id: GuestId, channel: ChannelName, purpose: str, body: ConsentAsked) -> ConsentKept:
    """Record what a guest said, with its proof; an objection holds mail from this moment on.

    What is older than what the guest said since, or says the same in other words (`how`, the key, the time `at`), is
    one more proof in the history; the newest word holds. The very same again adds nothing. What a hotel's key says is
    kept with a record of that hotel, and goes with it. Where its legal entity answers at other hotels, too, its yes
    takes back no refusal but its own. A yes is not taken of a record that is nobody's: it may be somebody else's later.
    """
    sight = (person_of if body.state in GRANTED else guest_of)(ask.caller, guest_id)
    named = next((each for each in PURPOSES if each == purpose), None)
    if channel not in CHANNELS or named is None:
        raise NotFound(f"Channels are {choices.known(CHANNELS)}; purposes are {choices.known(PURPOSES)}.")
    controller = _asked(ask.caller, body, {"channel": channel, "purpose": named})
    _require_known(body, named)
    before = _gate(sight, channel)
    claimed = is_claimed(ask.caller, controller)
    about = named, controller, body.part or ""
    act = _act(ask, own_leaves(sight)[0], channel, key_of(*about), body, claimed=claimed)
    done, after = actions.record(act, named, controller, _said_at(sight, channel, body)), _gate(sight, channel)
    holds = after.answer_to(*about) or done.kept
    proven = evidence.as_proven(holds, act.key, channel, evidence.receipts(sight.members))
    return ConsentKept(
        **consent_shown(channel, named, controller, proven).model_dump(),
        part=body.part,
        changed=_changed(before.answer_to(*about), holds, done),
        still_held=sorted(set(after.suppressed.values())),
    )


def is_claimed(caller: Caller, controller: ControllerId) -> bool | None:
    """Whether the key's people speak for a legal entity that answers at other hotels, or for the group, too."""
    known = settings.controllers()
    hotels = {hotel for hotel, each in known.by_property.items() if each == controller}
    is_own = caller.is_group or (controller != known.group and hotels <= caller.properties)
    return None if is_own else True


def _said_at(sight: InSight, channel: ChannelName, body: ConsentAsked) -> Sequence[Digest] | None:
    """The addresses at which it is said, too; None for all of the guest's. A desk reads nobody's mailbox: its objection
    stands on its record alone, and a complaint is lifted where no other hotel's record carries the address."""
    if sight.caller.is_group:
        return None
    return [] if body.state == "withdrawn" else evidence.addresses_of_these_alone(sight.heads, channel)


def _act(ask: Ask, leaf: Leaf, channel: ChannelName, key: str, body: ConsentAsked, *, claimed: bool | None) -> Act:
    told = {name: text for name in ("how", "text", "language", "source", "ip") if (text := getattr(body, name))}
    proof = {**ask.caller.named, **told}
    at = _not_later(body.at, moment_of(ask.now)) if body.at else ask.now
    asked = Consent(state=body.state, basis=body.basis, at=at, claimed=claimed)
    return Act(leaf, channel, key, asked, proof, dated=body.at is not None)


def _require_known(body: ConsentAsked, purpose: Purpose) -> None:
    """Raises Invalid for a text that nobody wrote, or that there is in several languages, and for no part of this
    purpose."""
    if not (body.text or body.part):
        return
    legal = legal_store.get()
    if body.text and legal.text(body.text, body.language) is None:
        raise Invalid(FieldError("text", "is none of the consent settings, in that language or at all"))
    topics = [each.id for each in legal.topics_of(purpose)]
    parts = [WEEKLY, MONTHLY, *topics] if purpose in WRITTEN_FOR else []
    if body.part and body.part not in parts:
        raise Invalid(FieldError("part", f"is no part of {purpose}; there is {choices.known(parts)}"))


def _gate(sight: InSight, channel: ChannelName) -> Gate:
    guest = sight.whole.id
    kept = store.gate(guest, channel) or Gate(guest=guest, channel=channel)
    return kept if sight.eyes.is_group else evidence.told_by(kept, sight.heads, settings.controllers())


def _changed(before: Consent | None, after: Consent, done: Recorded) -> list[Literal["answer", "history"]]:
    is_another = before is None or (before.state, before.basis) != (after.state, after.basis)
    changed: list[tuple[Literal["answer", "history"], bool]] = [("answer", is_another), ("history", done.is_proven)]
    return [name for name, is_changed in changed if is_changed]


def lift_bounce(ask: Ask, guest_id: GuestId, channel: ChannelName, body: LiftAsked) -> ConsentsShown:
    """Let messages reach the guest's addresses again after a hard bounce that was a mistake, with a receipt.

    SES may keep the address on a list of its own: take it off there, too. A complaint stays: the guest alone lifts it.
    """
    guest = guest_of(ask.caller, guest_id).whole
    if channel not in CHANNELS:
        raise NotFound("There is no such channel.")
    actions.lift_bounce(guest.id, channel, ask.now, {**ask.caller.named, "reason": body.reason})
    return listed(ask, guest.id)


def _asked(caller: Caller, body: ConsentAsked, in_path: Mapping[str, str]) -> ControllerId:
    """To whom it was said. Raises Invalid for what differs from where it is put."""
    controller = _said_to(caller, body.property_id, body.controller)
    is_meant = {**in_path, "controller": controller}
    differing = [name for name, meant in is_meant.items() if getattr(body, name) not in {None, meant}]
    if differing:
        raise Invalid(*(FieldError(name, f"is {is_meant[name]} here") for name in differing))
    return controller


def _said_to(caller: Caller, property_id: PropertyId | None, controller: ControllerId | None) -> ControllerId:
    """Raises Invalid for a property that the key does not see, and where one must be named."""
    known = settings.controllers()
    if property_id is None:
        own = {known.group, *known.by_property.values()} if caller.is_group else known.of(caller.properties)
        if controller is not None and controller in own:
            return controller
        return known.group if caller.is_group else _only_one(own)
    if not caller.sees(property_id) or property_id not in known.by_property:
        raise Invalid(FieldError("property_id", "does not exist"))
    return known.by_property[property_id]


def _only_one(found: Collection[ControllerId]) -> ControllerId:
    if len(found) != 1:
        raise Invalid(FieldError("property_id", "name one: more than one legal entity answers for this key's"))
    return next(iter(found))


def _not_later(said: datetime, now: datetime) -> Instant:
    """An act dated ahead would outlive what the guest says tomorrow. Raises Invalid."""
    if said > now + CLOCKS_DIFFER_BY:
        raise Invalid(FieldError("at", "lies in the future"))
    return instant(min(said, now))
