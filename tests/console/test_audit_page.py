"""The audit in the browser: asked of a person or of a guest, filtered, paged, and linked from where one asks."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from chalicelib.access import audit
from chalicelib.access.audit import Entry
from chalicelib.access.links.model import Refusal
from chalicelib.access.staff.model import Staff
from chalicelib.canonical.ids import ConnectionId, StaffId, leaf_of_profile
from chalicelib.canonical.time import instant, now
from chalicelib.entrypoints.api import audit as calls
from chalicelib.entrypoints.console.pages.audit import ACTS, MOST_LINKED
from tests.access.staffed import somebody
from tests.builders import guest, reservation
from tests.console.conftest import Page, SignIn

AT = "/settings/audit"
ANNA = str(leaf_of_profile(ConnectionId("api"), "g1"))
PAGE = "GET /console/guests/{guest_id}"
BEGAN = now() - timedelta(hours=5)


def noted(who: StaffId, minute: int, *guests: str, what: str = PAGE, subject: str = "") -> None:
    entry = Entry(who, instant(BEGAN + timedelta(minutes=minute)), what, subject, guests)
    audit.note(entry, "r")


@pytest.fixture
def mia(sign_in: SignIn) -> Staff:
    return somebody("mia", "marketer")


@pytest.fixture
def anna(ingest: Callable[..., None]) -> str:
    ingest(reservation("r1", guest(email="anna@example.com"), status="checked_out"))
    return ANNA


def lines(page: Page) -> int:
    return page.attributes("th", "scope").count("row")


def test_nothing_is_listed_before_somebody_asks(sign_in: SignIn) -> None:
    page = sign_in().open(AT)
    assert "Choose somebody" in page.text
    assert lines(page) == 0


def test_what_a_person_did_is_listed_in_words_and_whom_they_saw(sign_in: SignIn, mia: Staff, anna: str) -> None:
    noted(mia.id, 1, what="signed_in", subject=mia.id)
    noted(mia.id, 2, anna)
    page = sign_in().open(f"{AT}?actor={mia.id}")
    assert lines(page) == 2
    assert {"Signed in", "Opened a page", "/guests/{guest_id}", "mia"} <= set(page.words)
    assert {f"/console/guests/{anna}", f"/console/settings/staff/{mia.id}"} <= set(page.links)
    assert ("option", mia.id, "") in [(tag, told.get("value"), told.get("selected")) for tag, told in page.elements]


def test_who_saw_a_guest_is_asked_from_the_guests_page(sign_in: SignIn, mia: Staff, anna: str) -> None:
    noted(mia.id, 1, anna, "g" + "0" * 24)
    admin = sign_in()
    (link,) = [each for each in admin.open(f"/guests/{anna}").links if AT in each]
    page = admin.open(link.removeprefix("/console"))
    assert lines(page) == 2
    assert "mia" in page.words
    assert "0" * 24 not in page.html


def test_what_they_did_is_asked_from_a_persons_page(sign_in: SignIn, mia: Staff) -> None:
    noted(mia.id, 1)
    admin = sign_in()
    (link,) = [each for each in admin.open(f"/settings/staff/{mia.id}").links if "actor=" in each]
    assert lines(admin.open(link.removeprefix("/console"))) == 1


def test_it_is_filtered_by_kind_and_by_days_of_the_hotel(sign_in: SignIn, mia: Staff) -> None:
    noted(mia.id, 1)
    noted(mia.id, 2, what="signed_in")
    admin = sign_in()
    assert "Signed in" not in admin.open(f"{AT}?actor={mia.id}&kind=opened").words
    today = BEGAN.date()
    assert lines(admin.open(f"{AT}?actor={mia.id}&since={today - timedelta(1)}&until={today + timedelta(1)}")) == 2
    none = admin.open(f"{AT}?actor={mia.id}&until={today - timedelta(9)}")
    assert "Nothing of this kind in that time." in none.text


def test_both_at_once_or_no_day_is_told_at_its_field(sign_in: SignIn, mia: Staff, anna: str) -> None:
    admin = sign_in()
    for query, field in ((f"actor={mia.id}&guest={anna}", "actor"), (f"actor={mia.id}&since=monday", "since")):
        page = admin.open(f"{AT}?{query}", 400)
        assert [told["name"] for _, told in page.elements if told.get("aria-invalid")] == [field]


def test_more_guests_than_are_linked_are_counted(sign_in: SignIn, mia: Staff) -> None:
    noted(mia.id, 1, *(f"g{number:024x}" for number in range(MOST_LINKED + 7)))
    page = sign_in().open(f"{AT}?actor={mia.id}")
    assert "and 7 more" in page.text
    assert len([each for each in page.links if "/guests/g" in each]) == MOST_LINKED


def test_a_long_list_leads_on_with_what_was_asked(sign_in: SignIn, mia: Staff) -> None:
    for minute in range(60):
        noted(mia.id, minute)
    admin = sign_in()
    (following,) = [each for each in admin.open(f"{AT}?actor={mia.id}&kind=opened").links if "cursor=" in each]
    assert f"actor={mia.id}" in following
    assert "kind=opened" in following
    assert lines(admin.open(following.removeprefix("/console"))) == 10


def test_a_part_without_any_says_that_more_may_follow(
    sign_in: SignIn, mia: Staff, anna: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "LOOKED_AT", 5)
    noted(mia.id, 0, anna)
    for minute in range(1, 8):
        noted(mia.id, minute)
    page = sign_in().open(f"{AT}?guest={anna}")
    assert "Go on with" in page.text
    assert any("cursor=" in each for each in page.links)


def test_to_read_it_is_in_it(sign_in: SignIn, mia: Staff, anna: str) -> None:
    noted(mia.id, 1, anna)
    admin = sign_in()
    admin.open(f"{AT}?actor={mia.id}")
    told = admin.open(f"{AT}?guest={anna}")
    assert "/settings/audit" in told.words


@pytest.mark.parametrize("role", ["marketer", "front_desk", "analyst"])
def test_nobody_but_an_admin_finds_it(sign_in: SignIn, anna: str, role: str) -> None:
    browser = sign_in(role)
    browser.open(AT, 403)
    assert not any(AT in each for each in browser.open(f"/guests/{anna}").links)


def test_an_admin_of_another_hotel_is_told_nothing(sign_in: SignIn, mia: Staff, anna: str) -> None:
    noted(mia.id, 1, anna)
    porto = sign_in("admin", "porto")
    for query in (f"guest={anna}", f"actor={mia.id}"):
        page = porto.open(f"{AT}?{query}", 404)
        assert lines(page) == 0
        assert "mia" not in page.words


def test_every_act_has_its_words() -> None:
    of_staff = {"invited", "changed", "ended", "signed_out", "signed_in", "provider_set", "provider_deleted"}
    assert set(ACTS) == of_staff | {f"refused_{each.name.lower()}" for each in Refusal}
