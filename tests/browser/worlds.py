"""What the console's pages are looked at with: two hotels with guests of many scripts, and one of everything else."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import time_machine
from chalice.test import Client

from app import app
from chalicelib.access import audit, sessions
from chalicelib.access.audit import Entry
from chalicelib.access.provider import store as providers
from chalicelib.access.provider.model import Provider
from chalicelib.access.staff.model import STAFF_ROLES, Staff, StaffRole
from chalicelib.campaigns import actions as campaigns
from chalicelib.canonical import time
from chalicelib.canonical.batch import Message
from chalicelib.canonical.facts import Fact
from chalicelib.canonical.ids import CampaignId, ConnectionId, capture_of, leaf_of_profile, reservation_id
from chalicelib.captures import codes
from chalicelib.connections import actions as connections
from chalicelib.dead_letters import actions as dead_letters
from chalicelib.entrypoints import queues
from chalicelib.ingest import actions as ingest
from chalicelib.loyalty import actions as loyalty
from chalicelib.properties import store as properties
from chalicelib.reactions import hears
from tests.access.staffed import somebody
from tests.browser.stays import NOW, told
from tests.builders import PORTO, VIENNA, guest, notice
from tests.campaigns.worlds import run_to_end
from tests.entrypoints.conftest import Hub
from tests.fake_mews import connection
from tests.fakes import Context, received
from tests.lists import STAYS
from tests.mail_fakes import FakeSes

PEOPLE = ("ada", "mia", "fritz", "ann")
ANNA, BESIDE = leaf_of_profile(ConnectionId("api"), "g0"), leaf_of_profile(ConnectionId("api"), "alike")
ALIKE = guest("alike", "Annah", "Lee", email="guest0@mail.example", country="AT", property_id=VIENNA.id)
"""Rather Anna once more than another guest."""
GONE = guest("gone", "Otto", "Adler", email="otto@mail.example", property_id=VIENNA.id)
PROGRAM = {"name": "Xenia Club", "points_per_unit": {"EUR": "10"}, "starts_on": "2020-01-01", "auto_enrol": True}
SEGMENT = {
    "name": "Came back",
    "rule": {
        "and": [
            {"trait": "stats.stays", "op": "gte", "value": 1},
            {"not": {"trait": "country", "op": "eq", "value": "US"}},
        ]
    },
}
TEMPLATE = {
    "name": "Spring",
    "subject": "Spring is here, {{ guest.given_name | default: 'guest' }}",
    "html": "<h1>Spring</h1><p>Dear {{ guest.given_name | default: 'guest' }}, the garden is open again.</p>",
    "text": "Dear {{ guest.given_name | default: 'guest' }}, the garden is open again.",
}
CAMPAIGN = {"name": "Spring in both houses", "segment": "came-back", "template": "spring"}
BRAND = {"name": "Alpine Hotels", "sender": "Alpine Hotels <news@alpine.example>", "legal_entity": "alpine"}
SESSIONS = 2
SPEND = {
    "currency": "EUR",
    "commissions": [{"channel": "ota", "basis_points": 1500, "since": "2024-01-01"}],
    "rates": [{"currency": "USD", "since": "2024-01-01", "rate": "0.92"}],
}
CONNECTION = {"vendor": "canonical", "secrets": ["whsec_" + "A" * 32], "properties": {"porto": "porto"}}


@dataclass(frozen=True)
class World:
    """The people who work with the hub, by role; and what stands in a page's address for each name in its path."""

    staff: Mapping[StaffRole, Staff]
    names: Mapping[str, str]

    def session(self, role: StaffRole) -> str:
        return sessions.begin(self.staff[role], time.now())

    def names_for(self, role: StaffRole | None) -> Mapping[str, str]:
        """The same, with what everybody has of their own: a session on another machine, a code that they show to a
        guest; and a session of the marketer's."""
        own = {"session_id": self._another(role), "code_id": self._code(role)} if role else {"code_id": "cp1"}
        return {**self.names, "their_session": self._another("marketer"), **own}

    def _code(self, role: StaffRole) -> str:
        return codes.show(capture_of(role), self.staff[role].caller, ANNA, VIENNA.id, time.now()).id

    def _another(self, role: StaffRole) -> str:
        """The first of two: the second may be the one that is looked through."""
        while len(found := sessions.listed(self.staff[role].id, time.now())) < SESSIONS:
            self.session(role)
        return min(found, key=lambda each: each.begun_at).id


@dataclass(frozen=True)
class Maker:
    """Tells the hub everything by the ways that there are: snapshots, and calls of the API with a key of the group."""

    clock: time_machine.Traveller

    @cached_property
    def hub(self) -> Hub:
        return Hub(Client(app, project_dir="/nonexistent"))

    def made(self) -> World:
        FakeSes().install()
        self._hotels()
        self._guests()
        self._topics()
        self._marketing()
        run = self._launched()
        self._letters()
        key = self._posted("/v1/keys", {"name": "Booking engine", "role": "integration", "properties": ["vienna"]})
        staff = {role: somebody(name, role) for role, name in zip(STAFF_ROLES, PEOPLE, strict=True)}
        _noted(staff["front_desk"])
        self._audited()
        return World(staff, {**self._names(), **run, "key_id": key["key_id"], "staff_id": staff["marketer"].id})

    def _topics(self) -> None:
        spa = {"id": "spa", "purpose": "marketing", "names": {"en": "Spa and wellness", "de": "Wellness", "hy": "Սպա"}}
        self.hub.put("/v1/consent-settings", {"topics": [spa]})

    def _hotels(self) -> None:
        for each in (VIENNA, PORTO):
            properties.put(each)
        connections.put(connection(base_url="https://pms.example"))
        self.hub.put("/v1/connections/pms-porto", CONNECTION)
        self.hub.put("/v1/settings", self.hub.get("/v1/settings") | {"brands": {"alpine": BRAND}})
        providers.save(Provider("https://login.hotel.example", "hub", "", demanded_of_admins=False))
        self.hub.put("/v1/programs/club", PROGRAM)
        self.hub.put("/v1/spend-settings", SPEND)

    def _guests(self) -> None:
        assert not ingest.ingest_notices([pushed(at, each) for at, each in enumerate([*told(), ALIKE])])

    def _audited(self) -> None:
        """All guests, twice."""
        counts = {"records": 100, "reachable": 60, "masked": 25, "unmailable": 15, "no_consent": 20}
        for day, duplicates in ((1, 30), (2, 12)):
            source = {"source": "mews-vienna", "duplicates": duplicates, **counts}
            began_at = f"2026-01-0{day}T02:00:00.000000Z"
            told = {"began_at": began_at, "guests": 80, "records": 100, "passed_over": 2, "sources": [source]}
            self._posted("/v1/identity-audits", told)

    def _marketing(self) -> None:
        self.hub.put("/v1/segments/came-back", SEGMENT)
        self.hub.put("/v1/templates/spring", TEMPLATE)

    def _launched(self) -> Mapping[str, str]:
        campaign = CampaignId(self._posted("/v1/campaigns", CAMPAIGN)["id"])
        run = run_to_end(self.clock, campaigns.launch(campaign))
        return {"campaign_id": campaign, "run_id": run.id}

    def _letters(self) -> None:
        for request, of, reason in (("q1", "mews-vienna", "unknown_property"), ("q2", None, "unknown_connection")):
            body = {"request": request, "vendor": "mews", "connection": of, "body": {"LastName": "Lee"}}
            letter = Message(f"m-{request}", body, {}, json.dumps(body))
            dead_letters.set_aside("fetch", letter, reason=reason, archived=True)

    def _names(self) -> Mapping[str, str]:
        (secret,) = self.hub.get("/v1/connections/mews-vienna/secrets")["items"]
        self.hub.put("/v1/settings", self._with_a_field())
        return {
            "secret_id": secret["id"],
            "guest_id": ANNA, "other_id": BESIDE, "property_id": VIENNA.id, "connection_id": "mews-vienna",
            "program_id": "club", "segment_id": "came-back", "template_id": "spring", "letter_id": "q1",
            "job_id": self._counted(), "import_id": self._brought_in(), "brand_id": "alpine", "topic_id": "spa",
            "erasure_id": self._erased(), "note_id": self._note(), "request_id": self._asked_for(),
            "token": "of-a-mail", "channel": "email", "purpose": "marketing", "preference": "pillow",
            "field_name": "newspaper", "commission_number": "0", "account_id": self._account(), **self._tasked(),
        }  # fmt: skip

    def _with_a_field(self) -> Any:
        """The settings, with fields that the group defines."""
        kept = self.hub.get("/v1/settings")
        fields = {
            "newspaper": {"label": "Newspaper", "kind": "text"},
            "car": {"label": "Car", "kind": "choice", "choices": ["small", "large"]},
        }
        return {**kept, "guests": {**kept["guests"], "fields": fields}}

    def _account(self) -> str:
        """A company that reservations name, with a contact."""
        asked = {"kind": "company", "name": "Lee and Sons", "source": "api", "source_id": "lee"}
        contacts = [{"guest": ANNA, "role": "booker"}]
        return str(self._posted("/v1/accounts", {**asked, "domains": ["lee.example"], "contacts": contacts})["id"])

    def _note(self) -> str:
        """One of staff about the guest."""
        return str(self._posted(f"/v1/guests/{ANNA}/notes", {"text": "Writes novels."})["id"])

    def _tasked(self) -> Mapping[str, str]:
        """What somebody wrote down for a room of today, beside what its guest prefers, of which one is done."""
        room = reservation_id(ConnectionId("api"), VIENNA.id, "r5-1", 0)
        path = f"/v1/properties/{VIENNA.id}/tasks"
        asked = {"reservation": room, "department": "concierge", "text": "White flowers, and a card of the house"}
        written = self._posted(path, asked)["tasks"]
        self.hub.put(f"{path}/{room}/p-pillow-soft", {"state": "done"})
        self.hub.put(f"{path}/{room}/p-table-quiet", {"state": "not_possible", "why": "All tables are by the street."})
        return {"reservation_id": room, "task_id": next(each["id"] for each in written if each["text"])}

    def _counted(self) -> str:
        """A job that counted whom the segment reaches."""
        job = self._posted("/v1/segments/came-back/preview", {})
        work_off_jobs()
        return str(job["id"])

    def _asked_for(self) -> str:
        """What a guest would like to know, and is identified for."""
        asked = {"guest": ANNA, "kind": "access", "identity": "document_seen"}
        return str(self._posted("/v1/privacy-requests", asked)["id"])

    def _erased(self) -> str:
        """Somebody who asked to be forgotten, with a source that is to be told."""
        assert not ingest.ingest_notices([pushed(0, GONE)])
        answer = self.hub.call("DELETE", f"/v1/guests/{leaf_of_profile(ConnectionId('api'), 'gone')}")
        return str(answer.json_body["id"])

    def _brought_in(self) -> str:
        """A list of stays that was read, and not started yet."""
        content = base64.b64encode(STAYS.encode()).decode()
        asked = {"kind": "stays", "source": "former-pms", "exported_at": "2024-06-30T00:00:00Z", "content": content}
        made = self._posted("/v1/imports", {**asked, "property_id": "vienna"})
        work_off_jobs()
        return str(made["id"])

    def _posted(self, path: str, body: Any) -> Any:
        response = self.hub.call("POST", path, body)
        assert response.status_code < 300, response.body
        return response.json_body


def _noted(who: Staff) -> None:
    """That somebody sent a form: pages that are opened while they are looked at would change the audit's own."""
    entry = Entry(who.id, time.instant(NOW), "POST /console/guests/{guest_id}/consents", guests=(ANNA,))
    audit.note(entry, "r")


def pushed(number: int, snapshot: dict[str, Any]) -> Message:
    """Now, and not on the day of most tests."""
    found = notice(snapshot, message_id=f"m{number}")
    return replace(found, body={**found.body, "received_at": NOW.isoformat()})


def work_off_jobs() -> None:
    """What waits in the queue of long work, and what that queues."""
    while (event := received("jobs"))["Records"]:
        queues.run_job(event, Context())


def at_once(facts: list[Fact]) -> None:
    """In the place of the bus: who hears a fact hears it while it is announced."""
    for fact in facts:
        if hears("loyalty", fact.type):
            loyalty.award_points({"detail": {**fact.model_dump(mode="json"), "fact_id": fact.fact_id}})
