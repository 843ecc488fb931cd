"""The tabs of a guest are filtered: by hotel and state, kind, source and kind of entry; and say so where nothing is."""

from collections.abc import Callable

import pytest

from chalicelib.canonical.ids import ConnectionId, leaf_of_profile
from chalicelib.loyalty import programs
from chalicelib.timeline import rules
from tests.builders import DAY_ONE, EUR_PROGRAM, PORTO, guest, reservation
from tests.console.conftest import Browser, Page, SignIn

AT = f"/guests/{leaf_of_profile(ConnectionId('api'), 'g1')}"


@pytest.fixture
def browser(sign_in: SignIn, ingest: Callable[..., None]) -> Browser:
    """Anna stayed once in Vienna, called off four times there, and comes to Porto."""
    programs.keep(EUR_PROGRAM, DAY_ONE.date())
    person = guest(email="anna@mail.example")
    days = [{"arrival": f"2025-{at:02}-01", "departure": f"2025-{at:02}-03"} for at in range(1, 5)]
    ingest(
        *(reservation(f"c{at}", person, status="cancelled", **each) for at, each in enumerate(days)),
        reservation("r1", person, status="checked_out", arrival="2024-02-01", departure="2024-02-03"),
        reservation("r2", person, property_id=PORTO.id, arrival="2026-03-01", departure="2026-03-03"),
    )
    return sign_in()


def rows(page: Page) -> int:
    """Of the list below the filters; what stands above tells of all stays."""
    tags = [tag for tag, _ in page.elements]
    below = page.elements[tags.index("search") :]
    return sum((tag, told.get("scope")) == ("th", "row") for tag, told in below)


def chosen(page: Page) -> list[str]:
    return [told["value"] for tag, told in page.elements if tag == "option" and "selected" in told]


def empty(page: Page) -> bool:
    return any(told.get("class") == "empty" for _, told in page.elements)


def test_stays_are_filtered_by_hotel_and_by_state(browser: Browser) -> None:
    assert rows(browser.open(f"{AT}/stays?property_id=porto")) == 1
    page = browser.open(f"{AT}/stays?status=checked_out")
    assert "Feb 1, 2024" in page.text
    assert chosen(page) == ["", "checked_out"]
    none = browser.open(f"{AT}/stays?property_id=porto&status=checked_out")
    assert (empty(none), "Nothing of this kind." in none.text) == (True, True)
    assert "Hotel Porto" in browser.open(f"{AT}/stays?property_id=&status=").words


def test_the_next_page_is_filtered_alike(browser: Browser) -> None:
    page = browser.open(f"{AT}/stays?status=cancelled&limit=3")
    (following,) = [each for each in page.links if "cursor=" in each]
    assert "status=cancelled" in following
    assert (rows(page), rows(browser.open(following.removeprefix("/console")))) == (3, 1)


def test_a_part_in_which_nothing_is_wanted_leads_on(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "LOOKED_AT", 2)
    page = browser.open(f"{AT}/stays?status=checked_out")
    found = 0
    while following := [each for each in page.links if "cursor=" in each]:
        assert rows(page) or "Go on with" in page.text
        page = browser.open(following[0].removeprefix("/console"))
        found += "Feb 1, 2024" in page.text
    assert found == 1


def test_the_timeline_is_filtered_by_kind(browser: Browser) -> None:
    assert "Stay at Hotel Vienna" in browser.open(f"{AT}/timeline?kind=stay").text
    none = browser.open(f"{AT}/timeline?kind=message")
    assert (empty(none), "Nothing of this kind." in none.text, chosen(none)) == (True, True, ["message"])


def test_records_are_filtered_by_source(browser: Browser) -> None:
    assert "api g1" in browser.open(f"{AT}/records?source=api").words
    none = browser.open(f"{AT}/records?source=pms")
    assert (empty(none), chosen(none)) == (True, ["pms"])


def test_the_ledger_is_filtered_by_kind_of_entry(browser: Browser) -> None:
    page = browser.open(f"{AT}/membership/club?origin=redemption")
    assert (empty(page), "Nothing of this kind." in page.text, chosen(page)) == (True, True, ["redemption"])
    assert "No points were given yet." in browser.open(f"{AT}/membership/club").text


def test_a_filter_by_what_there_is_not_is_a_page_that_says_so(browser: Browser) -> None:
    for path in ("/stays?status=gone", "/timeline?kind=x", "/membership/club?origin=x"):
        assert "This did not work" in browser.open(f"{AT}{path}", 400).text
