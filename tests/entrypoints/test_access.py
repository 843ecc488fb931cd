"""Who may call what: keys, roles, and a body that must be what it says."""

import json
import re
import time
from typing import Any
from urllib.parse import quote

import pytest

from chalicelib.access import remembered
from chalicelib.access.model import ROLES
from chalicelib.aws import keys, table
from chalicelib.aws.definitions import Definitions
from chalicelib.aws.settings import Settings, settings
from chalicelib.canonical.errors import Unauthorized
from chalicelib.canonical.ids import KeyId
from chalicelib.entrypoints.api.documents import nesting
from chalicelib.entrypoints.api.openapi import document
from chalicelib.entrypoints.api.routes import CALLS
from tests.builders import VIENNA
from tests.entrypoints.conftest import Hub

PROGRAM = {"name": "Club", "points_per_unit": {"EUR": "10"}}
SEGMENT = {"name": "Regulars", "rule": {"trait": "stats.stays", "op": "gte", "value": 2}}
TEMPLATE = {"name": "Hello", "subject": "Hello", "html": "<p>Hello</p>", "text": "Hello"}
HOTEL = {
    "name": "Hotel",
    "time_zone": "Europe/Vienna",
    "country": "AT",
    "currency": "EUR",
    "mail_domains": ["x.example"],
}
SNAPSHOT = {"kind": "guest", "source_id": "g1", "property_id": VIENNA.id, "changed_at": "2026-01-01T00:00:00Z"}
MAY: dict[str, set[str]] = {
    "GET /v1/properties": set(ROLES),
    "PUT /v1/properties/{property_id}": {"admin"},
    "GET /v1/connections": {"admin"},
    "GET /v1/keys": {"admin"},
    "POST /v1/keys": {"admin"},
    "POST /v1/events": {"admin", "integration"},
    "GET /v1/guests/{guest_id}": set(ROLES),
    "GET /v1/guests/{guest_id}/timeline": set(ROLES),
    "PUT /v1/guests/{guest_id}/consents/{channel}/{purpose}": {"admin", "front_desk"},
    "PUT /v1/guests/{guest_id}/membership/{program_id}": {"admin", "front_desk"},
    "DELETE /v1/guests/{guest_id}/membership/{program_id}": {"admin", "front_desk"},
    "PUT /v1/programs/{program_id}": {"admin"},
    "PUT /v1/segments/{segment_id}": {"admin", "marketer"},
    "GET /v1/segments/{segment_id}": {"admin", "marketer", "analyst"},
    "PUT /v1/templates/{template_id}": {"admin", "marketer"},
}


def problem(response: Any) -> dict[str, Any]:
    assert response.headers["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = response.json_body
    assert body["status"] == response.status_code
    assert body["type"] == "about:blank"
    return body


def fields(response: Any) -> list[str]:
    assert response.status_code == 400
    return [each["field"] for each in problem(response)["errors"]]


def test_without_a_known_key_every_call_is_refused_alike(hub: Hub) -> None:
    hub.get("/v1/properties")  # the key is there
    known_but_elsewhere = ["Basic xk_admin", "xk_admin", "Bearer xk_admin x"]
    for authorization in ["", "Bearer", "Bearer ", "Bearer xk_wrong", "Bearer \udcff", *known_but_elsewhere]:
        response = hub.call("GET", "/v1/properties", key=None, Authorization=authorization)
        assert response.status_code == 401
        assert response.headers["WWW-Authenticate"] == "Bearer"
        assert problem(response)["detail"] == str(Unauthorized())
        assert "`Authorization: Bearer <key>`" in problem(response)["detail"]


def test_a_refusal_says_who_may_and_which_parameters_there_are(hub: Hub) -> None:
    refused = hub.call("PUT", "/v1/segments/s", SEGMENT, key="front_desk")
    assert problem(refused)["detail"] == "The role front_desk may not do this: it is for admin, marketer."
    asked = hub.call("GET", "/v1/segments?limits=3")
    assert problem(asked)["detail"] == "limits: is not a parameter of this call; there is cursor, limit, named"
    assert problem(hub.call("GET", "/v1/settings?x=1"))["detail"] == "x: is not a parameter of this call"


def test_who_asks_too_much_at_once_is_told_when_to_come_again(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XENIA_CALLS_PER_SECOND", "1")
    settings.cache_clear()
    monkeypatch.setattr(time, "monotonic", lambda: 1000.0)
    for _ in range(10):
        assert hub.status("GET", "/v1/properties") == 200
    refused = hub.call("GET", "/v1/properties")
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1")
    assert problem(refused)["title"] == "Too many requests"
    assert hub.status("GET", "/v1/properties", key="analyst") == 200
    assert hub.status("GET", "/v1/properties", key="wrong") == 401


def test_the_description_names_the_challenge_as_api_gateway_hands_it_on(hub: Hub) -> None:
    for path, operations in document()["paths"].items():
        for method, operation in operations.items():
            refused = operation["responses"].get("401")
            assert refused is None or "x-amzn-Remapped-WWW-Authenticate" in refused["headers"], f"{method} {path}"


def test_a_refused_caller_does_not_learn_what_is_there(hub: Hub) -> None:
    known = hub.call("GET", "/v1/properties/vienna", key="wrong")
    unknown = hub.call("GET", "/v1/properties/nowhere", key="wrong")
    assert known.body == unknown.body


def test_the_table_of_calls_says_who_may(aws: Settings) -> None:
    named = {f"{call.method} {call.path}": set(call.roles) for call in CALLS}
    assert {name: named[name] for name in MAY} == MAY
    assert set().union(*named.values()) == set(ROLES)


def test_the_wrong_role_is_told_so(hub: Hub) -> None:
    for role in ["marketer", "front_desk", "analyst", "integration"]:
        response = hub.call("PUT", "/v1/programs/club", PROGRAM, key=role)
        assert response.status_code == 403
        assert problem(response)["title"] == "Forbidden"
        assert hub.status("GET", "/v1/programs/club") == 404


def test_what_belongs_to_all_hotels_asks_for_a_key_to_all(hub: Hub) -> None:
    for path, body in {
        "/v1/programs/club": PROGRAM,
        "/v1/segments/regulars": SEGMENT,
        "/v1/templates/hello": TEMPLATE,
        f"/v1/properties/{VIENNA.id}": HOTEL,
    }.items():
        assert hub.status("PUT", path, body, key="admin@vienna") == 403
        assert hub.status("PUT", path, body) == 200
    assert hub.status("DELETE", f"/v1/properties/{VIENNA.id}", key="admin@vienna") == 403
    assert hub.status("DELETE", f"/v1/properties/{VIENNA.id}") == 204


def test_bad_bodies_are_refused_with_the_place(hub: Hub) -> None:
    def said(raw: bytes) -> str:
        response = hub.call("PUT", "/v1/programs/club", raw)
        assert fields(response) == ["body"]
        return str(problem(response)["errors"][0]["message"])

    assert said(b"") == "is empty: a JSON object is wanted"
    assert said(b'{"name": }').startswith("is not JSON: Expecting value at line 1, column 10")
    assert said(b'{"name": "\xff"}') == "is not UTF-8 at byte 10"
    assert said(b'{"name": NaN}') == "has NaN, which JSON does not know"
    assert said(b'{"name": -Infinity}') == "has -Infinity, which JSON does not know"
    assert said(b'{"name": 1e999}') == "has a number beyond what can be kept"
    assert said(b'{"name": ' + b"9" * 5000 + b"}") == "is not JSON that can be read: a number is too long"
    assert said(b'{"name": "a", "name": "b"}') == "has an object that names a field twice"
    assert said(b'{"name": "\\ud800"}') == "has half of a surrogate pair: no text can hold it"
    assert said(b"[" * 100_000) == "is nested more than 64 deep"
    assert said(b'{"a":' * 100_000) == "is nested more than 64 deep"
    assert said(b'["' + b"[" * 100 + b'"]') == "must be a JSON object"
    assert said(b"null") == "must be a JSON object"
    assert hub.status("GET", "/v1/programs/club") == 404


def test_a_body_over_four_megabytes_is_refused(hub: Hub) -> None:
    response = hub.call("PUT", "/v1/programs/club", b'{"name": "' + b"x" * (4 * 1024 * 1024) + b'"}')
    assert response.status_code == 413
    problem(response)


def test_a_byte_order_mark_before_a_body_is_passed_over_and_no_body_is_told_so(hub: Hub) -> None:
    marked = (
        b"\xef\xbb\xbf"
        + json.dumps({"name": "Wien", "time_zone": "Europe/Vienna", "country": "AT", "currency": "EUR"}).encode()
    )
    assert hub.status("PUT", "/v1/properties/wien", marked) == 200
    for nothing in (b"", b" ", b"\xef\xbb\xbf"):
        (fault,) = hub.call("PUT", "/v1/properties/wien", nothing).json_body["errors"]
        assert fault == {"field": "body", "message": "is empty: a JSON object is wanted"}


def test_nesting_is_counted_outside_of_texts_and_ends_on_unfinished_ones() -> None:
    assert nesting('{"a": ["[[[", "\\"[[["]}') == 2
    assert nesting('["[[[[') == 1
    assert nesting('"' + '\\"' * 500_000) == 0


def test_every_wrong_field_is_named(hub: Hub) -> None:
    wrong = {"name": "", "points_per_unit": {"EURO": "ten"}, "excluded_channels": ["ota", "fax"], "colour": "red"}
    found = fields(hub.call("PUT", "/v1/programs/club", wrong))
    assert {"name", "excluded_channels.1", "colour"} <= set(found)
    assert any(each.startswith("points_per_unit.EURO") for each in found)


def test_the_fields_of_a_union_are_named_as_the_caller_wrote_them(hub: Hub) -> None:
    rule = {"and": [{"trait": "stats.stays", "op": "gte", "value": 2}, {"or": [{"trait": "country"}]}]}
    assert "rule.and.1.or.0.op" in fields(hub.call("PUT", "/v1/segments/regulars", {"name": "Regulars", "rule": rule}))


def test_a_put_takes_its_id_from_the_path(hub: Hub) -> None:
    assert hub.put("/v1/programs/club", PROGRAM)["id"] == "club"
    assert hub.put("/v1/programs/club", {"id": "club", **PROGRAM})["id"] == "club"
    assert fields(hub.call("PUT", "/v1/programs/club", {"id": "other", **PROGRAM})) == ["id"]
    assert fields(hub.call("PUT", "/v1/programs/UPPER", PROGRAM)) == ["id"]


def test_a_name_that_nothing_can_have_is_not_there(hub: Hub) -> None:
    for path in ["/v1/programs/UPPER", f"/v1/programs/{'x' * 3000}", "/v1/guests/a%00b", "/v1/keys/.."]:
        assert hub.status("DELETE" if "keys" in path else "GET", path) == 404


def test_a_limit_is_a_number_from_1_to_200(hub: Hub) -> None:
    for limit in ["0", "201", "-1", "1.5", "ten", "", "1e2", "٣"]:
        assert fields(hub.call("GET", f"/v1/properties?limit={limit}")) == ["limit"]


def test_a_name_that_nothing_can_have_is_not_there_for_a_put_either(hub: Hub) -> None:
    assert hub.status("PUT", f"/v1/guests/{'g' * 3000}/consents/email/marketing", {"state": "explicit"}) == 404


def test_an_unknown_parameter_is_refused_and_not_passed_over(hub: Hub) -> None:
    assert fields(hub.call("GET", f"/v1/guests?email={'a' * 600}")) == ["email"]
    assert fields(hub.call("GET", "/v1/properties?lmit=5")) == ["lmit"]


def test_pages_follow_each_other_to_the_end(hub: Hub) -> None:
    for number in range(5):
        hub.put(f"/v1/programs/p{number}", PROGRAM)
    seen, path = [], "/v1/programs?limit=2"
    while path:
        page = hub.get(path)
        seen.append([each["id"] for each in page["items"]])
        path = f"/v1/programs?limit=2&cursor={page['next_cursor']}" if page["next_cursor"] else ""
    assert seen == [["p0", "p1"], ["p2", "p3"], ["p4"]]


def test_a_cursor_that_was_changed_or_taken_elsewhere_is_refused(hub: Hub) -> None:
    for number in range(2):
        hub.put(f"/v1/programs/p{number}", PROGRAM)
    cursor = hub.get("/v1/programs?limit=1")["next_cursor"]
    changed = cursor[:-1] + ("A" if cursor[-1] != "A" else "B")
    for wrong in (changed, cursor[1:], "x", "%2B%2F", "a" * 500, ""):
        assert fields(hub.call("GET", f"/v1/programs?cursor={wrong}")) == ["cursor"]
    assert fields(hub.call("GET", f"/v1/properties?cursor={cursor}")) == ["cursor"]


def test_our_own_fault_tells_the_caller_a_correlation_and_nothing_else(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("anna.lee@example.com")

    monkeypatch.setattr(Definitions, "get", broken)
    capsys.readouterr()
    response = hub.call("GET", "/v1/programs/club")
    text = capsys.readouterr().out
    assert response.status_code == 500
    assert response.headers["X-Correlation-Id"] in problem(response)["detail"]
    assert "anna" not in response.body.decode() + text
    line = json.loads(text)
    assert line["failures"][0]["error"] == "RuntimeError"
    assert line["correlation_id"] == response.headers["X-Correlation-Id"]


@pytest.mark.parametrize(
    "made_up", ["4111111111111111", "4111 1111 1111 1111", "4111.1111.1111.1111", "Anna@Lee.Example"]
)
def test_what_a_caller_wrote_for_a_field_is_told_to_the_caller_and_not_to_the_log(
    hub: Hub, capsys: pytest.CaptureFixture[str], made_up: str
) -> None:
    link = {"vendor": "canonical", "properties": {made_up: "nowhere"}}
    capsys.readouterr()
    answers = [
        hub.call("PUT", "/v1/programs/club", {**PROGRAM, made_up: 1}),
        hub.call("PUT", "/v1/programs/club", {**PROGRAM, "points_per_unit": {made_up: "10"}}),
        hub.call("POST", "/v1/events", {"snapshots": [{**SNAPSHOT, made_up: "x"}]}),
        hub.call("GET", f"/v1/properties?{quote(made_up)}=1"),
        hub.call("PUT", "/v1/connections/pms", link),
    ]
    assert all(made_up in "".join(fields(each)) for each in answers[:2])
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(lines) == len(answers)
    told = json.dumps([line["failures"] for line in lines])
    assert not re.search(r"4111.*1111|nna|ee", told)
    assert lines[2]["failures"][0]["fields"][0].startswith("snapshots.0.?")


def test_a_passing_fault_asks_the_caller_to_come_again(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    from chalicelib.canonical.errors import TryAgain

    def busy(*_: object) -> None:
        raise TryAgain("the table answered ThrottlingException")

    monkeypatch.setattr(Definitions, "get", busy)
    response = hub.call("GET", "/v1/programs/club")
    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
    assert "Throttling" not in str(problem(response))


def test_whoever_writes_a_programme_at_the_same_moment_is_told_of_the_other(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    def was_faster(_: table.Write) -> None:
        raise table.ConditionFailed([0])

    hub.get("/v1/programs")  # the key is there
    monkeypatch.setattr(table, "write", was_faster)
    response = hub.call("PUT", "/v1/programs/club", PROGRAM)
    assert response.status_code == 409
    assert problem(response)["detail"] == "Somebody else changed this programme just now."


# Keys


def test_a_key_is_shown_once_and_works_until_it_is_deleted(hub: Hub) -> None:
    asked = {"name": "Reception", "role": "front_desk", "properties": [VIENNA.id]}
    response = hub.call("POST", "/v1/keys", asked)
    assert response.status_code == 201
    made = response.json_body
    assert made["key"].startswith("xk_")
    (listed,) = hub.get("/v1/keys")["items"]
    assert listed == {**asked, "key_id": made["key_id"]}
    assert hub.status("GET", "/v1/properties/vienna", key=made["key"].removeprefix("xk_")) == 200
    assert hub.status("GET", "/v1/properties/porto", key=made["key"].removeprefix("xk_")) == 404
    assert hub.status("DELETE", f"/v1/keys/{made['key_id']}") == 204
    assert hub.status("GET", "/v1/properties/vienna", key=made["key"].removeprefix("xk_")) == 401
    assert hub.status("DELETE", f"/v1/keys/{made['key_id']}") == 404


def test_nobody_makes_a_key_that_sees_more_than_their_own(hub: Hub) -> None:
    for wanted in (["*"], ["porto"], ["vienna", "porto"]):
        asked = {"name": "n", "role": "admin", "properties": wanted}
        assert hub.status("POST", "/v1/keys", asked, key="admin@vienna") == 403
    made = hub.call("POST", "/v1/keys", {"name": "n", "role": "admin", "properties": ["*"]}).json_body
    assert hub.get("/v1/keys", key="admin@vienna")["items"] == []
    assert hub.status("DELETE", f"/v1/keys/{made['key_id']}", key="admin@vienna") == 404


def test_a_key_for_a_hotel_that_is_not_there_is_refused(hub: Hub) -> None:
    asked = {"name": "n", "role": "analyst", "properties": ["vienna", "atlantis"]}
    assert fields(hub.call("POST", "/v1/keys", asked)) == ["properties.1"]


# Once


def post_key(hub: Hub, name: str, idempotency_key: str, key: str = "admin") -> Any:
    asked = {"name": name, "role": "analyst", "properties": ["vienna"]}
    return hub.call("POST", "/v1/keys", asked, key=key, Idempotency_Key=idempotency_key)


def test_a_repeated_request_makes_one_key_and_shows_it_again(hub: Hub) -> None:
    first, second = post_key(hub, "a", "once"), post_key(hub, "a", "once")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.body == second.body
    assert len(hub.get("/v1/keys")["items"]) == 1


def test_a_late_repetition_does_not_bring_a_deleted_key_back(hub: Hub) -> None:
    made = post_key(hub, "a", "once").json_body
    assert hub.status("DELETE", f"/v1/keys/{made['key_id']}") == 204
    assert post_key(hub, "a", "once").status_code == 409
    assert hub.get("/v1/keys")["items"] == []
    assert hub.status("GET", "/v1/properties/vienna", key=made["key"].removeprefix("xk_")) == 401


def test_a_shown_key_is_kept_nowhere(hub: Hub, aws: Settings) -> None:
    from chalicelib.aws import clients

    key = post_key(hub, "a", "once").json_body["key"]
    assert key not in json.dumps(clients.dynamodb().scan(TableName=aws.table)["Items"])


def test_another_request_under_the_same_key_is_a_conflict(hub: Hub) -> None:
    post_key(hub, "a", "once")
    response = post_key(hub, "b", "once")
    assert response.status_code == 409
    problem(response)
    assert len(hub.get("/v1/keys")["items"]) == 1


def test_the_idempotency_keys_of_two_callers_never_meet(hub: Hub) -> None:
    assert (
        post_key(hub, "a", "once").json_body["key"] != post_key(hub, "a", "once", key="admin@vienna").json_body["key"]
    )


def test_a_refused_request_can_be_sent_again_in_a_better_form_under_its_key(hub: Hub) -> None:
    wrong = {"name": "n", "role": "analyst", "properties": ["atlantis"]}
    assert hub.call("POST", "/v1/keys", wrong, Idempotency_Key="once").status_code == 400
    assert post_key(hub, "a", "once").status_code == 201


def test_an_idempotency_key_is_visible_ascii(hub: Hub) -> None:
    for key in ["", "x" * 129, "clé", "a\tb"]:
        assert fields(post_key(hub, "a", key)) == ["Idempotency-Key"]


def forget_everything(idempotency_key: str) -> None:
    """As the table does after 24 hours."""
    table.write(table.Delete(keys.idempotency(KeyId("admin"), idempotency_key)))


def test_a_key_is_not_shown_again_once_its_request_is_forgotten(hub: Hub) -> None:
    first = post_key(hub, "a", "once").json_body
    forget_everything("once")
    second = post_key(hub, "a", "once").json_body
    assert first["key"] != second["key"]
    assert first["key_id"] != second["key_id"]
    assert len(hub.get("/v1/keys")["items"]) == 2


def test_an_idempotency_key_can_be_used_for_something_else_once_it_is_forgotten(hub: Hub) -> None:
    assert post_key(hub, "a", "once").status_code == 201
    forget_everything("once")
    assert post_key(hub, "b", "once").status_code == 201


def test_a_remembered_request_that_expired_is_as_good_as_forgotten(hub: Hub) -> None:
    first = post_key(hub, "a", "once").json_body
    row = table.get(keys.idempotency(KeyId("admin"), "once"))
    table.write(table.Put({**(row or {}), "expires_at": 1}))
    assert post_key(hub, "a", "once").json_body["key"] != first["key"]


def test_a_refusal_beside_it_takes_nothing_from_a_request_that_is_done(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both carry the same key and body; one is refused while the other still works."""
    finish = remembered.finish

    def after_a_refusal(key_id: KeyId, idempotency_key: str, nonce: str, answer: remembered.Answer) -> None:
        remembered.forget(key_id, idempotency_key, nonce)
        finish(key_id, idempotency_key, nonce, answer)

    asked = {"snapshots": [SNAPSHOT]}
    with monkeypatch.context() as patched:
        patched.setattr(remembered, "finish", after_a_refusal)
        assert hub.call("POST", "/v1/events", asked, Idempotency_Key="once").status_code == 200
    assert table.get(keys.idempotency(KeyId("admin"), "once")) is None
    again = [hub.call("POST", "/v1/events", asked, Idempotency_Key="once") for _ in range(2)]
    assert [each.status_code for each in again] == [200, 200]


def test_a_refusal_leaves_the_answer_that_another_attempt_was_given(hub: Hub) -> None:
    asked = {"snapshots": [SNAPSHOT]}
    hub.call("POST", "/v1/events", asked, Idempotency_Key="once")
    row = keys.idempotency(KeyId("admin"), "once")
    remembered.forget(KeyId("admin"), "once", (table.get(row) or {})["nonce"])
    assert table.get(row)


def test_a_row_that_holds_no_request_is_begun_anew(hub: Hub) -> None:
    table.write(table.Put(table.row(keys.idempotency(KeyId("admin"), "once"), status=201, text="{}")))
    assert post_key(hub, "a", "once").status_code == 201
