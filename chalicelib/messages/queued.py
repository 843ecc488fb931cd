"""The messages of the queue `send` that ask for one message outside of any run, written and read in one place.

They lie there beside the chunks of campaigns, which have no `kind`. A reader takes what it knows and leaves the rest,
so that a version can be read before it is written.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, TypeVar

from chalicelib.canonical.errors import Rejected
from chalicelib.canonical.ids import ChannelName, Leaf, OccasionId, PropertyId, StaffMailId, TemplateId
from chalicelib.canonical.time import Instant

VERSION = 1
T = TypeVar("T")


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


def body_of(message: SendToGuest | SendToStaff) -> dict[str, Any]:
    told = {name: value for name, value in asdict(message).items() if value is not None}
    return {"v": VERSION, "kind": message.kind, **told}


def read_send_to_guest(body: Mapping[str, Any]) -> SendToGuest:
    property_id = _text(body, "property_id") if "property_id" in body else None
    return SendToGuest(
        leaf=Leaf(_text(body, "leaf")),
        occasion=OccasionId(_text(body, "occasion")),
        template=TemplateId(_text(body, "template")),
        channel=ChannelName(_text(body, "channel")),
        property_id=PropertyId(property_id) if property_id else None,
    )


def read_send_to_staff(body: Mapping[str, Any]) -> SendToStaff:
    id_, to, subject, html, text = (_text(body, name) for name in ("id", "to", "subject", "html", "text"))
    until = Instant(_text(body, "until")) if "until" in body else None
    return SendToStaff(StaffMailId(id_), to, subject, html, text, until)


def _text(body: Mapping[str, Any], name: str) -> str:
    """Raises Rejected."""
    value = body.get(name)
    if not isinstance(value, str):
        raise Rejected("malformed_message", name)
    return value
