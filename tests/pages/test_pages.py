"""The guests' pages in a browser: axe finds nothing, nothing scrolls sideways, and the pages' policy lets all of it in.

Run by `make pages`; SHOTS=folder keeps what was seen.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from chalicelib.access.model import Caller
from chalicelib.aws import table
from chalicelib.aws.settings import Settings
from chalicelib.canonical import time
from chalicelib.canonical.ids import (
    CaptureId,
    ConnectionId,
    GuestId,
    KeyId,
    OccasionId,
    capture_of,
    leaf_of_profile,
    signup_of,
)
from chalicelib.canonical.time import Instant
from chalicelib.captures import codes
from chalicelib.consent.model import MARKETING
from chalicelib.identity.digests import digest
from chalicelib.ingest import actions
from chalicelib.messages import store
from chalicelib.messages.model import Message
from chalicelib.messages.tokens import UnsubscribeLink, make_token
from chalicelib.properties import store as properties
from chalicelib.properties.model import Branding
from chalicelib.settings import actions as settings
from chalicelib.settings import legal_store
from chalicelib.settings.legal import ConsentSettings
from chalicelib.settings.model import HubSettings
from chalicelib.signups import actions as signups
from chalicelib.signups.actions import Typed
from chalicelib.signups.tokens import make_token as make_signup_token
from tests.builders import VIENNA, guest, notice, reservation
from tests.conftest import PUBLIC_URL
from tests.served import served
from tests.tools import needed

pytestmark = pytest.mark.end_to_end
HERE = Path(__file__).parent
ANNA = GuestId(leaf_of_profile(ConnectionId("api"), "g1"))
ADDRESS = "anna.lee@example.com"
TITLES = {
    "unsubscribe": "Keine Newsletter und Angebote mehr?",
    "unsubscribed": "Sie sind abgemeldet",
    "left": "Sie sind bereits abgemeldet",
    "returned": "Willkommen zurück",
    "preferences": "Was möchten Sie von uns erhalten?",
    "preferences-saved": "Was möchten Sie von uns erhalten?",
    "known": "Was wir über Sie wissen",
    "known-kind": "Kissen",
    "not-returned": "Es wurde nichts geändert",
    "unknown": "Diese Seite gibt es nicht",
    "signup": "Newsletter und Angebote",
    "signup-refused": "Newsletter und Angebote",
    "signup-asked": "Bitte sehen Sie in Ihr Postfach",
    "signup-confirm": "Möchten Sie unsere Newsletter erhalten?",
    "signup-confirmed": "Vielen Dank, Sie sind angemeldet",
    "signup-over": "Dieser Link gilt nicht mehr",
    "capture": "Newsletter und Angebote",
    "capture-refused": "Newsletter und Angebote",
    "capture-done": "Vielen Dank, Sie sind angemeldet",
}
LOGO = "https://img.lee.example/logo.svg"


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The npm packages, pinned, and the script beside them."""
    made = tmp_path_factory.mktemp("pages")
    for each in (HERE / "look.mjs", *HERE.glob("*.json")):
        shutil.copy(each, made)
    ran(made, needed("npm"), "ci", "--ignore-scripts", "--no-audit", "--no-fund")
    return made


@pytest.fixture
def hub(aws: Settings, tmp_path: Path) -> Iterator[str]:
    """The address of one that knows a guest who agreed."""
    properties.put(VIENNA)
    anna = guest(email=ADDRESS, marketing_email=True, language="de", preferences={"pillow": ["soft", "extra"]})
    assert not actions.ingest_notices([notice(reservation("r1", anna, status="checked_out"))])
    with served(tmp_path) as address:
        yield address


def ran(folder: Path, *command: str, **environment: str) -> str:
    ended = subprocess.run(
        command, cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stdout[-3000:] + ended.stderr[-3000:]
    return ended.stdout


def link(hub: str, run: str, to: str) -> str:
    """In a mail that went to that address."""
    occasion, at = OccasionId(run), Instant("2026-03-01T10:00:00.000000Z")
    sent = Message(
        guest=ANNA, occasion=occasion, claim=run, origin="o", candidate=ANNA, address=digest("email", to), at=at
    )
    table.write(table.Put(store.message_row(sent)))
    return f"{hub}/u/{make_token(UnsubscribeLink(ANNA, MARKETING, occasion))}"


def signed_up() -> str:
    """The token of somebody's link."""
    asked = signup_of("ida")
    typed = Typed("ida@example.com", "Ida", "Berg", "de", "Ich möchte Newsletter bekommen.", network="192.0.2.1")
    signups.ask(asked, typed, signups.form(VIENNA.id), "form", time.now())
    return make_signup_token(asked)


def shown() -> list[CaptureId]:
    """A code for each look, as one is used by it."""
    caller, at = Caller(KeyId("k1"), "front_desk", frozenset({VIENNA.id})), time.now()
    made = [capture_of(number) for number in range(4)]
    return [codes.show(each, caller, ANNA, VIENNA.id, at).id for each in made]


@pytest.mark.parametrize("logo", [None, LOGO], ids=["a name", "a logo"])
def test_every_page_is_accessible_at_any_width_in_light_and_dark_and_in_either_direction(
    hub: str, folder: Path, logo: str | None
) -> None:
    group = {"sender": "Hotels Österreich <news@lee.example>", "postal_address": "Ring 1\n1010 Wien", "logo_url": logo}
    settings.save(HubSettings(group=Branding.model_validate(group)))
    spa = {"id": "spa", "purpose": "marketing", "names": {"en": "Spa", "de": "Wellness und Sauna"}}
    legal_store.save(ConsentSettings.model_validate({"topics": [spa]}))
    links = {
        "LINK": link(hub, "n1", ADDRESS),
        "OTHERS_LINK": link(hub, "n2", "ben@example.com"),
        "NOBODYS_LINK": f"{hub}/u/nonsense",
        "SIGNUP": f"{hub}/signup/{VIENNA.id}",
        "CONFIRM": f"{hub}/confirm/{signed_up()}",
        "CAPTURES": " ".join(hub + codes.address_of(each).removeprefix(PUBLIC_URL) for each in shown()),
    }
    seen = json.loads(ran(folder, "node", "look.mjs", CHROMIUM=needed("chromium"), **links))
    looks = product(("light", "dark"), (320, 1440), TITLES.items(), ("", "rtl"))
    assert seen == [
        {
            "name": name, "colorScheme": scheme, "width": width, "dir": direction, "title": title,
            "told": [], "ragged": [], "scrolls": False, "refused": [],
        }
        for scheme, width, (name, title), direction in looks
    ]  # fmt: skip
