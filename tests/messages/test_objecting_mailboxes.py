"""Who objects is the mailbox: a no, a hard bounce or a complaint holds for whoever carries the address."""

from collections.abc import Callable

import pytest

from chalicelib.aws.settings import Settings
from chalicelib.canonical.time import Instant
from chalicelib.consent import actions as consents
from chalicelib.consent.model import EMAIL, Consent
from chalicelib.consent.objections import Withdrawal
from chalicelib.consent.rules import taken_over
from chalicelib.identity.digests import digest
from chalicelib.privacy.told_again import tell_again
from chalicelib.settings.model import GROUP_CONTROLLER
from tests.builders import at
from tests.crashes import watching
from tests.mail_fakes import FakeSes
from tests.messages.mailboxes import (
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

HOME = "fam.huber@mail.example"
EARLY, LATE = "2026-11-23T12:01:00.000000Z", "2026-11-23T12:09:00.000000Z"
LEAVES: dict[str, Callable[[FakeSes], None]] = {
    "by the link": leave_by_link,
    "at the desk": lambda _: say("h1", "withdrawn", SOON, "staff"),
    "in person": lambda _: say("h1", "withdrawn", SOON),
    "by a complaint": complain,
    "by a complaint without tags": lambda ses: complain(ses, tags=False),
    "by a hard bounce": bounce,
    "by a hard bounce without tags": lambda ses: bounce(ses, tags=False),
}
HELD = {"withdrawn_at_address", "suppressed_complaint", "suppressed_bounce"}


@pytest.fixture
def ses(aws: Settings) -> FakeSes:
    digest("email", "somebody@mail.example")
    return FakeSes().install()


def mailed(ses: FakeSes) -> None:
    tell(reader("h1", "Karin", "Huber", HOME))
    assert send(occasion(), "h1") == ["sent"]


@pytest.mark.parametrize("leave", LEAVES.values(), ids=LEAVES.keys())
def test_who_carries_the_address_later_is_held(ses: FakeSes, leave: Callable[[FakeSes], None]) -> None:
    mailed(ses)
    leave(ses)
    tell(reader("h2", "Carina", "Hubert", HOME))
    assert guest_of("h2") != guest_of("h1")
    assert set(send(occasion("n2"), "h2")) <= HELD
    assert len(ses.accepted) == 1


@pytest.mark.parametrize("leave", LEAVES.values(), ids=LEAVES.keys())
def test_who_carried_the_address_already_is_held(ses: FakeSes, leave: Callable[[FakeSes], None]) -> None:
    tell(reader("h2", "Carina", "Hubert", HOME))
    mailed(ses)
    leave(ses)
    assert set(send(occasion("n2"), "h2")) <= HELD
    assert len(ses.accepted) == 1


@pytest.mark.parametrize("leave", LEAVES.values(), ids=LEAVES.keys())
def test_a_known_guest_whose_address_becomes_that_one_is_held(ses: FakeSes, leave: Callable[[FakeSes], None]) -> None:
    tell(reader("h2", "Ottilie", "Kern", "o.kern@mail.example"))
    mailed(ses)
    leave(ses)
    tell(reader("h2", "Ottilie", "Kern", HOME, changed_at=at(5)))
    assert set(send(occasion("n2"), "h2")) <= HELD


def test_the_address_stays_held_when_its_guest_has_another_by_now(ses: FakeSes) -> None:
    mailed(ses)
    leave_by_link(ses)
    tell(reader("h1", "Karin", "Huber", "karin@mail.example", changed_at=at(5)))
    tell(reader("h2", "Carina", "Hubert", HOME))
    assert send(occasion("n2"), "h1", "h2") == ["withdrawn", "withdrawn_at_address"]


def test_every_address_of_who_objects_at_the_desk_is_held(ses: FakeSes) -> None:
    tell(reader("h1", "Karin", "Huber", HOME, phone="+43 1 5880001"))
    tell(reader("h3", "Karin", "Huber", "karin@work.example", phone="+43 1 5880001", changed_at=at(1)))
    assert guest_of("h1") == guest_of("h3")
    say("h3", "withdrawn", SOON, "staff")
    tell(reader("h2", "Carina", "Hubert", HOME), reader("h4", "Zoe", "Adler", "karin@work.example"))
    assert send(occasion(), "h2", "h4") == ["withdrawn_at_address"] * 2


def test_a_newer_yes_of_the_newcomer_s_own_counts_and_an_older_one_does_not(ses: FakeSes) -> None:
    mailed(ses)
    say("h1", "withdrawn", SOON)
    tell(reader("h2", "Carina", "Hubert", HOME))
    say("h2", "explicit", EARLY)
    assert send(occasion("n2"), "h2") == ["withdrawn_at_address"]
    say("h2", "explicit", LATE)
    assert send(occasion("n2"), "h2", "h1") == ["sent", "withdrawn"]


def test_the_newcomer_s_own_no_has_a_receipt_of_its_own(ses: FakeSes) -> None:
    mailed(ses)
    leave_by_link(ses)
    tell(reader("h2", "Carina", "Hubert", HOME))
    say("h2", "withdrawn", "2026-11-23T13:00:00.000000Z")
    assert send(occasion("n2"), "h2") == ["withdrawn"]
    assert [(each.state, each.basis) for each in consents.history(guest_of("h2"))] == [("withdrawn", "guest")]


@pytest.mark.parametrize("number", range(1, 4))
def test_a_no_beside_the_write_of_who_comes_to_carry_the_address_holds(ses: FakeSes, number: int) -> None:
    """Whether the objection comes before or after the newcomer's reads, and before or after the transaction."""
    mailed(ses)
    done: list[int] = []

    def object_beside(at_: int) -> None:
        if not done and len(calls.made) >= number and calls.made[at_] in {"BatchGetItem", "TransactWriteItems"}:
            done.append(at_)
            leave_by_link(ses)

    with watching(before=object_beside) as calls:
        tell(reader("h2", "Carina", "Hubert", HOME))
    assert done
    assert send(occasion("n2"), "h2") == ["withdrawn_at_address"]


def test_an_address_s_objection_is_told_again_to_a_restored_table(ses: FakeSes) -> None:
    """Also when the record through which it was said is not known there yet."""
    unknown = Withdrawal(
        leaf("h9"), EMAIL, "marketing", GROUP_CONTROLLER, "guest", Instant(LATE), {}, [digest("email", HOME)]
    )
    assert tell_again([unknown]).unknown == 1
    tell(reader("h2", "Carina", "Hubert", HOME))
    assert send(occasion(), "h2") == ["withdrawn_at_address"]


def test_an_objection_to_one_legal_entity_is_none_to_another() -> None:
    said = taken_over({}, {"alpine:marketing": Instant(LATE)})
    assert said == {"alpine:marketing": Consent(state="withdrawn", basis="address", at=Instant(LATE))}


def test_what_a_leaf_said_itself_stays_its_own() -> None:
    own = Consent(state="withdrawn", basis="guest", at=Instant(EARLY))
    assert taken_over({"g:m": own}, {"g:m": Instant(LATE)}) == {"g:m": own.said_again(Instant(LATE))}
    later = Consent(state="explicit", basis="guest", at=Instant(LATE))
    assert taken_over({"g:m": later}, {"g:m": Instant(EARLY)})["g:m"] == later
