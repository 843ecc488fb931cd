"""The messages of the queue `send` that ask for one message outside of any run, written and read in one place.

They lie there beside the chunks of campaigns, which have no `kind`. A reader takes what it knows and leaves the rest,
so that a version can be read before it is written.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from chalicelib.canonical.bodies import field_of
from chalicelib.canonical.ids import ChannelName, Leaf, OccasionId, PropertyId, SignupId, StaffMailId, TemplateId
from chalicelib.canonical.time import Instant

VERSION = 1


@dataclass(frozen=True)
class SendToGuest:
    """Answer what a guest just did. `occasion` names the act (`ids.occasion_of`): it is answered once.

    The message carries the names of the property, and without one the group's.
    """

    kind: ClassVar = "guest"
    leaf: Leaf
    occasion: OccasionId
    template: TemplateId
    channel: ChannelName
    property_id: PropertyId | None = None


@dataclass(frozen=True)
class SendToStaff:
    """Mail somebody who works with the hub. `id` names what the mail is about (`ids.staff_mail_of`): it is sent once.

    `until` is the instant after which nobody needs it any more, such as that at which a link in it ends.
    """

    kind: ClassVar = "staff"
    id: StaffMailId
    to: str
    subject: str
    html: str
    text: str
    until: Instant | None = None


@dataclass(frozen=True)
class SendToNewcomer:
    """Mail an address that somebody signed up with, once, in the names of a property or the group's. It is no guest's
    yet: `until` is the instant after which the mail would ask for what is over."""

    kind: ClassVar = "newcomer"
    id: SignupId
    to: str
    subject: str
    html: str
    text: str
    until: Instant
    property_id: PropertyId | None = None


def body_of(message: SendToGuest | SendToStaff | SendToNewcomer) -> dict[str, Any]:
    told = {name: value for name, value in asdict(message).items() if value is not None}
    return {"v": VERSION, "kind": message.kind, **told}


def read_send_to_guest(body: Mapping[str, Any]) -> SendToGuest:
    return SendToGuest(
        leaf=Leaf(field_of(body, "leaf", str)),
        occasion=OccasionId(field_of(body, "occasion", str)),
        template=TemplateId(field_of(body, "template", str)),
        channel=ChannelName(field_of(body, "channel", str)),
        property_id=_property_in(body),
    )


def read_send_to_staff(body: Mapping[str, Any]) -> SendToStaff:
    id_, to, subject, html, text = (field_of(body, name, str) for name in ("id", "to", "subject", "html", "text"))
    until = Instant(field_of(body, "until", str)) if "until" in body else None
    return SendToStaff(StaffMailId(id_), to, subject, html, text, until)


def read_send_to_newcomer(body: Mapping[str, Any]) -> SendToNewcomer:
    id_, to, subject, html, text = (field_of(body, name, str) for name in ("id", "to", "subject", "html", "text"))
    until = Instant(field_of(body, "until", str))
    return SendToNewcomer(SignupId(id_), to, subject, html, text, until, _property_in(body))


def _property_in(body: Mapping[str, Any]) -> PropertyId | None:
    named = field_of(body, "property_id", str) if "property_id" in body else None
    return PropertyId(named) if named else None
