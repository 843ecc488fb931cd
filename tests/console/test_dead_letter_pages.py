"""Dead letters in the browser: why each lies there, in words, and who read about whom."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chalicelib.access import audit
from chalicelib.canonical import errors
from chalicelib.canonical.batch import Message
from chalicelib.canonical.ids import ConnectionId, StaffId, leaf_of_profile
from chalicelib.canonical.time import Instant
from chalicelib.dead_letters import actions, rules
from chalicelib.entrypoints.console.set_aside import ENDED, FAILED, REASONS, words_of
from tests.builders import guest, reservation
from tests.console.conftest import SignIn

CODE = Path("chalicelib")
PMS = ConnectionId("pms")
AT = "/connections/dead-letters/{letter_id}"
EVER = Instant("2026-01-01T00:00:00.000000Z"), Instant("2999-01-01T00:00:00.000000Z")
BROKEN = {**reservation("r1", guest("g1")), "arrival": "some day"}


def fail(holds: dict[str, Any], reason: str, queue: str = "inbox") -> str:
    actions.set_aside(queue, Message("m1", holds, {}, json.dumps(holds)), reason=reason, archived=True)
    return f"/connections/dead-letters/{holds.get('request', 'm1')}"


def notice(*snapshots: Any) -> dict[str, Any]:
    return {"request": "q1", "vendor": "canonical", "connection": PMS, "body": {"snapshots": [*snapshots]}}


def _audited(cookie: str, guest_: str) -> list[str]:
    who = StaffId(cookie.partition(".")[0])
    return [each.what for each in audit.of_actor(who, *EVER) if each.saw_any([guest_])]


def codes() -> Iterator[str]:
    """Of everything that the hub rejects for good."""
    for file in CODE.rglob("*.py"):
        for call in ast.walk(ast.parse(file.read_text())):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Rejected":
                (code, *_) = call.args
                yield str(code.value if isinstance(code, ast.Constant) else getattr(errors, ast.unparse(code), ""))


def test_each_reason_for_which_something_is_set_aside_has_words_and_no_other() -> None:
    assert {*codes()} - {""} == REASONS.keys()


def test_what_no_code_says_is_said_in_words_all_the_same() -> None:
    assert words_of("invalid_snapshot: snapshots.0.arrival: is no date") == REASONS["invalid_snapshot"]
    assert words_of(rules.CRASHED) == ENDED
    assert {words_of("ClientError AccessDenied"), words_of("")} == {FAILED}


def test_a_letter_is_called_by_why_it_lies_there_and_keeps_the_hubs_own_words(sign_in: SignIn) -> None:
    address = fail(notice(BROKEN), "invalid_snapshot: snapshots.0.arrival: is no date")
    admin = sign_in()
    page = admin.open(address)
    assert "<h1" in page.html
    assert page.words[0].startswith("Some of it has not the shape that the hub takes")
    assert "invalid_snapshot: snapshots.0.arrival: is no date" in page.words
    listed = admin.open("/connections/dead-letters")
    assert REASONS["invalid_snapshot"] in listed.words
    assert "invalid_snapshot" not in listed.html


def test_who_read_a_letter_is_found_by_the_guests_that_it_is_about(sign_in: SignIn) -> None:
    address = fail(notice({"kind": "guest", "source_id": " g2 ", "given_name": 7}, BROKEN), "invalid_snapshot")
    admin = sign_in()
    admin.open("/connections/dead-letters")
    about = [leaf_of_profile(PMS, each) for each in ("g1", "g2")]
    assert [audited for each in about for audited in _audited(admin.cookie, each)] == []
    admin.open(address)
    assert [_audited(admin.cookie, each) for each in about] == [[f"GET /console{AT}"]] * 2
    assert _audited(admin.cookie, leaf_of_profile(PMS, "r1")) == []


def test_a_message_of_the_hubs_own_names_its_guest_by_the_hubs_id(sign_in: SignIn) -> None:
    admin, whom = sign_in(), leaf_of_profile(PMS, "g9")
    admin.open(fail({"kind": "StayCompleted", "guest": whom}, "malformed_message", "loyalty"))
    assert _audited(admin.cookie, whom) == [f"GET /console{AT}"]


@pytest.mark.parametrize(
    "holds",
    [
        "text", {}, {"body": None}, {"body": "<b>"}, {"body": {"snapshots": "none"}}, {"body": {"snapshots": [7]}},
        {"body": {"snapshots": [{"kind": "guest", "source_id": 7}, {"kind": "reservation", "occupants": [7, {}]}]}},
    ],
)  # fmt: skip
def test_what_has_no_shape_is_about_nobody(holds: Any) -> None:
    assert rules.records_in(PMS, holds) == ()
