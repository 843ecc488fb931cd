"""Messages that lie in the queue while the functions are updated are read by the new ones."""

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.canonical.errors import Rejected
from chalicelib.canonical.ids import Leaf, OccasionId, PropertyId, StaffMailId, TemplateId
from chalicelib.canonical.time import Instant
from chalicelib.consent.model import EMAIL
from chalicelib.messages import queued
from chalicelib.messages.queued import SendToGuest, SendToStaff

Read = Callable[[Any], SendToGuest | SendToStaff]
READ: dict[str, Read] = {"guest": queued.read_send_to_guest, "staff": queued.read_send_to_staff}
GUEST = SendToGuest(Leaf("g1"), OccasionId("n1"), TemplateId("welcome"), EMAIL)
STAFF = SendToStaff(StaffMailId("s1"), "ops@hotel.example", "Sign in", "<p>Here</p>", "Here")

# As they were sent on the day named: samples are added, and never changed.
SAMPLES: list[tuple[dict[str, Any], SendToGuest | SendToStaff]] = [
    # 2026-11-27
    (
        {"v": 1, "kind": "guest", "leaf": "g1", "occasion": "n1", "template": "welcome", "channel": "email"},
        GUEST,
    ),
    (
        {
            "v": 1,
            "kind": "guest",
            "leaf": "g1",
            "occasion": "n1",
            "template": "welcome",
            "channel": "email",
            "property_id": "vienna",
        },
        SendToGuest(Leaf("g1"), OccasionId("n1"), TemplateId("welcome"), EMAIL, PropertyId("vienna")),
    ),
    (
        {
            "v": 1,
            "kind": "staff",
            "id": "s1",
            "to": "ops@hotel.example",
            "subject": "Sign in",
            "html": "<p>Here</p>",
            "text": "Here",
        },
        STAFF,
    ),
    (
        {
            "v": 1,
            "kind": "staff",
            "id": "s1",
            "to": "ops@hotel.example",
            "subject": "S",
            "html": "<p>H</p>",
            "text": "H",
            "until": "2026-11-27T04:00:00.000Z",
        },
        SendToStaff(StaffMailId("s1"), "ops@hotel.example", "S", "<p>H</p>", "H", Instant("2026-11-27T04:00:00.000Z")),
    ),
]


@pytest.mark.parametrize(("body", "message"), SAMPLES)
def test_a_message_of_an_earlier_day_is_read(body: dict[str, Any], message: SendToGuest | SendToStaff) -> None:
    assert READ[body["kind"]](body) == message


@pytest.mark.parametrize(("body", "message"), SAMPLES)
def test_what_is_sent_is_as_the_samples_are(body: dict[str, Any], message: SendToGuest | SendToStaff) -> None:
    assert queued.body_of(message) == body


@pytest.mark.parametrize("newer", [{"hotel": "vienna"}, {"v": 2}])
def test_what_a_newer_function_adds_is_left_aside(newer: dict[str, Any]) -> None:
    for body, message in SAMPLES:
        assert READ[body["kind"]]({**body, **newer}) == message


@pytest.mark.parametrize(("kind", "field"), [("guest", "leaf"), ("guest", "property_id"), ("staff", "until")])
def test_a_message_that_is_none_of_ours_is_rejected(kind: str, field: str) -> None:
    body = next(each for each, _ in SAMPLES if each["kind"] == kind)
    with pytest.raises(Rejected, match="malformed_message"):
        READ[kind]({**body, field: 7})
