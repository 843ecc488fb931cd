"""Every call against every key and every kind of bad body: refused as described, and nothing of it is kept."""

import json
import re
from typing import Any

import pytest

from chalicelib.access.model import ROLES
from chalicelib.aws import table
from chalicelib.canonical.batch import Message
from chalicelib.canonical.ids import ConnectionId, account_of, reservation_id
from chalicelib.connections.model import API
from chalicelib.dead_letters import actions as dead_letters
from chalicelib.entrypoints.api.calls import Call
from chalicelib.entrypoints.api.routes import CALLS
from tests import tables
from tests.builders import PORTO, VIENNA, guest, reservation
from tests.entrypoints.conftest import Hub, Ingest
from tests.entrypoints.test_access import HOTEL, PROGRAM, SEGMENT, TEMPLATE, problem

CONNECTION = {"vendor": "canonical", "properties": {"v": VIENNA.id}}
BODIES: dict[str, dict[str, Any]] = {
    "properties:put": HOTEL,
    "connections:put": CONNECTION,
    "access:create": {"name": "n", "role": "analyst", "properties": [VIENNA.id]},
    "staff:invite": {"name": "n", "email": "n@mail.example", "role": "analyst", "properties": [VIENNA.id]},
    "staff:change": {"name": "n"},
    "consent_rules:put": {"rules": []},
    "spend:put": {"currency": "EUR"},
    "accounts:create": {"kind": "company", "name": "n"},
    "accounts:put": {"name": "n"},
    "registers:take": {"made_on": "2026-01-01", "hashes": ["0" * 64]},
    "registers:complete": {"made_on": "2026-01-01"},
    "provider:put": {"issuer": "https://id.hotel.example", "client_id": "hub"},
    "events:accept": {"snapshots": [guest("g9", property_id=VIENNA.id)]},
    "dead_letters:redrive_slice": {"connection": "pms"},
    "dead_letters:purge_slice": {"connection": "pms"},
    "signups:ask": {"email": "ida@mail.example", "words": "I would like to get newsletters."},
    "connection_backfill:start": {"since": "2026-01-01T00:00:00Z"},
    "imports:create": {"kind": "guests", "source": "old", "exported_at": "2026-01-01T00:00:00Z", "currency": "EUR"},
    "imports:read": {"date_order": "day_first"},
    "merge_proposals:propose": {"pairs": [["g1", "g2"]]},
    "identity_audits:report": {"began_at": "2026-01-01T00:00:00.000000Z", "guests": 2, "records": 3},
    "merge_decisions:decide": {"records": ["g1", "g2"], "verdict": "apart"},
    "merge_decisions:unmerge": {"records": ["g1"]},
    "corrections:patch": {"language": "de"},
    "origins:preview": {"survivorship": {"phone": {"by": "longest"}}},
    "preferences:put": {"values": ["soft"]},
    "fields:patch": {"fields": {"newspaper": "Die Zeit"}},
    "notes:create": {"text": "Writes novels"},
    "captures:create": {"email": "anna@new.example", "purposes": ["marketing"]},
    "capture_codes:create": {},
    "tasks:create": {"reservation": "r1", "department": "concierge", "text": "Flowers"},
    "tasks:put": {"state": "done"},
    "consents:put": {"state": "explicit"},
    "restrictions:put": {"restricted": True},
    "restrictions:put_profiling": {"objects": True},
    "privacy_requests:create": {"guest": "g1", "kind": "access"},
    "privacy_requests:change": {"identity": "document_seen"},
    "erasures:tell": {"source": "api", "status": "done"},
    "membership:enrol": {},
    "programs:put": PROGRAM,
    "segments:put": SEGMENT,
    "templates:put": TEMPLATE,
    "templates:preview": {"subject": "s", "html": "h", "text": "t", "property_id": PORTO.id},
    "templates:preview_saved": {"property_id": PORTO.id},
    "campaigns:create": {"name": "c", "segment": "s", "template": "t"},
}
STAYED = {"status": "checked_out", "company_id": "c1"}
UNREADABLE = [
    b"", b"{", b"[]", b"null", b"1", b'"x"', b"\xff", b'{"a":NaN}', b"[" * 100_000, b'{"a":1,"a":2}', b'{"id":{}}',
    b'{"a":"\\ud800"}', b'{"name":1e400}', b"\xef\xbb\xbf{", '{"a":"é"}'.encode("utf-16"), b'{"extra":1}',
]  # fmt: skip
LIBRARY = re.compile(r"Input should|Value error|Extra inputs|Field required|valid |unable to|tag ", re.IGNORECASE)
"""How pydantic speaks."""
ODD: list[Any] = [None, True, -1, 10**30, 1.5, "", "x" * 5000, "\0", [], {}, [[]], {"a": {}}, ["a"] * 3, [None]]


@pytest.fixture
def ids(hub: Hub, ingest: Ingest) -> dict[str, str]:
    """Something of each kind, all of it of Porto or of the group."""
    hub.put("/v1/programs/club", PROGRAM)
    hub.put("/v1/segments/s", SEGMENT)
    hub.put("/v1/templates/t", TEMPLATE)
    hub.put("/v1/consent-settings", {"registers": [{"id": "ecg", "hash": "sha256", "valid_days": 30}]})
    hub.put("/v1/connections/pms", {**CONNECTION, "properties": {"p": PORTO.id}})
    ingest(reservation("r1", guest("g1", email="anna@lee.example"), property_id=PORTO.id, **STAYED))
    hub.call("POST", "/v1/campaigns", {"id": "camp", **BODIES["campaigns:create"]})
    letter = {"connection": "pms", "request": "q1"}
    dead_letters.set_aside("fetch", Message("m1", letter, {}, json.dumps(letter)), reason="gone", archived=True)
    made = hub.call("POST", "/v1/keys", {"name": "n", "role": "analyst", "properties": [PORTO.id]}).json_body
    person = {"name": "p", "email": "p@mail.example", "role": "analyst", "properties": [PORTO.id]}
    invited = hub.call("POST", "/v1/staff", person).json_body
    (anna,) = hub.get("/v1/guests?email=anna@lee.example")["items"]
    ingest(guest("g8", "Cleo", email="cleo@lee.example", property_id=PORTO.id))
    (cleo,) = hub.get("/v1/guests?email=cleo@lee.example")["items"]
    requested = {"guest": anna["id"], "kind": "access", "identity": "document_seen"}
    asked_for = hub.call("POST", "/v1/privacy-requests", requested).json_body
    gone = hub.call("DELETE", f"/v1/guests/{cleo['id']}").json_body
    for role in ROLES:
        for key in (role, f"{role}@vienna"):
            hub.call("GET", "/v1/properties", key=key)  # the key is there
    return {
        "property_id": PORTO.id,
        "connection_id": "pms",
        "key_id": made["key_id"],
        "staff_id": invited["staff_id"],
        "session_id": "0" * 64,
        "letter_id": "q1",
        "secret_id": "w0",
        "code_id": "cp1",
        "guest_id": anna["id"],
        "other_id": anna["id"],
        "erasure_id": gone["id"],
        "request_id": asked_for["id"],
        "channel": "email",
        "preference": "pillow",
        "note_id": "o1",
        "reservation_id": reservation_id(ConnectionId("api"), PORTO.id, "r1", 0),
        "task_id": "t1",
        "purpose": "marketing",
        "account_id": account_of(API, "c1"),
        "program_id": "club",
        "segment_id": "s",
        "template_id": "t",
        "register_id": "ecg",
        "campaign_id": "camp",
        "run_id": "n1",
        "import_id": hub.call("POST", "/v1/imports", BODIES["imports:create"]).json_body["id"],
        "job_id": hub.get("/v1/jobs")["items"][0]["id"],
    }


def ask(hub: Hub, call: Call, ids: dict[str, str], body: Any, key: str | None = "admin") -> Any:
    return hub.call(call.method, call.path.format(**ids), body, key=key)


def test_no_call_is_open_to_who_has_no_key_or_another_role(hub: Hub, ids: dict[str, str]) -> None:
    before = tables.state()
    for call in CALLS:
        body = BODIES.get(call.answered_by)
        for key in (None, "nobodys"):
            assert ask(hub, call, ids, body, key).status_code == 401
        for role in set(ROLES) - call.roles:
            assert ask(hub, call, ids, body, role).status_code == 403
    assert tables.state() == before


def test_a_key_of_one_hotel_changes_nothing_of_another_or_of_the_group(hub: Hub, ids: dict[str, str]) -> None:
    before = tables.state()
    for call in CALLS:
        makes_its_own = call.answered_by in {"access:create", "staff:invite", "events:accept", "signups:ask"}
        if "{" not in call.path and (call.method == "GET" or makes_its_own):
            continue
        for role in call.roles:
            response = ask(hub, call, ids, BODIES.get(call.answered_by), f"{role}@vienna")
            of_all = call.answered_by.partition(":")[0] in {"programs", "members", "segments", "templates"}
            shared = call.method == "GET" and of_all and "{guest_id}" not in call.path
            assert response.status_code == 200 if shared else response.status_code in {403, 404}, call
    assert tables.state() == before


def test_every_bad_body_is_refused_with_its_field_and_leaves_nothing(hub: Hub, ids: dict[str, str]) -> None:
    before = tables.state()
    for call in CALLS:
        good = BODIES.get(call.answered_by)
        if good is None:
            continue
        for raw in UNREADABLE:
            response = ask(hub, call, ids, raw)
            assert response.status_code == 400, (call, raw)
            assert problem(response)["errors"]
    assert tables.state() == before


def test_no_odd_value_in_any_field_is_a_fault_of_the_hubs_own(hub: Hub, ids: dict[str, str]) -> None:
    for call in CALLS:
        good = BODIES.get(call.answered_by, {})
        for name in good:
            for value in ODD:
                response = ask(hub, call, ids, {**good, name: value})
                assert response.status_code < 500, (call, name, value)
                assert not LIBRARY.search(response.json_body.get("detail", "")), response.json_body["detail"]


def test_a_field_of_several_shapes_gets_one_message(hub: Hub) -> None:
    rule = {"trait": "stays", "op": "eq", "value": {"a": 1}}
    response = hub.call("PUT", "/v1/segments/s", {"name": "n", "rule": rule})
    assert problem(response)["errors"] == [
        {
            "field": "rule.value",
            "message": "must be true or false, or must be a whole number, or must be text, or must be a list",
        }
    ]


@pytest.mark.parametrize(
    ("path", "body", "words"),
    [
        (
            "segments/s",
            {**SEGMENT, "rule": {"trait": "stats.nihgts", "op": "eq"}},
            "is no trait; there is stats.nights",
        ),
        ("segments/s", {**SEGMENT, "rule": {"trait": "member", "op": "gt"}}, "which takes eq, exists, ne"),
        ("segments/s", {**SEGMENT, "rule": {"trait": "member", "op": "is"}}, "must be one of eq, ne, gt, "),
        ("templates/t", {**TEMPLATE, "text": "{{ guest.frist_name }}"}, "which is not known; there is guest."),
        ("templates/t", {**TEMPLATE, "subject": "{{ guest.given_name | upcse }}"}, "there is upcase"),
        ("properties/p", {**HOTEL, "nmae": "x"}, "is not a field of this; there is attestations, brand, "),
        ("properties/p", {**HOTEL, "name": "\u200b"}, "must not be empty"),
        (
            "segments/s",
            {**SEGMENT, "rule": {"trait": "stats.stays", "op": "gte", "value": "many"}},
            "must be a whole number for gte of stats.stays",
        ),
        (
            "segments/s",
            {**SEGMENT, "rule": {"trait": "stats.stays", "op": "in", "value": 5}},
            "must be a list, each a whole number",
        ),
        (
            "segments/s",
            {**SEGMENT, "rule": {"trait": "stats.next_arrival", "op": "eq", "value": 1}},
            "stats.next_arrival.days_until are numbers",
        ),
        (
            "segments/s",
            {**SEGMENT, "rule": {"trait": "country", "op": "eq", "value": "Austria"}},
            "two letters, such as AT",
        ),
        ("segments/s", {**SEGMENT, "rule": {"trait": "country", "op": "in", "value": ["AT", "UK"]}}, "there is GB"),
        (
            "segments/s",
            {**SEGMENT, "rule": {"trait": "stats.room_revenue.EUO", "op": "gte", "value": 1}},
            "is of no currency (ISO 4217); there is EUR",
        ),
        ("templates/t", {**TEMPLATE, "html": "{% fro x in y %}"}, "unexpected tag 'fro'; there is for …"),
        ("templates/t", {**TEMPLATE, "subject": " "}, "would be empty"),
        ("templates/t", {**TEMPLATE, "text": "{% if false %}x{% endif %}"}, "would be empty"),
    ],
)
def test_a_refusal_names_what_there_is(hub: Hub, path: str, body: Any, words: str) -> None:
    response = hub.call("PUT", f"/v1/{path}", body)
    assert any(words in each["message"] for each in problem(response)["errors"]), problem(response)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/programs/new", PROGRAM),
        ("/v1/segments/new", SEGMENT),
        ("/v1/templates/new", TEMPLATE),
        ("/v1/connections/new", CONNECTION),
    ],
)
def test_who_writes_at_the_same_moment_as_another_is_told_so(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, path: str, body: dict[str, Any]
) -> None:
    def beside(*_: Any) -> None:
        raise table.ConditionFailed([0])

    hub.get("/v1/properties")  # the key is there
    monkeypatch.setattr(table, "write", beside)
    monkeypatch.setattr(table, "transact", beside)
    response = hub.call("PUT", path, body)
    assert (response.status_code, problem(response)["title"]) == (409, "Conflict")


@pytest.mark.parametrize(
    ("field", "value"), [("cap_mails", "3"), ("cap_mails", True), ("mails_singly", 0), ("mails_singly", "no")]
)
def test_a_value_of_another_type_than_the_description_says_is_refused(hub: Hub, field: str, value: object) -> None:
    response = hub.call("PUT", "/v1/settings", {field: value})
    assert response.status_code == 400
    assert [each["field"] for each in response.json_body["errors"]] == [field]


def test_a_template_that_would_take_too_much_is_told_its_field(hub: Hub) -> None:
    asked = {**TEMPLATE, "html": "<p>{% for i in (1..2000000000) offset:1999999990 %}x{% endfor %}</p>"}
    answer = hub.call("PUT", "/v1/templates/t", asked)
    (error,) = problem(answer)["errors"]
    assert (answer.status_code, error["field"]) == (400, "html")
    assert "more than 100 numbers" in error["message"]
