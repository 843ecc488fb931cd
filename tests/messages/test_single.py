"""One message to one guest, from who asks for it to SES, and each once."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.aws import clients, queues, table
from chalicelib.aws.settings import Settings, settings
from chalicelib.canonical.errors import Rejected, TryAgain
from chalicelib.canonical.ids import GuestId, Leaf, OccasionId, PropertyId, TemplateId, occasion_of
from chalicelib.canonical.time import instant
from chalicelib.consent.model import ADDRESS_DIGITS
from chalicelib.entrypoints.queues import send_chunk
from chalicelib.guests.model import Head
from chalicelib.guests.records import Record
from chalicelib.guests.store import head_row
from chalicelib.identity.digests import digest
from chalicelib.messages import actions, queued, single, store
from chalicelib.messages.channels.email import EMAIL
from chalicelib.messages.model import State, Template
from chalicelib.messages.queued import SendToGuest
from chalicelib.properties import store as properties
from chalicelib.properties.model import Branding
from tests.builders import VIENNA
from tests.conftest import SENDER
from tests.crashes import Point, crash_at, points_of
from tests.exhaustive import some_of
from tests.fakes import Context, received, waiting
from tests.ids import PMS, guest_id
from tests.mail_fakes import FakeSes, mail_event, wrapped
from tests.messages.test_sending import guest

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LATER = NOW + timedelta(minutes=10)
WELCOME = TemplateId("welcome")
ACT = occasion_of(instant(NOW), "signed-up", "anna")
HI = "Dear {{ guest.given_name | default: 'guest' }}"


@pytest.fixture
def ses(aws: Settings) -> FakeSes:
    actions.save_template(Template(id=WELCOME, name="Welcome", subject="Welcome", html=f"<p>{HI}</p>", text=HI))
    digest("email", "somebody@example.com")
    queues.url_of("send")
    return FakeSes().install()


def asked(leaf: Leaf, occasion: OccasionId = ACT, **more: Any) -> SendToGuest:
    return SendToGuest(leaf, occasion, more.pop("template", WELCOME), EMAIL.name, **more)


def sent(message: SendToGuest, now: datetime = NOW) -> None:
    single.send_to_guest(queued.body_of(message), now)


def held_messages() -> set[tuple[str, str]]:
    """(leaf, reason) of every message that is held."""
    rows = clients.dynamodb().scan(TableName=settings().table, ConsistentRead=True)["Items"]
    return {
        (row["pk"]["S"].removeprefix("LEAF#"), row["reason"]["S"])
        for row in rows
        if row["sk"]["S"] == f"MESSAGE#{ACT}" and row["state"]["S"] == "held"
    }


def test_a_guest_is_answered_over_the_queue_once_however_often_it_is_asked_for(ses: FakeSes) -> None:
    anna = guest("anna")
    for _ in range(3):
        single.answer_guest(asked(anna))
    send_chunk(received("send"), Context())
    (mail,) = ses.accepted
    assert (mail["to"], mail["subject"], mail["sender"]) == ("anna@example.com", "Welcome", SENDER)
    assert mail["text"].startswith("Dear Anna")
    message = store.message(anna, ACT)
    assert message
    assert (message.state, message.campaign) == (State.SENT, None)
    assert waiting("send-dlq") == 0


def test_it_is_no_marketing(ses: FakeSes) -> None:
    sent(asked(guest("anna")))
    (mail,) = ses.accepted
    assert mail["configuration_set"] == "xenia-test-service-untracked"
    assert "List-Unsubscribe" not in mail["headers"]
    assert "/u/" not in mail["html"] + mail["text"]


@pytest.mark.parametrize(
    ("name", "gate"),
    [
        ("withdrawn", {"state": "withdrawn"}),
        ("nothing was ever said", {"state": None}),
        ("restricted", {"restricted": True}),
        ("open case", {"open_case": True}),
        ("tired", {"sends": [instant(NOW)] * 9}),
    ],
)
def test_what_holds_marketing_does_not_hold_an_answer(ses: FakeSes, name: str, gate: dict[str, Any]) -> None:
    sent(asked(guest("anna", **gate)))
    assert ses.recipients == ["anna@example.com"], name


@pytest.mark.parametrize("reason", ["bounce", "complaint"])
def test_a_suppressed_address_is_not_answered(ses: FakeSes, reason: str) -> None:
    sent(asked(guest("anna", suppressed={digest("email", "anna@example.com")[:ADDRESS_DIGITS]: reason})))
    assert ses.accepted == []
    assert held_messages() == {(guest_id("anna"), f"suppressed_{reason}")}


def test_an_erased_guest_is_not_answered_and_the_row_that_says_so_names_no_address(ses: FakeSes) -> None:
    sent(asked(guest("anna", erased=True)))
    assert ses.accepted == []
    assert held_messages() == {(guest_id("anna"), "erased")}
    message = store.message(guest_id("anna"), ACT)
    assert message
    assert message.address is None


def test_another_act_is_another_answer(ses: FakeSes) -> None:
    anna = guest("anna")
    for act in ("signed-up", "enrolled"):
        sent(asked(anna, occasion_of(instant(NOW), act, "anna")))
    assert len(ses.accepted) == 2


def test_an_answer_to_a_record_that_was_merged_goes_to_its_guest_once(ses: FakeSes) -> None:
    anna = guest("anna", members=("anna", "ben"))
    table.write(table.Put(head_row(Head(leaf=Leaf("ben"), record=Record(source=PMS), merged_into=GuestId(anna)))))
    sent(asked(Leaf("ben")))
    sent(asked(anna))
    assert ses.recipients == ["anna@example.com"]


def test_it_carries_the_names_of_the_hotel_that_it_is_about(ses: FakeSes) -> None:
    own = Branding(sender="Vienna <vienna@hotel.example>", postal_address="Ring 1")
    properties.put(VIENNA.model_copy(update={"branding": own}))
    sent(asked(guest("anna"), property_id=VIENNA.id))
    (mail,) = ses.accepted
    assert mail["sender"] == "Vienna <vienna@hotel.example>"
    assert "Ring 1" in mail["text"]


@pytest.mark.parametrize(
    ("more", "reason"),
    [({"template": TemplateId("gone")}, "no_such_template"), ({"property_id": PropertyId("gone")}, "no_such_property")],
)
def test_what_nobody_knows_is_set_aside_with_its_reason(ses: FakeSes, more: dict[str, Any], reason: str) -> None:
    with pytest.raises(Rejected, match=reason):
        sent(asked(guest("anna"), **more))


def test_a_kind_that_nobody_knows_is_a_dead_letter(ses: FakeSes) -> None:
    queues.send("send", {"v": 1, "kind": "pigeon"})
    send_chunk(received("send"), Context())
    assert (waiting("send"), waiting("send-dlq")) == (0, 1)


@pytest.mark.parametrize("error", [(429, "TooManyRequestsException"), (400, "SendingPausedException")])
def test_what_cannot_be_sent_now_comes_again_and_is_sent_once(ses: FakeSes, error: tuple[int, str]) -> None:
    anna = guest("anna")
    ses.error = error
    with pytest.raises(TryAgain):
        sent(asked(anna))
    ses.error = None
    for _ in range(2):
        sent(asked(anna), LATER)
    assert ses.recipients == ["anna@example.com"]


def test_an_answer_of_ses_that_was_lost_is_settled_by_its_event_and_never_sent_again(ses: FakeSes) -> None:
    anna = guest("anna")
    ses.loses_answers = True
    sent(asked(anna))
    ses.loses_answers = False
    sent(asked(anna), LATER)
    (mail,) = ses.accepted
    actions.record_event(wrapped(mail_event("Send", mail, instant(LATER))), EMAIL.name)
    message = store.message(anna, ACT)
    assert message
    assert message.state is State.SENT


@pytest.mark.exhaustive
def test_a_crash_anywhere_never_answers_twice(ses: FakeSes) -> None:
    calm = guest("calm")
    points = points_of(lambda: sent(asked(calm)))
    operations = [point.operation for point in points]
    assert {"TransactWriteItems", "SendBulkEmail"} <= set(operations)
    claimed, given = (points[operations.index(name)].at for name in ("TransactWriteItems", "SendBulkEmail"))
    for number, point in enumerate(some_of(points)):
        leaf = guest(f"g{number:02d}")
        assert crash_at(point, lambda leaf=leaf: sent(asked(leaf))), point  # type: ignore[misc]
        for _ in range(2):
            sent(asked(leaf), LATER)
        mails = Counter(ses.recipients)[f"{leaf}@example.com"]
        was_claimed = point.at > claimed or point == Point(claimed, "after", point.operation)
        was_given = point.at > given or point == Point(given, "after", point.operation)
        assert mails == (1 if was_given or not was_claimed else 0), point
