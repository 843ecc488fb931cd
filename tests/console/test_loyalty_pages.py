"""Loyalty programmes in the browser."""

from chalicelib.canonical.ids import ProgramId
from chalicelib.loyalty.store import PROGRAMS
from tests.console.conftest import Page, SignIn

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
