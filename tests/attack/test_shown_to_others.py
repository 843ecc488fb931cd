"""A record that claims to be another hotel's guest shows its hotel nothing that the other said (decision 0057)."""

import json
from typing import Any

import pytest

from tests.attack.hotels import GROUP, Hotels
from tests.builders import PORTO, VIENNA, at, guest, reservation

MAIL, PHONE = "anna@lee.example", "+43 660 1234567"
ADDRESS = {"street": "Secret Lane 7", "city": "Graz", "country": "AT"}
SAID: dict[str, Any] = {
    "salutation": "Dr",
    "email": MAIL,
    "phone": PHONE,
    "language": "de",
    "address": ADDRESS,
    "birth_date": "1980-05-17",
    "special_dates": [{"kind": "anniversary", "day": "2010-06-12"}],
    "member_number": "V-4711",
}
VIENNAS_ALONE = ("Dr", PHONE.replace(" ", ""), "Secret Lane", "Graz", "1980-05-17", "2010-06-12", "V-4711", "C-100")
ANNA, CLAIM = Hotels.leaf(VIENNA), Hotels.leaf(PORTO)


@pytest.fixture(autouse=True)
def anna(hotels: Hotels) -> None:
    """Vienna's guest, of whom much is known."""
    hotels.post(VIENNA, reservation("r1", guest(**SAID), status="checked_out", room_number="777"))
    hotels.enrol(VIENNA, ANNA, "C-100")
    hotels.consent(VIENNA, ANNA, "explicit", how="Vienna's card")


def claim(hotels: Hotels, **said: Any) -> None:
    hotels.post(PORTO, guest(**said))


def told(shown: object) -> str:
    return json.dumps(shown)


def test_a_claim_with_name_and_address_joins_and_shows_nothing_that_vienna_said(hotels: Hotels) -> None:
    claim(hotels, email=MAIL)
    assert hotels.joined(ANNA, CLAIM)
    shown = hotels.shown(PORTO, CLAIM)
    for value in (*VIENNAS_ALONE, "Vienna's card", VIENNA.id, "777", ANNA):
        assert value not in told(shown), value
    assert (shown[""]["id"], shown[""]["merged_ids"], shown[""]["traits"]["email"]) == (CLAIM, [], MAIL)
    assert shown[""]["traits"]["member"] is False
    assert [shown[path]["items"] for path in ("/timeline", "/stays", "/membership", "/ledger")] == [[], [], [], []]
    assert ({each["state"] for each in shown["/consents"]["consents"]}, shown["/consents"]["history"]) == ({"none"}, [])


@pytest.mark.parametrize("entity", ["alpine", None])
def test_hotels_of_one_company_are_not_shown_each_other_s_guests_either(hotels: Hotels, entity: str | None) -> None:
    hotels.opened(vienna=entity, porto=entity)
    hotels.consent(VIENNA, ANNA, "confirmed", how="Vienna's card")
    claim(hotels, email=MAIL)
    shown = hotels.shown(PORTO, CLAIM)
    assert "card" not in told(shown)
    assert {each["state"] for each in shown["/consents"]["consents"]} == {"none"}


@pytest.mark.parametrize(
    "query", ["phone=%2B436601234567", "member=V-4711", "member=C-100", "source=api-vienna&source_id=g1"]
)
def test_a_search_finds_nobody_by_what_another_hotel_said(hotels: Hotels, query: str) -> None:
    claim(hotels, email=MAIL)
    assert hotels.found(PORTO, query) == []
    assert [each["id"] for each in hotels.found(VIENNA, query)] == [ANNA]


def test_a_search_by_what_the_key_s_own_record_says_finds_the_guest_as_that_record_shows_it(hotels: Hotels) -> None:
    claim(hotels, email=MAIL)
    (found,) = hotels.found(PORTO, f"email={MAIL}")
    assert found == hotels.shown(PORTO, CLAIM)[""]


def test_candidates_are_those_of_the_key_s_own_records(hotels: Hotels) -> None:
    hotels.post(VIENNA, guest("g2", "Berta", "Moll", phone=PHONE))
    claim(hotels, email=MAIL)
    hotels.post(PORTO, guest("g3", "Carl", "Moll", phone=PHONE))
    assert hotels.shown(PORTO, CLAIM)[""]["candidates"] == []
    assert hotels.shown(VIENNA, ANNA)[""]["candidates"] == [Hotels.leaf(VIENNA, "g2")]


def test_vienna_is_shown_the_very_same_with_a_claim_and_without(hotels: Hotels) -> None:
    before = hotels.shown(VIENNA, ANNA)
    claim(hotels, email=MAIL, language="pt", country="PT", address={"city": "Lagos"}, changed_at=at(50))
    hotels.post(PORTO, reservation("p1", guest(email=MAIL), status="checked_out"))
    assert hotels.joined(ANNA, CLAIM)
    assert hotels.shown(VIENNA, ANNA) == before


def test_sharing_opens_a_guest_in_sight_and_no_other(hotels: Hotels) -> None:
    claim(hotels, email=MAIL)
    hotels.post(VIENNA, guest("g2", "Berta", "Moll", email="berta@moll.example"))
    hotels.hub.put("/v1/settings", {"sharing": True})
    shown, whole = hotels.shown(PORTO, CLAIM), hotels.shown(GROUP, CLAIM)
    assert shown == whole
    assert [each["id"] for each in hotels.found(PORTO, "member=C-100")] == [whole[""]["id"]]
    assert hotels.found(PORTO, "email=berta@moll.example") == []
