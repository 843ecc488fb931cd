"""Read SES's events: event publishing and feedback notifications, wrapped by SNS or raw."""

import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict

from chalicelib.canonical.errors import Rejected
from chalicelib.canonical.time import instant, moment_of


class Kind(StrEnum):
    SEND = "send"
    DELIVERY = "delivery"
    OPEN = "open"
    CLICK = "click"
    BOUNCE = "bounce"
    SOFT_BOUNCE = "soft_bounce"
    COMPLAINT = "complaint"
    REJECT = "reject"


# The value of `eventType` or `notificationType`, and the object that holds what happened.
# https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
WORDS = {
    "Send": (Kind.SEND, "send"),
    "Delivery": (Kind.DELIVERY, "delivery"),
    "Open": (Kind.OPEN, "open"),
    "Click": (Kind.CLICK, "click"),
    "Bounce": (Kind.BOUNCE, "bounce"),
    "Complaint": (Kind.COMPLAINT, "complaint"),
    "Reject": (Kind.REJECT, "reject"),
    "Rendering Failure": (Kind.REJECT, "failure"),
}
GREETING = "Successfully validated SNS topic"
"""SES says this, as plain text, when a topic is set as an event destination."""


class MailEvent(BaseModel):
    """One thing that happened to one mail. `run` and `guest` are our tags; feedback notifications have none."""

    model_config = ConfigDict(frozen=True)

    kind: Kind
    at: str
    ses_id: str
    run: str | None = None
    guest: str | None = None
    recipients: tuple[str, ...] = ()


def parse(body: str) -> MailEvent | None:
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
        return _event(_exact(kind, event.get(name, {})), event["mail"], event.get(name, {}))
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


def _exact(kind: Kind, about: Mapping[str, Any]) -> Kind | None:
    """Only a permanent bounce says that an address is dead; `not-spam` takes a complaint back."""
    if kind is Kind.BOUNCE and about.get("bounceType") != "Permanent":
        return Kind.SOFT_BOUNCE
    if kind is Kind.COMPLAINT and about.get("complaintFeedbackType") == "not-spam":
        return None
    return kind


def _event(kind: Kind | None, mail: Mapping[str, Any], about: Mapping[str, Any]) -> MailEvent | None:
    if kind is None:
        return None
    tags = mail.get("tags") or {}
    addressed = about.get("bouncedRecipients") or about.get("complainedRecipients") or []
    return MailEvent(
        kind=kind,
        at=instant(moment_of(about.get("timestamp") or mail["timestamp"])),
        ses_id=mail["messageId"],
        run=_first(tags.get("run")),
        guest=_first(tags.get("guest")),
        recipients=tuple(each["emailAddress"] for each in addressed) or tuple(mail.get("destination") or ()),
    )


def _first(values: object) -> str | None:
    """Every tag's value is a list."""
    return str(values[0]) if isinstance(values, list) and values else None
