"""Mail that comes back for the time being, again and again, is left off; one that arrives ends that."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.aws import table
from chalicelib.aws.settings import Settings
from chalicelib.canonical.ids import CampaignId, Digest, GuestId, OccasionId, key_of
from chalicelib.canonical.time import instant, moment_of
from chalicelib.consent import actions as consents
from chalicelib.consent import bounces
from chalicelib.consent import store as gates
from chalicelib.consent.model import EMAIL, Gate
from chalicelib.guests.model import Head
from chalicelib.guests.records import Record
from chalicelib.guests.store import head_row, record_row
from chalicelib.identity import store as identity
from chalicelib.identity.digests import digest
from chalicelib.identity.model import Identifier
from chalicelib.messages import actions, holds, returns, store
from chalicelib.messages.holds import MessageClass
from chalicelib.messages.known import Known
from chalicelib.messages.model import Message
from chalicelib.messages.reasons import Reason
from tests.crashes import crash_at, points_of
from tests.exhaustive import examples, some_of
from tests.ids import PMS, guest_id
from tests.mail_fakes import mail_event, wrapped

DAY_ONE = datetime(2026, 11, 2, 9, tzinfo=UTC)
GA, GB = guest_id("ga"), guest_id("gb")
WEEKLY = (0, 5, 10, 15, 20)
"""Days of five mails over three weeks."""


def address() -> Digest:
    return digest("email", "ga@example.com")


@pytest.fixture
def mailed(aws: Settings) -> None:
    """Two guests who read one mailbox, and a dozen mails to the first of them."""
    for each in (GA, GB):
        identifiers = (key_of("email", address()),)
        head = Head(leaf=each, record=Record(source=PMS), record_rev=0, members=(each,), identifiers=identifiers)
        table.transact([table.Put(head_row(head)), table.Put(record_row(head))])
    table.write(table.Put(identity.row_of(Identifier(digest=address(), leaves=(GA, GB)))))
    for number in range(12):
        table.write(table.Put(store.message_row(message(number))))


def message(number: int) -> Message:
    return Message(
        guest=GA, occasion=OccasionId(f"n{number:02d}"), claim=f"m-{number:08d}", campaign=CampaignId("c"), origin="o",
        candidate=GA, address=address(), at=instant(DAY_ONE),
    )  # fmt: skip


def event(kind: str, number: int, day: float, **about: Any) -> str:
    tags = {"run": f"n{number:02d}", "guest": GA, "claim": f"m-{number:08d}"}
    mail = {"to": "ga@example.com", "message_id": f"ses-{number}", "tags": tags}
    return wrapped(mail_event(kind, mail, instant(DAY_ONE + timedelta(days=day)), **about))


def bounce(number: int, day: float, kind: str = "Transient", subtype: str = "General") -> str:
    return event("Bounce", number, day, bounceType=kind, bounceSubType=subtype)


def delivery(number: int, day: float) -> str:
    return event("Delivery", number, day)


def tell(*bodies: str) -> None:
    for each in bodies:
        actions.record_event(each, EMAIL)


def held(*guests: GuestId) -> list[list[str]]:
    """Why mail to each is held: what a gate says, and the address's own row alike."""
    row = identity.identifier(address())
    said = [row.suppressed["reason"]] if row and row.suppressed else list[str]()
    kept = [gates.gate(each, EMAIL) or Gate(guest=each, channel=EMAIL) for each in guests]
    found = [sorted(map(str, gate.suppressed.values())) for gate in kept]
    assert all(each == said for each in found)
    return found


FIVE = [bounce(number, day) for number, day in enumerate(WEEKLY)]


def test_five_mails_that_come_back_over_three_weeks_hold_everybody_at_the_address(mailed: None) -> None:
    tell(*FIVE[:4])
    assert held(GA, GB) == [[], []]
    tell(FIVE[4])
    assert held(GA, GB) == [["soft_bounces"], ["soft_bounces"]]


@pytest.mark.parametrize(
    ("kind", "subtype", "expected"),
    [
        ("Transient", "General", ["soft_bounces"]),
        ("Transient", "MailboxFull", ["soft_bounces"]),
        ("Undetermined", "Undetermined", ["soft_bounces"]),
        ("Transient", "MessageTooLarge", []),
        ("Transient", "ContentRejected", []),
        ("Transient", "AttachmentRejected", []),
    ],
)
def test_only_what_the_address_is_to_blame_for_counts(
    mailed: None, kind: str, subtype: str, expected: list[str]
) -> None:
    tell(*(bounce(number, day, kind, subtype) for number, day in enumerate(WEEKLY)))
    assert held(GA) == [expected]


def test_a_day_on_which_a_provider_is_down_holds_nobody(mailed: None) -> None:
    tell(*(bounce(number, number / 12) for number in range(12)))
    assert held(GA) == [[]]


def test_delays_are_no_bounces_and_one_mail_told_five_times_is_one(mailed: None) -> None:
    tell(*(event("DeliveryDelay", number, day, delayType="MailboxFull") for number, day in enumerate(WEEKLY)))
    tell(*(bounce(0, day) for day in WEEKLY))
    assert held(GA) == [[]]


def test_an_automatic_answer_to_what_arrived_is_no_bounce(mailed: None) -> None:
    """As of ooto@simulator.amazonses.com: taken, and then answered for the time being."""
    for number, day in enumerate(WEEKLY):
        tell(delivery(number, day), bounce(number, day + 0.1))
    assert held(GA) == [[]]
    for number, day in enumerate(WEEKLY):
        tell(bounce(number + 5, day + 30.1), delivery(number + 5, day + 30))
    assert held(GA) == [[]]


def test_a_mail_that_arrives_ends_it_and_it_takes_five_more_to_hold_again(mailed: None) -> None:
    tell(*FIVE, delivery(5, 21))
    assert held(GA, GB) == [[], []]
    tell(*(bounce(6 + number, 22 + day) for number, day in enumerate(WEEKLY[:4])))
    assert held(GA, GB) == [[], []]
    tell(bounce(10, 42))
    assert held(GA, GB) == [["soft_bounces"], ["soft_bounces"]]


def test_what_came_back_before_one_arrived_does_not_count_though_it_is_told_later(mailed: None) -> None:
    tell(delivery(11, 12), *FIVE)
    assert held(GA) == [[]]


def test_a_hard_bounce_and_a_complaint_are_stronger_and_outlive_a_delivery(mailed: None) -> None:
    tell(*FIVE, bounce(5, 21, "Permanent"), delivery(6, 22))
    assert held(GA, GB) == [["bounce"], ["bounce"]]


def test_an_admin_lifts_it_with_a_receipt_and_what_came_back_before_counts_no_more(mailed: None) -> None:
    tell(*FIVE)
    consents.lift_bounce(GA, EMAIL, instant(DAY_ONE + timedelta(days=25)), {"reason": "they changed their provider"})
    assert held(GA, GB) == [[], []]
    assert [each.proof["of"] for each in consents.history(GA)] == ["soft_bounces"]
    tell(*FIVE)
    assert held(GA, GB) == [[], []]


@pytest.mark.parametrize(
    ("message_class", "expected"),
    [
        (MessageClass.MARKETING, Reason.SUPPRESSED_SOFT_BOUNCES),
        (MessageClass.SURVEY, Reason.SUPPRESSED_SOFT_BOUNCES),
        (MessageClass.SERVICE, None),
        (MessageClass.TRANSACTIONAL, None),
    ],
)
def test_what_a_guest_needs_or_asked_for_is_still_tried(
    mailed: None, message_class: MessageClass, expected: Reason | None
) -> None:
    tell(*FIVE)
    known = Known(DAY_ONE, guest=GA, gate=gates.gate(GA, EMAIL), address=address())
    assert holds.decide(message_class, known) == expected
    assert "one that arrives ends this" in holds.RULES[Reason.SUPPRESSED_SOFT_BOUNCES].rule


Told = tuple[str, int, int]
NEWEST = st.integers(12 - returns.LOOKED_AT, 11)
"""Among these of a guest's messages it is looked whether one arrived."""
TOLD = st.tuples(st.sampled_from(["bounce", "bounce", "bounce", "delivery"]), NEWEST, st.integers(0, 40))


def _told_once(told: Told) -> tuple[object, ...]:
    """A message arrives once, and SES tells one instant of it, however often; it may come back at several."""
    return told[:2] if told[0] == "delivery" else told


def is_held_by(told: Sequence[Told]) -> bool:
    """From everything that was ever told, at once. Of each message the first instant counts."""
    arrived: dict[int, int] = {}
    back: dict[int, int] = {}
    for kind, number, day in told:
        kept = back if kind == "bounce" else arrived
        kept[number] = min(day, kept.get(number, day))
    last = max(arrived.values(), default=-1)
    since = [day for number, day in back.items() if day > last and number not in arrived]
    return len(since) >= bounces.MESSAGES and max(since) - min(since) >= bounces.SPREAD.days


@settings(max_examples=examples(20), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(TOLD, max_size=12, unique_by=_told_once), st.randoms(use_true_random=False))
def test_in_any_order_and_however_often_it_is_told_the_same_holds(
    mailed: None, told: list[Told], chance: Random
) -> None:
    for number in range(12):
        table.write(table.Put(store.message_row(message(number))))
    for each in (GA, GB):
        table.write(table.Put(gates.gate_row(Gate(guest=each, channel=EMAIL, rev=1))))
    table.write(table.Put(identity.row_of(Identifier(digest=address(), leaves=(GA, GB)))))
    order = [*told, *chance.choices(told, k=3)] if told else []
    chance.shuffle(order)
    tell(*((bounce if kind == "bounce" else delivery)(number, day) for kind, number, day in order))
    assert held(GA, GB) == [["soft_bounces"] * is_held_by(told)] * 2


LAST = {"the fifth bounce": (FIVE[:4], FIVE[4], ["soft_bounces"]), "a delivery": (FIVE, delivery(5, 21), [])}


@pytest.mark.parametrize("last", LAST)
def test_a_crash_at_any_call_is_mended_by_the_same_event_again(mailed: None, last: str) -> None:
    before, event_, expected = LAST[last]
    row = identity.row_of(Identifier(digest=address(), leaves=(GA, GB)))
    fresh = [store.message_row(message(number)) for number in range(12)] + [row]
    fresh += [gates.gate_row(Gate(guest=each, channel=EMAIL, rev=1)) for each in (GA, GB)]

    def anew() -> None:
        for each in fresh:
            table.write(table.Put(each))
        tell(*before)

    anew()
    for point in some_of(points_of(lambda: tell(event_))):
        anew()
        crash_at(point, lambda: tell(event_))
        tell(event_)
        assert held(GA, GB) == [expected] * 2, point


@given(st.dictionaries(st.integers(0, 30), st.integers(0, 60)), st.data())
def test_what_is_remembered_of_bounces_is_bounded_and_the_same_in_any_order(
    came_back: dict[int, int], data: st.DataObject
) -> None:
    """A message comes back at one instant, which its own row keeps, however often that is told."""
    told = data.draw(st.permutations([*came_back.items()] * 2))
    kept: bounces.Bounces = {}
    backwards: bounces.Bounces = {}
    for one, other in zip(told, reversed(told), strict=True):
        kept = bounces.with_bounce(kept, f"m-{one[0]:08d}", instant(DAY_ONE + timedelta(days=one[1])))
        backwards = bounces.with_bounce(backwards, f"m-{other[0]:08d}", instant(DAY_ONE + timedelta(days=other[1])))
    assert len(kept) <= bounces.KEPT + 1
    assert kept == backwards
    assert all(moment_of(each) >= DAY_ONE for each in kept.values())
