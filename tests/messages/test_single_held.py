"""A single message that is held has a row that says why: once, in the guest's timeline, and at the cost of a row."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.aws import clients, queues, table
from chalicelib.aws.meter import meter
from chalicelib.aws.settings import Settings, settings
from chalicelib.canonical.ids import GuestId, Leaf, TemplateId, occasion_of
from chalicelib.canonical.time import instant
from chalicelib.consent.model import ADDRESS_DIGITS
from chalicelib.guests.model import Head, Traits
from chalicelib.guests.records import Record
from chalicelib.guests.store import head_row
from chalicelib.identity.digests import digest
from chalicelib.messages import actions, queued, single, store
from chalicelib.messages.channels.email import EMAIL
from chalicelib.messages.model import Message, State, Template
from chalicelib.messages.queued import SendToGuest
from tests.crashes import crash_at, points_of, watching
from tests.exhaustive import some_of
from tests.ids import PMS, guest_id
from tests.mail_fakes import FakeSes
from tests.messages.test_sending import guest

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LATER = NOW + timedelta(minutes=10)
WELCOME = TemplateId("welcome")
ACT = occasion_of(instant(NOW), "signed-up", "anna")


@pytest.fixture
def ses(aws: Settings) -> FakeSes:
    actions.save_template(Template(id=WELCOME, name="Welcome", subject="Hi", html="<p>Hi</p>", text="Hi"))
    digest("email", "somebody@example.com")
    queues.url_of("send")
    return FakeSes().install()


def sent(leaf: Leaf, now: datetime = NOW) -> None:
    single.send_to_guest(queued.body_of(SendToGuest(leaf, ACT, WELCOME, EMAIL.name)), now)


def suppressed(name: str, **more: Any) -> GuestId:
    return guest(name, suppressed={digest("email", f"{name}@example.com")[:ADDRESS_DIGITS]: "bounce"}, **more)


def merged_away(leaf: str, into: GuestId) -> Leaf:
    table.write(table.Put(head_row(Head(leaf=Leaf(leaf), record=Record(source=PMS), merged_into=into))))
    return Leaf(leaf)


def rows() -> list[tuple[str, str, str]]:
    """(leaf, state, reason) of every message."""
    found = clients.dynamodb().scan(TableName=settings().table, ConsistentRead=True)["Items"]
    told = [each for each in found if each["sk"]["S"].startswith("MESSAGE#")]
    return sorted((each["pk"]["S"][5:], each["state"]["S"], each.get("reason", {}).get("S", "")) for each in told)


def kept(leaf: Leaf) -> Message:
    found = store.message(leaf, ACT)
    assert found
    return found


def test_a_message_that_is_held_stands_in_the_timeline_with_its_reason(ses: FakeSes) -> None:
    anna = suppressed("anna")
    sent(anna)
    (happening,) = store.happenings(anna, None, 5)
    assert happening.what == kept(anna)
    message = happening.what
    assert (message.state, message.reason, message.at) == (State.HELD, "suppressed_bounce", instant(NOW))
    assert actions.rule_of(message) == "What was sent to this address as mail came back for good."
    assert ses.accepted == []


def test_one_that_was_sent_has_no_rule(ses: FakeSes) -> None:
    anna = guest("anna")
    sent(anna)
    assert actions.rule_of(kept(anna)) is None


def test_what_was_decided_once_stays_decided_though_the_address_is_free_again(ses: FakeSes) -> None:
    """The same message, later: it answers an act of long ago, and was told as held."""
    anna = suppressed("anna")
    sent(anna)
    guest("anna")
    for _ in range(2):
        sent(anna, LATER)
    assert (rows(), ses.accepted) == ([("anna", "held", "suppressed_bounce")], [])


def test_of_a_record_that_belongs_to_nobody_the_row_lies_with_the_record(ses: FakeSes) -> None:
    sent(guest_id("nobody"))
    assert rows() == [("nobody", "held", "merged_away")]


def test_a_message_that_is_sent_under_another_record_needs_no_row_beside_it(ses: FakeSes) -> None:
    anna = guest("anna", members=("anna", "ben"))
    sent(merged_away("ben", anna))
    sent(anna)
    assert rows() == [("anna", "sent", "")]


def test_that_it_is_held_is_told_to_whoever_asks_for_it_under_another_record(ses: FakeSes) -> None:
    anna = suppressed("anna", members=("anna", "ben"))
    sent(merged_away("ben", anna))
    guest("anna", members=("anna", "ben"))
    sent(anna, LATER)
    assert (rows(), ses.accepted) == ([("anna", "held", "suppressed_bounce")], [])


FORTY = ("anna", *(f"b{number:02d}" for number in range(39)))


@pytest.mark.parametrize(("members", "units"), [((), 1), (("anna", "ben"), 4), (FORTY, 80)])
def test_it_costs_a_row_and_a_check_of_each_further_record(ses: FakeSes, members: tuple[str, ...], units: int) -> None:
    anna = suppressed("anna", members=members)
    meter().take()
    sent(anna)
    assert meter().take()[1] == units
    sent(anna)
    assert meter().take()[1] == 0


def test_who_decides_otherwise_beside_it_is_heard(ses: FakeSes) -> None:
    """One worker holds, and another one, a moment before it writes that down, sends."""
    anna = suppressed("anna")
    row = head_row(Head(leaf=anna, record=Record(source=PMS), members=(anna,), traits=Traits(email="new@example.com")))
    at_first = iter([row])

    def another(number: int) -> None:
        if calls.made[number] == "PutItem":
            for changed in at_first:
                table.write(table.Put(changed))
                sent(anna)

    with watching(before=another) as calls:
        sent(anna)
    assert rows() == [("anna", "sent", "")]
    assert ses.recipients == ["new@example.com"]


@pytest.mark.exhaustive
def test_a_crash_anywhere_leaves_one_row_after_it_came_again(ses: FakeSes) -> None:
    calm = suppressed("calm", members=("calm", "cool"))
    for number, point in enumerate(some_of(points_of(lambda: sent(calm)))):
        leaf = suppressed(f"g{number:02d}", members=(f"g{number:02d}", f"h{number:02d}"))
        assert crash_at(point, lambda leaf=leaf: sent(leaf)), point  # type: ignore[misc]
        for _ in range(2):
            sent(leaf, LATER)
        assert [each for each in rows() if each[0] == leaf] == [(leaf, "held", "suppressed_bounce")], point
