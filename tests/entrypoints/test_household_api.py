"""Who lives with whom: said by people, never by itself, and seen by hotels that know both by their own records."""

from typing import Any

import pytest

from chalicelib.aws.settings import Settings
from chalicelib.canonical.ids import leaf_of_profile
from chalicelib.connections.model import API
from chalicelib.guests.together import MOST_TOGETHER
from tests import tables
from tests.builders import PORTO, VIENNA, at, guest, reservation
from tests.crashes import crash_at, points_of
from tests.entrypoints.conftest import Hub, Ingest

HOME = {"street": "Ring 1", "city": "Wien", "postal_code": "1010"}


def leaf(number: int) -> str:
    return str(leaf_of_profile(API, f"g{number}"))


ANNA, BO, CY = leaf(1), leaf(2), leaf(3)
PATH = f"/v1/guests/{ANNA}/household"


@pytest.fixture(autouse=True)
def told(ingest: Ingest) -> None:
    ingest(
        guest("g1", address=HOME, property_id=VIENNA.id),
        guest("g2", "Bo", property_id=VIENNA.id, address={**HOME, "street": "RING 1.", "city": None}),
        guest("g3", "Cy", "Ray", property_id=VIENNA.id),
    )


def members(hub: Hub, of: str = ANNA, key: str = "admin") -> set[str]:
    return {each["guest"] for each in hub.get(f"/v1/guests/{of}/household", key=key)["members"]}


def candidates(hub: Hub, key: str = "admin", path: str = PATH) -> dict[str, list[str]]:
    return {each["guest"]: each["signs"] for each in hub.get(path, key=key)["candidates"]}


def test_who_is_said_to_live_together_does_with_all_who_live_there(hub: Hub) -> None:
    found = hub.put(f"{PATH}/{BO}", None, key="front_desk@vienna")
    assert [(each["guest"], each["given_name"], each["by"][:4]) for each in found["members"]] == [(BO, "Bo", "key ")]
    hub.put(f"/v1/guests/{CY}/household/{BO}", None)
    assert [members(hub, each) for each in (ANNA, BO, CY)] == [{BO, CY}, {ANNA, CY}, {ANNA, BO}]
    before = tables.state()
    hub.put(f"{PATH}/{CY}", None)
    assert {key: row for key, row in tables.state().items() if "HOUSEHOLD" in key.sk} == {
        key: row for key, row in before.items() if "HOUSEHOLD" in key.sk
    }
    assert hub.status("DELETE", f"{PATH}/{BO}") == 204
    assert [members(hub, each) for each in (ANNA, BO, CY)] == [{CY}, set(), {ANNA}]
    assert hub.status("DELETE", f"{PATH}/{BO}") == 404


def test_nobody_lives_with_themselves_or_with_too_many(hub: Hub, ingest: Ingest) -> None:
    assert hub.status("PUT", f"{PATH}/{ANNA}") == 409
    for number in range(2, MOST_TOGETHER + 1):
        ingest(guest(f"g{number}", f"Child{number}", property_id=VIENNA.id))
        hub.put(f"{PATH}/{leaf(number)}", None)
    ingest(guest("g99", "Zoe", property_id=VIENNA.id))
    assert hub.status("PUT", f"{PATH}/{leaf(99)}") == 409
    assert len(members(hub)) == MOST_TOGETHER - 1


def test_a_hotel_sees_only_what_was_said_by_records_of_its_own(hub: Hub, ingest: Ingest) -> None:
    hub.put(f"{PATH}/{BO}", None, key="front_desk@vienna")
    assert hub.status("GET", PATH, key="front_desk@porto") == 404
    ingest(reservation("r1", guest("g1"), property_id=PORTO.id))
    assert members(hub, key="front_desk@porto") == set()
    assert candidates(hub, key="front_desk@porto") == {}
    assert hub.status("PUT", f"{PATH}/{BO}", key="front_desk@porto") == 404
    assert hub.status("DELETE", f"{PATH}/{BO}", key="front_desk@porto") == 404
    assert members(hub, key="front_desk@vienna") == {BO}


def test_where_hotels_share_each_still_takes_away_only_what_was_said_by_records_of_its_own(
    hub: Hub, ingest: Ingest
) -> None:
    emails = {1: "anna@lee.example", 2: "bo@lee.example"}
    for number, email in emails.items():
        given = {1: "Anna", 2: "Bo"}[number]
        ingest(guest(f"g{number}", given, email=email, property_id=VIENNA.id, changed_at=at(3)))
        ingest(guest(f"p{number}", given, email=email, property_id=PORTO.id))
    hub.put(f"{PATH}/{BO}", None, key="front_desk@vienna")
    hub.put("/v1/settings", {"sharing": True})
    assert len(members(hub, key="front_desk@porto")) == 1
    assert hub.status("DELETE", f"{PATH}/{BO}", key="front_desk@porto") == 404
    assert hub.status("DELETE", f"{PATH}/{BO}", key="front_desk@vienna") == 204
    assert members(hub) == set()


def test_a_join_and_a_split_take_households_along(hub: Hub) -> None:
    hub.put(f"{PATH}/{BO}", None)
    decided = {"records": [ANNA, BO], "verdict": "join", "reason": "one person"}
    hub.call("POST", "/v1/merge-decisions", decided)
    one = min(ANNA, BO)
    assert members(hub, one) == set()
    hub.put(f"/v1/guests/{one}/household/{CY}", None)
    assert members(hub, CY) == {one}
    hub.call("POST", f"/v1/guests/{one}/unmerge", {"records": [max(ANNA, BO)], "reason": "two people"})
    (through,) = members(hub, CY)
    assert through in {ANNA, BO}
    assert (members(hub, ANNA), members(hub, BO)) == (
        {BO} | ({CY} if through == ANNA else set()),
        {ANNA} | ({CY} if through == BO else set()),
    )


def test_an_erasure_takes_a_guest_out_of_every_household(hub: Hub) -> None:
    hub.put(f"{PATH}/{BO}", None)
    hub.put(f"{PATH}/{CY}", None)
    assert hub.status("DELETE", f"/v1/guests/{BO}") == 200
    assert members(hub) == {CY}
    assert not [key for key in tables.state() if "HOUSEHOLD" in key.sk and BO in (key.sk + key.pk)]
    assert hub.status("PUT", f"{PATH}/{BO}") == 404


def test_whom_a_source_anonymised_lives_with_nobody(hub: Hub, ingest: Ingest) -> None:
    hub.put(f"{PATH}/{BO}", None)
    ingest({"kind": "guest", "source_id": "g2", "anonymised": True, "changed_at": at(9)})
    assert members(hub) == set()
    assert not [key for key in tables.state() if "HOUSEHOLD" in key.sk]


def test_candidates_have_one_home_or_were_booked_together_and_are_suggested_alone(hub: Hub, ingest: Ingest) -> None:
    assert candidates(hub) == {BO: ["same_home"]}
    ingest(reservation("r1", guest("g1", address=HOME), companions=[guest("g3", "Cy", "Ray")]))
    assert candidates(hub) == {BO: ["same_home"], CY: ["booked_together"]}
    assert candidates(hub, path=f"/v1/guests/{CY}/household") == {ANNA: ["booked_together"]}
    assert members(hub) == set()
    hub.put(f"{PATH}/{CY}", None)
    assert candidates(hub) == {BO: ["same_home"]}


@pytest.mark.exhaustive(quick=())
def test_a_crash_at_any_call_leaves_both_halves_or_none(hub: Hub, aws: Settings) -> None:
    def say() -> Any:
        return hub.put(f"{PATH}/{BO}", None)

    say()
    hub.call("DELETE", f"{PATH}/{BO}")
    for point in points_of(say):
        hub.call("DELETE", f"{PATH}/{BO}")
        crash_at(point, say)
        assert members(hub) == {one for one in [BO] if ANNA in members(hub, BO)}
        say()
        assert (members(hub), members(hub, BO)) == ({BO}, {ANNA})
