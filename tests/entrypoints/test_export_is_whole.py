"""Every kind of row is in a guest's export, or it is said here why it is not: a new kind without an answer fails."""

import json
from datetime import date
from typing import Any

import pytest

from chalicelib.canonical.ids import ConnectionId, account_of, leaf_of_profile, reservation_id
from chalicelib.canonical.time import instant, now
from chalicelib.entrypoints.api.records import RecordShown
from chalicelib.entrypoints.api.stays import StayShown
from chalicelib.entrypoints.api.timeline import MessageShown
from chalicelib.guests.model import Stay
from chalicelib.guests.records import Record
from chalicelib.loyalty import programs
from chalicelib.loyalty.settling import settle
from chalicelib.messages.model import Message
from tests.builders import EUR_PROGRAM, VIENNA, charge, guest, reservation
from tests.entrypoints.conftest import Hub, Ingest
from tests.sizes.test_every_row import shapes

API = ConnectionId("api")
ANNA, ANNE = leaf_of_profile(API, "g1"), leaf_of_profile(API, "g2")
PROFILE = guest("g1", email="anna@mail.example", phone="+43 1 58800 0", marketing_email=True)

EXPORTED = {
    "head": ("guest", '"stays":1'),
    "record": ("records", "anna@mail.example"),
    "decisions": ("decisions", "the passport says so"),
    "gate": ("consents", '"state":"explicit"'),
    "acts": ("consents", '"basis":"guest"'),
    "receipt": ("consents", "Anna wrote it at the desk"),
    "stay": ("timeline", '"room_number":"101"'),
    "companion": ("timeline", '"role":"companion"'),
    "charge": ("charges", '"amount_minor":5150'),
    "account": ("memberships", '"number":"M-7"'),
    "ledger_entry": ("ledgers", '"origin":"stay_earned"'),
    "note": ("timeline", "Writes novels."),
    "tasks": ("tasks", "Books by the bed"),
    "household": ("household", '"guest"'),
    "ACCOUNTS": ("accounts", '"role":"travel_manager"'),
}
"""Shape of the key → the part of the export that has it, and a text that only such a row of this world can bring."""
MAIL = "the world of this test sends none: a message's fields are compared below"
ONLY_IDS = "it holds no more of a guest than an id, a digest or a code"
FOLLOWS = "it follows from the records and is kept to find them by"
NOT_OF_GUESTS = "it is about the deployment, its hotels, companies, or the people who work there"
FOR_DAYS = "it is what came in or went on, kept for days, and is not found by the guest"
NOT_EXPORTED = {
    "message": MAIL,
    **dict.fromkeys(("name", "block", "candidate", "identifier", "member"), FOLLOWS),
    **dict.fromkeys(
        (
            "reservation", "reservation_of_charge", "given", "spending", "mark", "chunk", "chunk_back", "told_later",
            "sent", "plan", "queued", "part_of_work", "erasure", "erasure_of", "request",
            "request_of", "tasked", "contact", "audit", "long_work", "proposal", "proposed", "register_hash",
        ),
        ONLY_IDS,
    ),
    **dict.fromkeys(("signup", "signup_mail", "capture", "letter", "idempotency", "import_"), FOR_DAYS),
    **dict.fromkeys(
        (
            "account_at", "account_said", "account_merged", "DEPLOYMENT", "LEGAL", "PROGRAMS",
            "PROVIDER", "SEGMENTS", "SPEND", "TEMPLATES", "api_key",
            "api_key_listing", "attempts", "campaign", "connection", "connection_health", "connection_reach",
            "identity", "job", "launch", "link", "pacing", "program_followed", "property_", "run", "run_content",
            "session", "staff", "staff_address", "staff_mail", "waking", "identity_audit", "register",
        ),
        NOT_OF_GUESTS,
    ),
}  # fmt: skip


@pytest.fixture
def exported(hub: Hub, ingest: Ingest) -> dict[str, Any]:
    """What the hub says of a guest of whom it keeps a row of every kind."""
    program = programs.put(EUR_PROGRAM.model_copy(update={"starts_on": date(2020, 1, 1)}))
    ingest(reservation("r1", PROFILE, status="checked_out", room_number="101"), charge(amount_minor=5150))
    ingest(reservation("r2", guest("g3", "Bo", "Ray"), companions=[PROFILE]))
    ingest(guest("g2", "Anne", "Leigh", property_id=VIENNA.id))
    decision = {"records": [ANNA, ANNE], "verdict": "join", "reason": "the passport says so"}
    assert hub.status("POST", "/v1/merge-decisions", decision) == 200
    hub.put(f"/v1/guests/{ANNA}/membership/club", {"number": "M-7"})
    settle([ANNA], program, instant(now()))
    said = {"state": "explicit", "basis": "guest", "how": "Anna wrote it at the desk"}
    hub.put(f"/v1/guests/{ANNA}/consents/email/marketing", said)
    assert hub.status("POST", f"/v1/guests/{ANNA}/notes", {"text": "Writes novels."}) == 201
    ingest(reservation("r3", PROFILE, arrival="2026-09-01", departure="2026-09-03"))
    room = reservation_id(API, VIENNA.id, "r3", 0)
    task = {"reservation": room, "department": "housekeeping", "text": "Books by the bed"}
    assert hub.status("POST", f"/v1/properties/{VIENNA.id}/tasks", task) == 201
    hub.put(f"/v1/guests/{ANNA}/household/{leaf_of_profile(API, 'g3')}", None)
    ingest(reservation("r4", PROFILE, company_id="c1"))
    speaks = {"guest": ANNA, "role": "travel_manager"}
    hub.put(f"/v1/accounts/{account_of(API, 'c1')}", {"name": "Lee and Sons", "contacts": [speaks]})
    return dict(hub.get(f"/v1/guests/{ANNA}/export", key="front_desk"))


def test_every_kind_of_row_is_exported_or_has_a_reason_why_not() -> None:
    assert EXPORTED.keys() | NOT_EXPORTED.keys() == shapes()
    assert not EXPORTED.keys() & NOT_EXPORTED.keys()


def test_what_is_exported_stands_in_its_part(exported: dict[str, Any]) -> None:
    parts = {name: json.dumps(part, separators=(",", ":"), sort_keys=True) for name, part in exported.items()}
    missing = [shape for shape, (part, text) in EXPORTED.items() if text not in parts[part]]
    assert missing == []


def test_a_row_s_fields_are_shown_but_for_those_that_only_the_hub_needs() -> None:
    """A field that is added to one of these, and said to nobody, stands here or in the answer."""
    assert Record.model_fields.keys() - RecordShown.model_fields.keys() == {
        "claimed_by", "corrects", "merged_into",
    }  # fmt: skip
    assert Message.model_fields.keys() - MessageShown.model_fields.keys() == {
        "address", "at", "candidate", "carrier_id", "channel", "claim", "controller", "guest", "origin", "property_id",
    }  # fmt: skip
    assert Stay.model_fields.keys() - StayShown.model_fields.keys() == {
        "booking", "charged_other", "charged_room", "companions", "reservation", "source", "stated_currency",
        "stated_eligible_minor", "stated_elsewhere", "stated_other_minor", "stated_room_minor",
    }  # fmt: skip
