"""The pages of one guest: what each role and hotel is shown, and what its forms do."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import time_machine

from chalicelib.canonical.ids import ConnectionId, leaf_of_profile
from chalicelib.canonical.time import Instant
from chalicelib.consent.model import EMAIL as CHANNEL
from chalicelib.consent.model import Suppression
from chalicelib.identity.digests import digest
from chalicelib.loyalty import programs
from chalicelib.messages.actions import suppress
from tests.builders import EUR_PROGRAM, PORTO, guest, reservation
from tests.console.conftest import Page, SignIn

Ingest = Callable[..., None]
API = ConnectionId("api")
ANNA, OTHER = leaf_of_profile(API, "g1"), leaf_of_profile(API, "g2")
AT = f"/guests/{ANNA}"
EMAIL = "anna.lee@example.com"
TABS = ("", "/sheet", "/records", "/stays", "/timeline", "/consents", "/membership", "/membership/club")


@pytest.fixture
def anna(ingest: Ingest) -> str:
    """A member with a completed stay in Vienna."""
    programs.put(EUR_PROGRAM.model_copy(update={"auto_enrol": False}))
    person = guest(email=EMAIL, address={"street": "Ring 1", "city": "Wien"}, country="AT", language="de")
    ingest(reservation("r1", person, status="checked_out", room_number="101"))
    return ANNA


def shown(response: Any) -> Page:
    return Page(response.body.decode())


def behind_filters(page: Page) -> str:
    """What stands below the filters of a list, which name all that may be asked for."""
    return page.text.partition(" Show ")[2]


def calls(capsys: pytest.CaptureFixture[str]) -> int:
    """Of AWS, as the log tells of the last request."""
    return int(json.loads(capsys.readouterr().out.splitlines()[-1])["aws_calls"])


@pytest.mark.parametrize("role", ["admin", "marketer", "front_desk", "analyst"])
def test_every_tab_of_a_guest_is_shown_to_every_role(sign_in: SignIn, anna: str, role: str) -> None:
    browser = sign_in(role)
    for tab in TABS:
        page = browser.open(f"{AT}{tab}")
        assert "Anna Lee" in page.text, tab
        assert f"/console{AT}/records" in page.links, tab
        assert page.attributes("a", "aria-current").count("page") == (2 if tab != "/sheet" else 1), tab


def test_the_overview_tells_who_it_is_and_who_may_be_the_same(sign_in: SignIn, ingest: Ingest, anna: str) -> None:
    ingest(reservation("r2", guest("g2", "Ida", email=EMAIL), property_id=PORTO.id))
    page = sign_in().open(AT)
    assert {"Ring 1, Wien", "Austria", "German", EMAIL, "May be known twice"} <= set(page.words)
    assert f"/console/guests/{OTHER}" in page.links
    assert "Ida Lee" in page.text
    assert "Ida" not in sign_in("front_desk", "vienna").open(AT).text


def test_records_stand_side_by_side_and_what_differs_is_marked(sign_in: SignIn, ingest: Ingest, anna: str) -> None:
    ingest(reservation("r2", guest("g2", email=EMAIL, language="fr", phone="n/a"), property_id=PORTO.id))
    page = sign_in().open(f"{AT}/records")
    assert {"api g1", "api g2", "German", "French", "Filled in, but not usable"} <= set(page.words)
    marked = [page.html.split("</mark>")[n].rpartition("<mark>")[2] for n in range(page.html.count("</mark>"))]
    assert marked == ["German", "French"]
    assert page.words[page.words.index("Language") + 1] == "differs"
    assert page.words[page.words.index("Given name") + 1] != "differs"


def test_another_hotels_record_stands_on_no_page(sign_in: SignIn, ingest: Ingest, anna: str) -> None:
    ingest(reservation("r2", guest("g2", email=EMAIL, language="fr", phone="+43 660 999"), property_id=PORTO.id))
    browser = sign_in("front_desk", "vienna")
    for tab in TABS:
        assert not {"French", "porto", "Hotel Porto", "api g2"} & set(browser.open(f"{AT}{tab}").words), tab


def test_another_hotels_guest_has_no_page(sign_in: SignIn, anna: str) -> None:
    browser = sign_in("front_desk", "porto")
    for tab in (*TABS, "/membership/club/end"):
        missing = browser.open(f"{AT}{tab}", 404)
        assert "This page does not exist" in missing.text
        assert "Anna" not in missing.html


def test_a_merged_id_leads_to_the_page_of_whom_it_is_now(sign_in: SignIn, ingest: Ingest, anna: str) -> None:
    ingest(reservation("r2", guest("g2", email=EMAIL)))
    pages = [sign_in().open(f"/guests/{each}") for each in (ANNA, OTHER)]
    kept = min(ANNA, OTHER)
    for page in pages:
        assert f"/console/guests/{kept}/records" in page.links


def test_names_are_text_in_their_own_direction(sign_in: SignIn, ingest: Ingest) -> None:
    ingest(reservation("r1", guest(given="<b>שרה</b>", family="כהן\u202e", email=EMAIL)))
    page = sign_in().open(AT)
    assert "&lt;b&gt;שרה&lt;/b&gt;" in page.html
    assert ("h1", {"dir": "auto"}) in page.elements
    assert not page.attributes("b", "x")
    assert "<b>" not in page.html


def test_stays_and_timeline_are_told_in_words_and_page_by_page(sign_in: SignIn, ingest: Ingest, anna: str) -> None:
    ingest(*(reservation(f"s{n}", guest(email=EMAIL), arrival=f"2025-01-{n:02}", departure="2025-02-01",
                         status="cancelled", channel="ota") for n in range(1, 8)))  # fmt: skip
    browser = sign_in()
    for tab in ("/stays", "/timeline"):
        first = browser.open(f"{AT}{tab}?limit=5")
        assert "Checked out" in first.text
        assert "Hotel Vienna" in first.text
        (after,) = [each for each in first.links if "cursor=" in each]
        rest = browser.open(after.removeprefix("/console"))
        assert behind_filters(rest).count("Cancelled") == 3
        assert "checked_out" not in first.text + rest.text
    assert "Travel site" in browser.open(f"{AT}/stays").text


def test_what_the_guest_says_at_the_desk_holds_and_is_proven_once(sign_in: SignIn, anna: str) -> None:
    browser = sign_in("front_desk", "vienna")
    said = {"state": "withdrawn", "basis": "staff", "how": "said <so>", "property_id": "vienna"}
    form = browser.open(f"{AT}/consents").form(f"{AT}/consents") | said
    for _ in range(2):
        response = browser.post(f"{AT}/consents", form)
        assert (response.status_code, response.headers["Location"]) == (303, f"/console{AT}/consents?done=saved")
    page = browser.open(f"{AT}/consents?done=saved")
    assert page.words.count("Does not want it") == 4  # the choice, what holds and that it holds mail, and one proof
    assert "said &lt;so&gt;" in page.html


def test_a_statement_that_is_refused_is_shown_with_what_was_typed(sign_in: SignIn, anna: str) -> None:
    typed = {"state": "withdrawn", "basis": "staff", "how": "at the bar", "property_id": "porto"}
    response = sign_in("front_desk", "vienna").send(f"{AT}/consents", typed)
    assert response.status_code == 400
    assert shown(response).form(f"{AT}/consents")["how"] == "at the bar"
    assert "#property_id" in shown(response).links


def test_who_may_only_read_has_no_form_and_is_refused(sign_in: SignIn, anna: str) -> None:
    desk, reader = sign_in("front_desk"), sign_in("analyst")
    for path, fields in ((f"{AT}/consents", {"state": "withdrawn"}), (f"{AT}/membership/club", {"number": "C-1"})):
        assert not [each for each in reader.open(path).forms if each["action"].endswith(path) and "_token" in each]
        assert reader.post(path, {**desk.open(path).form(path), **fields}).status_code == 403
    reader.open(f"{AT}/membership/club/end", 403)
    reader.open(f"{AT}/consents/email/lift-bounce", 403)


def test_a_guest_is_made_a_member_gets_another_number_and_leaves(sign_in: SignIn, anna: str) -> None:
    browser, path = sign_in("front_desk", "vienna"), f"{AT}/membership/club"
    assert browser.send(path, {"number": "C-100"}).status_code == 303
    assert {"Member", "C-100"} <= set(browser.open(path).words)
    assert browser.send(path, {"number": "C-200"}).status_code == 303
    assert browser.open(path).form(path)["number"] == "C-200"
    ending = browser.open(f"{path}/end")
    assert "earn nothing" in ending.text
    assert browser.send(f"{path}/end", {}, ending).headers["Location"] == f"/console{path}?done=ended"
    assert "Make the guest a member" in browser.open(path).text


def test_a_bounce_that_was_a_mistake_is_lifted_by_an_admin_who_says_why(sign_in: SignIn, anna: str) -> None:
    suppress(digest("email", EMAIL), Suppression(reason="bounce", at=Instant("2026-02-01T00:00:00.000000Z")), CHANNEL)
    admin, path = sign_in(), f"{AT}/consents/email/lift-bounce"
    page = admin.open(f"{AT}/consents")
    assert f"/console{path}" in page.links
    assert "A mail came back for good" in page.text
    assert f"/console{path}" not in sign_in("front_desk").open(f"{AT}/consents").links
    nothing = admin.send(path, {"reason": ""})
    assert nothing.status_code == 400
    assert admin.send(path, {"reason": "misspelt <at> the desk"}).headers["Location"].endswith("?done=lifted")
    lifted = admin.open(f"{AT}/consents?done=lifted")
    assert "Mails may reach the guest again." in lifted.text
    assert "A block was lifted" in lifted.text
    assert "misspelt &lt;at&gt; the desk" in lifted.html
    assert "A mail came back for good" not in lifted.text
    assert f"/console{path}" not in lifted.links


@time_machine.travel("2026-03-05T12:00:00+00:00", tick=False)
def test_a_membership_of_no_day_shows_when_it_began_and_ended(sign_in: SignIn, anna: str) -> None:
    browser, path = sign_in("front_desk", "vienna"), f"{AT}/membership/club"
    browser.send(path, {"number": "C-100"})
    browser.send(f"{path}/end")
    words = browser.open(path).words
    assert [words[words.index(each) + 1] for each in ("Stays count from", "Ended on")] == ["Thu, Mar 5, 2026"] * 2
    assert {"Mar 5, 2026, 1:00 PM", "Thu, Mar 5, 2026"} <= set(browser.open(f"{AT}/membership").words)


def test_a_number_that_is_anothers_or_was_changed_meanwhile_is_refused(
    sign_in: SignIn, ingest: Ingest, anna: str
) -> None:
    ingest(reservation("r2", guest("g2", "Ida", email="ida@example.com")))
    browser, path = sign_in(), f"{AT}/membership/club"
    browser.send(f"/guests/{OTHER}/membership/club", {"number": "C-100"})
    refused = browser.send(path, {"number": "C-100"})
    assert refused.status_code == 409
    assert shown(refused).form(path)["number"] == "C-100"
    before = {name: value for name, value in browser.open(path).form(path).items() if name != "action"}
    browser.send(path, {"number": "C-1"})
    late = browser.post(path, {**before, "number": "C-2"})
    assert late.status_code == 409
    assert "C-1" in shown(late).text
    assert shown(late).form(path)["number"] == "C-2"
    assert browser.post(path, {**before, "number": "C-1"}).status_code == 303  # the same form twice


def test_the_ledger_says_why_in_words(sign_in: SignIn, anna: str, ingest: Ingest) -> None:
    page = sign_in().open(f"{AT}/membership/club")
    assert "No points were given yet." in page.text


def months(page: Page) -> list[str]:
    """What stands in the chart at the end of a page: each month, and its number."""
    return page.words[len(page.words) - page.words[::-1].index("Number") :]


def test_stays_are_counted_by_month_as_far_as_somebody_came(sign_in: SignIn, ingest: Ingest, anna: str) -> None:
    for number, (day, status) in enumerate((("30", "checked_out"), ("02", "checked_out"), ("03", "cancelled"))):
        told = reservation(f"s{number}", guest(email=EMAIL), arrival=f"2025-05-{day}", departure="2025-06-02")
        ingest(told | {"status": status})
    browser = sign_in()
    assert months(browser.open(f"{AT}/stays")) == ["May 2025", "2", "Feb 2026", "1"]
    ingest(reservation("r9", guest("g9", email="new@example.com"), status="confirmed"))
    assert "Stays by month" not in browser.open(f"/guests/{leaf_of_profile(API, 'g9')}/stays").words


@time_machine.travel("2026-02-28T23:30:00+00:00", tick=False)
def test_points_are_counted_by_the_month_in_which_the_hotel_gave_them(sign_in: SignIn, anna: str) -> None:
    browser = sign_in()
    assert "Points given by month" not in browser.open(f"{AT}/membership/club").words
    browser.send(f"{AT}/membership/club", {"number": "XE-1", "earns_from": "2026-01-01"})
    assert months(browser.open(f"{AT}/membership/club")) == ["Mar 2026", "2,000"]


def test_a_sheet_calls_a_programme_by_its_name(sign_in: SignIn, anna: str) -> None:
    browser = sign_in()
    browser.send(f"{AT}/membership/club", {"number": "XE-1"})
    words = browser.open(f"{AT}/sheet").words
    assert words[words.index("XE-1") - 2] == "Club"


def test_what_a_page_asks_of_aws_is_counted(sign_in: SignIn, anna: str, capsys: pytest.CaptureFixture[str]) -> None:
    browser = sign_in()
    found = {tab: (browser.open(f"{AT}{tab}"), calls(capsys))[1] for tab in TABS}
    assert found == {
        "": 10, "/sheet": 27, "/records": 19, "/stays": 19, "/timeline": 17, "/consents": 19, "/membership": 16,
        "/membership/club": 19,
    }  # fmt: skip


def test_a_desk_corrects_what_it_changed_and_the_records_say_so(sign_in: SignIn, anna: str) -> None:
    desk = sign_in("front_desk", "vienna")
    assert f"/console{AT}/correct" in desk.open(AT).links
    page = desk.open(f"{AT}/correct")
    sent = desk.send(f"{AT}/correct", {"given_name": "Annika", "address.city": "Vienna"}, page)
    assert sent.status_code == 303, sent.body
    shown = desk.open(f"{AT}/records")
    assert {"Annika", "Corrected by the staff"} <= {*shown.words}
    assert desk.open(f"{AT}/correct").form(f"/console{AT}/correct")["address.city"] == "Vienna"
    refused = desk.send(f"{AT}/correct", {"phone": "n/a"})
    assert refused.status_code == 400
    assert "cannot be read" in refused.body.decode()


def test_nobody_but_who_may_finds_the_page_of_corrections(sign_in: SignIn, anna: str) -> None:
    reader = sign_in("analyst")
    reader.open(f"{AT}/correct", 403)
    assert f"/console{AT}/correct" not in reader.open(AT).links
