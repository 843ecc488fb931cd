"""GET /v1/guests/{guest_id}/export: all that is known of a guest, and of each key's hotels alone."""

import json
from typing import Any

import pytest

from chalicelib.canonical.ids import ConnectionId, leaf_of_profile
from tests import tables
from tests.builders import PORTO, VIENNA, at, guest, reservation
from tests.entrypoints.conftest import Hub, Ingest
from tests.entrypoints.test_access import PROGRAM

ANNA = leaf_of_profile(ConnectionId("api"), "g1")
PROFILE = guest("g1", email="anna@mail.example", phone="+43 1 58800 0", marketing_email=True)
STAYED = reservation("r1", PROFILE, status="checked_out")
AT_PORTO = guest("g2", email="anna@mail.example", address={"city": "Porto"}, property_id=PORTO.id, changed_at=at(1))


def exported(hub: Hub, key: str = "front_desk") -> dict[str, Any]:
    return dict(hub.get(f"/v1/guests/{ANNA}/export", key=key))


def test_an_export_has_what_each_call_tells_of_the_guest(hub: Hub, ingest: Ingest) -> None:
    hub.put("/v1/programs/club", PROGRAM)
    ingest(STAYED, AT_PORTO)
    hub.put(f"/v1/guests/{ANNA}/membership/club", {"number": "M-7"})
    hub.put(f"/v1/guests/{ANNA}/consents/email/marketing", {"state": "explicit", "how": "at the desk"})
    found = exported(hub)
    path = f"/v1/guests/{ANNA}"
    assert found["guest"] == hub.get(path)
    for part in ("records", "decisions", "timeline"):
        assert found[part] == hub.get(f"{path}/{part}")["items"]
    assert found["memberships"] == hub.get(f"{path}/membership")["items"]
    assert found["ledgers"] == [{"program": "club", "entries": hub.get(f"{path}/ledger")["items"]}]
    assert found["consents"] == hub.get(f"{path}/consents")
    assert (found["cut"], len(found["records"])) == ([], 2)


def test_a_hotel_exports_its_own_part_and_of_others_guests_nothing(hub: Hub, ingest: Ingest) -> None:
    ingest(STAYED, AT_PORTO, guest("g3", "Ben", property_id=PORTO.id))
    before = tables.state()
    told = exported(hub, "front_desk@vienna")
    assert [each["source_id"] for each in told["records"]] == ["g1"]
    assert "Porto" not in json.dumps(told)
    ben = leaf_of_profile(ConnectionId("api"), "g3")
    assert hub.status("GET", f"/v1/guests/{ben}/export", key="front_desk@vienna") == 404
    assert {key: row for key, row in tables.state().items() if key in before} == before


@pytest.mark.exhaustive(quick=())
def test_a_long_history_is_cut_and_says_so(hub: Hub, ingest: Ingest) -> None:
    ingest(reservation("r0", PROFILE))
    for start in range(0, 1020, 60):
        ingest(*(reservation(f"r{start + each}", PROFILE, property_id=VIENNA.id) for each in range(60)))
    found = exported(hub)
    assert found["cut"] == ["charges", "timeline"]  # there may be more of what was billed with stays that are not read
    assert len(found["timeline"]) == 1000
