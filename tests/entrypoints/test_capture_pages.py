"""/capture/{token}: a guest scans a code at the desk, and gives an address and a yes on their own phone, once."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from chalice.test import HTTPResponse

from chalicelib.aws import queues
from chalicelib.aws.signed import SignedIds
from chalicelib.canonical.errors import NotFound
from chalicelib.canonical.ids import ConnectionId, leaf_of_profile
from chalicelib.canonical.time import instant, now
from chalicelib.captures.model import Said
from chalicelib.consent.model import EMAIL, Suppression
from chalicelib.entrypoints.api import capture_codes
from chalicelib.identity.digests import digest
from chalicelib.languages.catalogues import SOURCE, languages
from chalicelib.messages.actions import suppress
from tests import tables
from tests.builders import PORTO, VIENNA, at, guest
from tests.conftest import PUBLIC_URL
from tests.crashes import beside, crash_at, points_of
from tests.entrypoints.conftest import Hub, Ingest
from tests.entrypoints.test_captures_api import GROUP, OWN, RELAY, address, answers, history, mailed
from tests.exhaustive import some_of
from tests.mail_fakes import FakeSes

ONE, OTHER = (leaf_of_profile(ConnectionId("api"), each) for each in ("g1", "g2"))
NOW = datetime(2026, 3, 1, tzinfo=UTC)
CODES = f"/v1/guests/{ONE}/capture-codes"
KIND = "application/x-www-form-urlencoded"
DESK = "front_desk@vienna"


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ses(hub: Hub) -> FakeSes:
    queues.url_of("send")
    return FakeSes().install()


@pytest.fixture
def meet(hub: Hub, ingest: Ingest) -> Callable[..., None]:
    def told(source_id: str = "g1", **fields: Any) -> None:
        ingest(guest(source_id, **{"email": RELAY, "property_id": VIENNA.id, "language": "de", **fields}))

    return told


@pytest.fixture
def anna(meet: Callable[..., None]) -> None:
    meet()


def code(hub: Hub, key: str = DESK, path: str = CODES, **said: Any) -> dict[str, Any]:
    answer = hub.call("POST", path, said, key=key)
    assert answer.status_code == 201, answer.json_body
    body: dict[str, Any] = answer.json_body
    return body


def link(hub: Hub, **said: Any) -> str:
    return str(code(hub, **said)["address"]).removeprefix(PUBLIC_URL)


def opened(hub: Hub, path: str, language: str = "en") -> HTTPResponse:
    return hub.client.http.request("GET", path, headers={"Accept-Language": language})


def fields(page: HTTPResponse, **typed: Any) -> dict[str, Any]:
    (shown,) = re.findall(r'name="shown" value="(\w+)"', page.body.decode())
    return {"shown": shown, "email": OWN, "agreed": ["marketing"], **typed}


def post(hub: Hub, path: str, sent: dict[str, Any], language: str = "en") -> HTTPResponse:
    headers = {"Content-Type": KIND, "Accept-Language": language}
    return hub.client.http.request("POST", path, headers=headers, body=urlencode(sent, doseq=True).encode())


def send(hub: Hub, path: str, language: str = "en", **typed: Any) -> HTTPResponse:
    return post(hub, path, fields(opened(hub, path, language), **typed), language)


def state(hub: Hub, made: dict[str, Any]) -> str:
    return str(hub.get(f"{CODES}/{made['id']}", key=DESK)["state"])


def test_a_guest_gives_an_address_on_their_own_phone_and_the_receipt_says_who_showed_the_code(
    hub: Hub, anna: None
) -> None:
    made = code(hub)
    assert (made["state"], made["until"]) == ("open", instant(NOW + timedelta(minutes=30)))
    path = made["address"].removeprefix(PUBLIC_URL)
    assert "you are signed up" in send(hub, path).body.decode()
    assert (state(hub, made), address(hub)) == ("granted", OWN)
    assert answers(hub) == {(GROUP, "marketing"): "explicit"}
    (receipt,) = history(hub)
    words = "I would like to get newsletters and offers from Hotel Vienna by e-mail. I can leave at any time."
    assert (receipt["basis"], receipt["proof"]) == (
        "guest", {"key_id": "front_desk-at-vienna", "source": "phone", "words": words, "language": "en"},
    )  # fmt: skip


def test_the_page_shows_the_hotel_and_nothing_of_the_guest_and_a_get_changes_nothing(hub: Hub, anna: None) -> None:
    path = link(hub)
    before = tables.rows()
    page = opened(hub, path)
    assert page.status_code == 200
    assert "Hotel Vienna" in page.body.decode()
    for told in ("Anna", "Lee", RELAY, ONE):
        assert told not in page.body.decode()
    assert "script" not in page.headers["Content-Security-Policy"]
    assert (page.headers["Cache-Control"], page.headers["Referrer-Policy"]) == ("no-store", "no-referrer")
    assert tables.rows() == before


@pytest.mark.parametrize("language", sorted(languages()))
def test_it_speaks_the_phones_language_and_so_does_the_receipt(hub: Hub, anna: None, language: str) -> None:
    path = link(hub)
    page = opened(hub, path, language).body.decode()
    assert f'lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}"' in page
    send(hub, path, language)
    (receipt,) = history(hub)
    assert receipt["proof"]["language"] == language
    assert receipt["proof"]["words"] in page


def test_topics_and_being_followed_are_chosen_on_the_phone_too(hub: Hub, anna: None) -> None:
    topics = [{"id": each, "purpose": "marketing", "names": {"en": each}} for each in ("spa", "golf")]
    hub.put("/v1/consent-settings", {"topics": topics})
    send(hub, link(hub), agreed=["marketing", "tracking"], topic=["spa"])
    assert answers(hub) == {(GROUP, "marketing"): "explicit", (GROUP, "tracking"): "explicit"}
    chosen = {each["part"]: each["state"] for each in hub.get(f"/v1/guests/{ONE}/consents")["choices"]}
    assert chosen == {"golf": "withdrawn"}


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"email": "anna"}, "one e-mail address of your own"),
        ({"email": RELAY}, "one e-mail address of your own"),
        ({"email": "info@firma.example"}, "one e-mail address of your own"),
        ({"agreed": []}, "tick it"),
        ({"agreed": ["tracking"]}, "tick it"),
        ({"shown": "other"}, "tick it"),
    ],
)
def test_what_is_refused_leaves_the_code_for_another_try(
    hub: Hub, anna: None, typed: dict[str, Any], told: str
) -> None:
    path = link(hub)
    before = tables.rows()
    answer = send(hub, path, **typed)
    assert (answer.status_code, tables.rows()) == (400, before)
    assert told in answer.body.decode()
    assert send(hub, path).status_code == 200


def test_a_code_is_for_one_use_and_the_same_again_is_the_same_use(hub: Hub, anna: None) -> None:
    path = link(hub)
    sent = fields(opened(hub, path))
    assert [post(hub, path, sent).status_code for _ in range(3)] == [200] * 3
    assert len(history(hub)) == 1
    for other in ({"email": "bob@other.example"}, {"agreed": ["marketing", "tracking"]}, {"email": "bob"}):
        assert post(hub, path, {**sent, **other}).status_code == 404
    assert (opened(hub, path).status_code, address(hub)) == (404, OWN)


def test_what_was_sent_again_later_undoes_nothing_that_was_said_since(
    hub: Hub, anna: None, clock: time_machine.Traveller
) -> None:
    path = link(hub)
    sent = fields(opened(hub, path))
    post(hub, path, sent)
    clock.shift(60)
    hub.call("PATCH", f"/v1/guests/{ONE}", {"email": "anna@new.example"}, key=DESK)
    hub.put(f"/v1/guests/{ONE}/consents/email/marketing", {"state": "withdrawn"})
    clock.shift(60)
    assert post(hub, path, sent).status_code == 200
    assert (address(hub), answers(hub)[GROUP, "marketing"]) == ("anna@new.example", "withdrawn")


def test_after_half_an_hour_it_is_as_one_that_never_was(hub: Hub, anna: None, clock: time_machine.Traveller) -> None:
    made = code(hub)
    path = made["address"].removeprefix(PUBLIC_URL)
    sent = fields(opened(hub, path))
    clock.shift(30 * 60)
    never = opened(hub, "/capture/x")
    for answer in (opened(hub, path), post(hub, path, sent), opened(hub, f"{path}x"), post(hub, f"{path}x", sent)):
        assert (answer.status_code, answer.body) == (404, never.body)
    assert (state(hub, made), address(hub)) == ("over", None)


def test_a_token_of_another_kind_of_link_leads_nowhere(hub: Hub, anna: None) -> None:
    made = code(hub)
    for salt, key in (("signup", "captures"), ("capture", "signups")):
        assert opened(hub, f"/capture/{SignedIds(key, salt).token(made['id'])}").status_code == 404
    assert opened(hub, f"/capture/{'x' * 3000}").status_code == 404


def test_who_was_erased_or_turned_out_a_child_is_asked_no_more(hub: Hub, anna: None, meet: Callable[..., None]) -> None:
    path = link(hub)
    sent = fields(opened(hub, path))
    meet(birth_date="2012-01-01", changed_at=at(4))
    assert (opened(hub, path).status_code, post(hub, path, sent).status_code) == (404, 404)
    assert hub.status("POST", CODES, {}, key=DESK) == 409
    meet(birth_date="1982-01-01", changed_at=at(5))
    assert opened(hub, path).status_code == 200
    hub.call("DELETE", f"/v1/guests/{ONE}")
    assert (opened(hub, path).status_code, post(hub, path, sent).status_code) == (404, 404)
    assert hub.get(f"/v1/guests?email={OWN}")["items"] == []


def test_it_means_the_guest_whose_record_it_was_shown_for_after_a_merge_and_a_split(
    hub: Hub, anna: None, meet: Callable[..., None]
) -> None:
    meet("g2", given_name="Ann", email=None)
    path = link(hub)
    sent = fields(opened(hub, path))
    hub.call("POST", "/v1/merge-decisions", {"records": [ONE, OTHER], "verdict": "join", "reason": "same card"})
    assert opened(hub, path).status_code == 200
    hub.call("POST", f"/v1/guests/{ONE}/unmerge", {"records": [OTHER], "reason": "two"})
    assert post(hub, path, sent).status_code == 200
    assert (address(hub), address(hub, OTHER)) == (OWN, None)
    assert (answers(hub), answers(hub, OTHER)) == ({(GROUP, "marketing"): "explicit"}, {})


def test_where_double_opt_in_is_asked_for_a_phone_is_no_proof_of_the_mailbox(
    hub: Hub, meet: Callable[..., None], ses: FakeSes
) -> None:
    meet(country="DE")
    made = code(hub)
    assert "Look at your mail" in send(hub, made["address"].removeprefix(PUBLIC_URL)).body.decode()
    assert (state(hub, made), answers(hub), mailed(ses)) == ("to_confirm", {}, [OWN])


def test_a_complaint_is_lifted_by_no_phone_for_nobody_saw_who_reads_the_mailbox(
    hub: Hub, meet: Callable[..., None]
) -> None:
    meet(email=OWN)
    list(suppress(digest("email", OWN), Suppression(reason="complaint", at=instant(NOW - timedelta(1))), EMAIL, []))
    assert send(hub, link(hub)).status_code == 200
    assert hub.get(f"/v1/guests/{ONE}/consents")["suppressed"] == ["complaint"]


def test_a_code_is_shown_to_who_made_it_alone_and_for_guests_of_their_hotel(hub: Hub, anna: None) -> None:
    made = code(hub)
    assert hub.status("GET", f"{CODES}/{made['id']}", key="front_desk") == 404
    assert hub.status("GET", f"{CODES}/{made['id']}", key="front_desk@porto") == 404
    assert hub.status("POST", CODES, {}, key="front_desk@porto") == 404
    assert hub.call("POST", CODES, {"property_id": PORTO.id}, key=DESK).json_body["errors"][0]["field"] == "property_id"
    assert hub.status("POST", CODES, {}, key="marketer") == 403


def test_what_is_kept_of_a_code_tells_no_address(hub: Hub, anna: None) -> None:
    send(hub, link(hub))
    (kept,) = [row for key, row in tables.rows().items() if str(key[0]).startswith("CAPTURE#")]
    assert OWN not in repr(kept)
    assert "Anna" not in repr(kept)


def sends(hub: Hub) -> Callable[[str], bool]:
    """Whether what is sent by a code of Anna's was done; not over HTTP, where a test's second request takes the place
    of its first."""
    token = link(hub).removeprefix("/capture/")
    asked = capture_codes.asked_behind(token, SOURCE, instant(NOW))

    def by(email: str) -> bool:
        said = Said(email, SOURCE, {asked.main: asked.sentences[asked.main]}, place="phone")
        try:
            return capture_codes.sent(token, said, instant(NOW)) == "granted"
        except NotFound:
            return False

    return by


@pytest.mark.parametrize("number", range(0, 40, 2))
def test_of_two_that_are_sent_by_one_code_at_once_one_is_done(hub: Hub, anna: None, number: int) -> None:
    by, done = sends(hub), dict[str, bool]()
    others = "bob@other.example"
    met = beside(number, lambda: done.update({OWN: by(OWN)}), lambda: done.update({others: by(others)}))
    (won,) = [each for each, is_done in done.items() if is_done]
    assert met is (len(done) == 2)
    assert (address(hub), len(history(hub))) == (won, 1)


@pytest.mark.parametrize("number", range(0, 40, 2))
def test_a_double_click_is_one_click(hub: Hub, anna: None, number: int) -> None:
    by, done = sends(hub), list[bool]()
    beside(number, lambda: done.append(by(OWN)), lambda: done.append(by(OWN)))
    assert set(done) == {True}
    assert (address(hub), len(history(hub))) == (OWN, 1)
    assert len(hub.get(f"/v1/guests/{ONE}/records")["items"]) == 2


@pytest.mark.exhaustive(quick=())
def test_whatever_crashes_the_same_form_again_completes_it_once_at_the_first_ones_time(
    hub: Hub, meet: Callable[..., None], clock: time_machine.Traveller
) -> None:
    def begun(name: str) -> tuple[str, str, dict[str, Any]]:
        leaf = leaf_of_profile(ConnectionId("api"), name)
        meet(name, given_name=f"Anna{name}", email=None)
        path = link(hub, path=f"/v1/guests/{leaf}/capture-codes")
        return leaf, path, fields(opened(hub, path), email=f"{name}@lee.example")

    _, path, sent = begun("c")
    for number, point in enumerate(some_of(points_of(lambda: post(hub, path, sent)))):
        leaf, each, typed = begun(f"c{number}")
        crash_at(point, lambda at=each, told=typed: post(hub, at, told))  # type: ignore[misc]
        assert not answers(hub, leaf) or address(hub, leaf), point
        (kept,) = [row for key, row in tables.rows().items() if key.pk.startswith("CAPTURE#") and row["leaf"] == leaf]
        clock.shift(1)
        assert post(hub, each, typed).status_code == 200, point
        (receipt,) = history(hub, leaf)
        assert address(hub, leaf) == typed["email"], point
        assert receipt["at"] == kept.get("taken_at", instant(now())), point
