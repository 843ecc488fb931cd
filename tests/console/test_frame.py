"""The frame of the console: who may open what, what a browser is told to let in, and what comes of a form."""

import hashlib
import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin

import pytest

from chalicelib.access import sessions
from chalicelib.access.model import ROLES
from chalicelib.access.staff import actions as staff
from chalicelib.canonical import time
from chalicelib.entrypoints.console import static
from chalicelib.entrypoints.console.routes import PAGES
from infra import vendored
from tests.access.staffed import AT, OPERATOR, somebody
from tests.builders import guest, reservation
from tests.console.conftest import Browser, SignIn, at, of

Ingest = Callable[..., None]


@pytest.mark.parametrize("page", [each for each in PAGES if not each.is_open], ids=lambda each: each.path)
def test_who_is_not_signed_in_is_led_to_sign_in_and_from_there_back(nobody: Browser, page: Any) -> None:
    path = re.sub(r"{\w+}", "x", page.path)
    response = nobody.ask("GET", at(path))
    assert response.status_code == 303
    back = f"?next={path.replace('/', '%2F')}" if path != "/" else ""
    assert response.headers["Location"] == f"/console/sign-in{back}"


def test_the_session_of_a_removed_person_opens_nothing(nobody: Browser) -> None:
    somebody("anna")
    ben = somebody("ben")
    browser = of(nobody, ben)
    browser.open("/")
    staff.end(OPERATOR, ben.id, AT)
    assert browser.ask("GET", "/console").status_code == 303


def test_a_changed_role_holds_at_the_next_request(nobody: Browser) -> None:
    somebody("anna")
    ben = somebody("ben", "marketer")
    browser = of(nobody, ben)
    assert "Guests" in browser.open("/").text
    response = browser.ask("GET", "/console/guests")
    assert response.status_code == 200


def test_a_page_lets_in_nothing_from_elsewhere_and_is_kept_nowhere(sign_in: SignIn) -> None:
    response = sign_in().ask("GET", "/console/guests")
    headers = response.headers
    assert headers["Content-Security-Policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'; "
        "frame-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'"
    )
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    html = response.body.decode()
    assert not re.search(r"\son\w+=|<style|\sstyle=|<script(?![^>]*src=)", html)


def test_static_files_are_kept_for_good_under_a_name_that_holds_their_hash(sign_in: SignIn) -> None:
    browser = sign_in()
    page = browser.open("/")
    addresses = [
        *page.attributes("script", "src"),
        *(each for each in page.attributes("link", "href") if "static" in each),
    ]
    assert len(addresses) == 4
    for address in addresses:
        response = browser.client.http.get(address)
        assert response.status_code == 200
        assert "immutable" in response.headers["Cache-Control"]
    assert browser.client.http.get("/console/static/htmx.min.000000000000.js").status_code == 404


def test_the_files_of_others_are_those_of_the_list() -> None:
    wanted = vendored.listed()
    contents = [(vendored.STATIC / each.file).read_bytes() for each in wanted]
    vendored.refuse_others(wanted, contents)
    with pytest.raises(vendored.NotTheListed):
        vendored.refuse_others(wanted, [contents[0] + b" ", *contents[1:]])
    ours = {"console.css", "board.css", "vendored.json"}
    assert {each.name for each in vendored.STATIC.iterdir()} - ours == {each.file for each in wanted}
    assert all(each.licence in {"0BSD", "MIT"} for each in wanted)


def test_a_name_holds_the_hash_of_its_file() -> None:
    digest = hashlib.sha256((static.STATIC / "console.css").read_bytes()).hexdigest()
    assert static.names()["console.css"] == f"console.{digest[:12]}.css"
    assert (static.STATIC / "console.css").stat().st_size < 6 * 1024 + 1
    assert (static.STATIC / "board.css").stat().st_size < 1024 + 1  # two pages have it beside


@pytest.mark.parametrize("before", ["", "/api", "/_aws/execute-api/a1/api", "/guests-of/hub"])
@pytest.mark.parametrize("path", ["/console", "/console/guests", "/console/a/b/c/d", "/console/settings?done=saved"])
def test_addresses_lead_to_the_console_whatever_stands_before_it(sign_in: SignIn, before: str, path: str) -> None:
    html = sign_in().ask("GET", path).body.decode()
    for address in re.findall(r'(?:href|src|action)="([^"#][^":]*)"', html):
        joined = urljoin(f"https://hub.example{before}{path}", address)
        assert re.match(rf"https://hub\.example{before}/console(?=[/?]|\Z)", joined), address


def test_who_is_led_on_stays_behind_what_stands_before_the_console(nobody: Browser) -> None:
    response = nobody.client.http.get("/console/campaigns/new", headers={"X-Forwarded-Proto": "https"})
    assert urljoin("https://h.example/api/console/campaigns/new", response.headers["Location"]).startswith(
        "https://h.example/api/console/sign-in?next=%2Fcampaigns%2Fnew"
    )


def test_the_navigation_has_what_a_role_may_open(sign_in: SignIn) -> None:
    for role in ROLES[:-1]:
        page = sign_in(role).open("/")
        assert {link for link in page.links if link.startswith("/console")} >= {"/console", "/console/guests"}
    assert page.attributes("a", "aria-current") == ["page"]


def test_nothing_at_an_address_is_a_page_that_says_so(sign_in: SignIn) -> None:
    browser = sign_in()
    assert "This page does not exist" in browser.open("/nonsense", 404).text
    assert "This page does not exist" in browser.open("/guests/nobody", 404).text
    assert browser.ask("POST", "/console/guests").status_code == 404


def test_another_hotels_guest_is_no_page(sign_in: SignIn, ingest: Ingest) -> None:
    ingest(reservation("r1", guest("g1", email="anna@example.com"), status="checked_out"))
    here, there = sign_in("front_desk", "vienna"), sign_in("front_desk", "porto")
    (address,) = [each for each in here.open("/guests?email=anna@example.com").links if "/guests/g" in each]
    here.open(address.removeprefix("/console"))
    missing = there.open(address.removeprefix("/console"), 404)
    assert "anna" not in missing.html.lower()
    assert "Nobody was found" in there.open("/guests?email=anna@example.com").text


def test_what_a_source_says_never_becomes_html(sign_in: SignIn, ingest: Ingest) -> None:
    name = "<img src=x onerror=alert(1)>"
    ingest(reservation("r1", guest("g1", given_name=name, family_name="שלום", email="a@example.com"), status="booked"))
    page = sign_in().open("/guests?email=a@example.com")
    assert not page.attributes("img", "src")
    assert name in page.text or "&lt;img" in page.html


def test_a_guest_is_found_by_how_a_name_begins(sign_in: SignIn, ingest: Ingest) -> None:
    ingest(reservation("r1", guest("g1", "Anna", "Huber")), reservation("r2", guest("g2", "Ben", "Ray")))
    page = sign_in().open("/guests?name=hub")
    assert "Anna Huber" in page.text
    assert "Ben Ray" not in page.text
    assert "2 letters or more" in sign_in().open("/guests?name=h", 400).text


def test_a_search_that_is_asked_wrongly_says_at_which_field(sign_in: SignIn) -> None:
    page = sign_in().open("/guests?email=a@example.com&phone=%2B43", 400)
    assert "name one of email" in page.text
    assert page.attributes("input", "aria-invalid") == ["true"]


def test_a_fault_of_ours_is_a_page_with_what_to_report(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    browser = sign_in()

    def broken(*_: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(sessions, "of_cookie", broken)
    response = browser.ask("GET", "/console")
    assert response.status_code == 500
    assert "secret" not in response.body.decode()
    assert response.headers["X-Correlation-Id"] in response.body.decode()
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["failures"][0]["error"] == "RuntimeError"


def test_pages_speak_the_readers_language_and_write_dates_its_way(sign_in: SignIn) -> None:
    page = sign_in().open("/", Accept_Language="xx, en-GB;q=0.5")
    assert page.attributes("html", "lang") == ["en"]
    assert page.attributes("html", "dir") == ["ltr"]


def test_a_session_idles_out(nobody: Browser) -> None:
    browser = Browser(nobody.client, sessions.begin(somebody("anna"), time.now() - sessions.IDLE))
    assert browser.ask("GET", "/console").status_code == 303


@pytest.mark.parametrize(("path", "to"), [("/console/", "/console"), ("/console/guests/", "/console/guests")])
def test_a_stroke_too_many_at_the_end_leads_to_the_page(sign_in: SignIn, path: str, to: str) -> None:
    response = sign_in().ask("GET", path)
    assert (response.status_code, urljoin(f"https://h.example{path}", response.headers["Location"])) == (
        303, f"https://h.example{to}",
    )  # fmt: skip
