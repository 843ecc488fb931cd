"""The form by which people sign up, the link of their mail, and the same over the API."""

import json
import re
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest

from chalicelib.aws import clients, queues
from chalicelib.aws.settings import Settings
from chalicelib.entrypoints.queues import send_chunk
from chalicelib.properties import store as properties
from chalicelib.settings import actions as settings
from chalicelib.settings.model import HubSettings
from tests.builders import PORTO, VIENNA
from tests.conftest import PUBLIC_URL
from tests.entrypoints.conftest import Hub
from tests.entrypoints.test_guest_pages import visit
from tests.entrypoints.test_way_back import title
from tests.fakes import Context, received
from tests.mail_fakes import FakeSes

FORM = f"/signup/{VIENNA.id}"
ASKED = {"email": "ida@mail.example", "words": "I would like to get newsletters.", "language": "fr"}


@pytest.fixture(autouse=True)
def ses(hub: Hub) -> FakeSes:
    queues.url_of("send")
    return FakeSes().install()


def sent(hub: Hub, path: str, status: int = 200, **fields: str) -> str:
    kind = "application/x-www-form-urlencoded"
    response = visit(hub, "POST", path, urlencode(fields).encode(), Content_Type=kind, Accept_Language="de")
    assert response.status_code == status, response.body
    return unescape(response.body.decode())


def seen(hub: Hub, path: str, status: int = 200, language: str = "en") -> str:
    response = visit(hub, "GET", path, Accept_Language=language)
    assert response.status_code == status, response.body
    return unescape(response.body.decode())


def rows(aws: Settings) -> Any:
    return clients.dynamodb().scan(TableName=aws.table)["Items"]


def link(ses: FakeSes) -> str:
    send_chunk(received("send"), Context())
    (path,) = re.findall(rf"^{re.escape(PUBLIC_URL)}(/confirm/\S+)$", ses.accepted[-1]["text"], re.MULTILINE)
    return str(path)


def consents_of(hub: Hub, address: str) -> list[dict[str, Any]]:
    (found,) = hub.get(f"/v1/guests?email={address}")["items"]
    return list(hub.get(f"/v1/guests/{found['id']}/consents")["history"])


def test_who_fills_in_the_form_and_presses_the_button_of_the_mail_is_a_guest_who_agreed(hub: Hub, ses: FakeSes) -> None:
    words = re.findall(r'<p id="words">(.+?)</p>', seen(hub, FORM, language="de"))
    sent(hub, FORM, email="Ida@Mail.example", given_name=" Ida ", family_name="Berg")
    path = link(ses)
    assert hub.get("/v1/guests?email=ida@mail.example")["items"] == []
    assert words[0] in seen(hub, path)
    sent(hub, path)
    (receipt,) = consents_of(hub, "ida@mail.example")
    assert (receipt["state"], receipt["basis"], receipt["proof"]["words"]) == ("confirmed", "guest", words[0])
    assert receipt["proof"]["page"] == FORM


def test_a_get_changes_nothing(hub: Hub, ses: FakeSes, aws: Settings) -> None:
    sent(hub, FORM, email="ida@mail.example")
    path = link(ses)
    before = rows(aws)
    for each in (FORM, "/signup", path):
        seen(hub, each)
    assert rows(aws) == before


def test_known_and_unknown_addresses_are_answered_alike(hub: Hub, ses: FakeSes) -> None:
    sent(hub, FORM, email="ida@mail.example")
    sent(hub, link(ses))
    assert sent(hub, FORM, email="ida@mail.example") == sent(hub, FORM, email="eve@mail.example")


def test_what_is_no_address_comes_back_with_what_was_typed_and_keeps_nothing(hub: Hub, aws: Settings) -> None:
    before = rows(aws)
    html = sent(hub, FORM, 400, email='"><b>x', given_name="Ida")
    assert 'aria-invalid="true"' in html
    assert (
        "<b>"
        not in visit(
            hub, "POST", FORM, b"email=%3Cb%3Ex", Content_Type="application/x-www-form-urlencoded"
        ).body.decode()
    )
    assert 'value="Ida"' in html
    assert rows(aws) == before


@pytest.mark.parametrize(
    ("body", "kind"),
    [(b"\xff=\xff", "application/x-www-form-urlencoded"), (b"{}", "application/json"), (b"", "")],
)
def test_what_is_no_form_is_asked_for_again(hub: Hub, body: bytes, kind: str) -> None:
    assert visit(hub, "POST", FORM, body, Content_Type=kind).status_code == 400


def test_too_many_from_one_address_are_told_so(hub: Hub) -> None:
    for _ in range(3):
        sent(hub, FORM, email="ida@mail.example")
    assert "später" in title(sent(hub, FORM, 429, email="ida@mail.example"))


@pytest.mark.parametrize("path", ["/signup/nowhere", "/confirm/x", f"/confirm/{'x' * 3000}"])
def test_what_is_not_there_is_a_page_that_says_so(hub: Hub, path: str) -> None:
    seen(hub, path, 404)
    sent(hub, path, 404, email="ida@mail.example")


def test_a_form_stands_in_a_frame_of_the_hotels_websites_alone(hub: Hub) -> None:
    properties.put(VIENNA.model_copy(update={"websites": ("www.vienna.example",)}))
    framed = {
        path: re.findall(r"frame-ancestors ([^;]+)", visit(hub, "GET", path).headers["Content-Security-Policy"])[0]
        for path in (FORM, "/signup", f"/signup/{PORTO.id}")
    }
    assert framed == {
        FORM: "https://www.vienna.example", "/signup": "https://www.vienna.example", f"/signup/{PORTO.id}": "'none'"
    }  # fmt: skip


def test_there_is_no_form_while_no_mail_could_be_sent(hub: Hub) -> None:
    settings.save(HubSettings())
    seen(hub, FORM, 404)
    assert hub.status("POST", "/v1/signups", {**ASKED, "property_id": VIENNA.id}) == 409


def test_a_site_of_the_hotels_own_asks_over_the_api_once_under_one_key(hub: Hub, ses: FakeSes) -> None:
    asked = {**ASKED, "property_id": VIENNA.id, "page": "https://www.vienna.example/news", "network": "192.0.2.7"}
    answers = [
        hub.call("POST", "/v1/signups", asked, key="integration@vienna", Idempotency_Key="once") for _ in range(2)
    ]
    assert [each.status_code for each in answers] == [202, 202]
    assert answers[0].json_body == answers[1].json_body
    assert answers[0].json_body["state"] == "asked"
    sent(hub, link(ses))
    (receipt,) = consents_of(hub, "ida@mail.example")
    proof = receipt["proof"]
    assert (proof["via"], proof["words"], proof["page"], proof["asked_from"], proof["key_id"]) == (
        "signup_api", ASKED["words"], "https://www.vienna.example/news", "192.0.2.7", "integration-at-vienna"
    )  # fmt: skip
    assert len(ses.accepted) == 1


TOPICS = [{"id": each, "purpose": "marketing", "names": {"en": each.title()}} for each in ("spa", "golf")]


def of_parts(hub: Hub, address: str) -> dict[str, str]:
    found = [each for each in consents_of(hub, address) if each["part"]]
    return {each["part"]: each["state"] for each in found}


def test_a_form_asks_for_topics_where_there_are_some_with_nothing_ticked(hub: Hub, ses: FakeSes) -> None:
    assert "topic" not in seen(hub, FORM)
    hub.put("/v1/consent-settings", {"topics": TOPICS})
    form = seen(hub, FORM)
    assert re.findall(r'name="(topic|frequency)" value="(\w+)"( checked)?', form) == [
        ("topic", "spa", ""), ("topic", "golf", ""), ("frequency", "all", " checked"), ("frequency", "week", ""),
        ("frequency", "month", ""),
    ]  # fmt: skip
    again = sent(hub, FORM, 400, email="none", topic="golf", frequency="week")
    assert re.findall(r'name="(?:topic|frequency)" value="(\w+)" checked', again) == ["golf", "week"]
    sent(hub, FORM, email="ida@mail.example", topic="golf", frequency="week")
    sent(hub, link(ses))
    assert of_parts(hub, "ida@mail.example") == {"golf": "explicit", "spa": "withdrawn", "@week": "withdrawn"}
    words = {each["part"]: each["proof"]["words"] for each in consents_of(hub, "ida@mail.example") if each["part"]}
    assert words == {"golf": "Golf", "spa": "Spa", "@week": "Höchstens einmal in der Woche"}


def test_what_was_chosen_on_a_site_of_the_hotels_own_is_handed_on(hub: Hub, ses: FakeSes) -> None:
    hub.put("/v1/consent-settings", {"topics": TOPICS})
    asked = {**ASKED, "topics": ["spa"], "frequency": "month"}
    assert hub.status("POST", "/v1/signups", asked) == 202
    sent(hub, link(ses))
    assert of_parts(hub, "ida@mail.example") == {"spa": "explicit", "golf": "withdrawn", "@month": "withdrawn"}


@pytest.mark.parametrize("place", [{"property_id": PORTO.id}, {}])
def test_a_key_of_one_hotel_asks_for_its_own_alone(hub: Hub, place: dict[str, str]) -> None:
    refused = hub.call("POST", "/v1/signups", {**ASKED, **place}, key="integration@vienna")
    assert refused.status_code == 400
    assert [each["field"] for each in refused.json_body["errors"]] == ["property_id"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "no address"),
        ("words", ""),
        ("page", "http://x"),
        ("words", "w" * 1001),
        ("network", "x" * 46),
        ("topics", ["tennis"]),
        ("frequency", "never"),
    ],
)
def test_what_is_wrong_is_told_with_its_field(hub: Hub, field: str, value: str) -> None:
    refused = hub.call("POST", "/v1/signups", {**ASKED, field: value})
    assert refused.status_code == 400
    assert [each["field"] for each in refused.json_body["errors"]] == [field]


def test_nothing_personal_of_a_sign_up_stands_in_the_log(hub: Hub, capsys: pytest.CaptureFixture[str]) -> None:
    sent(hub, FORM, email="ida@mail.example", given_name="Idalia")
    hub.call("POST", "/v1/signups", ASKED)
    told = capsys.readouterr().out
    assert json.loads(told.splitlines()[0])["route"]
    assert "ida@" not in told
    assert "Idalia" not in told
