"""The console as a browser has it: cookies, forms with their tokens, and pages that are read as HTML."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

import pytest
from chalice.test import Client, HTTPResponse

from app import app
from chalicelib.access import sessions
from chalicelib.access.staff.model import Staff
from chalicelib.aws.settings import Settings
from chalicelib.canonical import time
from chalicelib.ingest import actions
from chalicelib.properties import store as properties
from chalicelib.settings import installation
from tests.access.staffed import somebody
from tests.builders import PORTO, VIENNA, notice
from tests.entrypoints.conftest import NOWHERE

HUB = "https://hub.hotel.test"
COOKIE = "__Host-xenia"
RELATIVE = re.compile(r"(\.\./)*console(?=[/?]|\Z)")


def at(path: str) -> str:
    """The address of a page by its path behind /console; the first page has none."""
    return f"/console{path.removeprefix('/') if path[:2] in {'/', '/?'} else path}"


def resolved(address: str) -> str:
    """An address of the console, as a browser reads it that is at another."""
    return RELATIVE.sub("/console", address, count=1) if RELATIVE.match(address) else address


class Page(HTMLParser):
    """What stands on a page: its texts, links, forms with their fields, and the headings of its tables."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html, self.links, self.forms, self.words = html, list[str](), list[dict[str, str]](), list[str]()
        self.elements: list[tuple[str, Mapping[str, str]]] = []
        self.named, self.in_area = "", False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: resolved(value or "") for name, value in attrs}
        self.elements.append((tag, told))
        if tag == "a" and "href" in told:
            self.links.append(told["href"])
        if tag == "form":
            self.forms.append({"action": told.get("action", "")})
        self._field(tag, told)

    def _field(self, tag: str, told: Mapping[str, str]) -> None:
        """As a browser would send it: boxes that are ticked, the option that is chosen, the text of an area."""
        if tag in {"input", "select", "textarea"}:
            self.named = told.get("name", "")
        is_sent = told.get("type") not in {"checkbox", "radio"} or "checked" in told
        if tag == "input" and self.forms and self.named and is_sent:
            self.forms[-1][self.named] = told.get("value", "")
        if tag == "option" and self.forms and ("selected" in told or self.named not in self.forms[-1]):
            self.forms[-1][self.named] = told.get("value", "")
        self.in_area = tag == "textarea"
        if self.in_area and self.forms:
            self.forms[-1][self.named] = ""

    def handle_endtag(self, tag: str) -> None:
        self.in_area = False

    def handle_data(self, data: str) -> None:
        if self.in_area and self.forms:
            self.forms[-1][self.named] += data.removeprefix("\n")
        if data.strip():
            self.words.append(" ".join(data.split()))

    @property
    def text(self) -> str:
        return " ".join(self.words)

    def attributes(self, tag: str, name: str) -> list[str]:
        return [told[name] for each, told in self.elements if each == tag and name in told]

    def form(self, action: str) -> dict[str, str]:
        return next(each for each in self.forms if each["action"].endswith(action))


@dataclass
class Browser:
    """One that somebody is signed in with; without `cookie` nobody is."""

    client: Client
    cookie: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> HTTPResponse:
        sent = {"X-Forwarded-Proto": "https", "Accept-Language": "en", **self.headers}
        if self.cookie:
            sent["Cookie"] = f"{COOKIE}={self.cookie}"
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        response = self.client.http.request(method, path, headers=sent, body=body)
        if "Location" in response.headers:
            response.headers["Location"] = resolved(response.headers["Location"])
        return response

    def open(self, path: str, status: int = 200, **headers: str) -> Page:
        response = self.ask("GET", at(path), b"", **headers)
        assert response.status_code == status, (response.status_code, response.headers, response.body)
        return Page(response.body.decode())

    def send(self, path: str, fields: Mapping[str, Any] | None = None, page: Page | None = None) -> HTTPResponse:
        """Send the form that posts to a path, as the page has it but for these fields; the page is that of the path."""
        shown = page or self.open(path)
        form = {name: value for name, value in shown.form(path).items() if name != "action"}
        return self.post(path, {**form, **(fields or {})})

    def post(self, path: str, fields: Mapping[str, Any], **headers: str) -> HTTPResponse:
        kept = {
            "Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }  # fmt: skip
        return self.ask("POST", at(path), urlencode(fields, doseq=True).encode(), **kept)


SignIn = Callable[..., Browser]


@pytest.fixture
def nobody(aws: Settings) -> Browser:
    """A browser that nobody signed in with, and two hotels."""
    properties.put(VIENNA)
    properties.put(PORTO)
    installation.note(public_url=HUB)
    return Browser(Client(app, project_dir=NOWHERE))


@pytest.fixture
def sign_in(nobody: Browser) -> SignIn:
    """Signs somebody in: a role, and hotels unless it is all of them."""

    def signed(role: str = "admin", *hotels: str, name: str = "") -> Browser:
        return of(nobody, somebody(name or re.sub("[^a-z]", "", f"{role}{''.join(hotels)}"), role, *hotels))

    return signed


def of(browser: Browser, who: Staff) -> Browser:
    return Browser(browser.client, sessions.begin(who, time.now()))


@pytest.fixture
def ingest(nobody: Browser) -> Callable[..., None]:
    def told(*snapshots: dict[str, Any]) -> None:
        assert not actions.ingest_notices([notice(*snapshots)])

    return told
