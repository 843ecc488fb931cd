"""The way out of marketing mail: a page that changes nothing, and a POST that always does."""

import base64
import hashlib
import re
from html.parser import HTMLParser
from itertools import product
from typing import Any

import pytest
from jinja2 import UndefinedError

from chalicelib.aws import clients, keys, table
from chalicelib.aws.settings import Settings
from chalicelib.canonical.ids import ConnectionId, GuestId, OccasionId, leaf_of_profile
from chalicelib.consent import store
from chalicelib.consent.model import EMAIL
from chalicelib.entrypoints.guest_pages import rendering
from chalicelib.languages.catalogues import SOURCE, languages
from chalicelib.messages.tokens import UnsubscribeLink, make_token
from chalicelib.settings.model import GROUP_CONTROLLER
from infra.workers import API
from tests import rights
from tests.builders import guest, reservation
from tests.entrypoints.conftest import Hub, Ingest

ANNA = GuestId(leaf_of_profile(ConnectionId("api"), "g1"))
ONE_CLICK = b"List-Unsubscribe=One-Click"
MULTIPART = b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'


@pytest.fixture
def token(hub: Hub, ingest: Ingest) -> str:
    """The link of a mail to a guest who agreed; no campaign of that name is left."""
    ingest(reservation("r1", guest(email="anna.lee@example.com", marketing_email=True), status="checked_out"))
    return make_token(UnsubscribeLink(ANNA, "marketing", OccasionId("n-a-run-that-is-gone")))


def state() -> str | None:
    gate = store.gate(ANNA, EMAIL)
    consent = gate.answer_to("marketing", GROUP_CONTROLLER) if gate else None
    return consent.state if consent else None


def visit(hub: Hub, method: str, path: str, body: bytes = b"", **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return hub.client.http.request(method, path, headers=named, body=body)


def test_a_get_changes_nothing(hub: Hub, token: str, aws: Settings) -> None:
    before = clients.dynamodb().scan(TableName=aws.table)["Items"]
    for _ in range(3):
        assert visit(hub, "GET", f"/u/{token}").status_code == 200
    assert clients.dynamodb().scan(TableName=aws.table)["Items"] == before
    assert state() == "explicit"


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/x-www-form-urlencoded", ONE_CLICK),
        ("application/x-www-form-urlencoded; charset=UTF-8", ONE_CLICK + b"\r\n"),
        ("multipart/form-data; boundary=x", MULTIPART),
        ("application/x-www-form-urlencoded", b""),
    ],
)
def test_a_post_unsubscribes_in_every_encoding(hub: Hub, token: str, content_type: str, body: bytes) -> None:
    response = visit(hub, "POST", f"/u/{token}", body, Content_Type=content_type)
    assert response.status_code == 200
    assert "You are unsubscribed" in response.body.decode()
    assert state() == "withdrawn"


def test_unsubscribing_again_is_answered_alike_and_proven_once(hub: Hub, token: str) -> None:
    answers = {visit(hub, "POST", f"/u/{token}", ONE_CLICK).body for _ in range(3)}
    assert len(answers) == 1
    receipts = [item for item in table.query(keys.leaf(ANNA), keys.RECEIPT) if item["state"] == "withdrawn"]
    assert len(receipts) == 1


def test_the_pages_are_held_to_what_the_function_of_the_api_may_announce(
    hub: Hub, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(rights.ANNOUNCED, API, frozenset())
    with pytest.raises(pytest.fail.Exception, match="api_handler announce ConsentChanged"):
        visit(hub, "POST", f"/u/{token}", ONE_CLICK)


def test_a_wrong_token_gets_a_neutral_page(hub: Hub, token: str) -> None:
    for method, wrong in product(("GET", "POST"), ("nonsense", "a.b", "%00", "x" * 5000, "zażółć")):
        response = visit(hub, method, f"/u/{wrong}", ONE_CLICK)
        assert response.status_code == 404
        assert "This page does not exist" in response.body.decode()
        assert "<form" not in response.body.decode()
    assert state() == "explicit"


def test_a_token_that_was_changed_is_wrong(hub: Hub, token: str) -> None:
    for at in range(0, len(token), 7):
        other = "A" if token[at] != "A" else "B"
        assert visit(hub, "POST", f"/u/{token[:at]}{other}{token[at + 1 :]}").status_code == 404
    assert state() == "explicit"


class Form(HTMLParser):
    """What a browser would send from the page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_the_form_posts_the_one_click_body_to_its_own_address(hub: Hub, token: str) -> None:
    page = Form()
    page.feed(visit(hub, "GET", f"/u/{token}").body.decode())
    (form,) = [attributes for tag, attributes in page.tags if tag == "form"]
    (field,) = [attributes for tag, attributes in page.tags if tag == "input"]
    assert form == {"method": "post"}
    assert (field["name"], field["value"]) == ("List-Unsubscribe", "One-Click")
    assert [tag for tag, _ in page.tags if tag == "button"] == ["button"]


def test_a_page_loads_nothing_keeps_nothing_and_is_not_indexed(hub: Hub, token: str) -> None:
    response = visit(hub, "GET", f"/u/{token}")
    html, headers = response.body.decode(), response.headers
    assert not re.search(r"(src=|<link|<script|url\()", html)
    assert re.findall(r'href="([^"]*)"', html) == [f"../preferences/{token}"]
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Robots-Tag"] == "noindex, nofollow"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert not {"Set-Cookie", "Location"} & set(headers)


def test_the_pages_own_style_is_all_that_its_policy_lets_in(hub: Hub, token: str) -> None:
    for path in (f"/u/{token}", "/u/nonsense"):
        response = visit(hub, "GET", path)
        (style,) = re.findall(r"<style>(.*?)</style>", response.body.decode(), re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        assert f"style-src 'sha256-{digest}';" in response.headers["Content-Security-Policy"]
        assert " style=" not in response.body.decode()


def test_the_three_pages_differ_in_every_language(hub: Hub, token: str) -> None:
    for language in languages():
        asked = [
            visit(hub, method, path, Accept_Language=language).body
            for method, path in (("GET", f"/u/{token}"), ("POST", f"/u/{token}"), ("GET", "/u/nonsense"))
        ]
        titles = [re.search(r"<title>(.+)</title>", body.decode()) for body in asked]
        assert len({title[1] for title in titles if title}) == 3, language


def test_what_a_template_is_given_is_text_and_never_missing() -> None:
    environment = rendering.environment(SOURCE)
    assert environment.from_string("{{ name }}").render(name="<b>") == "&lt;b&gt;"
    assert (
        environment.from_string("{% trans name=name %}Dear {{ name }}{% endtrans %}").render(name="<b>")
        == "Dear &lt;b&gt;"
    )
    with pytest.raises(UndefinedError):
        environment.from_string("{{ name }}").render()


def test_a_page_speaks_the_guests_language(hub: Hub, token: str) -> None:
    response = visit(hub, "GET", f"/u/{token}", Accept_Language="de-AT,de;q=0.9,en;q=0.5")
    assert '<html lang="de" dir="ltr">' in response.body.decode()
    assert "Abmelden" in response.body.decode()
    assert response.headers["Content-Language"] == "de"


def test_no_line_of_the_log_holds_the_token(hub: Hub, token: str, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    visit(hub, "GET", f"/u/{token}")
    visit(hub, "POST", f"/u/{token}")
    printed = capsys.readouterr()
    assert token not in printed.out + printed.err
    assert "/u/{token}" in printed.out
