"""To a mailbox that an office reads goes whatever the guest needs, and no marketing that the guest did not confirm."""

from typing import Any

import pytest

from chalicelib.aws.settings import Settings
from chalicelib.messages.holds import MessageClass
from chalicelib.settings.guest_rules import GuestRules
from chalicelib.settings.model import GROUP_CONTROLLER
from chalicelib.settings.rules import MailIdentity
from tests.mail_fakes import FakeSes
from tests.messages.mailboxes import BRANDING, LATER, occasion, reader, say, send, tell

SAID_AT = "2026-11-20T12:00:00.000Z"
OF_AGENCY = MailIdentity(GROUP_CONTROLLER, BRANDING, guests=GuestRules(agency_domains=("trips.example",)))


@pytest.fixture(autouse=True)
def ses(aws: Settings) -> FakeSes:
    return FakeSes().install()


@pytest.mark.parametrize(
    ("state", "basis", "became"),
    [
        ("explicit", "staff", "office_address"),
        ("confirmed", "staff", "sent"),
        ("explicit", "guest", "sent"),
        ("withdrawn", "guest", "withdrawn"),
    ],
)
def test_marketing_goes_to_an_office_only_where_the_guest_confirmed_it(state: Any, basis: Any, became: str) -> None:
    tell(reader("g1", "Anna", "Lee", "reception@firm.example"))
    assert send(occasion("n1"), "g1") == ["office_address"]
    say("g1", state, SAID_AT, basis)
    assert send(occasion("n2"), "g1") == [became]


@pytest.mark.parametrize("message_class", [MessageClass.SERVICE, MessageClass.TRANSACTIONAL])
def test_what_the_guest_needs_for_their_stay_goes_there_all_the_same(message_class: MessageClass) -> None:
    tell(reader("g1", "Anna", "Lee", "reception@firm.example"))
    assert send(occasion(message_class=message_class), "g1") == ["sent"]


def test_an_agency_s_mailbox_is_one_from_the_moment_it_is_set(ses: FakeSes) -> None:
    tell(reader("g1", "Anna", "Lee", "anna@trips.example"))
    assert send(occasion("n1"), "g1") == ["sent"]
    assert send(occasion("n2", identity=OF_AGENCY), "g1") == ["office_address"]


def test_a_survey_is_held_as_marketing_is() -> None:
    tell(reader("g1", "Anna", "Lee", "info@firm.example"))
    assert send(occasion(message_class=MessageClass.SURVEY), "g1") == ["office_address"]


def test_of_two_addresses_the_guest_s_own_gets_it(ses: FakeSes) -> None:
    born = {"birth_date": "1980-05-17", "phone": "+436641234567"}
    tell(
        reader("g1", "Anna", "Lee", "info@firm.example", **born), reader("g2", "Anna", "Lee", "a@mail.example", **born)
    )
    assert send(occasion(), "g1", now=LATER) == ["sent"]
    assert ses.accepted[-1]["to"] == "a@mail.example"
