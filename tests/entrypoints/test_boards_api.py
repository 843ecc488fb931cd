"""/v1/properties/{id}/arrivals, /departures and /in-house: what the front desk has before it."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from chalicelib.canonical.batch import Message
from chalicelib.canonical.ids import ConnectionId, leaf_of_profile
from chalicelib.canonical.time import instant
from chalicelib.connections import actions as connections
from chalicelib.connections.asked import Connection
from chalicelib.consent.model import EMAIL, Suppression
from chalicelib.entrypoints.api import sights
from chalicelib.identity.digests import digest
from chalicelib.ingest import actions
from chalicelib.messages.actions import suppress
from tests.attack.hotels import Hotels
from tests.builders import DAY_ONE, PORTO, VIENNA, at, guest, notice, reservation
from tests.entrypoints.conftest import Hub, Ingest

API = ConnectionId("api")
ARRIVALS, DEPARTURES, IN_HOUSE = (f"/v1/properties/vienna/{each}" for each in ("arrivals", "departures", "in-house"))
DAY = "?date=2026-02-01"


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """Half an hour after midnight in Vienna, of the day that it is not yet in Lisbon."""
    with time_machine.travel("2026-01-31T23:30:00+00:00", tick=False) as traveller:
        yield traveller


def id_of(source_id: str) -> str:
    return leaf_of_profile(API, source_id)


def lines(hub: Hub, path: str, key: str = "front_desk@vienna") -> list[dict[str, Any]]:
    return list(hub.get(path, key=key)["items"])


def who(hub: Hub, path: str, key: str = "front_desk@vienna") -> list[str]:
    """Given names on a board."""
    return [line["guest"]["given_name"] for line in lines(hub, path, key)]


def calls_of(capsys: pytest.CaptureFixture[str]) -> dict[str, int]:
    """Of AWS, as the log tells of the last request, without those of signing in."""
    told: dict[str, int] = json.loads(capsys.readouterr().out.splitlines()[-1])["calls"]
    return told


def test_an_arrival_is_shown_with_the_room_the_hour_and_who_comes(hub: Hub, ingest: Ingest) -> None:
    anna = guest(salutation="Dr", language="de", country="AT")
    bo = guest("g2", "Bo", "Ray")
    room = {"room_type": "DBL", "room_number": "101", "arrival_time": "15:30", "adults": 2, "children": 1}
    ingest(reservation("r1", anna, companions=[bo], **room))
    (line,) = lines(hub, ARRIVALS + DAY)
    told = {"salutation": "Dr", "given_name": "Anna", "family_name": "Lee", "language": "de", "country": "AT"}
    assert line["guest"] == {
        "id": id_of("g1"),
        **told,
        "called": "Dr Lee",
        "member": False,
        "vip": None,
        "stays": 0,
        "birthday": None,
        "unreached": "no_address",
        "minor": False,
        "preferences": None,
        "flags": ["first_stay"],
    }
    assert line["companions"] == [{"id": id_of("g2"), "given_name": "Bo", "family_name": "Ray"}]
    assert {name: line[name] for name in room} == room
    assert (line["status"], line["arrival"], line["departure"]) == ("confirmed", "2026-02-01", "2026-02-03")
    assert (line["nights"], line["channel"], line["desk_url"]) == (2, "direct", None)
    assert lines(hub, DEPARTURES + "?date=2026-02-03") == [line]


def test_without_a_date_it_is_today_at_the_hotel(hub: Hub, ingest: Ingest) -> None:
    ingest(reservation("r1", guest()), reservation("r2", guest("g2", "Bo", "Ray"), property_id=PORTO.id))
    assert who(hub, ARRIVALS) == ["Anna"]
    assert who(hub, "/v1/properties/porto/arrivals", "front_desk@porto") == []  # there it is still the last of January


@pytest.mark.parametrize("asked", ["1.2.2026", "2026-02-30", "2026-W05-7", "20260201", "today"])
def test_what_is_no_date_is_refused_by_its_name(hub: Hub, asked: str) -> None:
    refused = hub.call("GET", f"{ARRIVALS}?date={asked}", key="front_desk@vienna")
    assert (refused.status_code, refused.json_body["errors"][0]["field"]) == (400, "date")


def test_a_member_who_stayed_before_is_told_from_who_comes_for_the_first_time(hub: Hub, ingest: Ingest) -> None:
    anna, bo = guest(member_number="C-100200"), guest("g2", "Bo", "Ray")
    ingest(reservation("r0", anna, status="checked_out", arrival="2025-06-01", departure="2025-06-04"))
    ingest(reservation("r1", anna), reservation("r2", bo, status="in_house"))
    told = {line["guest"]["given_name"]: line["guest"] for line in lines(hub, ARRIVALS + DAY)}
    assert (told["Anna"]["stays"], told["Anna"]["flags"]) == (1, ["returning", "member"])
    assert (told["Bo"]["stays"], told["Bo"]["flags"]) == (0, ["first_stay"])


def test_who_leaves_after_the_first_stay_does_not_become_a_returning_guest_by_leaving(hub: Hub, ingest: Ingest) -> None:
    ingest(reservation("r1", guest(), status="checked_out"))
    (line,) = lines(hub, DEPARTURES + "?date=2026-02-03")
    assert (line["guest"]["stays"], line["guest"]["flags"]) == (1, ["first_stay"])


def test_a_room_in_which_the_source_names_nobody_is_a_line_without_a_guest(hub: Hub, ingest: Ingest) -> None:
    ingest(reservation("r1", room_number="101"))
    (line,) = lines(hub, ARRIVALS + DAY)
    assert (line["room_number"], line["guest"], line["companions"]) == ("101", None, [])


def test_in_house_is_who_checked_in_and_has_not_left(hub: Hub, ingest: Ingest) -> None:
    names = {"r1": "Anna", "r2": "Bo", "r3": "Cy", "r4": "Di"}
    of = {source: guest(f"g-{source}", name, f"F{source}") for source, name in names.items()}
    ingest(
        reservation("r1", of["r1"], status="in_house", arrival="2026-01-04"),
        reservation("r2", of["r2"], status="in_house"),
        reservation("r3", of["r3"], status="checked_out", arrival="2026-01-20", departure="2026-01-22"),
        reservation("r4", of["r4"], status="confirmed"),
    )
    assert who(hub, IN_HOUSE) == ["Anna", "Bo"]


def test_who_is_checked_in_on_the_evening_before_is_in_house(hub: Hub, ingest: Ingest) -> None:
    ingest(reservation("r1", guest(), status="in_house", arrival="2026-02-02"))
    assert who(hub, IN_HOUSE) == ["Anna"]


def test_a_guest_who_stays_for_months_is_in_house_all_the_time_and_arrives_on_the_day(hub: Hub, ingest: Ingest) -> None:
    stays = {"arrival": "2025-09-01", "departure": "2026-09-01"}
    ingest(reservation("r1", guest(), status="in_house", **stays))
    assert who(hub, IN_HOUSE) == ["Anna"]
    assert who(hub, ARRIVALS + "?date=2025-09-01") == ["Anna"]
    assert who(hub, ARRIVALS + DAY) == []


def test_a_stay_that_becomes_a_long_one_is_on_each_board_once(hub: Hub, ingest: Ingest) -> None:
    told = {"status": "in_house", "arrival": "2025-12-01"}
    ingest(reservation("r1", guest(), departure="2025-12-05", **told))
    assert who(hub, IN_HOUSE) == []
    ingest(reservation("r1", guest(), departure="2026-03-05", changed_at=at(1), **told))
    assert who(hub, IN_HOUSE) == ["Anna"]
    assert who(hub, ARRIVALS + "?date=2025-12-01") == ["Anna"]
    ingest(reservation("r1", guest(), departure="2025-12-20", changed_at=at(2), **told))
    assert who(hub, IN_HOUSE) == []
    assert who(hub, ARRIVALS + "?date=2025-12-01") == ["Anna"]


@pytest.mark.parametrize("path", [ARRIVALS + DAY, IN_HOUSE])
def test_a_board_comes_in_pages_and_each_line_once(hub: Hub, ingest: Ingest, path: str) -> None:
    days = ["2025-10-01", "2026-02-01", "2026-02-01", "2026-02-01", "2026-01-20"]
    for number, day in enumerate(days):
        told = {"arrival": day, "departure": "2026-02-05", "status": "in_house"}
        ingest(reservation(f"r{number}", guest(f"g{number}", "Anna", f"Lee{number}"), **told))
    whole, joined = lines(hub, path), "&" if "?" in path else "?"
    page = hub.get(f"{path}{joined}limit=1", key="front_desk@vienna")
    paged = page["items"]
    while page["next_cursor"]:
        page = hub.get(f"{path}{joined}limit=1&cursor={page['next_cursor']}", key="front_desk@vienna")
        paged += page["items"]
    assert (paged, len(whole)) == (whole, 3 if path == ARRIVALS + DAY else 5)


def test_a_board_of_another_hotel_is_not_there(hub: Hub, ingest: Ingest) -> None:
    ingest(reservation("r1", guest()))
    for path in (ARRIVALS, DEPARTURES, IN_HOUSE):
        assert hub.status("GET", path, key="front_desk@porto") == 404
    assert hub.status("GET", "/v1/properties/nowhere/arrivals") == 404


def test_a_hotel_is_shown_its_own_words_and_stays_of_a_guest_of_two(hub: Hub, ingest: Ingest) -> None:
    """What Porto says of its own record, and that somebody stayed there, no key of Vienna is shown."""
    hotels = Hotels(hub).opened()
    earlier = {"status": "checked_out", "arrival": "2025-06-01", "departure": "2025-06-04"}
    at_porto = guest("p1", email="anna@mail.example", language="pt", salutation="Dra")
    hotels.post(VIENNA, reservation("r1", guest(email="anna@mail.example", language="de"), changed_at=at(1)))
    hotels.post(PORTO, reservation("p1", at_porto, **earlier))
    (own,), (of_group,) = lines(hub, ARRIVALS + DAY), lines(hub, ARRIVALS + DAY, "admin")
    assert (own["guest"]["language"], own["guest"]["salutation"]) == ("de", None)
    assert (own["guest"]["stays"], own["guest"]["flags"]) == (0, ["first_stay"])
    assert (of_group["guest"]["stays"], of_group["guest"]["flags"]) == (1, ["returning"])
    hub.put("/v1/settings", {"sharing": True})
    assert lines(hub, ARRIVALS + DAY) == [of_group]


def test_of_a_record_that_stayed_at_two_hotels_each_is_told_its_own_stays(hub: Hub, ingest: Ingest) -> None:
    earlier = {"status": "checked_out", "arrival": "2025-06-01", "departure": "2025-06-04"}
    ingest(reservation("p1", guest(), property_id=PORTO.id, **earlier), reservation("r1", guest()))
    (own,), (of_group,) = lines(hub, ARRIVALS + DAY), lines(hub, ARRIVALS + DAY, "admin")
    assert (own["guest"]["stays"], own["guest"]["flags"]) == (0, ["first_stay"])
    assert (of_group["guest"]["stays"], of_group["guest"]["flags"]) == (1, ["returning"])


def test_what_would_take_too_much_reading_is_not_told_and_nothing_is_guessed(
    hub: Hub, ingest: Ingest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sights, "MOST_READ", 1)
    earlier = {"status": "checked_out", "arrival": "2025-06-01", "departure": "2025-06-04"}
    ingest(reservation("p1", guest(), property_id=PORTO.id, **earlier), reservation("r1", guest()))
    (line,) = lines(hub, ARRIVALS + DAY)
    assert (line["guest"]["given_name"], line["guest"]["stays"], line["guest"]["flags"]) == ("Anna", None, [])


def test_a_line_is_told_by_the_guest_whom_its_record_was_joined_to(hub: Hub, ingest: Ingest) -> None:
    ingest(guest("g0", email="anna@mail.example"), reservation("r1", guest("g1", email="anna@mail.example")))
    (line,) = lines(hub, ARRIVALS + DAY, "admin")
    assert line["guest"]["id"] == min(id_of("g0"), id_of("g1"))


@pytest.mark.parametrize(("key", "most"), [("admin", 9), ("front_desk@vienna", 11)])
def test_a_page_of_fifty_takes_as_many_calls_as_one_of_two(
    hub: Hub, ingest: Ingest, key: str, most: int, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(50):
        same = {"email": f"anna{number}@mail.example"}
        ingest(
            reservation(f"r{number}", guest(f"g{number}", "Anna", f"Lee{number}", **same)),
            guest(f"h{number}", "Anna", f"Lee{number}", property_id=VIENNA.id, **same),
        )
    counts = []
    for limit in (2, 50):
        assert len(lines(hub, f"{ARRIVALS}{DAY}&limit={limit}", key)) == limit
        counts.append(sum(calls_of(capsys).values()))
    assert counts[1] <= most
    assert counts[1] <= counts[0] + 2  # of more than a hundred records, two batches


def test_a_line_says_who_booked_and_leads_to_the_reservation_in_the_pms(hub: Hub) -> None:
    """By the connection that told of it, with the vendor's own ids; a connection that says no page has none."""
    secret = ("whsec_" + base64.b64encode(bytes(32)).decode(),)
    for name, desk_url in (("pms", "https://pms.example/r/{reservation}?hotel={hotel}"), ("bare", None)):
        hotels = {"hv": VIENNA.id}
        connections.put(
            Connection(id=ConnectionId(name), vendor="canonical", secrets=secret, properties=hotels, desk_url=desk_url)
        )
        told = reservation(f"a/{name}", guest(name), company_id="ACME", channel="corporate")
        said = notice(told)
        assert not actions.ingest_notices([Message(said.id, {**said.body, "connection": name})])
    found = {line["desk_url"]: (line["channel"], line["company_id"]) for line in lines(hub, ARRIVALS + DAY)}
    booked = ("corporate", "ACME")
    assert found == {"https://pms.example/r/a%2Fpms?hotel=hv": booked, None: booked}
    stays = hub.get(f"/v1/guests/{leaf_of_profile(ConnectionId('pms'), 'pms')}/stays")["items"]
    assert [each["desk_url"] for each in stays] == ["https://pms.example/r/a%2Fpms?hotel=hv"]


def test_a_birthday_within_the_stay_is_told_by_its_day_and_never_by_the_age(hub: Hub, ingest: Ingest) -> None:
    ingest(reservation("r1", guest(birth_date="1980-02-02")), reservation("r2", guest("g2", birth_date="1980-02-04")))
    found = [line["guest"] for line in lines(hub, ARRIVALS + DAY)]
    assert {each["birthday"] for each in found} == {"2026-02-02", None}
    assert "1980" not in json.dumps(found)


def test_who_cannot_be_mailed_is_told_apart_by_why(hub: Hub, ingest: Ingest) -> None:
    addresses = {"Ann": "ann@mail.example", "Bo": "reception@mail.example", "Cy": "cy@mail.example", "Di": None}
    told = {name: {"email": address} if address else {} for name, address in addresses.items()}
    ingest(*(reservation(name, guest(name, name, f"Of{name}", **more)) for name, more in told.items()))
    suppress(digest("email", "cy@mail.example"), Suppression(reason="bounce", at=instant(DAY_ONE)), EMAIL)
    found = {line["guest"]["given_name"]: line["guest"]["unreached"] for line in lines(hub, ARRIVALS + DAY)}
    assert found == {"Ann": None, "Bo": "office", "Cy": "bounce", "Di": "no_address"}
