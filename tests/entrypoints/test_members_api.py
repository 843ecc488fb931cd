"""The members of a programme, as the API lists them: by number, page by page, and to each key its own hotels'."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.aws import keys_of_members, table
from chalicelib.canonical.ids import ConnectionId, ProgramId, leaf_of_profile
from chalicelib.canonical.time import instant
from chalicelib.entrypoints.api import members
from chalicelib.loyalty import programs
from chalicelib.loyalty.model import Program
from chalicelib.loyalty.settling import settle
from chalicelib.loyalty.store import PROGRAMS
from chalicelib.properties.model import Property
from tests.builders import DAY_ONE, PORTO, VIENNA, at, guest, reservation
from tests.entrypoints.conftest import Hub, Ingest
from tests.entrypoints.test_access import problem

CLUB = {"name": "Club", "points_per_unit": {"EUR": "10"}, "starts_on": "2020-01-01"}
AT = "/v1/programs/club/members"
DESK, ELSEWHERE = "front_desk@vienna", "front_desk@porto"


def leaf(source_id: str) -> str:
    return str(leaf_of_profile(ConnectionId("api"), source_id))


@pytest.fixture(autouse=True)
def club(hub: Hub) -> None:
    hub.put("/v1/programs/club", CLUB)


@pytest.fixture
def stay(ingest: Ingest) -> Callable[..., str]:
    """Somebody stays at a hotel; returns the record."""

    def stayed(source_id: str, hotel: Property = VIENNA, **said: Any) -> str:
        person = guest(source_id, said.pop("given", source_id.title()), email=f"{source_id}@mail.example", **said)
        ingest(reservation(f"r-{source_id}-{hotel.id}", person, status="checked_out", property_id=hotel.id))
        return leaf(source_id)

    return stayed


@pytest.fixture
def enrol(hub: Hub) -> Callable[..., None]:
    def said(record: str, number: str | None = None, key: str = "admin") -> None:
        hub.put(f"/v1/guests/{record}/membership/club", {"number": number} if number else {}, key=key)

    return said


def listed(hub: Hub, key: str = "admin", query: str = "") -> list[tuple[str, str | None]]:
    return [(each["guest"], each["number"]) for each in walked(hub, key, query)]


def walked(hub: Hub, key: str = "admin", query: str = "", at_: str = AT) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        part = hub.get(f"{at_}?{query}{cursor}", key=key)
        found += part["items"]
        if part["next_cursor"] is None:
            return found
        cursor = f"&cursor={part['next_cursor']}"


def test_members_are_listed_by_number_with_name_day_and_points(hub: Hub, stay: Any, enrol: Any) -> None:
    for source_id, number in (("anna", "C-200"), ("berta", "c 100"), ("carl", None)):
        enrol(stay(source_id), number)
    stay("dora")
    told = walked(hub)
    assert [(each["given_name"], each["number"]) for each in told] == [
        ("Carl", None), ("Berta", "c 100"), ("Anna", "C-200"),
    ]  # fmt: skip
    assert told[2].keys() == {"guest", "given_name", "family_name", "number", "enrolled_at", "balance"}
    (standing,) = hub.get(f"/v1/guests/{leaf('anna')}/membership")["items"]
    assert {name: told[2][name] for name in ("enrolled_at", "balance")} == {
        name: standing[name] for name in ("enrolled_at", "balance")
    }


def test_a_balance_is_told_to_keys_of_the_group(hub: Hub, stay: Any, enrol: Any) -> None:
    enrol(stay("anna"), "C-1")
    assert [walked(hub, key)[0]["balance"] for key in ("admin", DESK)] == [0, None]


def test_those_whose_number_begins_so_are_found_whatever_parts_it(hub: Hub, stay: Any, enrol: Any) -> None:
    for source_id, number in (("anna", "AB 12-345"), ("berta", "ab13"), ("carl", "B12"), ("dora", None)):
        enrol(stay(source_id), number)
    assert listed(hub, query="number=a%20b1") == [(leaf("anna"), "AB 12-345"), (leaf("berta"), "ab13")]
    assert listed(hub, query="number=ab-12") == [(leaf("anna"), "AB 12-345")]
    assert listed(hub, query="number=x") == []
    refused = hub.call("GET", f"{AT}?number=--")
    assert (refused.status_code, problem(refused)["errors"][0]["field"]) == (400, "number")


def test_who_is_out_and_who_has_another_number_is_listed_as_it_is_now(hub: Hub, stay: Any, enrol: Any) -> None:
    for source_id in ("anna", "berta"):
        enrol(stay(source_id), f"C-{source_id}")
    hub.call("DELETE", f"/v1/guests/{leaf('anna')}/membership/club")
    enrol(leaf("berta"), "D-1")
    assert listed(hub) == [(leaf("berta"), "D-1")]
    enrol(leaf("anna"))
    assert listed(hub) == [(leaf("anna"), "C-anna"), (leaf("berta"), "D-1")]


def test_a_number_of_the_source_makes_a_member_of_each_programme(hub: Hub, stay: Any) -> None:
    hub.put("/v1/programs/other", {**CLUB, "name": "Other"})
    stay("anna", member_number="M-7")
    assert listed(hub) == [(leaf("anna"), "M-7")]
    hub.call("DELETE", f"/v1/guests/{leaf('anna')}/membership/club")
    assert listed(hub) == []
    assert [each["number"] for each in walked(hub, at_="/v1/programs/other/members")] == ["M-7"]


def test_a_programme_that_is_not_there_is_told(hub: Hub) -> None:
    assert hub.status("GET", "/v1/programs/none/members") == 404


def test_a_guest_of_several_records_and_hotels_stands_there_once(
    hub: Hub, stay: Any, enrol: Any, ingest: Ingest
) -> None:
    stay("anna", member_number="M-7")
    stay("anna", PORTO, member_number="M-7", changed_at=at(1))
    ingest(guest("g2", "Anna", email="anna@mail.example", member_number="A-1"))
    assert hub.get(f"/v1/guests/{leaf('g2')}")["id"] == hub.get(f"/v1/guests/{leaf('anna')}")["id"]
    assert [each[1] for each in listed(hub)] == ["A-1"]
    assert [each[1] for each in listed(hub, query="number=m")] == ["M-7"]
    assert [each[1] for each in listed(hub, query="limit=1")] == ["A-1"]


def test_each_key_is_shown_the_members_among_its_own_hotels_guests(hub: Hub, stay: Any, enrol: Any) -> None:
    enrol(stay("anna"), "V-1")
    enrol(stay("berta", PORTO), "P-1")
    assert [listed(hub, key) for key in (DESK, ELSEWHERE)] == [[(leaf("anna"), "V-1")], [(leaf("berta"), "P-1")]]
    assert [each[1] for each in listed(hub)] == ["P-1", "V-1"]


def test_a_membership_that_only_another_hotels_record_makes_is_not_shown(
    hub: Hub, stay: Any, enrol: Any, ingest: Ingest
) -> None:
    enrol(stay("anna"), "V-1", DESK)
    ingest(guest("g2", "Anna", email="anna@mail.example", property_id=PORTO.id))
    assert hub.get(f"/v1/guests/{leaf('g2')}")["id"] == hub.get(f"/v1/guests/{leaf('anna')}")["id"]
    assert listed(hub, ELSEWHERE) == []
    assert len(listed(hub, DESK)) == len(listed(hub)) == 1


def test_whom_no_hotel_knows_is_shown_to_the_group(hub: Hub, ingest: Ingest) -> None:
    ingest(guest("g9", email="nine@mail.example", member_number="N-9"))
    assert listed(hub) == [(leaf("g9"), "N-9")]
    assert listed(hub, DESK) == []


@pytest.mark.parametrize("limit", [1, 7, 50])
def test_pages_lead_through_all_members_once_in_the_order_of_their_numbers(hub: Hub, stay: Any, limit: int) -> None:
    for number in range(30):
        hotel = VIENNA if number % 3 else PORTO
        stay(f"p{number}", hotel, given=None, family=f"Lee{number}", member_number=f"M{number % 10:03}-{number}")
    told = [each[1] for each in listed(hub, query=f"limit={limit}")]
    assert told == sorted(f"M{number % 10:03}-{number}" for number in range(30))
    assert [each[1] for each in listed(hub, ELSEWHERE, f"limit={limit}&number=m00")] == [
        each for each in told if int((each or "-0").partition("-")[2]) % 3 == 0
    ]


def test_what_a_list_says_of_before_is_held_against_the_record(
    hub: Hub, stay: Any, enrol: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reads are eventually consistent: a row may be there that has gone. Beside it the page goes on."""
    enrol(stay("anna"), "C-1")
    for number in range(30):
        key = keys_of_members.member(VIENNA.id, ProgramId("club"), f"A{number:02}#{leaf('anna')}")
        table.write(table.Put(table.row(key)))
    monkeypatch.setattr(members, "FEWEST_ROWS", 2)
    assert listed(hub) == [(leaf("anna"), "C-1")]
    assert listed(hub, query="limit=1") == [(leaf("anna"), "C-1")]


def test_a_page_costs_as_many_calls_however_many_stand_on_it(
    hub: Hub, stay: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """The key, the programme, settings, hotels, two lists a hotel; heads, records and accounts in batches."""
    for number in range(20):
        stay(f"p{number}", given=None, family=f"Lee{number}", member_number=f"M-{number}")
    for key, most in (("admin", 16), (DESK, 11)):
        hub.get(f"{AT}?limit=1", key=key)
        capsys.readouterr()
        hub.get(f"{AT}?limit=3", key=key)
        few = json.loads(capsys.readouterr().out.splitlines()[-1])["aws_calls"]
        hub.get(f"{AT}?limit=200", key=key)
        many = json.loads(capsys.readouterr().out.splitlines()[-1])["aws_calls"]
        assert many == few <= most


def test_whom_a_programme_enrols_for_a_stay_is_listed(hub: Hub, stay: Any) -> None:
    programs.keep(Program.model_validate({**CLUB, "id": "auto", "auto_enrol": True}), DAY_ONE.date())
    record = stay("anna")
    settle([leaf_of_profile(ConnectionId("api"), "anna")], PROGRAMS.required(ProgramId("auto")), instant(DAY_ONE))
    told = walked(hub, at_="/v1/programs/auto/members")
    assert [(each["guest"], each["number"], each["balance"] > 0) for each in told] == [(record, None, True)]
