"""Law 7 and law 8 while records become one guest, or part, beside a worker that sends."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.aws import keys, table
from chalicelib.aws.codec import item_size
from chalicelib.aws.settings import Settings
from chalicelib.canonical.errors import TryAgain
from chalicelib.canonical.ids import ControllerId, GuestId, Leaf, OccasionId, TemplateId, leaf_of_profile
from chalicelib.canonical.time import instant
from chalicelib.connectors.canonical.translate import read
from chalicelib.consent import actions as consent_actions
from chalicelib.consent import rules as consent_rules
from chalicelib.consent import store as gates
from chalicelib.consent.model import (
    ADDRESS_DIGITS,
    EMAIL,
    KEPT_SENDS,
    MARKETING,
    MONTHLY,
    MOST_SENDS,
    MOST_SUPPRESSED,
    PURPOSES,
    REMEMBERED,
    WEEKLY,
    Consent,
    Gate,
    SuppressionReason,
    key_of,
)
from chalicelib.guests import store as heads
from chalicelib.guests.model import Head
from chalicelib.guests.records import Record
from chalicelib.guests.stats import Days
from chalicelib.guests.store import head_row
from chalicelib.identity.digests import digest
from chalicelib.ingest.changes import change_of
from chalicelib.messages import actions, sending, store
from chalicelib.messages.holds import MessageClass
from chalicelib.messages.known import Cap
from chalicelib.messages.model import Occasion, Template
from chalicelib.profiles import actions as profiles
from chalicelib.properties.model import Branding
from chalicelib.settings.legal import MOST_TOPICS
from chalicelib.settings.model import GROUP_CONTROLLER
from chalicelib.settings.rules import MailIdentity
from tests.builders import VIENNA, at, guest
from tests.crashes import watching
from tests.ids import PMS, SPRING, guest_id
from tests.mail_fakes import FakeSes

GB = guest_id("gb")
GA = guest_id("ga")
GC = guest_id("gc")

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LATER = NOW + timedelta(minutes=10)
CAP = Cap(mails=3, days=7)
TEMPLATE = Template(id=TemplateId("t"), name="T", subject="News", html="<p>Hello</p>", text="Hello")
BRANDING = Branding(sender="news@hotel.example", postal_address="Main Street 1")
SMALL, LARGE = sorted(("1", "2"), key=lambda source_id: leaf_of_profile(PMS, source_id))
"""Two profiles of the source; as one guest they have the leaf of the first."""
S, L = (GuestId(leaf_of_profile(PMS, source_id)) for source_id in (SMALL, LARGE))
PHONE = "+43 1 5880001"


@pytest.fixture
def ses(aws: Settings) -> FakeSes:
    digest("email", "somebody@mail.example")
    return FakeSes().install()


def occasion(
    run: str = "n1", origin: str = "chunk-1", message_class: MessageClass = MessageClass.MARKETING
) -> Occasion:
    return Occasion(
        id=OccasionId(run),
        campaign=SPRING,
        origin=origin,
        message_class=message_class,
        channel=EMAIL,
        template=TEMPLATE,
        identity=MailIdentity(GROUP_CONTROLLER, BRANDING),
        public_url="https://hub.example.com",
        cap=CAP,
        days=Days(NOW.date()),
    )


def tell(*snapshots: dict[str, Any]) -> None:
    changes = [change_of(read(each), PMS, {VIENNA.id: VIENNA}, digest) for each in snapshots]
    assert profiles.store_changes([change for change in changes if change]) == {}


def two_guests() -> None:
    tell(guest(SMALL, email="s@mail.example", marketing_email=True))
    tell(guest(LARGE, email="l@mail.example", marketing_email=True))


def one_guest() -> None:
    """Joined by their phone; the newest address is that of the larger record."""
    tell(guest(SMALL, email="s@mail.example", phone=PHONE, marketing_email=True, changed_at=at(0)))
    tell(guest(LARGE, email="l@mail.example", phone=PHONE, marketing_email=True, changed_at=at(1)))
    assert guest_of(L) == S


def merge(minute: int = 5) -> None:
    tell(guest(LARGE, email="s@mail.example", marketing_email=True, changed_at=at(minute)))
    assert guest_of(L) == S


def split(minute: int = 5) -> None:
    tell(guest(LARGE, "Berta", email="l@mail.example", phone=PHONE, marketing_email=True, changed_at=at(minute)))
    assert guest_of(L) == L


def guest_of(leaf: Leaf) -> GuestId:
    found = heads.guest(leaf)
    assert found
    return found.id


def gate(leaf: GuestId) -> Gate:
    found = gates.gate(leaf, EMAIL)
    assert found
    return found


def codes(batch: sending.Batch) -> dict[str, str]:
    return {
        str(who): outcome.reason if outcome.code == "held" else outcome.code for who, outcome in batch.outcomes.items()
    }


def answer(leaf: GuestId) -> str | None:
    consent = gate(leaf).answer_to("marketing", GROUP_CONTROLLER)
    return consent.state if consent else None


@contextmanager
def meanwhile(operation: str, nth: int, deed: Callable[[], None]) -> Iterator[None]:
    """Others do something just before the nth call (from 1) of an operation."""
    done: list[int] = []

    def act(number: int) -> None:
        if not done and calls.made[number] == operation and calls.made.count(operation) == nth:
            done.append(number)
            deed()

    with watching(before=act) as calls:
        yield
    assert done, f"there was no call {nth} of {operation}"


@pytest.mark.parametrize("read_before", [1, 2, 3])
def test_a_merge_beside_the_worker_s_reads_brings_no_second_mail(ses: FakeSes, read_before: int) -> None:
    two_guests()
    assert codes(sending.send(occasion(), [L], NOW)) == {L: "sent"}
    with meanwhile("BatchGetItem", read_before, merge):
        batch = sending.send(occasion(origin="chunk-2"), [S], LATER)
    assert codes(batch) == {S: "already_sent"}
    assert ses.recipients == ["l@mail.example"]


@pytest.mark.parametrize("read_before", [1, 2, 3])
def test_a_record_that_parts_and_withdraws_beside_the_worker_s_reads_is_not_mailed(
    ses: FakeSes, read_before: int
) -> None:
    one_guest()

    def part_and_withdraw() -> None:
        split()
        consent_actions.set_consent(L, EMAIL, "marketing", GROUP_CONTROLLER, "withdrawn", "guest")

    with meanwhile("BatchGetItem", read_before, part_and_withdraw):
        sending.send(occasion(), [S], NOW)
    assert "l@mail.example" not in ses.recipients


def test_who_parts_before_the_claim_of_the_guest_they_were_is_mailed_for_themselves(ses: FakeSes) -> None:
    one_guest()
    with meanwhile("TransactWriteItems", 1, split):
        batch = sending.send(occasion(), [S, L], NOW)
    assert codes(batch) == {S: "sent", L: "sent"}
    assert sorted(ses.recipients) == ["l@mail.example", "s@mail.example"]


def test_of_two_records_of_one_guest_in_a_batch_one_is_mailed(ses: FakeSes) -> None:
    one_guest()
    assert codes(sending.send(occasion(), [S, L], NOW)) == {S: "sent", L: "already_sent"}
    assert len(ses.recipients) == 1


def test_a_gate_that_was_merged_away_and_split_off_again_is_another_gate(ses: FakeSes) -> None:
    tell(guest(LARGE, email="l@mail.example", marketing_email=True))

    def merge_withdraw_and_split() -> None:
        tell(guest(SMALL, email="l@mail.example", marketing_email=True, changed_at=at(3)))
        consent_actions.set_consent(L, EMAIL, "marketing", GROUP_CONTROLLER, "withdrawn", "guest")
        tell(guest(SMALL, "Berta", email="l@mail.example", marketing_email=True, changed_at=at(5)))
        assert guest_of(L) == L

    with meanwhile("TransactWriteItems", 1, merge_withdraw_and_split):
        batch = sending.send(occasion(), [L], NOW)
    assert codes(batch) == {L: "withdrawn"}
    assert ses.recipients == []


def test_a_guest_of_whom_the_head_changes_all_the_time_comes_again(
    ses: FakeSes, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_guests()
    get_many, reads = table.get_many, list[int]()

    def read_beside(wanted: Any) -> Any:
        found = get_many(wanted)
        if keys.head(S) in found:
            reads.append(1)
            found[keys.head(S)]["rev"] += len(reads)
        return found

    monkeypatch.setattr(table, "get_many", read_beside)
    assert codes(sending.send(occasion(), [S, L], NOW)) == {S: "again", L: "sent"}
    with pytest.raises(TryAgain):
        sending.outcomes_so_far(OccasionId("n1"), EMAIL, {S: "chunk-1"}, LATER)
    assert ses.recipients == ["l@mail.example"]


def test_a_guest_merged_away_twice_beside_the_worker_s_reads_is_decided_as_who_it_is_then(ses: FakeSes) -> None:
    def keep(leaf: Leaf, merged_into: GuestId | None = None) -> None:
        head = Head(leaf=leaf, record=Record(source=PMS), members=(leaf,), merged_into=merged_into)
        table.write(table.Put(head_row(head)))

    def merge_again() -> None:
        keep(GB, GA)
        keep(GC, GA)

    keep(GA)
    keep(GB)
    keep(GC, GB)
    with meanwhile("BatchGetItem", 2, merge_again):
        assert codes(sending.send(occasion(), [GC], NOW)) == {"gc": "no_address"}


def test_who_leaves_through_an_old_mail_is_held_with_the_mailbox_that_got_it(ses: FakeSes) -> None:
    one_guest()
    sending.send(occasion(), [S], NOW)
    (mail,) = ses.accepted
    assert mail["to"] == "l@mail.example"
    split()
    token = mail["headers"]["List-Unsubscribe"].strip("<>").rpartition("/")[2]
    for _ in range(2):
        actions.unsubscribe(token, LATER)
        assert (answer(S), answer(L)) == ("withdrawn", "withdrawn")
        assert [len(consent_actions.history(leaf)) for leaf in (S, L)] == [1, 1]
    sending.send(occasion("n2"), [S, L], LATER)
    assert ses.recipients == ["l@mail.example"]


@pytest.mark.parametrize("message_class", MessageClass)
def test_a_mailbox_that_a_split_takes_along_gets_one_mail_of_a_run(ses: FakeSes, message_class: MessageClass) -> None:
    one_guest()
    sending.send(occasion(message_class=message_class), [S], NOW)
    split()
    again = occasion(origin="chunk-2", message_class=message_class)
    assert codes(sending.send(again, [L], LATER)) == {L: "already_sent"}
    assert codes(sending.send(occasion("n2", message_class=message_class), [L], LATER)) == {L: "sent"}
    assert ses.recipients == ["l@mail.example", "l@mail.example"]


def test_messages_that_count_for_no_cap_push_none_out_that_count(ses: FakeSes) -> None:
    tell(guest(SMALL, email="s@mail.example", marketing_email=True))
    for number in range(CAP.mails):
        sending.send(occasion(f"n{number}"), [S], NOW)
    for number in range(MOST_SENDS + 1):
        sent = sending.send(occasion(f"service-{number}", message_class=MessageClass.SERVICE), [S], LATER)
        assert codes(sent) == {S: "sent"}
    assert len(gate(S).sends) == MOST_SENDS
    assert codes(sending.send(occasion("one-more"), [S], LATER)) == {S: "frequency_cap"}


def test_a_throttled_message_that_counts_for_no_cap_is_forgotten_again(ses: FakeSes) -> None:
    tell(guest(SMALL, email="s@mail.example"))
    ses.status_of = lambda _: "ACCOUNT_THROTTLED"
    service = occasion(message_class=MessageClass.SERVICE)
    assert codes(sending.send(service, [S], NOW)) == {S: "again"}
    assert gate(S).sends == ()
    ses.status_of = lambda _: "SUCCESS"
    assert codes(sending.send(service, [S], LATER)) == {S: "sent"}


def test_two_mails_of_one_instant_are_two_after_a_merge(ses: FakeSes) -> None:
    two_guests()
    sending.send(occasion(), [S, L], NOW)
    merge()
    assert [consent_rules.instant_of(mark) for mark in gate(GuestId(S)).sends] == [instant(NOW)] * 2


def test_one_mail_stays_one_however_often_its_guest_is_split_and_merged(ses: FakeSes) -> None:
    one_guest()
    sending.send(occasion(), [S], NOW)
    for minute in (5, 7):
        split(minute)
        assert len(gate(GuestId(L)).sends) == 1
        tell(guest(LARGE, email="l@mail.example", phone=PHONE, marketing_email=True, changed_at=at(minute + 1)))
    assert guest_of(L) == S
    assert len(gate(GuestId(S)).sends) == 1


def test_a_throttled_guest_who_was_merged_meanwhile_gets_claim_and_instant_back(ses: FakeSes) -> None:
    two_guests()
    ses.status_of = lambda _: "ACCOUNT_THROTTLED"
    with meanwhile("SendBulkEmail", 1, merge):
        assert codes(sending.send(occasion(), [L], NOW)) == {L: "again"}
    assert (gate(GuestId(S)).sends, store.message(L, OccasionId("n1"))) == ((), None)
    ses.status_of = lambda _: "SUCCESS"
    assert codes(sending.send(occasion(), [L], LATER)) == {L: "sent"}


NO = Consent(state="withdrawn", basis="complaint", at=instant(NOW))
YES = Consent(state="confirmed", basis="guest", at=instant(LATER))


@pytest.mark.parametrize(("suffixes", "said"), [([""], [NO]), (["", REMEMBERED], [YES, NO])])
def test_a_gate_of_forty_records_and_three_controllers_with_every_field_filled_fits_one_write_unit(
    aws: Settings, suffixes: list[str], said: list[Consent]
) -> None:
    """Also where all three objections were taken back, and are remembered."""
    reasons: tuple[SuppressionReason, ...] = ("bounce", "complaint")
    answers = zip(suffixes, said, strict=True)
    marks = tuple(
        consent_rules.send_mark(instant(NOW), OccasionId(f"n{number}"), GuestId(S), counts=number < KEPT_SENDS)
        for number in range(MOST_SENDS)
    )
    full = Gate(
        guest=GuestId(S),
        channel=EMAIL,
        rev=10_000_000,
        answers={
            f"{each * 64}:{purpose}{suffix}": consent
            for suffix, consent in answers
            for each in "abc"
            for purpose in PURPOSES
        },
        suppressed={
            digest("email", f"{number}@mail.example")[:ADDRESS_DIGITS]: reasons[number % 2] for number in range(40)
        },
        sends=marks,
        erased=True,
        restricted=True,
        open_case=True,
        shares=True,
    )
    assert len(full.sends) == MOST_SENDS
    assert len(full.suppressed) == MOST_SUPPRESSED
    assert full.model_fields_set == set(Gate.model_fields)
    row = gates.gate_row(full)
    assert gates.read_gate(keys.gate(GuestId(S), EMAIL), row) == full
    assert item_size(row) <= 1024


@pytest.mark.parametrize("suffixes", [[""], ["", REMEMBERED]], ids=["refused", "taken_back"])
def test_a_gate_with_every_topic_and_frequency_of_one_legal_entity_fits_one_write_unit(
    aws: Settings, suffixes: list[str]
) -> None:
    """Beside forty suppressed addresses and all that was sent."""
    parts = [f"topic-of-mails-{at}" for at in range(MOST_TOPICS)] + [WEEKLY, MONTHLY]
    keys_of = [key_of(purpose, ControllerId("a" * 64)) for purpose in PURPOSES]
    keys_of += [key_of(MARKETING, ControllerId("a" * 64), part) for part in parts]
    said = dict(zip(suffixes, [YES, NO] if len(suffixes) > 1 else [NO], strict=True))
    full = Gate(
        guest=GuestId(S),
        channel=EMAIL,
        rev=10_000_000,
        answers={f"{key}{suffix}": consent for key in keys_of for suffix, consent in said.items()},
        suppressed={digest("email", f"{at}@mail.example")[:ADDRESS_DIGITS]: "bounce" for at in range(40)},
        sends=tuple(
            consent_rules.send_mark(instant(NOW), OccasionId(f"n{at}"), GuestId(S), counts=at < KEPT_SENDS)
            for at in range(MOST_SENDS)
        ),
    )
    row = gates.gate_row(full)
    assert gates.read_gate(keys.gate(GuestId(S), EMAIL), row) == full
    assert item_size(row) <= 1024


def test_a_gate_s_older_row_holds_plain_instants_and_still_counts(ses: FakeSes) -> None:
    two_guests()
    item = gates.gate_row(gate(GuestId(S)).model_copy(update={"sends": (instant(NOW),) * 3}))
    table.write(table.Put(item))
    assert codes(sending.send(occasion(), [S], LATER)) == {S: "frequency_cap"}
