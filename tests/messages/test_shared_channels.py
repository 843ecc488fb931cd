"""Who shares an address shares it on the channel that it belongs to, and on no other."""

import json
from typing import Any

import pytest

from chalicelib.canonical.ids import ChannelName
from chalicelib.canonical.time import instant
from chalicelib.consent import actions as consents
from chalicelib.consent import store as gates
from chalicelib.consent.model import EMAIL
from chalicelib.messages import actions, sending
from chalicelib.settings.model import GROUP_CONTROLLER
from tests.builders import at
from tests.builders import guest as told_of
from tests.mail_fakes import FakeSes
from tests.messages.mailboxes import LATER, NOW, codes, guest_of, leaf, tell
from tests.messages.mailboxes import occasion as mail_of
from tests.messages.test_second_channel import PIGEON, Pigeons, pigeons
from tests.messages.test_second_channel import occasion as strip_of

__all__ = ["pigeons"]
HOME, LOFT = "fam.wolf@mail.example", "+43 1 588 0000"
PAIR = tuple(sorted(("p1", "p2"), key=leaf))


@pytest.fixture
def ses(pigeons: Pigeons) -> FakeSes:
    return FakeSes().install()


def couple(*, emails: tuple[str, str], phones: tuple[str, str]) -> None:
    told = zip(PAIR, ("Ines", "Marek"), emails, phones, strict=True)
    tell(
        *(
            told_of(each, name, "Wolf", email=email, phone=phone, property_id="vienna")
            for each, name, email, phone in told
        )
    )
    assert guest_of(PAIR[0]) != guest_of(PAIR[1])
    for each in PAIR:
        for channel in (PIGEON, EMAIL):
            consents.set_consent(leaf(each), channel, "marketing", GROUP_CONTROLLER, "explicit", "guest", instant(NOW))


def shares(channel: ChannelName) -> list[bool]:
    found = [gates.gate(guest_of(each), channel) for each in PAIR]
    return [gate is not None and gate.shares for gate in found]


def became(channel: ChannelName, run: str, **more: Any) -> list[str]:
    asked = mail_of(run, **more) if channel == EMAIL else strip_of(run=run)
    return codes(sending.send(asked, [guest_of(each) for each in PAIR], LATER), PAIR)


OWN_MAIL, OWN_LOFTS = ("ines@mail.example", "marek@mail.example"), ("+43 1 588 0001", "+43 1 588 0002")
ONE = ["sent", "shared_mailbox"]


def test_who_reads_one_loft_gets_one_strip_and_own_mail(ses: FakeSes, pigeons: Pigeons) -> None:
    """Nothing but the number ties the first to the second, of whom something is said."""
    couple(emails=OWN_MAIL, phones=(LOFT, LOFT))
    assert (shares(PIGEON), shares(EMAIL)) == ([True, True], [False, False])
    assert (became(PIGEON, "n1"), became(EMAIL, "n2")) == (ONE, ["sent", "sent"])
    assert len(pigeons.carried) == 1


def test_who_reads_one_mailbox_gets_one_mail_and_own_strips(ses: FakeSes) -> None:
    couple(emails=(HOME, HOME), phones=OWN_LOFTS)
    assert (shares(PIGEON), shares(EMAIL)) == ([False, False], [True, True])
    assert (became(EMAIL, "n1"), became(PIGEON, "n2")) == (ONE, ["sent", "sent"])


def test_caps_count_per_address_and_channel(ses: FakeSes) -> None:
    couple(emails=(HOME, HOME), phones=(LOFT, LOFT))
    assert [became(EMAIL, f"n{each}") for each in range(3)] == [ONE] * 3
    assert became(EMAIL, "n3") == ["frequency_cap"] * 2
    assert became(PIGEON, "n4") == ONE


def test_who_leaves_leaves_a_loft_for_all_its_readers_and_no_mailbox(ses: FakeSes, pigeons: Pigeons) -> None:
    couple(emails=(HOME, HOME), phones=(LOFT, LOFT))
    became(PIGEON, "n1")
    actions.unsubscribe(pigeons.carried[0].parts["strip"].rpartition("/")[2], LATER)
    assert became(PIGEON, "n2") == ["withdrawn", "withdrawn_at_address"]
    assert became(EMAIL, "n3") == ONE


def test_a_loft_that_bounces_holds_all_its_readers_and_no_mailbox(ses: FakeSes) -> None:
    couple(emails=(HOME, HOME), phones=(LOFT, LOFT))
    became(PIGEON, "n1")
    bounce = {"kind": "bounce", "run": "n1", "guest": guest_of(PAIR[0])}
    actions.record_event(json.dumps(bounce), PIGEON)
    assert became(PIGEON, "n2") == ["suppressed_bounce"] * 2
    assert became(EMAIL, "n3") == ONE


def test_who_gives_up_the_loft_shares_the_mailbox_still(ses: FakeSes) -> None:
    couple(emails=(HOME, HOME), phones=(LOFT, LOFT))
    assert became(PIGEON, "n1") == ONE
    tell(told_of(PAIR[1], "Marek", "Wolf", email=HOME, phone=OWN_LOFTS[1], changed_at=at(30), property_id="vienna"))
    assert became(PIGEON, "n2") == ["sent", "sent"]
    assert became(EMAIL, "n3") == ONE
