"""A batch through gate, claim, SES and outcome."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.aws import keys, table
from chalicelib.aws.settings import Settings
from chalicelib.canonical.errors import TryAgain
from chalicelib.canonical.ids import GuestId, Leaf, OccasionId, TemplateId
from chalicelib.canonical.time import instant
from chalicelib.consent import store as consents
from chalicelib.consent.model import EMAIL, Consent, Gate
from chalicelib.consent.rules import instant_of
from chalicelib.guests.model import Head, Traits
from chalicelib.guests.records import Record
from chalicelib.guests.stats import Days
from chalicelib.guests.store import head_row
from chalicelib.messages import candidates, sending, store
from chalicelib.messages.holds import MessageClass
from chalicelib.messages.known import Cap
from chalicelib.messages.model import Occasion, State, Template
from chalicelib.properties.model import Branding
from chalicelib.settings.model import GROUP_CONTROLLER
from chalicelib.settings.rules import MailIdentity
from tests.ids import PMS, SPRING, guest_id
from tests.mail_fakes import FakeSes
from tests.peers import Peer, ses_lies_at

N1 = OccasionId("n1")
ANNA = Leaf("anna")
GA = guest_id("ga")
GB = guest_id("gb")

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LATER = NOW + timedelta(minutes=10)
TEMPLATE = Template(
    id=TemplateId("t"),
    name="T",
    subject="News",
    html="<p>Dear {{ guest.given_name }}</p>",
    text="Dear {{ guest.given_name }}",
)
BRANDING = Branding(sender="news@hotel.example", postal_address="Main Street 1")


@pytest.fixture
def ses(aws: Settings) -> FakeSes:
    return FakeSes().install()


def occasion(run: str = "n1", origin: str = "chunk-1") -> Occasion:
    return Occasion(
        id=OccasionId(run),
        campaign=SPRING,
        origin=origin,
        message_class=MessageClass.MARKETING,
        channel=EMAIL,
        template=TEMPLATE,
        identity=MailIdentity(GROUP_CONTROLLER, BRANDING),
        public_url="https://hub.example.com",
        cap=Cap(mails=3, days=7),
        days=Days(NOW.date()),
    )


def guest(name: str, *, members: Sequence[str] = (), state: str | None = "explicit", **gate: Any) -> GuestId:
    leaf = guest_id(name)
    traits = Traits(given_name=name.title(), email=f"{name}@example.com")
    its = tuple(map(Leaf, members)) or (leaf,)
    head = Head(leaf=leaf, record=Record(source=PMS), members=its, traits=traits)
    table.write(table.Put(head_row(head)))
    if state:
        consent = Consent.model_validate({"state": state, "basis": "guest", "at": instant(NOW)})
        known = Gate.model_validate(
            {"guest": leaf, "channel": "email", "rev": 1, "answers": {"group:marketing": consent}, **gate}
        )
        table.write(table.Put(consents.gate_row(known)))
    return leaf


def guests(number: int) -> list[GuestId]:
    return [guest(f"g{at:03d}") for at in range(number)]


def codes(batch: sending.Batch) -> dict[str, str]:
    return {
        str(who): outcome.reason if outcome.code == "held" else outcome.code for who, outcome in batch.outcomes.items()
    }


def test_fifty_guests_are_one_call_and_each_is_settled(ses: FakeSes) -> None:
    batch = sending.send(occasion(), guests(50), NOW)
    assert set(codes(batch).values()) == {"sent"}
    assert (ses.requests, len(ses.accepted)) == (1, 50)
    message = store.message(Leaf("g007"), N1)
    gate = consents.gate(guest_id("g007"), EMAIL)
    assert message
    assert (message.state, message.carrier_id) == (State.SENT, "ses-0008")
    assert gate
    assert ([instant_of(mark) for mark in gate.sends], gate.rev) == ([instant(NOW)], 2)


def test_a_mail_carries_tags_and_the_way_out(ses: FakeSes) -> None:
    sending.send(occasion(), [guest("anna")], NOW)
    (mail,) = ses.accepted
    message = store.message(ANNA, N1)
    assert message
    assert mail["tags"] == {"run": "n1", "guest": "anna", "claim": message.claim}
    assert mail["headers"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = mail["headers"]["List-Unsubscribe"].strip("<>")
    assert link.startswith("https://hub.example.com/u/")
    assert link in mail["html"]
    assert link in mail["text"]
    assert (mail["sender"], mail["configuration_set"]) == ("news@hotel.example", "xenia-test-marketing-untracked")
    assert mail["text"].startswith("Dear Anna")


def test_everybody_gets_one_decision(ses: FakeSes) -> None:
    table.write(table.Put(head_row(Head(leaf=Leaf("gone"), record=Record(source=PMS), merged_into=guest_id("nobody")))))
    everybody = [
        guest("yes"),
        guest("never", state=None),
        guest("no", state="withdrawn"),
        guest("erased", erased=True),
        guest("tired", sends=[instant(NOW)] * 3),
        guest_id("gone"),
    ]
    assert codes(sending.send(occasion(), everybody, NOW)) == {
        "yes": "sent",
        "never": "no_consent",
        "no": "withdrawn",
        "erased": "erased",
        "tired": "frequency_cap",
        "gone": "merged_away",
    }
    assert ses.recipients == ["yes@example.com"]


def test_statuses_are_read_by_position(ses: FakeSes) -> None:
    words = {"g001@example.com": "MESSAGE_REJECTED", "g002@example.com": "ACCOUNT_THROTTLED"}
    ses.status_of = lambda to: words.get(to, "SUCCESS")
    batch = sending.send(occasion(), guests(4), NOW)
    assert codes(batch) == {"g000": "sent", "g001": "failed", "g002": "again", "g003": "sent"}
    assert batch.throttled
    failed = store.message(Leaf("g001"), N1)
    assert failed
    assert (failed.state, failed.reason) == (State.FAILED, "message_rejected")


def test_a_throttled_guest_gives_the_claim_back_and_is_sent_once_later(ses: FakeSes) -> None:
    ses.status_of = lambda _: "TRANSIENT_FAILURE"
    sending.send(occasion(), [guest("anna")], NOW)
    gate = consents.gate(guest_id("anna"), EMAIL)
    assert store.message(ANNA, N1) is None
    assert gate
    assert gate.sends == ()
    ses.status_of = lambda _: "SUCCESS"
    assert codes(sending.send(occasion(), [ANNA], LATER)) == {"anna": "sent"}
    assert ses.recipients == ["anna@example.com"]


def test_a_lost_answer_is_unknown_and_never_sent_again(ses: FakeSes) -> None:
    ses.loses_answers = True
    assert codes(sending.send(occasion(), [guest("anna")], NOW)) == {"anna": "unknown"}
    ses.loses_answers = False
    assert codes(sending.send(occasion(), [ANNA], LATER)) == {"anna": "unknown"}
    assert (ses.requests, len(ses.accepted)) == (1, 1)


def test_a_connection_that_died_between_two_chunks_leaves_nobody_unknown(
    aws: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    everybody = guests(3)
    with Peer().listening() as peer:
        ses_lies_at(f"http://{peer.address}", monkeypatch)
        for run in ("n1", "n2"):
            assert set(codes(sending.send(occasion(run), everybody, NOW)).values()) == {"sent"}
        assert peer.requests == 2


def test_a_server_error_is_unknown_and_asked_once(ses: FakeSes) -> None:
    ses.error = (500, "InternalServiceErrorException")
    assert codes(sending.send(occasion(), [guest("anna")], NOW)) == {"anna": "unknown"}
    assert ses.requests == 1


def test_too_many_requests_give_everything_back(ses: FakeSes) -> None:
    ses.error = (429, "TooManyRequestsException")
    batch = sending.send(occasion(), guests(3), NOW)
    assert set(codes(batch).values()) == {"again"}
    assert batch.throttled
    assert store.message(Leaf("g000"), N1) is None


@pytest.mark.parametrize("code", ["SendingPausedException", "AccountSuspendedException", "NotFoundException"])
def test_a_paused_account_stops_and_gives_everything_back(ses: FakeSes, code: str) -> None:
    ses.error = (400, code)
    batch = sending.send(occasion(), guests(2), NOW)
    assert batch.stopped == code
    assert set(codes(batch).values()) == {"again"}
    assert store.message(Leaf("g000"), N1) is None


def test_a_batch_refused_to_the_last_mail_stops(ses: FakeSes) -> None:
    ses.error = (400, "BadRequestException")
    batch = sending.send(occasion(), guests(10), NOW)
    assert batch.stopped == "BadRequestException"
    assert set(codes(batch).values()) == {"again"}


def test_a_merged_guest_with_a_claim_under_another_leaf_is_not_mailed_again(ses: FakeSes) -> None:
    sending.send(occasion(), [guest("gb")], NOW)
    guest("ga", members=("ga", "gb"))
    assert codes(sending.send(occasion(origin="chunk-2"), [GA], LATER)) == {"ga": "already_sent"}
    assert len(ses.accepted) == 1


def test_two_records_merged_since_planning_get_one_mail(ses: FakeSes) -> None:
    guest("ga", members=("ga", "gb"))
    table.write(table.Put(head_row(Head(leaf=GB, record=Record(source=PMS), merged_into=GA))))
    first = sending.send(occasion(), [GB, GA], NOW)
    assert codes(first) == {"gb": "sent", "ga": "already_sent"}
    assert codes(sending.send(occasion(), [GB, GA], LATER)) == codes(first)
    assert ses.recipients == ["ga@example.com"]


def test_a_withdrawal_between_decision_and_claim_holds_the_mail(ses: FakeSes, monkeypatch: pytest.MonkeyPatch) -> None:
    everybody = guests(5)
    transact, seen = table.transact, list[bool]()

    def withdraw_first(writes: Any) -> None:
        if not seen:
            seen.append(True)
            guest("g002", state="withdrawn", rev=2)
        transact(writes)

    monkeypatch.setattr(table, "transact", withdraw_first)
    batch = sending.send(occasion(), everybody, NOW)
    assert codes(batch) == {**dict.fromkeys(map(str, everybody), "sent"), "g002": "withdrawn"}
    assert "g002@example.com" not in ses.recipients
    assert ses.requests == 1


def test_the_cap_holds_under_two_campaigns(ses: FakeSes) -> None:
    guest("anna", sends=[instant(NOW - timedelta(days=1))] * 2)
    assert codes(sending.send(occasion("n1"), [ANNA], NOW)) == {"anna": "sent"}
    assert codes(sending.send(occasion("n2"), [ANNA], NOW)) == {"anna": "frequency_cap"}


def test_another_workers_young_claim_is_left_alone(ses: FakeSes) -> None:
    sending.send(occasion(), [guest("anna")], NOW)
    item = table.get(keys.message(ANNA, N1))
    assert item
    table.write(table.Put({**item, "state": "claimed"}))
    assert codes(sending.send(occasion(), [ANNA], NOW + timedelta(seconds=5))) == {"anna": "again"}
    assert codes(sending.send(occasion(), [ANNA], LATER)) == {"anna": "unknown"}
    assert ses.requests == 1


def failing_once(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, at: int) -> None:
    """The `at`-th call of a function (from 1) fails as a busy table does."""
    act, calls = getattr(owner, name), list[int]()

    def failing(*arguments: Any, **named: Any) -> Any:
        calls.append(1)
        if len(calls) == at:
            raise TryAgain("the table was busy")
        return act(*arguments, **named)

    monkeypatch.setattr(owner, name, failing)


def test_one_claim_that_cannot_be_given_back_does_not_cost_the_others_their_mail(
    ses: FakeSes, monkeypatch: pytest.MonkeyPatch
) -> None:
    ses.error = (429, "TooManyRequestsException")
    everybody = guests(4)
    failing_once(monkeypatch, store, "give_back", at=1)
    with pytest.raises(TryAgain):
        sending.send(occasion(), everybody, NOW)
    assert [store.message(each, N1) is None for each in everybody] == [False, True, True, True]
    ses.error = None
    assert codes(sending.send(occasion(), everybody, LATER)) == {
        "g000": "unknown",
        **dict.fromkeys(map(str, everybody[1:]), "sent"),
    }


def test_one_outcome_that_cannot_be_written_does_not_cost_the_others_their_mail(
    ses: FakeSes, monkeypatch: pytest.MonkeyPatch
) -> None:
    ses.status_of = lambda to: "SUCCESS" if to < "g002" else "ACCOUNT_THROTTLED"
    everybody = guests(4)
    failing_once(monkeypatch, store, "keep_outcome", at=1)
    with pytest.raises(TryAgain):
        sending.send(occasion(), everybody, NOW)
    known = [store.message(each, N1) for each in everybody]
    assert [each.state if each else None for each in known] == [State.CLAIMED, State.SENT, None, None]
    ses.status_of = lambda _: "SUCCESS"
    sending.send(occasion(), everybody, LATER)
    assert sorted(ses.recipients) == [f"{each}@example.com" for each in everybody]


def test_who_is_claimed_is_mailed_though_the_rest_cannot_be_read_again(
    ses: FakeSes, monkeypatch: pytest.MonkeyPatch
) -> None:
    everybody = guests(3)
    load, loads = candidates.load, list[int]()

    def meanwhile(*arguments: Any) -> Any:
        found = list(load(*arguments))
        loads.append(1)
        if len(loads) > 1:
            raise TryAgain("the table was busy")
        guest("g001", rev=2)
        return found

    monkeypatch.setattr(candidates, "load", meanwhile)
    assert codes(sending.send(occasion(), everybody, NOW)) == {"g000": "sent", "g001": "again", "g002": "sent"}
    assert ses.recipients == ["g000@example.com", "g002@example.com"]


def test_a_transaction_has_a_hundred_rows_at_most_whatever_the_guests(
    ses: FakeSes, monkeypatch: pytest.MonkeyPatch
) -> None:
    everybody = [guest(f"g{at:03d}", members=(f"g{at:03d}", *(f"h{at}-{n}" for n in range(39)))) for at in range(7)]
    everybody += [guest(f"k{at:03d}") for at in range(43)]
    transact, rows = table.transact, list[int]()

    def counted(writes: Any) -> None:
        rows.append(len(writes))
        transact(writes)

    monkeypatch.setattr(table, "transact", counted)
    assert set(codes(sending.send(occasion(), everybody, NOW)).values()) == {"sent"}
    assert sum(rows) == 7 * 41 + 43 * 2
    assert max(rows) <= table.WRITE_AT_ONCE


def test_a_guest_with_more_records_than_a_transaction_has_rows_is_held_alone(ses: FakeSes) -> None:
    guest("huge", members=("huge", *(f"h{n}" for n in range(99))))
    guest("large", members=("large", *(f"l{n}" for n in range(98))))
    batch = sending.send(occasion(), [Leaf("huge"), Leaf("large"), guest("anna")], NOW)
    assert codes(batch) == {"huge": "too_many_records", "large": "sent", "anna": "sent"}
