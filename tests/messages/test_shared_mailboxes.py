"""One mail a mailbox and occasion: whoever reads a mailbox together gets one mail, and one cap."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import permutations

import pytest

from chalicelib.aws.settings import Settings
from chalicelib.consent import store as gates
from chalicelib.consent.model import EMAIL
from chalicelib.identity import store as identity
from chalicelib.identity.digests import digest
from chalicelib.messages.holds import MessageClass
from chalicelib.profiles import actions as profiles
from tests.builders import at, decided
from tests.crashes import watching
from tests.mail_fakes import FakeSes
from tests.messages.mailboxes import (
    NOW,
    SOON,
    bounce,
    complain,
    guest_of,
    leaf,
    leave_by_link,
    occasion,
    reader,
    say,
    send,
    tell,
)

HOME = "fam.wolf@mail.example"
PAIR = tuple(sorted(("p1", "p2"), key=leaf))
"""Two profiles; the guest of the first has the smaller id."""
FIRST, SECOND = PAIR


@pytest.fixture
def ses(aws: Settings) -> FakeSes:
    digest("email", "somebody@mail.example")
    return FakeSes().install()


def couple() -> None:
    tell(reader(FIRST, "Ines", "Wolf", HOME), reader(SECOND, "Marek", "Wolf", HOME))
    assert guest_of(FIRST) != guest_of(SECOND)


def shares(source_id: str) -> bool:
    gate = gates.gate(guest_of(source_id), EMAIL)
    return gate is not None and gate.shares


@contextmanager
def meanwhile(operation: str, deed: Callable[[], object]) -> Iterator[None]:
    """Others do something just before the first call of an operation."""
    done: list[int] = []

    def act(number: int) -> None:
        if not done and calls.made[number] == operation:
            done.append(number)
            deed()

    with watching(before=act) as calls:
        yield
    assert done


@pytest.mark.parametrize("order", list(permutations(PAIR)), ids=str)
@pytest.mark.parametrize("message_class", MessageClass)
def test_of_two_readers_in_one_chunk_the_same_one_gets_the_mail(
    ses: FakeSes, order: tuple[str, ...], message_class: MessageClass
) -> None:
    couple()
    became = dict(zip(order, send(occasion(message_class=message_class), *order), strict=True))
    assert became == {FIRST: "sent", SECOND: "shared_mailbox"}
    assert ses.recipients == [HOME]


@pytest.mark.parametrize("order", list(permutations(PAIR)), ids=str)
def test_of_two_readers_in_two_chunks_the_same_one_gets_the_mail(ses: FakeSes, order: tuple[str, ...]) -> None:
    couple()
    became = {each: send(occasion(origin=each, belongs=lambda _: True), each) for each in order}
    assert became == {FIRST: ["sent"], SECOND: ["shared_mailbox"]}
    assert ses.recipients == [HOME]


@pytest.mark.parametrize("order", list(permutations(PAIR)), ids=str)
def test_who_would_not_be_sent_it_keeps_nobody_from_it(ses: FakeSes, order: tuple[str, ...]) -> None:
    couple()
    tell(reader(FIRST, "Ines", "Wolf", HOME, changed_at=at(3)) | {"marketing_email": None})
    assert dict(zip(order, send(occasion(), *order), strict=True)) == {FIRST: "no_consent", SECOND: "sent"}


def test_who_is_not_in_the_segment_keeps_nobody_from_it(ses: FakeSes) -> None:
    couple()
    assert send(occasion(belongs=lambda traits: traits.given_name == "Marek"), SECOND) == ["sent"]


def test_a_mailbox_has_one_cap(ses: FakeSes) -> None:
    couple()
    assert send(occasion("n1", mails=2), FIRST) == ["sent"]
    assert send(occasion("n2", mails=2), SECOND) == ["sent"]
    assert send(occasion("n3", mails=2), FIRST, SECOND) == ["frequency_cap", "frequency_cap"]


def test_what_went_there_before_it_was_shared_counts(ses: FakeSes) -> None:
    tell(reader(FIRST, "Ines", "Wolf", HOME))
    assert send(occasion("n1", mails=1), FIRST) == ["sent"]
    tell(reader(SECOND, "Marek", "Wolf", HOME))
    assert send(occasion("n1"), SECOND) == ["shared_mailbox"]
    assert send(occasion("n2", mails=1), SECOND) == ["frequency_cap"]


def test_who_gets_the_address_of_somebody_who_gave_it_up_gets_no_second_mail(ses: FakeSes) -> None:
    tell(reader(FIRST, "Ines", "Wolf", HOME))
    assert send(occasion(), FIRST) == ["sent"]
    tell(reader(FIRST, "Ines", "Wolf", "ines@mail.example", changed_at=at(2)))
    tell(reader(SECOND, "Marek", "Wolf", HOME))
    assert send(occasion(), SECOND) == ["shared_mailbox"]
    assert send(occasion("n2"), SECOND, FIRST) == ["sent", "sent"]


def test_a_reader_who_comes_beside_the_claim_brings_no_second_mail(ses: FakeSes) -> None:
    tell(reader(SECOND, "Marek", "Wolf", HOME))
    with meanwhile("TransactWriteItems", lambda: tell(reader(FIRST, "Ines", "Wolf", HOME))):
        assert send(occasion(), SECOND) == ["sent"]
    assert send(occasion(origin="chunk-2"), FIRST) == ["shared_mailbox"]
    assert ses.recipients == [HOME]


@pytest.mark.parametrize("operation", ["BatchGetItem", "TransactWriteItems"])
def test_two_workers_at_one_mailbox_send_one_mail(ses: FakeSes, operation: str) -> None:
    couple()
    with meanwhile(operation, lambda: send(occasion(origin="chunk-2"), FIRST)):
        send(occasion(), SECOND)
    assert ses.recipients == [HOME]


@pytest.mark.parametrize("order", list(permutations(PAIR)), ids=str)
@pytest.mark.parametrize(
    "leave",
    [leave_by_link, complain, bounce, lambda _: say(FIRST, "withdrawn", SOON)],
    ids=["link", "complaint", "bounce", "desk"],
)
def test_after_an_objection_nobody_who_reads_the_mailbox_is_mailed(
    ses: FakeSes, leave: Callable[[FakeSes], None], order: tuple[str, ...]
) -> None:
    couple()
    assert send(occasion(), FIRST) == ["sent"]
    leave(ses)
    assert "sent" not in send(occasion("n2"), *order)
    assert len(ses.accepted) == 1


def test_an_objection_beside_the_claim_of_another_reader_holds(ses: FakeSes) -> None:
    """The address's row is written first: the claim that was decided before does not pass it."""
    couple()
    assert send(occasion(), FIRST) == ["sent"]
    with meanwhile("TransactWriteItems", lambda: leave_by_link(ses)):
        assert send(occasion("n2"), SECOND) == ["withdrawn_at_address"]


def test_a_throttled_mail_is_forgotten_at_the_mailbox_as_well(ses: FakeSes) -> None:
    couple()
    ses.status_of = lambda _: "ACCOUNT_THROTTLED"
    assert send(occasion(), FIRST) == ["again"]
    found = identity.identifier(digest("email", HOME))
    assert found
    assert found.sends == ()
    ses.status_of = lambda _: "SUCCESS"
    assert send(occasion(), FIRST, SECOND) == ["sent", "shared_mailbox"]


def test_gates_say_who_shares_as_long_as_they_do(ses: FakeSes) -> None:
    couple()
    assert (shares(FIRST), shares(SECOND)) == (True, True)
    tell(reader(SECOND, "Marek", "Wolf", "marek@mail.example", changed_at=at(1)))
    assert (shares(FIRST), shares(SECOND)) == (False, False)


def test_readers_who_turn_out_to_be_one_share_with_nobody_and_are_mailed_once(ses: FakeSes) -> None:
    couple()
    assert profiles.store_changes([decided(FIRST, SECOND)]) == {}
    assert guest_of(FIRST) == guest_of(SECOND)
    assert not shares(FIRST)
    send(occasion(), FIRST, now=NOW)
    profiles.store_changes([decided(FIRST, SECOND, "withdrawn", 5)])
    assert guest_of(FIRST) != guest_of(SECOND)
    assert "sent" not in send(occasion(origin="chunk-2"), FIRST, SECOND)
    assert ses.recipients == [HOME]


def test_a_reader_with_another_mailbox_of_their_own_gets_it_there(ses: FakeSes) -> None:
    """The newest address is a guest's own: the shared one is not where the second is mailed."""
    couple()
    tell(reader("p3", "Marek", "Wolf", "marek@mail.example", phone="+43 1 5880001", changed_at=at(4)))
    tell(reader(SECOND, "Marek", "Wolf", HOME, phone="+43 1 5880001", changed_at=at(2)))
    assert guest_of("p3") == guest_of(SECOND)
    assert send(occasion(), FIRST, SECOND) == ["sent", "sent"]
    assert sorted(ses.recipients) == [HOME, "marek@mail.example"]
