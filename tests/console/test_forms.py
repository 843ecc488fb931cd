"""Forms of the console: where they come from, what is typed, and what happens when they come twice or too late."""

from typing import Any

import pytest

from chalicelib.entrypoints import form_bodies
from chalicelib.entrypoints.console import forms
from chalicelib.settings import store
from chalicelib.settings.model import HubSettings
from tests.console.conftest import HUB, Browser, Page, SignIn


def fields(browser: Browser) -> dict[str, str]:
    return {name: value for name, value in browser.open("/settings").form("/settings").items() if name != "action"}


def shown(response: Any) -> Page:
    return Page(response.body.decode())


def test_what_is_sent_is_kept_and_the_next_page_says_so(sign_in: SignIn) -> None:
    browser = sign_in()
    response = browser.send("/settings", {"cap_mails": "2", "accent": "#aa3300", "group.sender": "Lee <a@lee.example>"})
    assert (response.status_code, response.headers["Location"]) == (303, "/console/settings?done=saved")
    kept = store.get()
    assert (kept.cap_mails, kept.accent, kept.group.sender) == (2, "#aa3300", "Lee <a@lee.example>")
    page = browser.open("/settings?done=saved")
    assert "Saved." in page.text
    assert any("accent.aa3300.css" in each for each in page.attributes("link", "href"))
    assert "Lee" in page.text


def test_a_refused_form_shows_each_fault_at_its_field_and_keeps_what_was_typed(sign_in: SignIn) -> None:
    response = sign_in().send(
        "/settings", {"cap_mails": "many", "accent": "red", "group.postal_address": "Ring 1\r\nWien"}
    )
    page = shown(response)
    assert response.status_code == 400
    assert store.get().cap_mails == HubSettings().cap_mails
    typed = {told["name"]: told.get("value") for tag, told in page.elements if tag == "input" and "name" in told}
    assert (typed["cap_mails"], typed["accent"]) == ("many", "red")
    assert "Ring 1\nWien" in page.html
    wrong = {
        told["name"]: told["aria-describedby"] for tag, told in page.elements if told.get("aria-invalid") == "true"
    }
    assert wrong.keys() == {"cap_mails", "accent"}
    ids = {told["id"] for _, told in page.elements if "id" in told}
    assert {each for names in wrong.values() for each in names.split()} <= ids
    assert "#cap_mails" in page.links


def test_a_stale_version_is_refused_and_nothing_of_either_is_lost(sign_in: SignIn) -> None:
    browser = sign_in()
    before = fields(browser)
    browser.send("/settings", {"cap_days": "30"})
    late = browser.post("/settings", {**before, "cap_mails": "1"})
    assert late.status_code == 409
    assert (store.get().cap_days, store.get().cap_mails) == (30, 3)
    again = shown(late)
    assert again.form("/settings")["cap_mails"] == "1"
    assert "staff" in again.text
    assert "still here" in again.text
    assert browser.send("/settings", {}, again).status_code == 303
    assert (store.get().cap_days, store.get().cap_mails) == (7, 1)


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec_Fetch_Site": "cross-site"}, {"Sec_Fetch_Site": "same-site"}, {"Sec_Fetch_Site": "none"},
        {"Sec_Fetch_Site": "cross-site", "Origin": HUB},
    ],
)  # fmt: skip
def test_a_form_from_elsewhere_is_refused(sign_in: SignIn, headers: dict[str, str]) -> None:
    browser = sign_in()
    response = browser.post("/settings", {**fields(browser), "cap_mails": "1"}, **headers)
    assert response.status_code == 403
    assert store.get().cap_mails == 3


@pytest.mark.parametrize(("origin", "status"), [(HUB, 303), ("https://evil.example", 403), ("null", 403), (None, 403)])
def test_a_browser_that_does_not_say_its_site_says_its_origin(sign_in: SignIn, origin: str | None, status: int) -> None:
    browser = sign_in()
    body = {**fields(browser), "cap_mails": "1"}
    sent = {"Content-Type": "application/x-www-form-urlencoded", **({"Origin": origin} if origin else {})}
    from urllib.parse import urlencode

    assert browser.ask("POST", "/console/settings", urlencode(body).encode(), **sent).status_code == status


def test_a_token_of_another_session_another_page_or_nobody_is_refused(sign_in: SignIn) -> None:
    mine, others = sign_in("admin", name="anna"), sign_in("admin", name="ben")
    form = fields(mine)
    for token in (fields(others)[forms.TOKEN], forms.token("", "/settings"), form[forms.TOKEN][:-1], ""):
        assert mine.post("/settings", {**form, forms.TOKEN: token, "cap_mails": "1"}).status_code == 403
    assert store.get().cap_mails == 3


def test_what_is_no_form_is_refused(sign_in: SignIn) -> None:
    browser = sign_in()
    for kind, body in (
        ("application/json", b"{}"),
        ("application/x-www-form-urlencoded", b"\xff=\xfe"),
        ("application/x-www-form-urlencoded", b"a=1&" * 3_000),
        ("multipart/form-data; boundary=x", b"--x--"),
    ):
        sent = {"Content-Type": kind, "Sec-Fetch-Site": "same-origin"}
        assert browser.ask("POST", "/console/settings", body, **sent).status_code == 400
    large = b"a=" + b"1" * form_bodies.LARGEST
    sent = {"Content-Type": form_bodies.KIND, "Sec-Fetch-Site": "same-origin"}
    assert browser.ask("POST", "/console/settings", large, **sent).status_code == 413


def test_a_role_without_the_right_neither_sees_nor_sends_the_form(sign_in: SignIn) -> None:
    admin, desk, hotel = sign_in("admin"), sign_in("front_desk"), sign_in("admin", "vienna")
    for browser in (desk, hotel):
        assert "This is not possible" in browser.open("/settings", 403).text
        assert "/console/settings" not in browser.open("/").links
        assert browser.post("/settings", fields(admin)).status_code == 403


def test_a_get_of_a_form_changes_nothing(sign_in: SignIn) -> None:
    before = store.get()
    sign_in().open("/settings?cap_mails=1&accent=%23ff0000")
    assert store.get() == before
