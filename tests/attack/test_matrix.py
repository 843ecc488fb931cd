"""Every call of the API by every role, of the group, of the hotel that it is about, of another one, and of nobody."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

import pytest

from app import app
from chalicelib.access import sessions
from chalicelib.access.model import ROLES
from chalicelib.access.staff import store as people
from chalicelib.canonical.batch import Message
from chalicelib.canonical.ids import ConnectionId, PropertyId, StaffId, account_of, leaf_of_profile, reservation_id
from chalicelib.canonical.time import now
from chalicelib.connections import actions as connections
from chalicelib.dead_letters import actions as dead_letters
from chalicelib.entrypoints.api.calls import Call
from chalicelib.entrypoints.api.routes import CALLS
from tests import tables
from tests.builders import guest, reservation
from tests.entrypoints.conftest import Hub, Ingest
from tests.fake_mews import connection
from tests.mail_fakes import FakeSes

ANNA, ALIKE = leaf_of_profile(ConnectionId("api"), "g1"), leaf_of_profile(ConnectionId("api"), "g2")
ROOM = reservation_id(ConnectionId("api"), PropertyId("vienna"), "r1", 0)
MARK = "zzvienna"
"""Stands in all that the hotel Vienna alone told, and in no answer that others may have."""
PATH = {
    "property_id": "vienna", "connection_id": "mews-vienna", "key_id": "analyst-at-vienna", "guest_id": ANNA,
    "other_id": ALIKE,
    "channel": "email", "purpose": "marketing", "program_id": "club", "letter_id": "q1", "segment_id": "regulars",
    "template_id": "hello", "session_id": "0" * 64, "preference": "pillow", "note_id": "o1", "secret_id": "w0",
    "register_id": "made-up", "code_id": "cp1", "reservation_id": ROOM, "task_id": "t1",
    "account_id": account_of(ConnectionId("api"), f"{MARK}-c"),
}  # fmt: skip
"""What a path names: each thing is Vienna's, or the group's. Campaign, run, job and person have made-up ids."""
HOTEL = {
    "name": "Hotel Vienna", "time_zone": "Europe/Vienna", "country": "AT", "currency": "EUR",
    "mail_domains": ["hotel-vienna.example"],
}  # fmt: skip
PROGRAM = {"name": "Club", "points_per_unit": {"EUR": "10"}, "starts_on": "2020-01-01"}
SEGMENT = {"name": "Regulars", "rule": {"trait": "stats.stays", "op": "gte", "value": 1}}
TEMPLATE = {"name": "Hello", "subject": "Hello", "html": "<p>Hello</p>", "text": "Hello"}
CONNECTION = {"vendor": "canonical", "secrets": ["whsec_" + "A" * 32], "properties": {"vienna": "vienna"}}
IMPORT = {"kind": "guests", "source": "old", "exported_at": "2026-01-01T00:00:00Z"}
TOLD = {
    "kind": "guest", "source_id": "g9", "property_id": "vienna", "changed_at": "2026-01-01T00:00:00Z",
}  # fmt: skip
NOT_SEEN = 404
"""As if it were not there."""
FIELD = 400
"""The field that names another's hotel is refused."""
EMPTY = 200
"""An answer without anything of the other's."""


@dataclass(frozen=True)
class Asked:
    """How a call is made about Vienna, and the status that a key of another hotel gets for it."""

    elsewhere: int
    body: object = None
    query: str = ""


GROUP = Asked(403)
ASKED = {
    "properties:listed": Asked(EMPTY),
    "properties:put": Asked(403, HOTEL),
    "properties:get": Asked(NOT_SEEN),
    "properties:delete": GROUP,
    "boards:arrivals": Asked(NOT_SEEN, query="?date=2026-02-01"),
    "boards:departures": Asked(NOT_SEEN, query="?date=2026-02-03"),
    "boards:in_house": Asked(NOT_SEEN),
    "tasks:listed": Asked(NOT_SEEN),
    "tasks:of_reservation": Asked(NOT_SEEN),
    "tasks:create": Asked(NOT_SEEN, {"reservation": ROOM, "department": "other", "text": "Flowers"}),
    "tasks:put": Asked(NOT_SEEN, {"state": "done"}),
    "tasks:delete": Asked(NOT_SEEN),
    "connections:listed": Asked(EMPTY),
    "connections:put": Asked(NOT_SEEN, CONNECTION),
    "connections:get": Asked(NOT_SEEN),
    "connections:delete": Asked(NOT_SEEN),
    "connection_secrets:listed": Asked(NOT_SEEN),
    "connection_secrets:create": Asked(NOT_SEEN),
    "connection_secrets:delete": Asked(NOT_SEEN),
    "connection_trials:test": Asked(NOT_SEEN),
    "connection_backfill:start": Asked(403, {"since": "2026-01-01T00:00:00Z"}),
    "today:get": Asked(EMPTY),
    "access:listed": Asked(EMPTY),
    "access:create": Asked(403, {"name": "k", "role": "analyst", "properties": ["vienna"]}),
    "access:delete": Asked(NOT_SEEN),
    "staff:listed": Asked(EMPTY),
    "staff:invite": Asked(403, {"name": "Eve", "email": "eve@mail.example", "role": "admin", "properties": ["vienna"]}),
    "staff:get": Asked(NOT_SEEN),
    "staff:change": Asked(NOT_SEEN, {"name": "Eve"}),
    "staff:delete": Asked(NOT_SEEN),
    "staff:sessions_of": Asked(NOT_SEEN),
    "staff:end_sessions": Asked(NOT_SEEN),
    "staff:end_session": Asked(NOT_SEEN),
    "audit:listed": Asked(NOT_SEEN, query=f"?guest={ANNA}"),
    "provider:get": GROUP,
    "provider:put": Asked(403, {"issuer": "https://id.hotel.example", "client_id": "hub"}),
    "provider:delete": GROUP,
    "settings:get": GROUP,
    "settings:put": Asked(403, {}),
    "spend:get": GROUP,
    "spend:put": Asked(403, {}),
    "processing_record:get": GROUP,
    "retention:get": GROUP,
    "retention:preview": Asked(403, {"months": 36}),
    "consent_rules:listed": Asked(EMPTY),
    "topics:listed": Asked(EMPTY),
    "registers:listed": GROUP,
    "registers:take": Asked(403, {"made_on": "2026-01-01", "hashes": ["0" * 64]}),
    "registers:complete": Asked(403, {"made_on": "2026-01-01"}),
    "consent_rules:get": GROUP,
    "consent_rules:put": Asked(403, {}),
    "events:accept": Asked(FIELD, {"snapshots": [TOLD]}),
    "signups:ask": Asked(FIELD, {"email": f"{MARK}@mail.example", "words": "Yes", "property_id": "vienna"}),
    "imports:listed": GROUP,
    "imports:create": Asked(403, IMPORT),
    "imports:get": GROUP,
    "imports:read": Asked(403, {}),
    "imports:start": GROUP,
    "imports:rejected": GROUP,
    "guests:search": Asked(EMPTY, query=f"?email={MARK}@mail.example"),
    "guests:get": Asked(NOT_SEEN),
    "spend:of_guest": Asked(NOT_SEEN),
    "household:get": Asked(NOT_SEEN),
    "household:put": Asked(NOT_SEEN),
    "household:delete": Asked(NOT_SEEN),
    "accounts:listed": Asked(EMPTY),
    "accounts:create": Asked(403, {"kind": "company", "name": "n"}),
    "accounts:get": Asked(NOT_SEEN),
    "accounts:put": Asked(403, {"name": "n"}),
    "accounts:stays": Asked(NOT_SEEN),
    "exports:get": Asked(NOT_SEEN),
    "erasures:erase": Asked(NOT_SEEN),
    "erasures:plan": Asked(NOT_SEEN),
    "privacy_requests:listed": Asked(EMPTY),
    "privacy_requests:create": Asked(NOT_SEEN, {"guest": ANNA, "kind": "access"}),
    "privacy_requests:get": Asked(NOT_SEEN),
    "privacy_requests:change": Asked(NOT_SEEN, {"identity": "document_seen"}),
    "privacy_requests:export": Asked(NOT_SEEN),
    "erasures:listed": Asked(EMPTY),
    "erasures:get": Asked(NOT_SEEN),
    "erasures:tell": Asked(NOT_SEEN, {"source": "api", "status": "done"}),
    "corrections:patch": Asked(NOT_SEEN, {"language": "de"}),
    "habits:get": Asked(NOT_SEEN),
    "fields:listed": Asked(NOT_SEEN),
    "fields:patch": Asked(NOT_SEEN, {"fields": {"newspaper": "Die Zeit"}}),
    "notes:listed": Asked(NOT_SEEN),
    "notes:create": Asked(NOT_SEEN, {"text": "Writes novels"}),
    "notes:delete": Asked(NOT_SEEN),
    "captures:form": Asked(NOT_SEEN),
    "captures:create": Asked(NOT_SEEN, {"email": "anna@new.example", "purposes": ["marketing"]}),
    "capture_codes:create": Asked(NOT_SEEN, {}),
    "capture_codes:get": Asked(NOT_SEEN),
    "preferences:listed": Asked(NOT_SEEN),
    "preferences:put": Asked(NOT_SEEN, {"values": ["soft"]}),
    "preferences:delete": Asked(NOT_SEEN),
    "records:listed": Asked(NOT_SEEN),
    "origins:listed": Asked(NOT_SEEN),
    "origins:preview": Asked(403, {"survivorship": {"phone": {"by": "longest"}}}),
    "timeline:listed": Asked(NOT_SEEN),
    "stays:listed": Asked(NOT_SEEN),
    "charges:listed": Asked(NOT_SEEN),
    "restrictions:put": Asked(NOT_SEEN, {"restricted": True}),
    "restrictions:put_profiling": Asked(NOT_SEEN, {"objects": True}),
    "merge_candidates:listed": Asked(EMPTY),
    "merge_candidates:get": Asked(NOT_SEEN),
    "merge_proposals:propose": Asked(403, {"pairs": [[ANNA, ALIKE]]}),
    "identity_audits:listed": GROUP,
    "identity_audits:report": Asked(403, {"began_at": "2026-01-01T00:00:00.000000Z", "guests": 2, "records": 3}),
    "merge_decisions:decide": Asked(NOT_SEEN, {"records": [ANNA, ALIKE], "verdict": "apart"}),
    "merge_decisions:unmerge": Asked(NOT_SEEN, {"records": [ANNA]}),
    "merge_decisions:listed": Asked(NOT_SEEN),
    "consents:listed": Asked(NOT_SEEN),
    "consents:put": Asked(NOT_SEEN, {"state": "withdrawn", "how": "said so"}),
    "consents:lift_bounce": Asked(403, {"reason": "said so"}),
    "membership:listed": Asked(NOT_SEEN),
    "membership:enrol": Asked(NOT_SEEN, {"number": "C-100"}),
    "membership:end": Asked(NOT_SEEN),
    "membership:ledger": Asked(NOT_SEEN),
    "programs:listed": Asked(EMPTY),
    "programs:put": Asked(403, PROGRAM),
    "programs:get": Asked(EMPTY),
    "programs:count_points": GROUP,
    "members:listed": Asked(EMPTY),
    "jobs:listed": GROUP,
    "jobs:get": GROUP,
    "dead_letters:listed": Asked(NOT_SEEN, query="?connection=mews-vienna"),
    "dead_letters:get": Asked(NOT_SEEN),
    "dead_letters:purge": Asked(NOT_SEEN),
    "dead_letters:redrive": Asked(NOT_SEEN),
    "dead_letters:redrive_slice": Asked(NOT_SEEN, {"connection": "mews-vienna"}),
    "dead_letters:purge_slice": Asked(NOT_SEEN, {"connection": "mews-vienna"}),
    "segments:listed": Asked(EMPTY),
    "segments:put": Asked(403, SEGMENT),
    "segments:get": Asked(EMPTY),
    "segments:preview": Asked(403, {"rule": SEGMENT["rule"]}),
    "segments:preview_saved": GROUP,
    "segments:why": Asked(NOT_SEEN),
    "traits:listed": Asked(EMPTY),
    "templates:listed": Asked(EMPTY),
    "templates:put": Asked(403, TEMPLATE),
    "templates:get": Asked(EMPTY),
    "templates:preview": Asked(NOT_SEEN, {"subject": "x", "html": "x", "text": "x", "guest": ANNA}),
    "templates:preview_saved": Asked(NOT_SEEN, {"guest": ANNA}),
    "campaigns:listed": GROUP,
    "campaigns:create": Asked(403, {"name": "More", "segment": "regulars", "template": "hello"}),
    "campaigns:get": GROUP,
    "campaigns:change": Asked(403, {"name": "Other"}),
    "campaigns:launch": GROUP,
    "campaigns:pause": GROUP,
    "campaigns:resume": GROUP,
    "campaigns:cancel": GROUP,
    "campaigns:mail_missed": GROUP,
    "campaigns:decisions": GROUP,
    "campaigns:decision": GROUP,
}
"""By the function that answers: a call that is not listed fails the test."""
IDS = [each.answered_by for each in CALLS]
OPEN = {
    ("/health", "GET"), ("/openapi.json", "GET"), ("/docs", "GET"), ("/docs/{resource}", "GET"),
    ("/webhooks/{connection}", "POST"), ("/u/{token}", "GET"), ("/u/{token}", "POST"), ("/u/{token}/back", "GET"),
    ("/u/{token}/back", "POST"), ("/u/{token}/known", "GET"), ("/u/{token}/known/{kind}", "GET"),
    ("/u/{token}/known/{kind}", "POST"), ("/preferences/{token}", "GET"), ("/preferences/{token}", "POST"),
    ("/signup", "GET"), ("/signup", "POST"), ("/signup/{property_id}", "GET"),
    ("/signup/{property_id}", "POST"), ("/confirm/{token}", "GET"), ("/confirm/{token}", "POST"),
    ("/capture/{token}", "GET"), ("/capture/{token}", "POST"),
}  # fmt: skip
SHOWN = {
    "accounts:listed", "accounts:get", "accounts:stays", "habits:get", "stays:listed", "timeline:listed",
    "boards:departures", "exports:get", "tasks:of_reservation",
    "connections:listed", "connections:get", "dead_letters:listed", "dead_letters:get", "guests:search", "guests:get",
    "records:listed", "origins:listed", "merge_candidates:listed", "merge_candidates:get",
    "membership:listed", "members:listed", "staff:listed", "staff:get", "staff:sessions_of",
}  # fmt: skip
"""Calls that only look, and whose answer has the mark for whoever may have it."""


@dataclass(frozen=True)
class World:
    """A hotel with a guest, a connection, a dead letter and a key; and what the group has."""

    hub: Hub
    path: dict[str, str]

    def asked(self, call: Call, key: str | None) -> tuple[int, str]:
        """Status and text of the answer."""
        asked = ASKED[call.answered_by]
        response = self.hub.call(call.method, call.path.format(**self.path) + asked.query, asked.body, key=key)
        return int(response.status_code), response.body.decode()


@pytest.fixture
def world(hub: Hub, ingest: Ingest) -> World:
    FakeSes().install()
    person = guest(email=f"{MARK}@mail.example", given_name=MARK, family_name="Lee")
    ingest(reservation("r1", person, status="checked_out", company_id=f"{MARK}-c"))
    ingest({**person, "source_id": "g2", "given_name": f"{MARK}s", "property_id": "vienna"})
    connections.put(connection(base_url=f"https://{MARK}.example"))
    for each in _letters():
        dead_letters.set_aside("fetch", each, reason=f"gone {MARK}", archived=True)
    hub.get("/v1/properties", key="analyst@vienna")
    for name, body in {"programs/club": PROGRAM, "segments/regulars": SEGMENT, "templates/hello": TEMPLATE}.items():
        hub.put(f"/v1/{name}", body)
    hub.put(f"/v1/guests/{ANNA}/membership/club", {"number": MARK})
    made = {"name": "Spring", "segment": "regulars", "template": "hello"}
    campaign = hub.call("POST", "/v1/campaigns", made).json_body["id"]
    run = hub.call("POST", f"/v1/campaigns/{campaign}/launch").json_body["run"]["id"]
    (job,) = hub.get("/v1/jobs")["items"]
    gone = {**person, "source_id": "g3", "email": "gone@mail.example", "property_id": "vienna", "given_name": "Gone"}
    ingest({**gone, "family_name": "Away"})
    erasure = hub.call("DELETE", f"/v1/guests/{leaf_of_profile(ConnectionId('api'), 'g3')}").json_body["id"]
    requested = {"guest": ANNA, "kind": "access", "identity": "document_seen"}
    made_up = {
        "request_id": hub.call("POST", "/v1/privacy-requests", requested).json_body["id"],
        "erasure_id": erasure,
        "campaign_id": campaign,
        "run_id": run,
        "job_id": job["id"],
        "staff_id": _person(hub),
    }
    made_up["import_id"] = hub.call("POST", "/v1/imports", IMPORT).json_body["id"]
    return World(hub, {**PATH, **made_up})


def _person(hub: Hub) -> StaffId:
    """Of Vienna, and signed in."""
    asked = {"name": MARK, "email": "vera@mail.example", "role": "admin", "properties": ["vienna"]}
    invited = StaffId(hub.call("POST", "/v1/staff", asked).json_body["staff_id"])
    one = people.get(invited)
    assert one
    sessions.begin(one, now(), MARK)
    return invited


def _letters() -> Iterator[Message]:
    """Of a connection, of the API's source of a hotel, and of none."""
    for request, of in (("q1", "mews-vienna"), ("q2", "api-vienna"), ("q3", None)):
        body = {"request": request, "vendor": "mews", "connection": of, "body": {"LastName": MARK}}
        yield Message(f"m-{request}", body, {}, json.dumps(body))


def refused() -> Iterator[tuple[Call, str | None, int]]:
    """Who may not, and what each is answered."""
    for call in CALLS:
        yield call, None, 401
        yield call, "unknown", 401
        for role, hotel in product(ROLES, ("", "@vienna", "@porto")):
            if role not in call.roles or (call.group_only and hotel):
                yield call, role + hotel, 403


def permitted(hotel: str) -> Iterator[tuple[Call, str]]:
    """Who has the role, by a key of the hotel."""
    for call in CALLS:
        yield from ((call, f"{role}@{hotel}") for role in sorted(call.roles))


def test_every_call_of_the_table_is_asked() -> None:
    assert sorted(ASKED) == sorted(IDS)
    assert {each.answered_by for each in CALLS if each.group_only} == {
        name for name, each in ASKED.items() if each.elsewhere == 403 and name not in {"access:create", "staff:invite"}
    }


def test_every_other_route_is_open_to_whoever_has_its_address() -> None:
    """Each proves by itself who calls, by a signature or a token, or tells what all may know. The console asks for a
    session: tests/console goes through its pages."""
    asked = {(each.path, each.method) for each in CALLS}
    others = {(path, method) for path, methods in app.routes.items() for method in methods if method != "HEAD"} - asked
    assert {each for each in others if not each[0].startswith("/console")} == OPEN


def test_who_may_not_is_refused_and_changes_nothing(world: World) -> None:
    for _, key, _ in refused():
        world.hub.call("GET", "/v1/properties", key=key)  # each key is there from now on
    before = tables.state()
    asked = {(call.answered_by, key, status): world.asked(call, key) for call, key, status in refused()}
    assert {call: answer for call, answer in asked.items() if answer[0] != call[2] or MARK in answer[1]} == {}
    assert tables.state() == before


def test_a_key_of_another_hotel_sees_and_changes_nothing_of_this_one(world: World) -> None:
    for role in ROLES:
        world.hub.call("GET", "/v1/properties", key=f"{role}@porto")
    before = tables.state()
    for call, key in permitted("porto"):
        status, text = world.asked(call, key)
        assert (status, MARK in text) == (ASKED[call.answered_by].elsewhere, False), f"{call.answered_by} as {key}"
    assert tables.state() == before


def test_what_is_another_hotels_is_answered_like_what_is_not_there(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """In the same words, and after the same calls of AWS."""
    nowhere = replace(
        world,
        path=dict.fromkeys(world.path, "nowhere")
        | {"channel": "email", "purpose": "marketing", "preference": "pillow"},
    )
    for call, key in permitted("porto"):
        if ASKED[call.answered_by].elsewhere == NOT_SEEN:
            there, not_there = ((each.asked(call, key), calls(capsys)) for each in (world, nowhere))
            assert there == not_there, f"{call.answered_by} as {key}"


@pytest.mark.parametrize("hotel", ["porto", "vienna", "nowhere", ""])
@pytest.mark.parametrize("more", [{}, {"vendor": "mews"}, {"vendor": "other"}, {"base_url": "http://10.0.0.1"}])
def test_whatever_is_put_where_another_hotel_has_a_connection_is_answered_alike(
    world: World, hotel: str, more: dict[str, str]
) -> None:
    body = {**CONNECTION, "properties": {hotel: hotel} if hotel else {}, **more}
    refused = world.hub.call("PUT", "/v1/connections/mews-vienna", body, key="admin@porto")
    assert (refused.status_code, refused.json_body["detail"]) == (
        404,
        "There is no such connection, or no such property.",
    )


def calls(capsys: pytest.CaptureFixture[str]) -> object:
    """Of AWS, as the log tells of the last request."""
    return json.loads(capsys.readouterr().out.splitlines()[-1])["calls"]


def test_a_key_of_the_hotel_is_shown_what_it_told(world: World) -> None:
    """Else the others' tests would hold for a hub that shows nothing to anybody."""
    shown = {
        call.answered_by
        for call, key in permitted("vienna")
        if call.method == "GET" and not call.group_only and MARK in world.asked(call, key)[1]
    }
    assert shown == SHOWN
