"""Signing in by the pages: an address, a mail, a link or its code, and from then on a session of one's own."""

import json
import re
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from chalice.test import HTTPResponse

from chalicelib.access import audit, sessions
from chalicelib.access.attempts import LINKS_TO_ADDRESS
from chalicelib.access.links import actions as links
from chalicelib.access.links.model import TRIES
from chalicelib.access.staff import actions as staff
from chalicelib.access.staff.model import Staff
from chalicelib.canonical import time
from chalicelib.canonical.time import Instant
from tests import tables
from tests.access.staffed import AT, OPERATOR, somebody
from tests.console.conftest import HUB, Browser, Page
from tests.fakes import received

EVER = Instant("2000-01-01T00:00:00.000000Z"), Instant("2999-01-01T00:00:00.000000Z")
SESSION, ASKED, WANTED = "__Host-xenia", "__Host-xenia-asked", "__Host-xenia-wanted"


@dataclass
class Person:
    """Somebody before a browser that keeps its cookies."""

    browser: Browser
    jar: dict[str, str] = field(default_factory=dict)

    def _with_cookies(self) -> Browser:
        return replace(
            self.browser,
            headers=self.browser.headers | {"Cookie": "; ".join(f"{name}={value}" for name, value in self.jar.items())},
        )

    def open(self, path: str, status: int = 200) -> Page:
        return self._with_cookies().open(path, status)

    def send(self, path: str, fields: dict[str, Any] | None = None, **headers: str) -> HTTPResponse:
        shown = self.open(path).form(path.partition("?")[0])
        sent = {name: value for name, value in shown.items() if name != "action"} | (fields or {})
        return self._kept(self._with_cookies().post(path.partition("?")[0], sent, **headers))

    def _kept(self, response: HTTPResponse) -> HTTPResponse:
        for told in cookies_of(response):
            name, _, value = told.partition(";")[0].partition("=")
            self.jar[name] = value
            if "Max-Age=0" in told:
                del self.jar[name]
        return response

    def who(self) -> Staff | None:
        found = sessions.of_cookie(self.jar.get(SESSION), time.now())
        return found.staff if found else None


def cookies_of(response: HTTPResponse) -> list[str]:
    told: Any = response.headers.get("Set-Cookie", [])
    return [told] if isinstance(told, str) else list(told)


@pytest.fixture
def anna(nobody: Browser) -> Staff:
    somebody("root")
    return somebody("anna", "marketer")


@pytest.fixture
def person(nobody: Browser) -> Person:
    return Person(nobody)


def queued() -> str:
    """The mail that was queued last."""
    return str(received("send")["Records"][-1]["body"])


def mailed() -> tuple[str, str]:
    """The path of the link, and the code, of that mail."""
    return in_mail(queued())


def in_mail(mail: str) -> tuple[str, str]:
    told = json.loads(mail)["text"]
    (link,) = re.findall(rf"^{re.escape(HUB)}/console(\S+)$", told, re.MULTILINE)
    (code,) = re.findall(r"^(\d{4} \d{4})$", told, re.MULTILINE)
    return link, code


def ask(person: Person, address: str = "anna@hotel.example", path: str = "/sign-in") -> HTTPResponse:
    return person.send(path, {"address": address})


def test_the_link_of_the_mail_signs_in_by_its_button_and_not_by_being_opened(anna: Staff, person: Person) -> None:
    assert ask(person).headers["Location"] == "/console/sign-in/code"
    link, _ = mailed()
    for _ in range(2):
        person.open(link)
    assert person.who() is None
    response = person.send(link)
    assert (response.status_code, response.headers["Location"]) == (303, "/console")
    assert person.who() == anna
    assert "Anna" in person.open("/").text or "anna" in person.open("/").text
    assert ASKED not in person.jar


def test_the_code_of_the_mail_signs_in_and_leads_where_somebody_wanted_to_go(anna: Staff, person: Person) -> None:
    ask(person, path="/sign-in?next=/guests")
    _, code = mailed()
    response = person.send("/sign-in/code?next=/guests", {"code": code})
    assert response.headers["Location"] == "/console/guests"
    assert person.who() == anna


def test_the_link_of_the_mail_leads_where_somebody_wanted_to_go_which_stands_in_their_browser_alone(
    anna: Staff, person: Person
) -> None:
    led = person._with_cookies().ask("GET", "/console/settings/staff").headers["Location"]
    ask(person, path=str(led).removeprefix("/console"))
    mail = queued()
    assert "settings/staff" not in mail + str(tables.rows())
    link, _ = in_mail(mail)
    response = person.send(link)
    assert (response.status_code, response.headers["Location"]) == (303, "/console/settings/staff")
    assert person.who() == anna
    assert WANTED not in person.jar


def test_the_mail_is_in_the_language_of_the_page(anna: Staff, nobody: Browser) -> None:
    ask(Person(replace(nobody, headers={"Accept-Language": "de-AT,en;q=0.5"})))
    assert "Am Gäste-Hub anmelden" in json.loads(queued())["text"]


def test_of_two_mails_the_page_wanted_last_is_led_to_and_none_where_none_was(anna: Staff, person: Person) -> None:
    for path, led_to in (("/sign-in?next=/campaigns", "/console/campaigns"), ("/sign-in", "/console")):
        ask(person, path="/sign-in?next=/guests")
        ask(person, path=path)
        assert person.send(mailed()[0]).headers["Location"] == led_to


def test_who_comes_with_a_link_that_is_over_may_ask_again_for_the_page_they_wanted(anna: Staff, person: Person) -> None:
    ask(person, path="/sign-in?next=/guests")
    page = Page(person.send(f"/sign-in/{'0' * 24}.{'A' * 43}").body.decode())
    assert "/console/sign-in?next=%2Fguests" in page.links


ELSEWHERE = [
    "//evil.example", "https://evil.example", "/\\evil", "/a\r\nSet-Cookie: x=1", "/%0d", "javascript:x",
    "/..", "/guests/../../x", "/guests?email=lee@example.com", "/" + "x" * 129, "/x" * 8, "guests", "/guests/",
    "\u2215x",
]  # fmt: skip


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_a_page_that_is_none_of_ours_is_not_kept_and_a_planted_one_leads_nowhere(
    anna: Staff, person: Person, elsewhere: str
) -> None:
    sent = {"address": "anna@hotel.example", "next": elsewhere}
    assert person.send("/sign-in", sent).headers["Location"] == "/console/sign-in/code"
    assert WANTED not in person.jar
    if elsewhere.isprintable() and elsewhere.isascii():
        person.jar[WANTED] = elsewhere
    assert person.send(mailed()[0]).headers["Location"] == "/console"


@pytest.mark.parametrize(
    "elsewhere", ["//evil.example", "https://evil.example", "/\\evil", "/a\r\nSet-Cookie: x=1", "/%0d", "javascript:x"]
)
def test_nobody_is_led_elsewhere(anna: Staff, person: Person, elsewhere: str) -> None:
    ask(person)
    _, code = mailed()
    response = person.send("/sign-in/code", {"code": code, "next": elsewhere})
    assert response.headers["Location"] == "/console"


def test_the_cookies_are_the_hosts_alone_and_no_script_reads_them(anna: Staff, person: Person) -> None:
    first = cookies_of(ask(person))
    link, _ = mailed()
    for told in (*first, *cookies_of(person.send(link))):
        assert told.startswith("__Host-")
        assert {"Path=/", "Secure", "HttpOnly", "SameSite=Lax"} <= set(told.split("; "))
        assert "Domain" not in told


def test_on_a_machine_without_tls_they_have_a_plain_name(anna: Staff, nobody: Browser) -> None:
    person = Person(replace(nobody))
    response = nobody.ask("GET", "/console/sign-in", X_Forwarded_Proto="http")
    page = Page(response.body.decode())
    sent = {name: value for name, value in page.form("/sign-in").items() if name != "action"}
    answered = nobody.post("/sign-in", sent | {"address": "anna@hotel.example"}, X_Forwarded_Proto="http")
    (told,) = cookies_of(answered)
    assert told.startswith("xenia-asked=")
    assert "Secure" not in told
    assert person.who() is None


def test_an_address_that_nobody_has_is_answered_in_the_same_words(anna: Staff, person: Person, nobody: Browser) -> None:
    other = Person(nobody)
    known, unknown = ask(person), ask(other, "evee@hotel.example")
    assert (known.status_code, known.headers["Location"]) == (unknown.status_code, unknown.headers["Location"])
    assert [len(each) for each in cookies_of(known)] == [len(each) for each in cookies_of(unknown)]
    pages = [re.sub(r'value="[^"]*"', "", each.open("/sign-in/code").html) for each in (person, other)]
    assert pages[0] == pages[1]
    wrong = [each.send("/sign-in/code", {"code": "x"}) for each in (person, other)]
    assert [each.status_code for each in wrong] == [400, 400]


def test_a_link_opened_in_another_browser_says_where_to_open_it(anna: Staff, person: Person, nobody: Browser) -> None:
    ask(person)
    link, _ = mailed()
    elsewhere = Person(nobody)
    response = elsewhere.send(link)
    assert response.status_code == 409
    assert "another browser" in Page(response.body.decode()).text
    assert elsewhere.who() is None
    assert person.send(link).status_code == 303


@pytest.mark.parametrize("link", ["/sign-in/x", f"/sign-in/{'0' * 24}.{'A' * 43}"])
def test_a_forged_link_and_a_used_one_are_told_alike(anna: Staff, person: Person, link: str) -> None:
    ask(person)
    real, _ = mailed()
    asked = dict(person.jar)
    assert person.send(real).status_code == 303
    person.jar = asked
    told = [Page(person.send(each).body.decode()).text for each in (link, real)]
    assert told[0] == told[1]
    assert "used, or over" in told[0]


def test_five_wrong_codes_are_told_at_the_field_and_the_sixth_is_none(anna: Staff, person: Person) -> None:
    ask(person)
    _, code = mailed()
    for _ in range(TRIES):
        response = person.send("/sign-in/code", {"code": "0"})
        page = Page(response.body.decode())
        assert response.status_code == 400
        assert page.attributes("input", "aria-invalid") == ["true"]
    assert person.send("/sign-in/code", {"code": code}).status_code == 403
    assert person.who() is None


def test_who_asks_too_often_is_told_so_whether_somebody_has_the_address_or_not(anna: Staff, nobody: Browser) -> None:
    told = []
    for address in ("anna@hotel.example", "eve@hotel.example"):
        answers = [ask(Person(nobody), address) for _ in range(LINKS_TO_ADDRESS.most + 1)]
        assert [each.status_code for each in answers] == [303] * LINKS_TO_ADDRESS.most + [429]
        told.append(Page(answers[-1].body.decode()).text)
    assert told[0] == told[1].replace("eve@", "anna@")


def test_what_is_no_address_is_told_at_its_field_and_kept_as_typed(anna: Staff, person: Person) -> None:
    response = ask(person, "anna@hotel")
    page = Page(response.body.decode())
    assert response.status_code == 400
    assert page.form("/sign-in")["address"] == "anna@hotel"
    assert page.attributes("input", "aria-invalid") == ["true"]


def test_a_sign_in_that_another_site_sends_is_refused(anna: Staff, person: Person) -> None:
    ask(person)
    link, _ = mailed()
    response = person.send(link, Sec_Fetch_Site="cross-site")
    assert response.status_code == 403
    assert person.who() is None


def test_an_operators_link_opens_the_console(anna: Staff, person: Person) -> None:
    token = links.for_operator(anna.id, time.now())
    assert person.send(f"/sign-in/{token}").status_code == 303
    assert person.who() == anna


def signed_in(person: Person, who: Staff, browser: str = "") -> Person:
    person.jar[SESSION] = sessions.begin(who, time.now(), browser)
    return person


def test_who_signs_out_is_out_here_and_stays_in_elsewhere(anna: Staff, nobody: Browser) -> None:
    here, there = (signed_in(Person(nobody), anna, each) for each in ("Firefox", "Safari"))
    response = here.send("/me")
    assert response.headers["Location"] == "/console/sign-in"
    assert SESSION not in here.jar
    assert there.who() == anna
    assert there.send("/me", {"everywhere": "yes"}).status_code == 303
    assert sessions.listed(anna.id, time.now()) == []
    told = [(each.what, each.subject) for each in audit.of_actor(anna.id, *EVER) if "console" not in each.what]
    assert told == [("signed_out", anna.id)] * 2


def test_my_sessions_are_listed_and_one_is_ended_after_a_page_that_says_so(anna: Staff, nobody: Browser) -> None:
    here, there = (signed_in(Person(nobody), anna, each) for each in ("Firefox", "Safari <b>"))
    page = here.open("/me")
    assert "Firefox" in page.text
    assert "Safari <b>" in page.text
    (other,) = [each.removeprefix("/console") for each in page.links if "/sessions/" in each]
    assert there.who() == anna
    assert here.open(other).form(other)
    assert there.who() == anna
    assert here.send(other).headers["Location"] == "/console/me?done=signed_out"
    assert (here.who(), there.who()) == (anna, None)
    assert [each.what for each in audit.of_actor(anna.id, *EVER)].count("signed_out") == 1
    here.open(other, 404)


def test_nobody_ends_the_session_of_another(anna: Staff, nobody: Browser) -> None:
    ben = somebody("ben")
    signed_in(Person(nobody), ben)
    (of_ben,) = sessions.listed(ben.id, time.now())
    signed_in(Person(nobody), anna).open(f"/me/sessions/{of_ben.id}", 404)


def test_a_removed_person_is_led_to_sign_in_and_gets_no_link(anna: Staff, person: Person) -> None:
    ask(person)
    link, _ = mailed()
    signed_in(person, anna)
    staff.end(OPERATOR, anna.id, AT)
    assert person._with_cookies().ask("GET", "/console/guests").status_code == 303
    assert person.send(link).status_code == 403


def test_each_request_of_a_page_is_in_the_audit_with_the_guests_that_it_showed(
    anna: Staff, person: Person, ingest: Any
) -> None:
    from tests.builders import guest, reservation

    ingest(reservation("r1", guest("g1", email="lee@example.com", family_name="Lee"), status="checked_out"))
    signed_in(person, anna)
    person.open("/")
    (guest_page,) = [each for each in person.open("/guests?email=lee@example.com").links if "/guests/g" in each]
    person.open(guest_page.removeprefix("/console"))
    told = [(each.what, each.guests) for each in audit.of_actor(anna.id, *EVER)]
    shown = (guest_page.rpartition("/")[2],)
    assert told == [
        ("GET /console/guests/{guest_id}", shown),
        ("GET /console/guests", shown),
        ("GET /console/", ()),
    ]
    assert "lee" not in str(list(audit.of_actor(anna.id, *EVER))).lower()


def test_files_and_pages_for_everybody_are_in_no_audit(anna: Staff, person: Person) -> None:
    page = signed_in(person, anna).open("/")
    before = len(list(audit.of_actor(anna.id, *EVER)))
    person.browser.client.http.get(page.attributes("script", "src")[0])
    person.open("/sign-in")
    assert len(list(audit.of_actor(anna.id, *EVER))) == before
