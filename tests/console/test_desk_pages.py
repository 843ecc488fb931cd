"""Boards and Today: what the front desk has before it, of its hotels alone, a page at a time."""

import gzip
import json
import re
from collections.abc import Callable, Iterator

import pytest
import time_machine

from chalicelib.canonical.batch import Message
from chalicelib.canonical.ids import ConnectionId, leaf_of_profile
from chalicelib.connections import actions as connections
from chalicelib.connections.asked import Connection
from chalicelib.entrypoints.console import static
from chalicelib.ingest import actions
from tests.builders import PORTO, VIENNA, guest, notice, reservation
from tests.console.conftest import Page, SignIn

Ingest = Callable[..., None]
ANNA, BO = (leaf_of_profile(ConnectionId("api"), each) for each in ("g1", "g2"))
BOARD = "/board/vienna"
SECRET = "whsec_" + "A" * 32
FILES = ("pico.min.css", "console.css", "board.css", "htmx.min.js")


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """Half an hour after midnight in Vienna, of the day that it is not yet in Lisbon."""
    with time_machine.travel("2026-01-31T23:30:00+00:00", tick=False) as traveller:
        yield traveller


def guests_on(page: Page) -> list[str]:
    """Those whose own page a list leads to."""
    return [each for each in page.links if re.fullmatch("/console/guests/g[0-9a-f]+", each)]


@pytest.fixture
def anna(ingest: Ingest) -> None:
    """She arrives in Vienna today, with Bo."""
    room = {"room_type": "DBL", "room_number": "101", "arrival_time": "15:30", "adults": 2, "children": 1}
    ingest(reservation("r1", guest(salutation="Dr"), companions=[guest("g2", "Bo", "Ray")], **room))


def test_a_board_tells_room_hour_guest_companions_and_that_it_is_the_first_stay(sign_in: SignIn, anna: None) -> None:
    page = sign_in("front_desk", "vienna").open(BOARD)
    told = {
        "101 · DBL",
        "Dr Anna Lee",
        "Say: Dr Lee",
        "Bo Ray",
        "15:30",
        "Adults: 2",
        "Children: 1",
        "Direct",
        "First stay",
        "Confirmed",
        "Sun, Feb 1, 2026",
    }
    assert told <= set(page.words)
    assert {f"/console/guests/{each}" for each in (ANNA, BO)} <= set(page.links)
    assert "Arrivals, Hotel Vienna" in page.words


def test_the_days_beside_and_the_other_lists_are_a_link_away(sign_in: SignIn, anna: None) -> None:
    browser = sign_in()
    before = next(each for each in browser.open(BOARD).links if "2026-01-31" in each)
    page = browser.open(before.removeprefix("/console"))
    assert "Nobody is known to arrive." in page.text
    assert f"/console{BOARD}" in page.links  # back to today
    assert "Anna" in browser.open(f"{BOARD}?list=departures&date=2026-02-03").text
    assert "Nobody is known to be in house." in browser.open(f"{BOARD}?list=in-house").text
    assert "Nobody is known to arrive." in browser.open(f"{BOARD}?date=9999-12-31").text


def test_what_is_no_day_is_told_at_its_field(sign_in: SignIn, anna: None) -> None:
    page = sign_in().open(f"{BOARD}?date=tomorrow", 400)
    assert ("input", "true") in [(tag, told.get("aria-invalid")) for tag, told in page.elements]
    assert "#date" in page.links


def test_another_hotels_board_is_no_page_and_its_guests_stand_nowhere(sign_in: SignIn, anna: None) -> None:
    browser = sign_in("front_desk", "porto")
    for path in (BOARD, f"{BOARD}?date=tomorrow", "/board/nowhere"):
        assert "This page does not exist" in browser.open(path, 404).text
    assert browser.ask("GET", "/console/board?hotel=vienna").headers["Location"] == "/console/board/porto"
    assert "Anna" not in browser.open("/").html
    assert "Hotel Vienna" not in browser.open("/").html


def test_one_hotel_of_several_is_chosen(sign_in: SignIn) -> None:
    browser = sign_in()
    assert {"Hotel Vienna", "Hotel Porto"} <= set(browser.open("/board").words)
    moved = browser.ask("GET", "/console/board?hotel=vienna&list=departures&date=2026-02-03")
    assert moved.headers["Location"] == "/console/board/vienna?date=2026-02-03&list=departures"


def test_a_long_board_goes_on_and_its_cursor_is_of_no_other_list(sign_in: SignIn, ingest: Ingest) -> None:
    ingest(*(reservation(f"r{n}", guest(f"g{n}", f"G{n}")) for n in range(7)))
    browser = sign_in("front_desk", "vienna")
    first = browser.open(f"{BOARD}?limit=5")
    after = next(each for each in first.links if "cursor=" in each and "limit=5" in each)
    rest = browser.open(after.removeprefix("/console"))
    assert [len(guests_on(page)) for page in (first, rest)] == [5, 2]
    browser.open(after.removeprefix("/console") + "&list=departures", 400)


def test_arrivals_stand_by_name_and_departures_by_room(sign_in: SignIn, ingest: Ingest) -> None:
    told = [("Zoe", "9"), ("Ada", "101"), ("max", "20")]
    ingest(*(reservation(name, guest(name, "G", name), room_number=room) for name, room in told))
    browser = sign_in("front_desk", "vienna")
    for asked, order in (
        ("", ["G Ada", "G max", "G Zoe"]),
        ("?list=departures&date=2026-02-03", ["G Zoe", "G max", "G Ada"]),
    ):
        assert [each for each in browser.open(f"{BOARD}{asked}").words if each.startswith("G ")] == order


def test_fifty_lines_weigh_little_with_all_that_is_sent_beside_them(
    sign_in: SignIn, ingest: Ingest, capsys: pytest.CaptureFixture[str]
) -> None:
    for part in range(5):
        ingest(*(reservation(f"r{n}", guest(f"g{n}", f"Given{n}", f"Family{n}"), room_number=str(n))
                 for n in range(part * 10, part * 10 + 10)))  # fmt: skip
    page = sign_in("front_desk", "vienna").open(BOARD)
    calls = json.loads(capsys.readouterr().out.splitlines()[-1])["aws_calls"]
    files = [(static.STATIC / each).read_bytes() for each in FILES]
    assert len(guests_on(page)) == 50
    assert sum(len(gzip.compress(each)) for each in (page.html.encode(), *files)) < 60 * 1024
    assert calls <= 14


def test_today_shows_counts_the_first_lines_and_links_of_each_hotel(
    sign_in: SignIn, anna: None, ingest: Ingest
) -> None:
    ingest(
        *(reservation(f"p{n}", guest(f"p{n}", f"Rui{n}"), property_id=PORTO.id, arrival="2026-01-31") for n in range(7))
    )
    page = sign_in().open("/")
    figures = [page.words[at + 1] for at, each in enumerate(page.words) if each == "Arrivals"]
    assert figures == ["7", "1"]
    assert page.html.count(">Rui") == 5
    assert {f"/console/board/{each}?list=arrivals" for each in ("vienna", "porto")} <= set(page.links)


def test_today_is_a_page_for_every_role(sign_in: SignIn, anna: None) -> None:
    for role in ("admin", "marketer", "front_desk", "analyst"):
        assert "Anna" in sign_in(role).open("/").text
        assert "Anna" in sign_in(role, "vienna").open("/").text


def test_a_line_tells_the_birthday_and_who_booked(sign_in: SignIn, ingest: Ingest) -> None:
    anna = guest(birth_date="1980-02-02", email="reception@mail.example", language="de")
    booked = {"channel": "corporate", "company_id": "ACME", "agency_id": "0c1f9a8e-7a7d-4a35-9a39-5a3f6f1f6a55"}
    ingest(reservation("r1", anna, **booked))
    page = sign_in("front_desk", "vienna").open(BOARD)
    assert {"Birthday: Feb 2", "Company", "ACME", "German"} <= set(page.words)
    assert "0c1f9a8e" not in page.html  # an id that only machines read
    assert "1980" not in page.html


def test_a_line_leads_to_the_pms_where_the_connection_says_how(sign_in: SignIn, ingest: Ingest) -> None:
    told = {"vendor": "canonical", "secrets": [SECRET], "properties": {"v": VIENNA.id}}
    connections.put(Connection.model_validate({"id": "pms", "desk_url": "https://pms.example/{reservation}", **told}))
    said = notice(reservation("r 1", guest()))
    assert not actions.ingest_notices([Message(said.id, {**said.body, "connection": "pms"})])
    ingest(reservation("r2", guest("g2")))
    page = sign_in("front_desk", "vienna").open(BOARD)
    assert [each for each in page.links if each.startswith("https:")] == ["https://pms.example/r%201"]
    stays = sign_in("front_desk", "vienna").open(f"/guests/{leaf_of_profile(ConnectionId('pms'), 'g1')}/stays")
    assert "https://pms.example/r%201" in stays.links


def test_a_board_says_when_it_was_printed_and_by_the_hotels_clock(sign_in: SignIn, anna: None) -> None:
    page = sign_in().open(BOARD)
    assert "Printed: Feb 1, 2026, 12:30" in page.text
    assert any("board." in each for each in page.attributes("link", "href"))
