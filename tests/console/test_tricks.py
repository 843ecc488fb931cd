"""What somebody may try who reads the addresses and forms of the console closely."""

import json
from collections.abc import Callable

import pytest

from chalicelib.access import audit
from chalicelib.access.staff.model import Staff
from chalicelib.canonical.ids import ConnectionId, leaf_of_profile
from chalicelib.canonical.time import Instant
from chalicelib.entrypoints.console.pages.sign_in import OURS
from chalicelib.entrypoints.console.rendering import Brand
from tests.access.staffed import somebody
from tests.builders import guest, reservation
from tests.console.conftest import Browser, SignIn, of

Ingest = Callable[..., None]
ANNA = leaf_of_profile(ConnectionId("api"), "g1")
LONG = "a" * 3000
ONE_OF_SOME = (
    "/guests/{}", "/segments/{}", "/templates/{}", "/campaigns/{}", "/loyalty/{}",
    "/jobs/{}", "/connections/{}", "/connections/dead-letters/{}", "/settings/properties/{}", "/settings/staff/{}",
)  # fmt: skip
EVER = Instant("2000-01-01T00:00:00.000Z"), Instant("2999-01-01T00:00:00.000Z")


@pytest.fixture
def admin(nobody: Browser) -> Staff:
    return somebody("anna", "admin")


def asked_of_aws(capsys: pytest.CaptureFixture[str]) -> int:
    calls = json.loads(capsys.readouterr().out.splitlines()[-1])["calls"]
    return int(calls.get("GetItem", 0)) + int(calls.get("Query", 0))


@pytest.mark.parametrize("name", [LONG, "a%23b", "%C3%A4", "UP"])
def test_a_name_that_nothing_can_have_is_asked_of_no_table(
    sign_in: SignIn, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    """DynamoDB refuses a key of more than 2,048 bytes, which would be our fault in the log."""
    browser = sign_in()
    browser.open("/no/such/page", 404)
    nothing = asked_of_aws(capsys)
    for page in ONE_OF_SOME:
        browser.open(page.format(name), 404)
        assert asked_of_aws(capsys) <= nothing, page


def test_a_name_in_a_query_or_a_form_is_held_to_the_same(
    sign_in: SignIn, ingest: Ingest, capsys: pytest.CaptureFixture[str]
) -> None:
    ingest(reservation("r1", guest(email="anna@example.com")))
    browser = sign_in()
    too_long = browser.open(f"/guests?name={LONG}", 400)
    assert "too long" in too_long.text
    said = {"state": "explicit", "basis": "written", "topic": f"{LONG}.{LONG}", "property_id": "vienna"}
    assert browser.send(f"/guests/{ANNA}/consents", said).status_code in {400, 404}


@pytest.mark.parametrize("name", ["path", "self", "changes", "query"])
def test_a_query_may_be_called_as_we_call_something(sign_in: SignIn, name: str) -> None:
    sign_in().open(f"/board/vienna?{name}=x")


@pytest.mark.parametrize(
    "form", [{f"rule.and.{'9' * 5000}.trait": "x"}, {"act": f"remove:rule.and.{'9' * 5000}"}], ids=["field", "button"]
)
def test_a_number_that_is_too_long_to_be_one_counts_as_none(sign_in: SignIn, form: dict[str, str]) -> None:
    sent = sign_in().send("/segments/new", {"id": "x", "name": "x", "rule.kind": "and", "act": "show", **form})
    assert sent.status_code == 200


@pytest.mark.parametrize("wanted", ["/..", "/../u/token", "/guests/../../u", "/./guests", "//evil.test", "/guests/."])
def test_nobody_is_led_out_of_the_console_by_signing_in(wanted: str) -> None:
    assert not OURS.fullmatch(wanted)
    assert OURS.fullmatch("/guests/..a/b.c/.d")


@pytest.mark.parametrize("logo", ["https://a.test;sandbox/x.png", "https://a.test,sandbox/x.png", "https://*/x.png"])
def test_an_address_of_a_logo_says_nothing_else_in_the_policy(logo: str) -> None:
    assert Brand("Hotel", logo, "#000000").images == ""
    assert Brand("Hotel", "https://a.test:8443/x.png", "#000000").images == " https://a.test:8443"


def test_the_audit_names_the_guest_whom_a_template_was_shown_as(nobody: Browser, admin: Staff, ingest: Ingest) -> None:
    ingest(reservation("r1", guest(email="anna@example.com")))
    content = {"subject": "x", "html": "<p>{{ guest.given_name }}</p>", "text": "{{ guest.given_name }}"}
    shown = of(nobody, admin).send("/templates/new", {**content, "act": "html", "guest": ANNA})
    assert "Anna" in shown.body.decode()
    assert last(admin).guests == (ANNA,)


def test_the_audit_names_the_guest_for_whom_somebody_agreed(nobody: Browser, admin: Staff, ingest: Ingest) -> None:
    ingest(reservation("r1", guest(email="anna@example.com")))
    said = {"topic": "email.marketing", "state": "withdrawn", "how": "at the desk", "property_id": "vienna"}
    sent = of(nobody, admin).send(f"/guests/{ANNA}/consents", said)
    assert sent.status_code == 303, sent.body
    assert last(admin).guests == (ANNA,)


def test_the_audit_names_everybody_of_the_longest_board(admin: Staff) -> None:
    guests = tuple(f"g{number:024x}" for number in range(200 * 20))
    audit.note(audit.Entry(admin.id, Instant("2026-02-01T00:00:00.000Z"), "GET /console/board", guests=guests), "r")
    assert last(admin).guests == guests


def last(who: Staff) -> audit.Entry:
    return next(audit.of_actor(who.id, *EVER))


def test_a_stroke_too_many_leads_to_an_address_and_says_nothing_else(sign_in: SignIn) -> None:
    """The gateway hands the parts of an address over as they are meant, and a header is ASCII of one line."""
    assert sign_in().ask("GET", "/console/\u00e4 \\b/").headers["Location"] == "../%C3%A4%20%5Cb"
