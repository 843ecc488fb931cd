"""What SES says became of a mail."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from itsdangerous import URLSafeSerializer

from chalicelib.aws import bus, keys, secrets, table
from chalicelib.aws.meter import meter
from chalicelib.aws.settings import Settings
from chalicelib.canonical.errors import NotFound, Rejected, TryAgain
from chalicelib.canonical.facts import Fact
from chalicelib.canonical.ids import CampaignId, ChannelName, ControllerId, Digest, GuestId, Leaf, OccasionId
from chalicelib.canonical.time import instant
from chalicelib.consent import actions as consent_actions
from chalicelib.consent import store as consents
from chalicelib.consent.model import ADDRESS_DIGITS, Consent, Gate
from chalicelib.guests.model import Head
from chalicelib.guests.records import Record
from chalicelib.guests.store import head_row
from chalicelib.identity import store as identity
from chalicelib.identity.digests import digest
from chalicelib.identity.model import Identifier
from chalicelib.messages import actions, store
from chalicelib.messages.channels.email import EMAIL
from chalicelib.messages.model import Message, State
from chalicelib.messages.tokens import LONGEST, UnsubscribeLink, make_token, read_token
from chalicelib.settings.model import GROUP_CONTROLLER
from tests.crashes import crash_at, points_of
from tests.exhaustive import some_of
from tests.ids import PMS, guest_id
from tests.mail_fakes import mail_event, wrapped

N1 = OccasionId("n1")

REAL = Path(__file__).parents[3] / "shared" / "payloads" / "ses-events"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
GA, GB = guest_id("ga"), guest_id("gb")
T1, T2, T3 = (f"2026-11-23T12:0{minute}:00.000Z" for minute in (1, 2, 3))


def record_event(body: str) -> bool:
    return actions.record_event(body, EMAIL.name)


def address(leaf: str) -> Digest:
    return digest("email", f"{leaf}@example.com")


def claimed(leaf: GuestId = GA, *, shared_with: tuple[GuestId, ...] = ()) -> dict[str, Any]:
    """A claimed message, and the mail as SES knows it."""
    for each in (leaf, *shared_with):
        table.write(table.Put(head_row(Head(leaf=each, record=Record(source=PMS), members=(each,)))))
        consent = Consent(state="explicit", basis="guest", at=instant(NOW))
        table.write(
            table.Put(
                consents.gate_row(Gate(guest=each, channel=EMAIL.name, rev=1, answers={"group:marketing": consent}))
            )
        )
    table.write(table.Put(identity.row_of(Identifier(digest=address(leaf), leaves=(leaf, *shared_with)))))
    message = Message(
        guest=leaf, occasion=N1, claim=f"m-{leaf}", campaign=CampaignId("c"), origin="o",
        candidate=leaf, address=address(leaf), at=instant(NOW),
    )  # fmt: skip
    table.write(table.Put(store.message_row(message)))
    return {
        "to": f"{leaf}@example.com",
        "message_id": "ses-1",
        "tags": {"run": "n1", "guest": leaf, "claim": f"m-{leaf}"},
    }


def message(leaf: Leaf = GA) -> Message:
    found = store.message(leaf, N1)
    assert found
    return found


def bounce(mail: dict[str, Any], at: str = T2, kind: str = "Permanent") -> dict[str, Any]:
    return mail_event("Bounce", mail, at, bounceType=kind, bouncedRecipients=[{"emailAddress": mail["to"]}])


def complaint(mail: dict[str, Any], at: str = T3, **about: Any) -> dict[str, Any]:
    return mail_event("Complaint", mail, at, complainedRecipients=[{"emailAddress": mail["to"]}], **about)


def answers(leaf: GuestId) -> list[str]:
    gate = consents.gate(leaf, EMAIL.name)
    return [each.state for each in gate.answers.values()] if gate else []


def suppressed(leaf: GuestId) -> dict[str, str]:
    gate = consents.gate(leaf, EMAIL.name)
    return dict(gate.suppressed) if gate else {}


@pytest.mark.parametrize("wrap", [wrapped, json.dumps], ids=["wrapped by SNS", "raw"])
def test_an_event_settles_and_dates_the_message(aws: Settings, wrap: Callable[[Any], str]) -> None:
    mail = claimed()
    assert record_event(wrap(mail_event("Delivery", mail, T1)))
    assert (message().state, message().carrier_id, message().delivered_at) == (
        State.SENT,
        "ses-1",
        "2026-11-23T12:01:00.000000Z",
    )


def test_our_own_late_outcome_does_not_undo_an_event(aws: Settings) -> None:
    mail = claimed()
    before = message()
    record_event(wrapped(mail_event("Reject", mail, T1, reason="Bad content")))
    store.keep_outcome(before, before.model_copy(update={"state": State.SENT, "carrier_id": "ses-1"}))
    assert message().state is State.FAILED


def test_duplicates_write_nothing(aws: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    mail = claimed()
    some = [wrapped(mail_event(kind, mail, T1)) for kind in ("Send", "Delivery", "Open", "Click")]
    some += [wrapped(bounce(mail)), wrapped(complaint(mail))]
    for body in some:
        record_event(body)

    def refuse(*_: Any) -> None:
        raise AssertionError("a duplicate wrote")

    monkeypatch.setattr(table, "write", refuse)
    monkeypatch.setattr(table, "transact", refuse)
    for body in some:
        record_event(body)


@pytest.mark.exhaustive
def test_every_order_ends_in_the_same_rows(aws: Settings) -> None:
    ends = set()
    for order in some_of(list(permutations(range(4)))):
        leaf = "g" + "".join(map(str, order))
        mail = claimed(guest_id(leaf))
        some = [mail_event("Send", mail, T1), mail_event("Delivery", mail, T2), bounce(mail, T3), complaint(mail, T3)]
        for at in order:
            record_event(wrapped(some[at]))
        gate = consents.gate(guest_id(leaf), EMAIL.name)
        assert gate
        assert gate.answer_to("marketing", GROUP_CONTROLLER)
        end = message(Leaf(leaf)).model_dump_json(exclude={"guest", "claim", "candidate", "address"})
        known = identity.identifier(address(leaf))
        assert known
        assert known.suppressed == {"reason": "complaint", "at": "2026-11-23T12:03:00.000000Z"}
        ends.add((end, tuple(suppressed(guest_id(leaf)).values()), str(gate.answer_to("marketing", GROUP_CONTROLLER))))
    assert len(ends) == 1


def test_a_permanent_bounce_suppresses_everybody_at_that_address(aws: Settings) -> None:
    mail = claimed(GA, shared_with=(GB,))
    record_event(wrapped(bounce(mail)))
    assert suppressed(GA) == suppressed(GB) == {address(GA)[:ADDRESS_DIGITS]: "bounce"}
    known = identity.identifier(address(GA))
    assert known
    assert known.suppressed == {"reason": "bounce", "at": "2026-11-23T12:02:00.000000Z"}
    assert known.leaves == (GA, GB)


def test_a_passing_bounce_suppresses_nobody(aws: Settings) -> None:
    mail = claimed()
    record_event(wrapped(bounce(mail, kind="Transient")))
    assert suppressed(GA) == {}
    assert message().soft_bounced_at


def test_a_complaint_is_also_a_no(aws: Settings) -> None:
    mail = claimed()
    record_event(wrapped(complaint(mail)))
    gate = consents.gate(GA, EMAIL.name)
    assert gate
    answer = gate.answer_to("marketing", GROUP_CONTROLLER)
    assert answer
    assert (answer.state, answer.basis) == ("withdrawn", "complaint")
    assert suppressed(GA) == {address(GA)[:ADDRESS_DIGITS]: "complaint"}


def test_not_spam_takes_nothing_away(aws: Settings) -> None:
    mail = claimed()
    assert not record_event(wrapped(complaint(mail, complaintFeedbackType="not-spam")))
    assert suppressed(GA) == {}


def test_a_feedback_notification_without_tags_still_suppresses(aws: Settings) -> None:
    mail = claimed()
    event = bounce({**mail, "tags": {}})
    event["notificationType"] = event.pop("eventType")
    del event["mail"]["tags"]
    assert not record_event(wrapped(event))
    assert suppressed(GA) == {address(GA)[:ADDRESS_DIGITS]: "bounce"}


def test_a_complaint_without_tags_is_a_no_of_everybody_at_that_address(aws: Settings) -> None:
    mail = claimed(GA, shared_with=(GB,))
    event = complaint({**mail, "tags": {}})
    event["notificationType"] = event.pop("eventType")
    for _ in range(2):
        assert not record_event(wrapped(event))
    for leaf in (GA, GB):
        gate = consents.gate(leaf, EMAIL.name)
        answer = gate.answer_to("marketing", GROUP_CONTROLLER) if gate else None
        assert answer
        assert (answer.state, answer.basis) == ("withdrawn", "complaint")
        assert len(consent_actions.history(leaf)) == 1


def test_what_is_not_ours_is_let_go(aws: Settings) -> None:
    stranger = {"to": "x@example.com", "message_id": "s", "tags": {"run": "n9", "guest": "gx"}}
    for kind in ("Send", "Open", "DeliveryDelay", "Subscription", "Something New"):
        assert not record_event(wrapped(mail_event(kind, stranger, T1)))
    assert not record_event("Successfully validated SNS topic for Amazon SES event publishing.")


@pytest.mark.parametrize(
    "body", ["{", "[]", "{}", '{"Type": "Notification"}', '{"eventType": "Bounce"}', "[" * 100_000]
)
def test_what_is_no_event_is_rejected(body: str) -> None:
    with pytest.raises(Rejected):
        EMAIL.event_of(body)


def test_a_rendering_failure_has_a_blank_in_its_name(aws: Settings) -> None:
    mail = claimed()
    record_event(wrapped(mail_event("Rendering Failure", mail, T1, errorMessage="x")))
    assert message().state is State.FAILED


@pytest.mark.exhaustive
def test_a_crash_while_a_complaint_is_recorded_is_repaired_by_the_redelivery(aws: Settings) -> None:
    body = wrapped(complaint(claimed(guest_id("gcalm"), shared_with=(guest_id("gcalm2"),))))
    for number, point in enumerate(some_of(points_of(lambda: record_event(body)))):
        leaf, other = f"g{number:02d}", f"h{number:02d}"
        again = wrapped(complaint(claimed(guest_id(leaf), shared_with=(guest_id(other),))))
        assert crash_at(point, lambda again=again: record_event(again)), point  # type: ignore[misc]
        record_event(again)
        assert (
            suppressed(guest_id(leaf)) == suppressed(guest_id(other)) == {address(leaf)[:ADDRESS_DIGITS]: "complaint"}
        ), point
        assert [each.state for each in consent_actions.history(guest_id(leaf))] == ["withdrawn"], point


@pytest.mark.skipif(not REAL.exists(), reason="the real payloads are not here")
def test_real_events_are_read() -> None:
    kinds = {
        path.stem.removeprefix("event-publishing-"): EMAIL.event_of(path.read_text()) for path in REAL.glob("*.json")
    }
    assert kinds.pop("DeliveryDelay") is None
    assert {str(event.kind) for event in kinds.values() if event} == {
        "send", "delivery", "open", "click", "bounce", "complaint", "reject",
    }  # fmt: skip


def test_unsubscribing_is_once_and_works_without_the_campaign(aws: Settings) -> None:
    claimed()
    token = make_token(UnsubscribeLink(GA, "marketing", OccasionId("n-gone")))
    actions.unsubscribe(token)
    actions.unsubscribe(token)
    gate = consents.gate(GA, EMAIL.name)
    assert gate
    answer = gate.answer_to("marketing", GROUP_CONTROLLER)
    assert answer
    assert answer.state == "withdrawn"
    assert [each.proof for each in consent_actions.history(GA)] == [{"via": "unsubscribe", "run": "n-gone"}]
    assert table.get(keys.gate(GA, EMAIL.name))


def test_an_objection_that_meets_another_transaction_is_not_lost(
    aws: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever clicks once in a mail program does not come again."""
    claimed()
    transact, refusals = table.transact, [1, 2]

    def met(writes: Sequence[table.Write]) -> None:
        if refusals:
            refusals.pop()
            raise table.Contended("another transaction was at work on these rows")
        transact(writes)

    monkeypatch.setattr(table, "transact", met)
    assert actions.unsubscribe(make_token(UnsubscribeLink(GA, "marketing", N1))).state == "withdrawn"
    assert answers(GA) == ["withdrawn"]


def test_of_those_who_share_a_mailbox_one_s_failure_does_not_cost_the_others_their_objection(
    aws: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    claimed(shared_with=(GB, guest_id("gc")))
    announce, refusals = bus.announce, [1]

    def refused(facts: Sequence[Fact]) -> None:
        if refusals:
            refusals.pop()
            raise TryAgain("the bus refused 1 facts")
        announce(facts)

    monkeypatch.setattr(bus, "announce", refused)
    with pytest.raises(TryAgain):
        actions.unsubscribe(make_token(UnsubscribeLink(GA, "marketing", N1)))
    assert [answers(guest_id(each)) for each in (GA, GB, "gc")] == [["withdrawn"]] * 3


@pytest.mark.parametrize(
    ("told", "channel"), [("ga.m.n1", "email"), ("ga.m.n1.pigeon", "pigeon")], ids=["of mail", "of another channel"]
)
def test_a_token_made_before_there_were_controllers_leaves_the_group(aws: Settings, told: str, channel: str) -> None:
    token = str(URLSafeSerializer(secrets.key_for("unsubscribe"), salt="unsubscribe").dumps(told))
    assert read_token(token) == UnsubscribeLink(
        GA, "marketing", OccasionId("n1"), ChannelName(channel), GROUP_CONTROLLER
    )


def test_a_token_of_a_hotel_s_mail_names_its_legal_entity_and_stays_short(aws: Settings) -> None:
    leaf, run = Leaf("g" + "0" * 24), OccasionId("n" + "0" * 24)
    leave = UnsubscribeLink(leaf, "marketing", run, EMAIL.name, ControllerId("alpine_hotels-1"))
    token = make_token(leave)
    assert len(token) <= 160
    assert read_token(token) == leave
    assert len(make_token(leave._replace(controller=ControllerId("a" * 64)))) < LONGEST


@pytest.mark.parametrize("controller", [GROUP_CONTROLLER, ControllerId("alpine")])
def test_a_token_tells_the_language_of_its_mail(aws: Settings, controller: ControllerId) -> None:
    leave = UnsubscribeLink(GA, "marketing", N1, controller=controller, language="de")
    assert read_token(make_token(leave)) == leave


def test_a_token_is_short_and_cannot_be_altered(aws: Settings) -> None:
    leave = UnsubscribeLink(Leaf("g" + "0" * 24), "marketing", OccasionId("n" + "0" * 24))
    token = make_token(leave)
    assert len(token) <= 130
    assert read_token(token) == leave
    for altered in (token[:-1], "x" + token, token.replace(token[3], "A", 1), "", "." * 10, "é", "a" * 10_000):
        with pytest.raises(NotFound):
            read_token(altered)


@pytest.mark.parametrize("kind", ["auth-failure", "virus", "not-spam"])
@pytest.mark.parametrize("with_tags", [True, False])
def test_feedback_that_is_no_complaint_is_counted_and_changes_no_consent(
    aws: Settings, kind: str, *, with_tags: bool
) -> None:
    mail = claimed()
    meter().take()
    told = mail if with_tags else {**mail, "tags": {}}
    assert not record_event(wrapped(complaint(told, complaintFeedbackType=kind)))
    calls, _ = meter().take()
    assert calls[f"feedback_{kind}"] == 1
    assert (suppressed(GA), answers(GA)) == ({}, ["explicit"])
    assert message().complained_at is None


@pytest.mark.parametrize("kind", ["abuse", "fraud", "other", "opt-out", None, "something new"])
def test_any_other_feedback_is_a_complaint(aws: Settings, kind: str | None) -> None:
    record_event(wrapped(complaint(claimed(), complaintFeedbackType=kind)))
    assert answers(GA) == ["withdrawn"]
