"""A hotel's list of a programme's members names nobody whom only another hotel knows as one, whatever it claims."""

import json

import pytest

from chalicelib.properties.model import Property
from tests.attack.hotels import GROUP, Hotels
from tests.builders import PORTO, VIENNA, guest, reservation

MAIL = "anna@lee.example"
ANNA, CLAIM = Hotels.leaf(VIENNA), Hotels.leaf(PORTO)
VIENNAS_ALONE = ("V-4711", "C-100", ANNA, VIENNA.id, "Secret")


@pytest.fixture(autouse=True)
def anna(hotels: Hotels) -> None:
    """Vienna's member, by a number of its own and one of its source."""
    said = guest(email=MAIL, member_number="V-4711")
    hotels.post(VIENNA, reservation("r1", said, status="checked_out"))
    hotels.enrol(VIENNA, ANNA, "C-100")


def members(hotels: Hotels, hotel: Property | None, query: str = "") -> str:
    return json.dumps(hotels.hub.get(f"/v1/programs/club/members?{query}", key=hotels.key(hotel)))


def test_a_claim_by_mail_makes_no_member(hotels: Hotels) -> None:
    hotels.post(PORTO, guest(email=MAIL))
    assert hotels.joined(ANNA, CLAIM)
    assert json.loads(members(hotels, PORTO))["items"] == []
    assert "C-100" in members(hotels, VIENNA)
    assert "C-100" in members(hotels, GROUP)


def test_who_claims_by_a_number_of_their_own_is_told_that_alone(hotels: Hotels) -> None:
    hotels.post(PORTO, guest(email=MAIL, member_number="P-1"))
    told = members(hotels, PORTO)
    assert [each["number"] for each in json.loads(told)["items"]] == ["P-1"]
    for word in (*VIENNAS_ALONE, 'balance": 1'):
        assert word not in told


@pytest.mark.parametrize("begins", ["V", "C", "c1", "V-4711"])
def test_no_beginning_of_a_number_tells_whether_another_hotel_has_such_a_member(hotels: Hotels, begins: str) -> None:
    nobody = members(hotels, PORTO, "number=ZZZ")
    assert members(hotels, PORTO, f"number={begins}") == nobody


def test_nor_does_how_many_calls_it_takes(hotels: Hotels, capsys: pytest.CaptureFixture[str]) -> None:
    calls = []
    for begins in ("V-4711", "ZZZ"):
        members(hotels, PORTO, f"number={begins}")
        calls.append(json.loads(capsys.readouterr().out.splitlines()[-1])["calls"])
    assert calls[0] == calls[1]


def test_a_hotels_end_takes_nobody_out_of_another_hotels_list(hotels: Hotels) -> None:
    hotels.post(PORTO, guest(email=MAIL, member_number="P-1"))
    hotels.hub.call("DELETE", f"/v1/guests/{CLAIM}/membership/club", key=hotels.key(PORTO))
    assert json.loads(members(hotels, PORTO))["items"] == []
    assert "C-100" in members(hotels, VIENNA)


def test_where_hotels_share_what_they_know_only_own_records_list_anybody(hotels: Hotels) -> None:
    hotels.post(PORTO, guest(email=MAIL))
    hotels.hub.put("/v1/settings", {**hotels.hub.get("/v1/settings"), "sharing": True})
    assert json.loads(members(hotels, PORTO))["items"] == []
