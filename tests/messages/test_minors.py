"""Nobody advertises to who is under 18; what they need for a stay goes."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.aws.settings import Settings
from chalicelib.guests.stats import Days
from chalicelib.messages.holds import MessageClass
from chalicelib.profiles import actions as profiles
from tests.builders import decided, guest
from tests.mail_fakes import FakeSes
from tests.messages.mailboxes import NOW, occasion, reader, say, send, tell

SAID_AT = "2026-11-20T12:00:00.000Z"


@pytest.fixture(autouse=True)
def ses(aws: Settings) -> FakeSes:
    return FakeSes().install()


def tell_young(**known: Any) -> None:
    """One record has the address, and another of the same person tells how old they are: of who says so itself no
    address is kept."""
    tell(reader("g1", "Anna", "Lee", "anna@mail.example"), guest("g2", "Anna", "Lee", **known))
    profiles.store_decision(decided("g1", "g2"))


@pytest.mark.parametrize("known", [{"birth_date": "2008-11-24"}, {"age_category": "teenager"}])
def test_marketing_and_surveys_are_held_whatever_was_agreed_to(known: dict[str, str]) -> None:
    tell_young(**known)
    say("g1", "confirmed", SAID_AT, "guest")
    assert send(occasion("n1"), "g1") == ["minor"]
    assert send(occasion("n2", message_class=MessageClass.SURVEY), "g1") == ["minor"]


@pytest.mark.parametrize("message_class", [MessageClass.SERVICE, MessageClass.TRANSACTIONAL])
def test_what_is_needed_for_a_stay_goes_all_the_same(message_class: MessageClass) -> None:
    tell_young(birth_date="2008-11-24")
    assert send(occasion(message_class=message_class), "g1") == ["sent"]


def test_from_their_birthday_on_they_are_written_to() -> None:
    tell_young(birth_date="2008-11-24")
    tomorrow = occasion("n2").model_copy(update={"days": Days((NOW + timedelta(days=1)).date())})
    assert send(occasion("n1"), "g1") == ["minor"]
    assert send(tomorrow, "g1") == ["sent"]
