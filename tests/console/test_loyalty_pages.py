"""Loyalty programmes in the browser."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from chalicelib.canonical.ids import ConnectionId, ProgramId, leaf_of_profile
from chalicelib.canonical.time import instant, now
from chalicelib.entrypoints import schedules
from chalicelib.loyalty import programs
from chalicelib.loyalty.settling import settle
from chalicelib.loyalty.store import PROGRAMS
from tests.builders import DAY_ONE, EUR_PROGRAM, PORTO, guest, reservation
from tests.console.conftest import Browser, Page, SignIn
from tests.fakes import received

NEW = {"id": "gold", "name": "Gold", "points_per_unit.EUR": "1.5", "starts_on": "2026-01-01", "effective_from": ""}


def test_a_programme_is_made_with_a_rate_for_each_currency_of_the_hotels(sign_in: SignIn) -> None:
    admin = sign_in()
    response = admin.send("/loyalty/new", {**NEW, "excluded_channels": ["ota", "group"], "auto_enrol": "yes"})
    assert response.headers["Location"] == "/console/loyalty/gold?done=saved"
    kept = PROGRAMS.required(ProgramId("gold"))
    assert (kept.points_per_unit, [*kept.excluded_channels], kept.auto_enrol) == (
        {"EUR": "1.5"},
        ["ota", "group"],
        True,
    )
    assert "EUR 1.5" in sign_in("analyst").open("/loyalty").text


def test_new_terms_stand_beside_those_of_before(sign_in: SignIn) -> None:
    admin = sign_in()
    admin.send("/loyalty/new", NEW)
    admin.send("/loyalty/gold/edit", {"name": "Gold", "points_per_unit.EUR": "2", "effective_from": "2027-03-01"})
    text = admin.open("/loyalty/gold").text
    assert "EUR 2" in text
    assert "EUR 1.5" in text
    assert "Mar 1, 2027" in text


def test_a_rate_that_is_none_is_told_at_its_currency_and_kept_as_it_was_typed(sign_in: SignIn) -> None:
    response = sign_in().send("/loyalty/new", {**NEW, "points_per_unit.EUR": "1,5"})
    page = Page(response.body.decode())
    assert response.status_code == 400
    assert page.attributes("input", "aria-describedby")[-1] == "points_per_unit.EUR-fault"
    assert page.form("/loyalty/new")["points_per_unit.EUR"] == "1,5"
    assert PROGRAMS.listed() == []


def test_who_may_only_read_finds_no_form(sign_in: SignIn) -> None:
    sign_in().send("/loyalty/new", NEW)
    desk = sign_in("front_desk")
    assert "/console/loyalty/gold/edit" not in desk.open("/loyalty/gold").links
    desk.open("/loyalty/gold/edit", 403)
    desk.open("/loyalty/silver", 404)


@pytest.fixture
def club(sign_in: SignIn, ingest: Callable[..., None]) -> Browser:
    """Six members of Vienna by their source's numbers, one of Porto."""
    admin = sign_in()
    admin.send("/loyalty/new", {**NEW, "id": "club", "name": "Club"})
    people = [
        guest(f"g{at}", "Anna", f"Lee{at}", email=f"g{at}@mail.example", member_number=f"M-{at:03}") for at in range(6)
    ]
    ingest(*(reservation(f"r{at}", each, status="checked_out") for at, each in enumerate(people)))
    porto = guest("p1", "Otto", "Ray", email="otto@mail.example", member_number="P-1")
    ingest(reservation("p1", porto, status="checked_out", property_id=PORTO.id))
    return admin


def test_members_are_listed_with_number_and_a_way_to_each(club: Browser) -> None:
    page = club.open("/loyalty/club/members?limit=5")
    assert page.attributes("th", "scope").count("row") == 5
    assert {"Anna Lee0", "M-000"} <= set(page.words)
    (link, *_) = [each for each in page.links if each.endswith("/membership/club")]
    assert "Anna Lee0" in club.open(link.removeprefix("/console")).text
    (following,) = [each for each in page.links if "cursor=" in each]
    assert club.open(following.removeprefix("/console")).attributes("th", "scope").count("row") == 2
    assert "/console/loyalty/club/members" in club.open("/loyalty/club").links


def test_members_are_found_by_the_beginning_of_their_number_and_the_filter_goes_along(club: Browser) -> None:
    page = club.open("/loyalty/club/members?number=m00&limit=4")
    assert page.attributes("th", "scope").count("row") == 4
    (following,) = [each for each in page.links if "cursor=" in each]
    assert "number=m00" in following
    assert club.open(following.removeprefix("/console")).attributes("th", "scope").count("row") == 2
    assert "Nobody of your hotels" in club.open("/loyalty/club/members?number=x").text
    wrong = club.open("/loyalty/club/members?number=--", 400)
    assert [told["name"] for _, told in wrong.elements if told.get("aria-invalid")] == ["number"]


def test_a_desk_sees_the_members_among_its_own_guests(club: Browser, sign_in: SignIn) -> None:
    porto = sign_in("front_desk", "porto").open("/loyalty/club/members")
    assert {"Otto Ray", "P-1"} <= set(porto.words)
    assert "M-0" not in porto.text
    assert "Points stand with each guest" in porto.text


def test_a_programme_without_members_says_so(sign_in: SignIn) -> None:
    admin = sign_in()
    admin.send("/loyalty/new", NEW)
    assert "Nobody of your hotels is a member here." in admin.open("/loyalty/gold/members").text
    admin.open("/loyalty/silver/members", 404)


def test_points_are_counted_when_somebody_asks_and_shown_by_month(sign_in: SignIn, ingest: Callable[..., None]) -> None:
    admin = sign_in()
    programs.keep(EUR_PROGRAM.model_copy(update={"auto_enrol": True}), DAY_ONE.date())
    last = now().date().replace(day=1)
    stay = {"arrival": (last - timedelta(2)).isoformat(), "departure": (last - timedelta(1)).isoformat()}
    ingest(reservation("r1", guest(email="anna@mail.example"), status="checked_out", **stay))
    settle([leaf_of_profile(ConnectionId("api"), "g1")], PROGRAMS.required(ProgramId("club")), instant(DAY_ONE))
    assert "Count the points" in admin.open("/loyalty/club/points").text
    counting = admin.send("/loyalty/club/points").headers["Location"].removeprefix("/console")
    assert "Counting" in admin.open(counting).text
    assert "Count again" not in admin.open(counting).text
    while records := received("jobs")["Records"]:
        for each in records:
            schedules.run(json.loads(each["body"]))
    page = admin.open(counting)
    assert {"Counted", "Count again", "2,000"} <= set(page.words)
    assert page.attributes("svg", "role") == ["img"]


def test_another_job_is_no_count_and_no_hotels_page_has_one(sign_in: SignIn) -> None:
    admin = sign_in()
    admin.send("/loyalty/new", NEW)
    admin.send("/loyalty/new", {**NEW, "id": "silver", "name": "Silver"})
    job = admin.send("/loyalty/silver/points").headers["Location"].partition("job=")[2]
    admin.open(f"/loyalty/gold/points?job={job}", 404)
    admin.open(f"/loyalty/silver/points?job={job}")
    admin.open("/loyalty/gold/points?job=none", 404)
    vienna = sign_in("marketer", "vienna")
    vienna.open("/loyalty/gold/points", 403)
    assert not any(each.endswith("/points") for each in vienna.open("/loyalty/gold").links)
