"""/v1/staff: who is invited, changed and ended, and where they are signed in."""

import json
from typing import Any

import pytest

from chalicelib.access import audit, sessions
from chalicelib.access.staff import store as people
from chalicelib.access.staff.model import Staff
from chalicelib.aws.settings import Settings
from chalicelib.canonical.ids import KeyId, StaffId
from chalicelib.canonical.time import Instant, moment_of, now
from chalicelib.entrypoints.queues import send_chunk
from chalicelib.settings import installation
from tests.conftest import PUBLIC_URL
from tests.entrypoints.conftest import Hub
from tests.fakes import Context, received, waiting
from tests.mail_fakes import FakeSes

ANNA = {"name": "Anna", "email": "Anna@Hotel.example", "role": "front_desk", "properties": ["vienna"]}
EVER = Instant("2000-01-01T00:00:00.000000Z"), Instant("2999-01-01T00:00:00.000000Z")


def invited(hub: Hub, key: str = "admin", **more: object) -> dict[str, Any]:
    response = hub.call("POST", "/v1/staff", ANNA | more, key=key)
    assert response.status_code == 201, response.body
    made: dict[str, Any] = response.json_body
    return made


def kept(staff_id: StaffId) -> Staff:
    one = people.get(staff_id)
    assert one
    return one


def done(actor: str) -> list[str]:
    """In its order."""
    return [each.what for each in audit.of_actor(KeyId(actor), *EVER)][::-1]


def test_somebody_is_invited_shown_listed_changed_and_ended(hub: Hub) -> None:
    made = invited(hub)
    at = f"/v1/staff/{made['staff_id']}"
    assert made == {**ANNA, "staff_id": made["staff_id"], "email": "anna@hotel.example", "version": 1}
    assert hub.get(at) == made
    assert hub.get("/v1/staff")["items"] == [made]
    changed = hub.call("PATCH", at, {"role": "marketer", "version": 1})
    assert (changed.status_code, changed.json_body) == (200, {**made, "role": "marketer", "version": 2})
    assert hub.status("PATCH", at, {"role": "analyst", "version": 1}) == 409
    assert hub.status("DELETE", at) == 204
    assert [hub.status(method, at) for method in ("GET", "DELETE")] == [404, 404]
    assert hub.get("/v1/staff")["items"] == []


@pytest.mark.parametrize("role", ["marketer", "front_desk", "analyst", "integration"])
def test_only_an_admin_may(hub: Hub, role: str) -> None:
    at = f"/v1/staff/{invited(hub)['staff_id']}"
    assert hub.status("POST", "/v1/staff", ANNA, key=role) == 403
    for method, path in (("GET", "/v1/staff"), ("GET", at), ("DELETE", at), ("DELETE", f"{at}/sessions")):
        assert hub.status(method, path, key=role) == 403


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"email": "anna"}, "email"),
        ({"role": "integration"}, "role"),
        ({"properties": ["atlantis"]}, "properties.0"),
        ({"password": "x"}, "password"),
        ({"language": "../de"}, "language"),
    ],
)
def test_what_is_no_invitation_is_refused_with_its_field_and_nothing_is_kept(
    hub: Hub, more: dict[str, object], field: str
) -> None:
    response = hub.call("POST", "/v1/staff", ANNA | more)
    assert response.status_code == 400
    assert [each["field"] for each in response.json_body["errors"]] == [field]
    assert hub.get("/v1/staff")["items"] == []


def test_an_admin_of_a_hotel_gives_no_more_and_the_last_admin_of_the_group_stays(hub: Hub) -> None:
    assert hub.status("POST", "/v1/staff", {**ANNA, "properties": ["*"]}, key="admin@vienna") == 403
    last = invited(hub, role="admin", properties=["*"])
    for method, body in (("DELETE", None), ("PATCH", {"role": "analyst"}), ("PATCH", {"properties": ["vienna"]})):
        refused = hub.call(method, f"/v1/staff/{last['staff_id']}", body)
        assert refused.status_code == 409
        assert "last admin" in refused.json_body["detail"]


def test_an_invitation_is_mailed_once_with_the_page_to_sign_in_and_nothing_that_signs_in(hub: Hub) -> None:
    ses = FakeSes().install()
    for _ in range(2):
        response = hub.call("POST", "/v1/staff", {**ANNA, "name": "A <b>"}, Idempotency_Key="once")
        assert response.status_code == 201
    assert len(hub.get("/v1/staff")["items"]) == 1
    send_chunk(received("send"), Context())
    (mail,) = ses.accepted
    assert (mail["to"], mail["configuration_set"]) == ("anna@hotel.example", "xenia-test-staff")
    assert f"{PUBLIC_URL}/console/sign-in\n" in mail["text"]
    assert f'href="{PUBLIC_URL}/console/sign-in"' in mail["html"]
    assert "A &lt;b&gt;" in mail["html"]


@pytest.mark.parametrize(
    ("language", "subject"),
    [("de", "Sie sind zum Gäste-Hub eingeladen"), ("de-AT", "Sie sind zum Gäste-Hub eingeladen"),
     ("ja", "You are invited to the guest hub"), (None, "You are invited to the guest hub")],
)  # fmt: skip
def test_an_invitation_is_in_the_language_that_is_asked_for_or_in_english(
    hub: Hub, language: str | None, subject: str
) -> None:
    made = invited(hub, **({"language": language} if language else {}))
    assert "language" not in made
    told = json.loads(received("send")["Records"][0]["body"])
    assert told["subject"] == subject
    assert "anna@hotel.example" in told["text"]


def test_the_mail_leads_to_the_hubs_own_address_whatever_host_was_asked(hub: Hub) -> None:
    installation.note(public_url="https://real.example/api")
    hub.call("POST", "/v1/staff", ANNA, Host="evil.example", X_Forwarded_Host="evil.example")
    (record,) = received("send")["Records"]
    told = json.loads(record["body"])
    assert "https://real.example/api/console/sign-in" in told["text"]
    assert "evil" not in json.dumps(told)


def test_before_the_hub_knows_its_address_nobody_is_mailed(hub: Hub) -> None:
    installation.note(public_url="")
    invited(hub)
    assert waiting("send") == 0


def test_where_somebody_is_signed_in_is_listed_and_ended_one_by_one_or_all(hub: Hub) -> None:
    anna = StaffId(invited(hub)["staff_id"])
    cookies = [sessions.begin(kept(anna), now(), browser) for browser in ("Firefox", "Safari", "Chrome")]
    at = f"/v1/staff/{anna}/sessions"
    shown = hub.get(at)["items"]
    assert {each["browser"] for each in shown} == {"Firefox", "Safari", "Chrome"}
    assert not any(cookie.partition(".")[2] in json.dumps(shown) for cookie in cookies)
    safari = next(each for each in shown if each["browser"] == "Safari")
    assert hub.status("DELETE", f"{at}/{safari['session_id']}") == 204
    assert hub.status("DELETE", f"{at}/{safari['session_id']}") == 204
    assert [bool(sessions.of_cookie(each, now())) for each in cookies] == [True, False, True]
    assert hub.status("DELETE", at) == 204
    assert hub.get(at)["items"] == []
    assert done("admin") == ["invited", "signed_out", "signed_out", "signed_out"]


def test_each_change_of_the_staff_is_in_the_audit_with_ids_alone(hub: Hub, aws: Settings) -> None:
    made = invited(hub)
    at = f"/v1/staff/{made['staff_id']}"
    hub.call("PATCH", at, {"name": "Anna Lee"})
    hub.call("PATCH", at, {"name": "Anna Lee"})
    hub.call("DELETE", at)
    told = list(audit.of_actor(KeyId("admin"), *EVER))
    assert [(each.what, each.subject) for each in told] == [
        (what, made["staff_id"]) for what in ("ended", "changed", "invited")
    ]
    assert not any(word in str(told).lower() for word in ("anna", "hotel.example", "lee"))
    assert all(moment_of(each.at) <= now() for each in told)


def test_a_refused_change_is_in_no_audit(hub: Hub) -> None:
    last = invited(hub, role="admin", properties=["*"])
    assert hub.status("DELETE", f"/v1/staff/{last['staff_id']}") == 409
    assert hub.status("PATCH", f"/v1/staff/{last['staff_id']}", {"name": "x", "version": 7}) == 409
    assert done("admin") == ["invited"]
