"""Save templates, let guests leave, and record what a channel says became of a message."""

from collections.abc import Collection, Sequence
from datetime import datetime

from chalicelib.aws import bus
from chalicelib.aws.meter import meter
from chalicelib.aws.retries import until_written
from chalicelib.canonical.definitions import NOBODYS, Hand
from chalicelib.canonical.errors import NotFound
from chalicelib.canonical.facts import Fact, FactType
from chalicelib.canonical.ids import ChannelName, ControllerId, Digest, Leaf
from chalicelib.canonical.time import Instant, instant
from chalicelib.canonical.time import now as present
from chalicelib.consent import actions as consents
from chalicelib.consent import addresses, objections
from chalicelib.consent import store as gates
from chalicelib.consent.model import WRITTEN_FOR, Consent, Suppression, controller_of, key_of
from chalicelib.consent.objections import Undeliverable
from chalicelib.guests import store as guests
from chalicelib.identity import store as identity
from chalicelib.identity.digests import digest
from chalicelib.messages import holds, newcomers, returns, rules, staff, store, templates
from chalicelib.messages.channels.contract import Channel, DeliveryEvent, EventKind
from chalicelib.messages.channels.register import CHANNELS
from chalicelib.messages.model import Message, Template
from chalicelib.messages.reasons import Reason
from chalicelib.messages.store import TEMPLATES
from chalicelib.messages.tokens import UnsubscribeLink, read_token
from chalicelib.settings import actions as settings

ANNOUNCED = {
    EventKind.CLICK: FactType.MESSAGE_CLICKED,
    EventKind.BOUNCE: FactType.MESSAGE_BOUNCED,
    EventKind.COMPLAINT: FactType.MESSAGE_COMPLAINED,
}


def rule_of(message: Message) -> str | None:
    """Why a message is held, in the words of its channel; None of one that is not."""
    if message.channel is None or message.reason is None:
        return None
    return holds.RULES[Reason(message.reason)].rule_in(CHANNELS[message.channel].words)


def save_template(asked: Template, hand: Hand = NOBODYS) -> Template:
    """Save content as the next version; the same content again is the same version. Raises Invalid, Conflict."""
    templates.check(asked)
    return TEMPLATES.save(asked, hand)


def unsubscribe(token: str, at: datetime | None = None) -> Consent:
    """Withdraw what the token names; again and again is once. Raises NotFound for a token that the hub did not make.

    Whoever clicked reads the mailbox that the mail went to. It may have left the guest since, with the record that
    brought it, or the guest may be erased: everybody who carries it now is held, too, and who carries it later.
    """
    link = read_token(token)
    sent = store.message(link.leaf, link.run)
    mailbox = [sent.address] if sent and sent.address else None
    carriers = identity.identifier(mailbox[0]) if mailbox else None
    leaves = guests.one_leaf_each([link.leaf, *(carriers.leaves if carriers else ())])
    speaker, guest = next(((each, found) for each in leaves if (found := guests.guest(each))), (None, None))
    asked_at = instant(at or present())
    if speaker is None:
        return _objected_by_nobody(link, mailbox, asked_at)
    proof = {"via": "unsubscribe", "run": link.run}
    through = addresses.carrier_of(guest, mailbox[0], sent.property_id) if sent and mailbox else None
    said = through or speaker, link.channel, link.purpose, link.controller
    return consents.set_consent(*said, "withdrawn", "guest", asked_at, proof, mailbox)


def _objected_by_nobody(link: UnsubscribeLink, mailbox: Sequence[Digest] | None, at: Instant) -> Consent:
    """At the address alone: who was mailed is nobody any more, and nobody else carries it. Raises NotFound where no
    address is known."""
    if not mailbox:
        raise NotFound("There is no such guest.")
    for address in mailbox:
        addresses.object_at(address, key_of(link.purpose, link.controller), at)
    return Consent(state="withdrawn", basis="guest", at=at)


def record_event(body: str, channel: ChannelName) -> bool:
    """Record one event of a channel; False is an event that is not about a message of the hub.

    Any number of times and in any order it ends the same: first instants stay, and what follows is repeatable. Raises
    Rejected, TryAgain.
    """
    plug = CHANNELS[channel]
    event = plug.event_of(body)
    if event is None or _is_report(event):
        return False
    if event.staff:
        staff.follow(event.staff, event.kind)
        return True
    if event.signup:
        newcomers.follow(event.signup, event.kind)
    message = _record(event)
    if event.kind in {EventKind.BOUNCE, EventKind.COMPLAINT}:
        _suppress(
            [message.address] if message and message.address else _addresses(plug, event), event, message, channel
        )
    if message and event.kind is EventKind.SOFT_BOUNCE and event.blames_address:
        returns.came_back(message, channel)
    if message and event.kind is EventKind.DELIVERY:
        returns.arrived(message, channel)
    if message:
        _announce(event, message)
    return message is not None or event.signup is not None


def _is_report(event: DeliveryEvent) -> bool:
    """Whether it is for the operator alone: then it stands in the log line of this call."""
    if event.kind is not EventKind.REPORT:
        return False
    meter().called(f"feedback_{event.word}")
    return True


def _record(event: DeliveryEvent) -> Message | None:
    """The message after the event; written only when it changes something."""
    if not (event.run and event.guest):
        return None
    occasion, guest = event.run, event.guest

    def attempt() -> Message | None:
        before = store.message(guest, occasion)
        after = rules.followed(before, event) if before else None
        if before and after and after != before:
            store.follow(before, after)
        return after

    return until_written(attempt, "the message was changed by others all the time")


def _addresses(channel: Channel, event: DeliveryEvent) -> list[Digest]:
    """The digests of the recipients, for an event without our tags."""
    normal = [channel.normalised(recipient) for recipient in event.recipients]
    return [digest(channel.identifier, address) for address in normal if address]


def _suppress(reached: list[Digest], event: DeliveryEvent, message: Message | None, channel: ChannelName) -> None:
    """The address is held for everybody who carries it, now and later; a complaint is also their own no.

    Their no outlives the address: an event without our tags, too, says that a person wants no more mail.
    """
    reason = "complaint" if event.kind is EventKind.COMPLAINT else "bounce"
    suppression = Suppression.model_validate({"reason": reason, "at": event.at})
    mailed = [message.guest] if message else []
    for address in reached:
        objections.note(Undeliverable(address, channel, suppression.reason, suppression.at))
        for leaf in suppress(address, suppression, channel, mailed):
            if event.kind is EventKind.COMPLAINT:
                _complain(leaf, channel, address, event, message)


def _complain(leaf: Leaf, channel: ChannelName, address: Digest, event: DeliveryEvent, message: Message | None) -> None:
    """A no to whom the message was from; where that is not known, to everybody who may have sent it."""
    proof = {"run": message.occasion} if message else {}
    for controller in [message.controller] if message else sorted(_who_may_have_written(leaf, channel)):
        for purpose in WRITTEN_FOR:
            addresses.object_at(address, key_of(purpose, controller), event.at)
            consents.set_consent(leaf, channel, purpose, controller, "withdrawn", "complaint", event.at, proof, [])


def _who_may_have_written(leaf: Leaf, channel: ChannelName) -> Collection[ControllerId]:
    """The group, the hotels that know the guest, and whoever has an answer of theirs."""
    guest = guests.guest(leaf)
    if guest is None:
        return set()
    gate, known = gates.gate(guest.id, channel), settings.controllers()
    answered = {controller_of(key) for key in gate.answers} if gate else set()
    return {known.group, *known.of(guest.properties), *answered}


def suppress(
    address: Digest, suppression: Suppression, channel: ChannelName, mailed: Sequence[Leaf] = ()
) -> list[Leaf]:
    """Hold an address for all who carry it, now and later, and for who was mailed; returns one leaf of each guest."""
    known = addresses.suppress(address, suppression)
    if known.suppressed is None:  # it was lifted since
        return []
    held = guests.one_leaf_each([*mailed, *known.leaves])
    for leaf in held:
        consents.suppress(leaf, channel, address, suppression.reason)
    return held


def _announce(event: DeliveryEvent, message: Message) -> None:
    """One announcement for each first: a later click is no news."""
    type_ = ANNOUNCED.get(event.kind)
    if type_ is None or message.first_at(rules.INSTANTS[event.kind]) != event.at:
        return
    fact = Fact(
        type=type_, subject=message.claim, subject_version=event.at, occurred_at=event.at, leaf=message.guest,
        correlation_id=message.occasion,
    )  # fmt: skip
    bus.announce([fact])
