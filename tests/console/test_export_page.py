"""What is known of a guest, to read and as a file: all of it, and of a hotel its own part."""

import json
from collections.abc import Callable

import pytest

from chalicelib.canonical.ids import ConnectionId, leaf_of_profile
from chalicelib.entrypoints.console.pages import exported
from tests.builders import PORTO, at, charge, guest, reservation
from tests.console.conftest import SignIn
from tests.console.conftest import at as address

Ingest = Callable[..., None]
ANNA = leaf_of_profile(ConnectionId("api"), "g1")
AT = f"/guests/{ANNA}/export"
PROFILE = guest(email="anna@mail.example", phone="+43 1 58800 0", birth_date="1980-05-06")


@pytest.fixture
def anna(ingest: Ingest) -> None:
    ingest(reservation("r1", PROFILE, status="checked_out", room_number="101"), charge(amount_minor=5150))
    ingest({**guest("g2", email="anna@mail.example", language="pt"), "property_id": PORTO.id, "changed_at": at(1)})


def test_the_page_has_what_the_file_has(sign_in: SignIn, anna: None) -> None:
    browser = sign_in("front_desk")
    assert f"/console{AT}" in browser.open(f"/guests/{ANNA}").links
    page = browser.open(AT)
    assert f"/console{AT}.json" in page.links
    for said in ("anna@mail.example", "+431588000", "May 6, 1980", "101", "€51.50", "What was billed"):
        assert said in page.text, said
    answer = browser.ask("GET", address(f"{AT}.json"))
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{ANNA}.json"'
    assert json.loads(answer.body)["charges"][0]["charges"][0]["amount"]["amount_minor"] == 5150


def test_of_a_long_list_the_page_has_a_part_and_says_so(
    sign_in: SignIn, ingest: Ingest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exported, "MOST_SHOWN", 2)
    for number in range(4):
        ingest(reservation(f"r{number}", PROFILE))
    assert "And 2 more, which the file has." in sign_in().open(AT).text


def test_a_hotel_exports_its_own_part_and_other_roles_nothing(sign_in: SignIn, anna: None) -> None:
    here = sign_in("front_desk", "vienna")
    assert "g1" in here.open(AT).text
    assert json.loads(here.ask("GET", address(f"{AT}.json")).body)["records"][0]["source_id"] == "g1"
    there = sign_in("front_desk", "porto").open(AT).text
    assert "g2" in there
    assert "101" not in there
    for role in ("marketer", "analyst"):
        sign_in(role).open(AT, status=403)
        sign_in(role).open(f"{AT}.json", status=403)
