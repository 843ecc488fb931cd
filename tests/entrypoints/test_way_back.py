"""A page that knows the guest: in their language and the group's name, and with a way back for who left."""

import re
from html import unescape

import pytest

from chalicelib.aws import clients, table
from chalicelib.aws.settings import Settings
from chalicelib.canonical.ids import ConnectionId, ControllerId, GuestId, OccasionId, leaf_of_profile
from chalicelib.canonical.time import Instant
from chalicelib.consent import actions as consents
from chalicelib.consent import store as gates
from chalicelib.consent.model import EMAIL, MARKETING, Suppression
from chalicelib.identity.digests import digest
from chalicelib.languages.catalogues import languages
from chalicelib.messages import actions, store
from chalicelib.messages.model import Message
from chalicelib.messages.tokens import UnsubscribeLink, make_token
from chalicelib.properties import store as properties
from chalicelib.settings.model import GROUP_CONTROLLER
from tests.builders import VIENNA, guest, reservation
from tests.entrypoints.conftest import Hub, Ingest
from tests.entrypoints.test_guest_pages import visit

ANNA = GuestId(leaf_of_profile(ConnectionId("api"), "g1"))
RUN = OccasionId("n1")
ADDRESS = "anna.lee@example.com"
LINK = UnsubscribeLink(ANNA, MARKETING, RUN)
AT = Instant("2026-03-01T10:00:00.000000Z")


def mailed(to: str) -> None:
    """The claim of the mail that brought the link."""
    sent = Message(guest=ANNA, occasion=RUN, claim="c1", origin="o", candidate=ANNA, address=digest("email", to), at=AT)
    table.write(table.Put(store.message_row(sent)))


@pytest.fixture
def anna(hub: Hub, ingest: Ingest) -> str:
    """The path of the link in a mail to a guest who agreed."""
    ingest(reservation("r1", guest(email=ADDRESS, marketing_email=True, language="de"), status="checked_out"))
    mailed(ADDRESS)
    return f"/u/{make_token(LINK)}"


def seen(hub: Hub, method: str, path: str, status: int = 200, **headers: str) -> str:
    response = visit(hub, method, path, b"List-Unsubscribe=One-Click", **headers)
    assert response.status_code == status, response.body
    return unescape(response.body.decode())


def title(html: str) -> str:
    found = re.search(r"<title>(.+)</title>", html)
    assert found
    return found[1]


def state() -> str | None:
    gate = gates.gate(ANNA, EMAIL)
    answer = gate.answer_to(MARKETING, GROUP_CONTROLLER) if gate else None
    return answer.state if answer else None


def test_who_left_is_told_so_and_can_come_back_and_leave_again(hub: Hub, anna: str) -> None:
    assert "Keine Newsletter" in title(seen(hub, "GET", anna))
    seen(hub, "POST", anna)
    assert title(seen(hub, "GET", anna)) == "Sie sind bereits abgemeldet"
    assert title(seen(hub, "POST", f"{anna}/back")) == "Willkommen zurück"
    assert state() == "explicit"
    assert "Keine Newsletter" in title(seen(hub, "GET", anna))
    seen(hub, "POST", anna)
    assert state() == "withdrawn"


def test_coming_back_is_the_guests_own_act_once_with_the_words_that_were_read(hub: Hub, anna: str) -> None:
    seen(hub, "POST", anna)
    words = re.findall(r'<p id="words">(.+?)</p>', seen(hub, "GET", anna))
    for _ in range(3):
        seen(hub, "POST", f"{anna}/back")
    yes = [each for each in consents.history(ANNA) if each.state == "explicit"]
    assert [(each.basis, each.proof) for each in yes] == [
        ("guest", {"via": "return", "run": RUN, "words": words[0], "language": "de"})
    ]


def test_the_way_back_is_shown_where_it_leads_from(hub: Hub, anna: str) -> None:
    """Addresses beside the page's own: with or without a stage in the path."""
    token = anna.removeprefix("/u/")
    assert f'<form method="post" action="{token}/back">' in seen(hub, "POST", anna)
    assert f'<form method="post" action="{token}/back">' in seen(hub, "GET", anna)
    assert '<form method="post">' in seen(hub, "GET", f"{anna}/back")
    assert f'<form method="post" action="../{token}">' in seen(hub, "POST", f"{anna}/back")
    assert f'<form method="post" action="../{token}">' in seen(hub, "GET", f"{anna}/back")


def test_a_get_of_the_way_back_changes_nothing(hub: Hub, anna: str, aws: Settings) -> None:
    seen(hub, "POST", anna)
    before = clients.dynamodb().scan(TableName=aws.table)["Items"]
    assert title(seen(hub, "GET", f"{anna}/back")) == "Sie sind bereits abgemeldet"
    assert clients.dynamodb().scan(TableName=aws.table)["Items"] == before


@pytest.mark.parametrize(
    "link", [LINK, LINK._replace(run=OccasionId("n-gone")), LINK._replace(controller=ControllerId("gone"))]
)
def test_a_link_that_does_not_show_who_holds_it_leads_out_and_not_back(
    hub: Hub, anna: str, link: UnsubscribeLink
) -> None:
    """Its mail went to somebody else's address, or nobody knows where to, or its legal entity answers no more."""
    mailed("ben@example.com" if link == LINK else ADDRESS)
    path = f"/u/{make_token(link)}"
    assert "/back" not in seen(hub, "POST", path)
    assert "/back" not in seen(hub, "GET", path)
    assert title(seen(hub, "POST", f"{path}/back", 409)) == "Es wurde nichts geändert"
    assert [each.state for each in consents.history(ANNA)] == ["withdrawn"]


def test_a_wrong_token_has_no_way_back(hub: Hub, anna: str) -> None:
    for method in ("GET", "POST"):
        assert "This page does not exist" in seen(hub, method, "/u/a.b/back", 404)


def test_coming_back_lifts_a_complaint_of_ones_own(hub: Hub, anna: str) -> None:
    actions.suppress(digest("email", ADDRESS), Suppression(reason="complaint", at=AT), EMAIL)
    held = gates.gate(ANNA, EMAIL)
    seen(hub, "POST", f"{anna}/back")
    lifted = gates.gate(ANNA, EMAIL)
    assert held
    assert lifted
    assert (len(held.suppressed), len(lifted.suppressed)) == (1, 0)


@pytest.mark.parametrize(
    ("guests", "mails", "browsers", "spoken"),
    [
        ("pt-BR", "de", "fr", "pt"),
        ("ja", "de", "fr", "de"),
        (None, "it", "fr", "it"),
        (None, None, "fr;q=0.9, ja", "fr"),
        ("ja", None, "ja", "en"),
    ],
)
def test_a_page_speaks_the_guests_language_else_the_mails_else_the_browsers(
    hub: Hub, ingest: Ingest, guests: str | None, mails: str | None, browsers: str, spoken: str
) -> None:
    ingest(reservation("r1", guest(email=ADDRESS, language=guests), status="checked_out"))
    path = f"/u/{make_token(LINK._replace(language=mails))}"
    for method, at in (("GET", path), ("POST", path), ("GET", f"{path}/back"), ("POST", f"{path}/back")):
        response = visit(hub, method, at, Accept_Language=browsers)
        assert response.headers["Content-Language"] == spoken
        assert f'<html lang="{spoken}"' in response.body.decode()


def test_a_page_carries_the_groups_name_address_and_logo(hub: Hub, anna: str) -> None:
    group = {"sender": "Lee & Lee <news@lee.example>", "postal_address": "Ring 1\n1010 Wien"}
    hub.put("/v1/settings", {"group": group})
    html = seen(hub, "GET", anna)
    assert '<p class="from" dir="auto">Lee & Lee</p>' in html
    assert '<address dir="auto">Ring 1\n1010 Wien</address>' in html
    seen(hub, "POST", anna)
    assert "von Lee & Lee" in seen(hub, "GET", anna)
    hub.put("/v1/settings", {"group": {**group, "logo_url": "https://img.lee.example:8443/l.png?x=1;y"}})
    response = visit(hub, "GET", anna)
    assert '<img src="https://img.lee.example:8443/l.png?x=1;y" alt="Lee &amp; Lee">' in response.body.decode()
    assert "; img-src https://img.lee.example:8443; form-action" in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize("logo", ["https://lee.example;script-src", "https://*", "https://a@b.example/x"])
def test_a_logos_address_opens_the_policy_to_its_host_alone(hub: Hub, anna: str, logo: str) -> None:
    hub.put("/v1/settings", {"group": {"logo_url": logo}})
    response = visit(hub, "GET", anna)
    assert "img-src" not in response.headers["Content-Security-Policy"]
    assert "<img" not in response.body.decode()


def test_a_hotels_legal_entity_speaks_in_the_hotels_name(hub: Hub, anna: str) -> None:
    branding = VIENNA.branding.model_copy(update={"legal_entity": "vienna-ltd", "postal_address": "Wien 1"})
    properties.put(VIENNA.model_copy(update={"branding": branding}))
    html = seen(hub, "GET", f"/u/{make_token(LINK._replace(controller=ControllerId('vienna-ltd')))}")
    assert f'<p class="from" dir="auto">{VIENNA.name}</p>' in html
    assert '<address dir="auto">Wien 1</address>' in html


def test_every_page_differs_in_every_language(hub: Hub, ingest: Ingest) -> None:
    ingest(reservation("r1", guest(email=ADDRESS), status="checked_out"))
    mailed(ADDRESS)
    link = f"/u/{make_token(LINK)}"
    for language in languages():
        asked = (("GET", link), ("POST", link), ("GET", link), ("POST", f"{link}/back"), ("GET", "/u/nonsense"))
        titles = {title(visit(hub, *each, Accept_Language=language).body.decode()) for each in asked}
        assert len(titles) == 5, language
