"""Read SES's events: event publishing and feedback notifications, wrapped by SNS or raw."""

import json
from collections.abc import Mapping
from typing import Any

from chalicelib.canonical.errors import Rejected
from chalicelib.canonical.ids import GuestId, Leaf, OccasionId, SignupId, StaffMailId
from chalicelib.canonical.time import instant, moment_of
from chalicelib.messages.channels.contract import DeliveryEvent, EventKind

# The value of `eventType` or `notificationType`, and the object that holds what happened.
# https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
WORDS = {
    "Send": (EventKind.SEND, "send"),
    "Delivery": (EventKind.DELIVERY, "delivery"),
    "Open": (EventKind.OPEN, "open"),
    "Click": (EventKind.CLICK, "click"),
    "Bounce": (EventKind.BOUNCE, "bounce"),
    "Complaint": (EventKind.COMPLAINT, "complaint"),
    "Reject": (EventKind.REJECT, "reject"),
    "Rendering Failure": (EventKind.REJECT, "failure"),
}
NO_COMPLAINTS = frozenset({"not-spam", "auth-failure", "virus"})
"""Kinds of feedback (RFC 5965, RFC 6591) that say nothing of what the guest wants: one takes a complaint back, the
others tell the sender of a fault. Whatever else comes, and what has no kind, is a complaint."""
ABOUT_THE_MESSAGE = frozenset({"MessageTooLarge", "ContentRejected", "AttachmentRejected"})
"""Subtypes of a bounce that say nothing of the address."""
GREETING = "Successfully validated SNS topic"
"""SES says this, as plain text, when a topic is set as an event destination."""


def parse(body: str) -> DeliveryEvent | None:
    """Read one queue message; None is an event that changes nothing here. Raises Rejected."""
    event = _unwrapped(body)
    if event is None:
        return None
    word = event.get("eventType") or event.get("notificationType")
    if not isinstance(word, str):
        raise Rejected("not_a_mail_event")
    if word not in WORDS:
        return None
    kind, name = WORDS[word]
    try:
        return _read_event(_exact(kind, event.get(name, {})), event["mail"], event.get(name, {}))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Rejected("malformed_mail_event", type(error).__name__) from error


def _unwrapped(body: str) -> Mapping[str, Any] | None:
    """With SNS the event is a text within the message, unless raw delivery is on."""
    outer = _json(body)
    if outer is None or outer.get("Type") != "Notification":
        return outer
    inner = outer.get("Message")
    if not isinstance(inner, str):
        raise Rejected("not_a_mail_event")
    return _json(inner)


def _json(text: str) -> Mapping[str, Any] | None:
    if text.startswith(GREETING):
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Rejected("not_json") from error
    if not isinstance(value, dict):
        raise Rejected("not_a_mail_event")
    return value


def _exact(kind: EventKind, about: Mapping[str, Any]) -> EventKind | None:
    """Only a permanent bounce says that an address is dead; not every report of a mailbox provider is a complaint."""
    if kind is EventKind.BOUNCE and about.get("bounceType") != "Permanent":
        return EventKind.SOFT_BOUNCE
    if kind is EventKind.COMPLAINT and about.get("complaintFeedbackType") in NO_COMPLAINTS:
        return EventKind.REPORT
    return kind


def _read_event(kind: EventKind | None, mail: Mapping[str, Any], about: Mapping[str, Any]) -> DeliveryEvent | None:
    if kind is None:
        return None
    tags = mail.get("tags") or {}
    run, guest, staff, signup = (_first(tags.get(name)) for name in ("run", "guest", "staff", "signup"))
    addressed = about.get("bouncedRecipients") or about.get("complainedRecipients") or []
    return DeliveryEvent(
        kind=kind,
        at=instant(moment_of(about.get("timestamp") or mail["timestamp"])),
        carrier_id=mail["messageId"],
        run=OccasionId(run) if run else None,
        guest=GuestId(Leaf(guest)) if guest else None,
        staff=StaffMailId(staff) if staff else None,
        signup=SignupId(signup) if signup else None,
        word=str(about.get("complaintFeedbackType") or ""),
        blames_address=about.get("bounceSubType") not in ABOUT_THE_MESSAGE,
        recipients=tuple(each["emailAddress"] for each in addressed) or tuple(mail.get("destination") or ()),
    )


def _first(values: object) -> str | None:
    """Every tag's value is a list."""
    return str(values[0]) if isinstance(values, list) and values else None
