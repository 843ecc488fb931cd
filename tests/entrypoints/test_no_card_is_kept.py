"""Whatever people type in their own words of a guest or a company: no card's number gets into the table."""

from typing import Any

import pytest

from chalicelib.canonical.ids import account_of, leaf_of_profile
from chalicelib.connections.model import API
from tests import tables
from tests.builders import VIENNA, guest, reservation
from tests.entrypoints.conftest import Hub, Ingest

CARD = "4111 1111 1111 1111"
ANNA, BO = leaf_of_profile(API, "g1"), leaf_of_profile(API, "g2")
OF_ANNA = f"/v1/guests/{ANNA}"
SAID = {"state": "explicit", "basis": "guest", "how": f"card {CARD}"}
CALLS: list[tuple[str, str, dict[str, Any]]] = [
    ("POST", f"{OF_ANNA}/captures", {"email": "a@mail.example", "purposes": ["marketing"], "how": f"with {CARD}"}),
    ("PUT", f"{OF_ANNA}/consents/email/marketing", SAID),
    ("POST", "/v1/merge-decisions", {"records": [ANNA, BO], "verdict": "join", "reason": f"one card, {CARD}"}),
    ("POST", "/v1/accounts", {"kind": "company", "name": f"Lee {CARD}"}),
    ("PUT", f"/v1/accounts/{account_of(API, 'c1')}", {"name": f"Lee {CARD}"}),
    ("PATCH", OF_ANNA, {"given_name": f"Anna {CARD}"}),
    ("PATCH", OF_ANNA, {"address": {"street": f"Ring 1 {CARD}", "city": "Wien"}}),
    ("POST", f"{OF_ANNA}/notes", {"text": f"pays by {CARD}"}),
    ("POST", "/v1/signups", {"email": "cy@mail.example", "given_name": f"Cy {CARD}", "words": "I agree."}),
]


@pytest.mark.parametrize(("method", "path", "body"), CALLS)
def test_a_card_s_number_is_taken_out_before_anything_is_kept(
    hub: Hub, ingest: Ingest, method: str, path: str, body: dict[str, Any]
) -> None:
    ingest(
        reservation("r1", guest("g1", email="anna@mail.example"), company_id="c1"),
        guest("g2", "Anne", property_id=VIENNA.id),
    )
    found = hub.call(method, path, body)
    assert found.status_code in {200, 201, 202}, found.body
    kept = [key for key, row in tables.rows().items() if "1111 1111" in str(row) or "4111111111111111" in str(row)]
    assert kept == []
    assert "card number removed" in str(tables.rows())
