"""What people of one hotel say stands on their record, takes back nobody else's word, and goes with the record."""

from itertools import count

import pytest

from chalicelib.aws import table
from chalicelib.canonical.ids import ControllerId, Leaf, OccasionId
from chalicelib.canonical.time import Instant
from chalicelib.consent import store as consents
from chalicelib.consent.model import EMAIL, Suppression, key_of
from chalicelib.guests import store as guests
from chalicelib.identity import store as identity
from chalicelib.identity.digests import digest
from chalicelib.messages import actions as messages
from chalicelib.messages import store
from chalicelib.messages.model import Message
from chalicelib.messages.tokens import UnsubscribeLink, make_token
from chalicelib.properties.model import Property
from tests.attack.hotels import GROUP, Hotels
from tests.builders import PORTO, VIENNA, at, guest

MAIL = "anna@lee.example"
ANNA = Hotels.leaf(VIENNA)
SMALLER = next(f"x{number}" for number in count() if Hotels.leaf(PORTO, f"x{number}") < ANNA)
"""A source id that makes the claim the smallest record, which names the guest."""
CLAIM = Hotels.leaf(PORTO, SMALLER)
RUN = OccasionId("n1ibtcjc7nvv080a9ed428559")


@pytest.fixture(autouse=True)
def joined(hotels: Hotels) -> None:
    """A claim of Porto's key is one guest with Vienna's Anna."""
    hotels.post(VIENNA, guest(email=MAIL))
    hotels.post(PORTO, guest(SMALLER, email=MAIL))
    assert hotels.shown(GROUP, ANNA)[""]["id"] == CLAIM


def leave(hotels: Hotels) -> None:
    hotels.post(PORTO, guest(SMALLER, "Max", "Moll", email="max@moll.example", changed_at=at(99)))
    assert not hotels.joined(ANNA, CLAIM)


def answers(leaf: str) -> dict[str, str]:
    """What is in effect for the guest of a record, by legal entity."""
    found = guests.guest(Leaf(leaf))
    gate = consents.gate(found.id, EMAIL) if found else None
    return (
        {key.partition(":")[0]: said.state for key, said in gate.answers.items() if not key.endswith(":objected")}
        if gate
        else {}
    )


def by_link(entity: str, hotel: Property | None) -> None:
    """Whoever reads Anna's mailbox leaves by the link of a mail that was sent to it."""
    named = guests.guest(Leaf(ANNA))
    assert named
    sent = Message(
        guest=named.id, occasion=RUN, claim="m", origin="o", candidate=Leaf(ANNA), address=digest("email", MAIL),
        at=Instant(at(5)), property_id=hotel.id if hotel else None,
    )  # fmt: skip
    table.write(table.Put(store.message_row(sent)))
    messages.unsubscribe(make_token(UnsubscribeLink(named.id, "marketing", RUN, EMAIL, ControllerId(entity))))


def test_what_the_group_says_stands_on_the_record_that_was_known_first_and_stays_when_a_claim_leaves(
    hotels: Hotels,
) -> None:
    hotels.enrol(GROUP, ANNA, "C-1")
    hotels.consent(GROUP, ANNA, "explicit", property_id=VIENNA.id)
    leave(hotels)
    assert [each["id"] for each in hotels.found(GROUP, "member=C-1")] == [ANNA]
    assert (answers(ANNA), answers(CLAIM)) == ({"alpine": "explicit"}, {})


def test_what_the_group_says_stands_on_its_own_source_s_record_though_a_claim_was_there_before(hotels: Hotels) -> None:
    """Who posts names and addresses of strangers today would else have what the group hears of them tomorrow."""
    hotels.post(PORTO, guest("early", "Eva", "Roth", email="eva@roth.example"))
    hotels.connected(VIENNA, guest("g1", "Eva", "Roth", email="eva@roth.example"))
    eva, early = hotels.leaf_of("pms-vienna"), Hotels.leaf(PORTO, "early")
    assert hotels.joined(eva, early)
    hotels.enrol(GROUP, eva, "C-9")
    hotels.consent(GROUP, eva, "explicit", property_id=VIENNA.id)
    hotels.post(PORTO, guest("early", "Max", "Moll", email="max@moll.example", changed_at=at(99)))
    assert [each["id"] for each in hotels.found(GROUP, "member=C-9")] == [eva]
    assert (answers(eva), answers(early)) == ({"alpine": "explicit"}, {})


def test_what_vienna_s_desk_says_stays_when_a_claim_leaves(hotels: Hotels) -> None:
    hotels.enrol(VIENNA, ANNA, "C-1")
    hotels.consent(VIENNA, ANNA, "explicit")
    before = hotels.shown(VIENNA, ANNA)
    leave(hotels)
    assert hotels.shown(VIENNA, ANNA) == before
    assert (hotels.shown(PORTO, CLAIM)["/membership"]["items"], answers(CLAIM)) == ([], {})


def test_a_desk_enrols_whom_a_claim_enrolled_before(hotels: Hotels) -> None:
    hotels.enrol(PORTO, CLAIM, "P-1")
    assert hotels.enrol(VIENNA, ANNA, "V-1")["number"] == "V-1"
    leave(hotels)
    assert hotels.shown(VIENNA, ANNA)["/membership"]["items"][0]["number"] == "V-1"
    assert hotels.found(VIENNA, "member=P-1") == []


def test_nobody_ends_another_hotel_s_membership(hotels: Hotels) -> None:
    hotels.enrol(VIENNA, ANNA, "V-1")
    before = hotels.shown(VIENNA, ANNA)
    assert hotels.hub.status("DELETE", f"/v1/guests/{CLAIM}/membership/club", key="front_desk@porto") == 404
    assert hotels.shown(VIENNA, ANNA) == before


def test_a_withdrawal_by_a_claim_holds_for_its_own_company_and_goes_with_it(hotels: Hotels) -> None:
    hotels.consent(VIENNA, ANNA, "explicit")
    hotels.consent(PORTO, CLAIM, "withdrawn")
    assert answers(ANNA) == {"alpine": "explicit", "atlantic": "withdrawn"}
    leave(hotels)
    assert (answers(ANNA), answers(CLAIM)) == ({"alpine": "explicit"}, {"atlantic": "withdrawn"})


def test_where_hotels_share_a_company_a_withdrawal_by_a_claim_goes_with_it_too(hotels: Hotels) -> None:
    hotels.opened(porto="alpine")
    hotels.consent(VIENNA, ANNA, "explicit")
    hotels.consent(PORTO, CLAIM, "withdrawn")
    assert answers(ANNA) == {"alpine": "withdrawn"}
    leave(hotels)
    assert answers(ANNA) == {"alpine": "explicit"}
    row = identity.identifier(digest("email", MAIL))
    assert row
    assert row.objections == {}


@pytest.mark.parametrize("order", [("withdrawn", "explicit"), ("explicit", "withdrawn")])
@pytest.mark.parametrize("state", ["explicit", "confirmed"])
def test_a_yes_by_a_claim_takes_back_no_no_of_vienna_s_in_whatever_order(
    hotels: Hotels, order: tuple[str, str], state: str
) -> None:
    hotels.opened(porto="alpine")
    for said in order:
        if said == "withdrawn":
            hotels.consent(VIENNA, ANNA, "withdrawn", at=at(1))
        else:
            hotels.consent(PORTO, CLAIM, state, at=at(9), basis="guest")
    assert answers(ANNA) == {"alpine": "withdrawn"}
    told = hotels.shown(VIENNA, ANNA)["/consents"]["consents"]
    assert {each["state"] for each in told if each["purpose"] == "marketing"} == {"withdrawn"}
    hotels.consent(VIENNA, ANNA, "explicit", at=at(10))
    assert answers(ANNA) == {"alpine": "explicit"}


@pytest.mark.parametrize("hotel", [VIENNA, GROUP], ids=["vienna's mail", "the group's mail"])
def test_who_reads_the_mailbox_has_objected_whatever_a_claim_says_and_when_it_is_gone(
    hotels: Hotels, hotel: Property | None
) -> None:
    hotels.opened(porto="alpine")
    by_link("alpine", hotel)
    hotels.consent(PORTO, CLAIM, "confirmed", basis="guest")
    assert answers(ANNA) == {"alpine": "withdrawn"}
    leave(hotels)
    assert answers(ANNA) == {"alpine": "withdrawn"}
    row = identity.identifier(digest("email", MAIL))
    assert row
    assert key_of("marketing", ControllerId("alpine")) in row.objections


def test_a_claim_lifts_no_complaint(hotels: Hotels) -> None:
    address = digest("email", MAIL)
    messages.suppress(address, Suppression(reason="complaint", at=Instant(at(1))), EMAIL)
    hotels.consent(PORTO, CLAIM, "confirmed", basis="guest")
    assert hotels.shown(VIENNA, ANNA)["/consents"]["suppressed"] == ["complaint"]
    leave(hotels)
    hotels.consent(VIENNA, ANNA, "confirmed", basis="guest")
    assert hotels.shown(VIENNA, ANNA)["/consents"]["suppressed"] == []


def test_a_flag_of_a_claim_is_to_its_own_company_and_an_unticked_one_says_nothing(hotels: Hotels) -> None:
    hotels.post(VIENNA, guest(email=MAIL, marketing_email=True, changed_at=at(2)))
    for flag in (True, False):
        hotels.post(PORTO, guest(SMALLER, email=MAIL, marketing_email=flag, changed_at=at(3 + flag)))
        assert answers(ANNA)["alpine"] == "explicit"
    leave(hotels)
    assert answers(ANNA) == {"alpine": "explicit"}
