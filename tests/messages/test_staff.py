"""Mail to the staff: no gate, a configuration set of its own, and each mail once."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.aws import keys, queues, table
from chalicelib.aws.settings import Settings
from chalicelib.canonical.errors import Rejected, TryAgain
from chalicelib.canonical.ids import staff_mail_of
from chalicelib.canonical.time import instant
from chalicelib.entrypoints.queues import send_chunk
from chalicelib.identity.digests import digest
from chalicelib.messages import actions, queued, staff
from chalicelib.messages.channels.email import EMAIL
from chalicelib.messages.queued import SendToStaff
from chalicelib.settings import store as settings
from chalicelib.settings.model import HubSettings
from tests.conftest import SENDER
from tests.crashes import Point, crash_at, points_of
from tests.exhaustive import some_of
from tests.fakes import Context, received, waiting
from tests.mail_fakes import FakeSes, mail_event, wrapped
from tests.messages.test_sending import guest

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LATER = NOW + timedelta(minutes=10)
LINK = SendToStaff(staff_mail_of("sign-in", "1"), "anna@example.com", "Sign in", "<p>Here</p>", "Here")


@pytest.fixture
def ses(aws: Settings) -> FakeSes:
    queues.url_of("send")
    return FakeSes().install()


def sent(message: SendToStaff = LINK, now: datetime = NOW) -> None:
    staff.send_to_staff(queued.body_of(message), now)


def known(message: SendToStaff = LINK) -> dict[str, Any]:
    """State and reason; the row says nothing else of the mail."""
    row = table.get(keys.staff_mail(message.id)) or {}
    assert row.keys() <= {"pk", "sk", "state", "reason", "at", "expires_at"}
    return {name: row.get(name) for name in ("state", "reason")}


def test_a_mail_goes_over_the_queue_once_however_often_it_is_asked_for(ses: FakeSes) -> None:
    for _ in range(3):
        staff.mail_staff(LINK)
    send_chunk(received("send"), Context())
    (mail,) = ses.accepted
    told = (mail["to"], mail["subject"], mail["html"], mail["text"], mail["sender"], mail["configuration_set"])
    assert told == ("anna@example.com", "Sign in", "<p>Here</p>", "Here", SENDER, "xenia-test-staff")
    assert known()["state"] == "sent"
    assert waiting("send-dlq") == 0


def test_no_gate_holds_it(ses: FakeSes) -> None:
    guest("anna", state="withdrawn", erased=True)
    sent()
    assert ses.recipients == ["anna@example.com"]


def test_a_mail_that_nobody_needs_any_more_is_let_go(ses: FakeSes) -> None:
    sent(replace(LINK, until=instant(NOW)))
    assert ses.accepted == []
    sent(replace(LINK, until=instant(NOW + timedelta(minutes=15))))
    assert ses.recipients == ["anna@example.com"]


@pytest.mark.parametrize("error", [(429, "TooManyRequestsException"), (400, "SendingPausedException")])
def test_what_cannot_be_sent_now_comes_again_and_is_sent_once(ses: FakeSes, error: tuple[int, str]) -> None:
    ses.error = error
    with pytest.raises(TryAgain, match=error[1]):
        sent()
    ses.error = None
    for _ in range(2):
        sent(now=LATER)
    assert ses.recipients == ["anna@example.com"]


def test_a_refused_mail_has_failed(ses: FakeSes) -> None:
    ses.status_of = lambda to: "MESSAGE_REJECTED" if to == "anna@example.com" else "SUCCESS"
    sent()
    assert known() == {"state": "failed", "reason": "message_rejected"}


def test_a_lost_answer_is_settled_by_its_event_and_never_sent_again(ses: FakeSes) -> None:
    ses.loses_answers = True
    sent()
    ses.loses_answers = False
    sent(now=LATER)
    assert known()["state"] == "claimed"
    (mail,) = ses.accepted
    assert told(mail, "Delivery")
    assert known()["state"] == "sent"


def test_while_another_worker_may_be_about_to_send_it_comes_again(ses: FakeSes) -> None:
    ses.loses_answers = True
    sent()
    with pytest.raises(TryAgain):
        sent(now=NOW + timedelta(seconds=30))
    assert ses.requests == 1


@pytest.mark.parametrize("order", [1, -1])
def test_a_bounce_is_told_whatever_came_first_and_holds_no_guest(ses: FakeSes, order: int) -> None:
    guest("anna")
    sent()
    (mail,) = ses.accepted
    for kind in ("Delivery", "Bounce")[::order]:
        assert told(mail, kind)
    assert known() == {"state": "failed", "reason": "bounced"}
    assert table.get(keys.identifier(digest("email", "anna@example.com"))) is None


def told(mail: dict[str, Any], kind: str) -> bool:
    about = {"bounceType": "Permanent"} if kind == "Bounce" else {}
    return actions.record_event(wrapped(mail_event(kind, mail, instant(LATER), **about)), EMAIL.name)


def test_an_event_of_a_mail_that_was_forgotten_is_let_go(ses: FakeSes) -> None:
    sent()
    (mail,) = ses.accepted
    table.write(table.Delete(keys.staff_mail(LINK.id)))
    assert told(mail, "Bounce")
    assert table.get(keys.staff_mail(LINK.id)) is None


def test_a_subject_is_one_line(ses: FakeSes) -> None:
    sent(replace(LINK, subject="Sign in\r\nBcc: eve@example.com"))
    (mail,) = ses.accepted
    assert mail["subject"] == "Sign in  Bcc: eve@example.com"


@pytest.mark.parametrize("to", ["anna@example.com, eve@example.com", "Anna <anna@example.com>", "anna", ""])
def test_only_one_plain_address_is_mailed(ses: FakeSes, to: str) -> None:
    with pytest.raises(Rejected, match="not_mailable"):
        sent(replace(LINK, to=to))


def test_without_a_sender_it_is_set_aside_until_somebody_sets_one(ses: FakeSes) -> None:
    settings.save(HubSettings(version=2), replaces=1)
    with pytest.raises(Rejected, match="no_sender"):
        sent()


@pytest.mark.exhaustive
def test_a_crash_anywhere_never_mails_twice(ses: FakeSes) -> None:
    def world(number: str) -> tuple[SendToStaff, Callable[[], None]]:
        mail = replace(LINK, id=staff_mail_of("sign-in", number), to=f"a{number}@example.com")
        return mail, lambda: sent(mail)

    points = points_of(world("calm")[1])
    operations = [point.operation for point in points]
    claimed, given = (points[operations.index(name)].at for name in ("TransactWriteItems", "SendBulkEmail"))
    for number, point in enumerate(some_of(points)):
        mail, act = world(str(number))
        assert crash_at(point, act), point
        for _ in range(2):
            sent(mail, LATER)
        was_claimed = point.at > claimed or point == Point(claimed, "after", point.operation)
        was_given = point.at > given or point == Point(given, "after", point.operation)
        assert Counter(ses.recipients)[mail.to] == (1 if was_given or not was_claimed else 0), point
