"""/v1/templates: what a guest would read of one, and what is wrong with it at which line."""

import json
import re
from typing import Any

import pytest

from chalicelib.campaigns import planning, running
from chalicelib.canonical.ids import ConnectionId, leaf_of_profile
from tests import tables
from tests.attack.hotels import Hotels
from tests.builders import PORTO, VIENNA, at, guest, reservation
from tests.entrypoints.conftest import Hub, Ingest
from tests.fakes import received
from tests.mail_fakes import FakeSes

ANNA = leaf_of_profile(ConnectionId("api"), "g1")
PREVIEW = "/v1/templates/preview"
HELLO = {"subject": "Hello {{ guest.given_name }}", "html": "<p>Dear {{ guest.given_name }}</p>", "text": "Dear all"}


def shown(hub: Hub, body: object, path: str = PREVIEW, key: str = "marketer") -> dict[str, Any]:
    answer = hub.call("POST", path, body, key=key)
    assert answer.status_code == 200, answer.body
    return dict(answer.json_body)


@pytest.fixture(autouse=True)
def address(hub: Hub) -> None:
    hub.put("/v1/settings", {"group": {"postal_address": "Ring 1, Vienna", "sender": "Hotels <a@hotel.example>"}})


def test_a_template_that_is_not_saved_is_shown_as_a_guest_would_read_it(hub: Hub, ingest: Ingest) -> None:
    ingest(guest())
    found = shown(hub, {**HELLO, "guest": ANNA})
    assert (found["subject"], found["faults"]) == ("Hello Anna", [])
    assert "<p>Dear Anna</p>" in found["html"]
    assert "Ring 1, Vienna" in found["html"]
    assert "Ring 1, Vienna" in found["text"]
    assert hub.get("/v1/templates")["items"] == []


def test_the_way_out_in_a_preview_leads_nowhere(hub: Hub, ingest: Ingest) -> None:
    """A link that works would let whoever builds mails take a guest off the list."""
    ingest(guest(email="anna@mail.example", marketing_email=True))
    found = shown(hub, {**HELLO, "guest": ANNA, "text": "Good morning to you. Leave: {{ unsubscribe_url }}"})
    assert "/u/preview" in found["text"]
    assert hub.call("POST", "/u/preview", key=None).status_code >= 400


def test_without_a_guest_it_is_shown_to_one_of_whom_all_is_known(hub: Hub) -> None:
    assert shown(hub, HELLO)["subject"] == "Hello Anna"


def test_a_saved_template_is_shown_in_the_words_of_a_hotel(hub: Hub, ingest: Ingest) -> None:
    branding = {"postal_address": "Rua 1, Porto"}
    hub.put("/v1/properties/porto", {**PORTO.model_dump(mode="json"), "branding": branding})
    ingest(guest())
    hub.put("/v1/templates/hello", {"name": "Hello", **HELLO})
    found = shown(hub, {"guest": ANNA, "property_id": "porto"}, "/v1/templates/hello/preview")
    assert (found["subject"], "Rua 1, Porto" in found["html"]) == ("Hello Anna", True)
    assert hub.status("POST", "/v1/templates/unknown/preview", {}) == 404


def test_a_preview_is_the_very_mail_that_is_sent(hub: Hub, ingest: Ingest) -> None:
    """But for the way out, which is the guest's own in the mail."""
    ses = FakeSes().install()
    ingest(reservation("r1", guest(email="anna@mail.example", marketing_email=True), status="checked_out"))
    hub.put("/v1/templates/hello", {"name": "Hello", **HELLO, "text": "Last here {{ guest.last_departure }}"})
    hub.put("/v1/segments/stayed", {"name": "S", "rule": {"trait": "stats.stays", "op": "gte", "value": 1}})
    hub.call("POST", "/v1/campaigns", {"id": "c", "name": "C", "segment": "stayed", "template": "hello"})
    run = hub.call("POST", "/v1/campaigns/c/launch").json_body["run"]["id"]
    for part in range(16):
        planning.plan_run({"run": run, "part": part})
    for record in received("send")["Records"]:
        running.send_chunk(json.loads(record["body"]))
    (mail,) = ses.accepted
    found = shown(hub, {"guest": ANNA}, "/v1/templates/hello/preview")
    assert {part: re.sub(r"/u/[^\s\"<]+", "/u/preview", mail[part]) for part in ("subject", "html", "text")} == {
        part: found[part] for part in ("subject", "html", "text")
    }


def test_a_preview_keeps_nothing(hub: Hub, ingest: Ingest) -> None:
    ingest(guest())
    shown(hub, {**HELLO, "guest": ANNA})
    before = tables.state()
    shown(hub, {**HELLO, "guest": ANNA})
    assert tables.state() == before


@pytest.mark.parametrize(
    ("parts", "part", "line", "column"),
    [
        ({"html": "<p>\nDear {{ guest.shoe_size }}</p>"}, "html", 2, 9),
        ({"html": "<p>a\n\n  {{ guest.given_name | safe }}</p>"}, "html", 3, 25),
        ({"text": "a\nb {% if %}c"}, "text", 2, 6),
        ({"text": "a\nb\n{% include 'x' %}"}, "text", 3, 4),
        ({"text": "a\n{{ guest.given_name"}, "text", 2, 1),
        ({"text": "{% raw %}\n"}, "text", 1, 1),
        ({"html": "<p>\n<a {{ guest.given_name }}>x</a></p>"}, "html", 2, 4),
        ({"html": "<p>\n<b {% if guest.country %}class='x{% endif %}y'>x</b></p>"}, "html", 2, 7),
        ({"subject": "a {{ guest.none }}"}, "subject", 1, 6),
        ({"text": "a\n\n{% for i in (1..1000) %}x{% endfor %}"}, "text", 3, 4),
    ],
)
def test_a_fault_is_told_with_line_and_column(
    hub: Hub, parts: dict[str, str], part: str, line: int, column: int
) -> None:
    """Of a preview in fields, and of what is refused to be saved in words."""
    found = shown(hub, {**HELLO, **parts})
    assert (found["subject"], found["html"], found["text"]) == (None, None, None)
    fault = found["faults"][0]
    assert (fault["part"], fault["line"], fault["column"], fault["reason"]) == (part, line, column, None)
    refused = hub.call("PUT", "/v1/templates/t", {"name": "T", **HELLO, **parts})
    told = refused.json_body["errors"][0]
    assert refused.status_code == 400
    assert told["field"] == part
    assert told["message"] == f"{fault['message']} (line {line}, column {column})"


def test_what_stands_nowhere_has_no_line(hub: Hub) -> None:
    fault = shown(hub, {**HELLO, "html": '<p><a href="http://x.example">x</a></p>'})["faults"][0]
    assert (fault["part"], fault["line"], fault["column"]) == ("html", None, None)


def test_why_this_guest_would_get_nothing_is_told_in_the_words_of_the_hold(hub: Hub, ingest: Ingest) -> None:
    ingest(guest(given=None))
    found = shown(hub, {**HELLO, "guest": ANNA})
    (fault,) = found["faults"]
    assert (found["subject"], fault["reason"], fault["part"]) == (None, "missing_variable", "subject")
    assert (fault["line"], fault["column"]) == (1, 10)
    assert "not known of this guest" in fault["message"]


def test_a_guest_whose_name_is_advertising_is_told_as_such(hub: Hub, ingest: Ingest) -> None:
    ingest(guest(given="Visit casino.com now"))
    (fault,) = shown(hub, {**HELLO, "guest": ANNA})["faults"]
    assert (fault["reason"], fault["part"], fault["line"]) == ("name_is_advertising", None, None)


def test_a_hotel_previews_as_its_own_guests_and_with_its_own_words_alone(hub: Hub) -> None:
    hotels = Hotels(hub).opened()
    hub.put("/v1/settings", {"group": {"postal_address": "Ring 1, Vienna"}})
    hotels.post(VIENNA, guest("v1", "Anna", email="anna@mail.example"))
    at_porto = guest("p1", "Anna Maria", email="anna@mail.example")
    hotels.post(PORTO, reservation("p1", at_porto, changed_at=at(1), arrival="2026-05-01", departure="2026-05-04"))
    own = hotels.leaf(VIENNA, "v1")
    asked = {**HELLO, "text": "See you on {{ guest.next_arrival | default: 'some day' }}"}
    found = shown(hub, {**asked, "guest": own}, key="marketer@vienna")
    assert (found["subject"], "some day" in found["text"]) == ("Hello Anna", True)
    for key, leaf in (("marketer@porto", own), ("marketer@vienna", "nobody")):
        seen = hub.call("GET", f"/v1/guests/{leaf}", key=key.replace("marketer", "front_desk")).status_code
        assert hub.status("POST", PREVIEW, {**asked, "guest": leaf}, key=key) == seen
    assert hub.status("POST", PREVIEW, {**asked, "property_id": "porto"}, key="marketer@vienna") == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"subject": "x", "html": "x"}, "text"),
        ({**HELLO, "guest": "No Body"}, "guest"),
        ({**HELLO, "name": "x"}, "name"),
        ({**HELLO, "subject": ""}, "subject"),
    ],
)
def test_a_body_that_is_no_preview_is_refused_with_its_field(hub: Hub, body: object, field: str) -> None:
    refused = hub.call("POST", PREVIEW, body)
    assert (refused.status_code, refused.json_body["errors"][0]["field"]) == (400, field)


def test_dear_templates_are_refused_before_they_take_their_time(hub: Hub) -> None:
    """Within the bounds of what is sent."""
    loop = "{% for i in (1..100) %}" * 3 + "x" + "{% endfor %}" * 3
    (fault, *_) = shown(hub, {**HELLO, "text": loop})["faults"]
    assert "cannot be filled in" in fault["message"]
