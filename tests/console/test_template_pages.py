"""Templates in the browser: written, looked at in a frame that nothing leaves, and saved."""

from typing import Any

import pytest

from chalicelib.canonical.ids import TemplateId
from chalicelib.messages.store import TEMPLATES
from tests.console.conftest import Browser, Page, SignIn

NEW = {
    "id": "hello",
    "name": "Hello",
    "subject": "Hello {{ guest.given_name }}",
    "html": "<style>p{color:red}</style><p>Dear {{ guest.given_name }}</p>",
    "text": "Dear {{ guest.given_name }}",
}


@pytest.fixture
def marketer(sign_in: SignIn) -> Browser:
    return sign_in("marketer")


def shown(response: Any) -> Page:
    return Page(response.body.decode())


def test_a_template_is_saved_and_changed(marketer: Browser) -> None:
    response = marketer.send("/templates/new", NEW)
    assert response.headers["Location"] == "/console/templates/hello?done=saved", shown(response).text
    marketer.send("/templates/hello", {"name": "Good day"})
    kept = TEMPLATES.required(TemplateId("hello"))
    assert (kept.name, kept.version, kept.html) == ("Good day", 2, NEW["html"])
    assert "Good day" in marketer.open("/templates").text


def test_the_frame_shows_the_mail_as_a_guest_reads_it_and_lets_it_do_nothing(marketer: Browser) -> None:
    response = marketer.send("/templates/new", {**NEW, "act": "html"})
    assert response.status_code == 200
    assert "Dear Anna" in response.body.decode()
    assert response.headers["Content-Security-Policy"] == (
        "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src https: data:; frame-ancestors 'self'"
    )
    text = marketer.send("/templates/new", {**NEW, "act": "text"}).body.decode()
    assert "Hello Anna" in text
    assert TEMPLATES.listed() == []


def test_what_is_wrong_is_told_with_its_line_in_frame_and_field(marketer: Browser) -> None:
    wrong = {**NEW, "html": "<p>Dear</p>\n<p>{{ guest.nonsense }}</p>"}
    assert "line 2" in marketer.send("/templates/new", {**wrong, "act": "html"}).body.decode()
    page = shown(marketer.send("/templates/new", wrong))
    assert page.attributes("textarea", "aria-invalid") == ["true"]
    assert "line 2" in page.text
    assert page.form("/templates/new")["html"] == wrong["html"]


def test_a_guest_who_is_not_theirs_is_not_written_to(marketer: Browser, sign_in: SignIn) -> None:
    assert marketer.send("/templates/new", {**NEW, "act": "html", "guest": "nobody"}).status_code == 404


def test_who_only_reads_finds_no_button(marketer: Browser, sign_in: SignIn) -> None:
    marketer.send("/templates/new", NEW)
    analyst = sign_in("analyst")
    assert "Save" not in analyst.open("/templates/hello").words
    assert analyst.send("/templates/hello").status_code == 403


@pytest.mark.parametrize(
    ("fields", "told"), [({"guest": "g" + "0" * 24}, "There is no such guest"), ({"subject": ""}, "subject: ")]
)
def test_a_refusal_stands_in_the_frame_where_no_page_of_ours_may(
    marketer: Browser, fields: dict[str, str], told: str
) -> None:
    response = marketer.send("/templates/new", {**NEW, **fields, "act": "html"})
    assert told in shown(response).text
    assert response.headers["Content-Security-Policy"].startswith("sandbox; ")


def frame(page: Page) -> str:
    (address,) = page.attributes("iframe", "src")
    return address


def test_the_frame_begins_with_the_template_as_it_is_kept(marketer: Browser) -> None:
    marketer.send("/templates/new", NEW)
    page = marketer.open("/templates/hello")
    response = marketer.ask("GET", frame(page))
    assert "Dear Anna" in response.body.decode()
    assert response.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'; ")
    assert {"narrow", "dark"} <= set(page.attributes("input", "id")), "phone and dark are looked at in the same frame"


def test_where_nothing_is_kept_yet_or_something_else_was_typed_the_frame_says_what_fills_it(marketer: Browser) -> None:
    marketer.send("/templates/new", NEW)
    typed = shown(marketer.send("/templates/hello", {"subject": "Another", "act": "find"}))
    for page in (marketer.open("/templates/new"), typed):
        response = marketer.ask("GET", frame(page))
        assert response.status_code == 200
        assert "“Show the mail” fills this frame" in response.body.decode()


def test_a_template_that_cannot_be_shown_says_why_in_its_frame(marketer: Browser) -> None:
    response = marketer.ask("GET", "/console/templates/nowhere/look")
    assert response.status_code == 404
    assert response.headers["Content-Security-Policy"].startswith("sandbox; ")


def test_who_may_not_look_at_a_mail_has_no_frame(marketer: Browser, sign_in: SignIn) -> None:
    marketer.send("/templates/new", NEW)
    page = sign_in("analyst").open("/templates/hello")
    assert page.attributes("iframe", "name") == []
    assert sign_in("analyst").ask("GET", "/console/templates/hello/look").status_code == 403
