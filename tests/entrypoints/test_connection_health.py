"""A connection shows how it fares: to who sees the connection, and nothing of a guest."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import time_machine

from chalicelib.canonical.batch import Message
from chalicelib.canonical.ids import ConnectionId
from chalicelib.canonical.time import instant
from chalicelib.connections import store
from chalicelib.connections.health import Outcome, Told
from chalicelib.dead_letters import actions as dead_letters
from tests.builders import DAY_ONE, PORTO, VIENNA
from tests.entrypoints.conftest import Hub
from tests.entrypoints.test_connections import OWN, PATH
from tests.ids import PMS

LETTER = Message("m1", {"request": "q1", "connection": "pms", "vendor": "canonical", "body": {}}, text="{}")
TOLD = [
    Told(instant(DAY_ONE), Outcome.STORED, ("reservation",), ignored={"unknown_meal_plan:hb": 2}),
    Told(instant(DAY_ONE + timedelta(hours=1)), Outcome.SET_ASIDE, reason="invalid_snapshot"),
]


def heard(*told: Told, connection: ConnectionId = PMS) -> None:
    store.add_to_health(connection, told, DAY_ONE)


def health(hub: Hub, key: str = "admin") -> dict[str, Any]:
    found: dict[str, Any] = hub.get(PATH, key=key)["health"]
    return found


@time_machine.travel(DAY_ONE + timedelta(hours=2), tick=False)
def test_a_connection_shows_what_came_through_it_and_what_became_of_that(hub: Hub) -> None:
    hub.put(PATH, OWN)
    heard(*TOLD)
    dead_letters.set_aside("inbox", LETTER, reason="invalid_snapshot", archived=True)
    nothing = {"nothing_new": 0, "ignored": 0, "again": 0}
    quiet = [{"day": f"2025-12-{day}", "notices": 0, "stored": 0, "set_aside": 0, **nothing} for day in range(19, 32)]
    assert health(hub) == {
        "state": "well",
        "received_at": TOLD[1].at,
        "stored_at": TOLD[0].at,
        "quiet_at_most_seconds": 48 * 3600,
        "days": [*quiet, {"day": "2026-01-01", "notices": 2, "stored": 1, "set_aside": 1, **nothing}],
        "ignored": [{"word": "unknown_meal_plan:hb", "count": 2, "last_on": "2026-01-01"}],
        "notices": [
            {"at": TOLD[1].at, "about": [], "outcome": "set_aside", "reason": "invalid_snapshot"},
            {"at": TOLD[0].at, "about": ["reservation"], "outcome": "stored", "reason": None},
        ],
        "dead_letters": 1,
    }


def test_a_connection_of_which_nothing_came_is_unheard(hub: Hub) -> None:
    hub.put(PATH, OWN)
    assert (health(hub)["state"], health(hub)["received_at"]) == ("unheard", None)
    assert [each["notices"] for each in health(hub)["days"]] == [0] * 14


@time_machine.travel(DAY_ONE + timedelta(days=4), tick=False)
def test_the_list_shows_how_each_fares_by_the_one_query_that_finds_them(hub: Hub) -> None:
    for name in ("pms", "pms-2"):
        hub.put(f"/v1/connections/{name}", OWN)
    heard(*TOLD)
    items = hub.get("/v1/connections")["items"]
    assert [(each["id"], each["health"]["state"]) for each in items] == [("pms", "silent"), ("pms-2", "unheard")]
    assert "days" not in items[0]["health"]


def test_what_is_shown_may_be_put_back_and_changes_nothing_of_it(hub: Hub) -> None:
    hub.put(PATH, OWN)
    heard(*TOLD)
    shown = hub.get(PATH)
    assert hub.put(PATH, shown) == shown
    assert hub.put(PATH, hub.get("/v1/connections")["items"][0]) == shown


def test_a_hotel_sees_how_its_own_connection_fares_and_not_that_there_is_another(hub: Hub) -> None:
    hub.put(PATH, OWN)
    heard(*TOLD)
    assert health(hub, "admin@vienna")["received_at"] == TOLD[1].at
    assert hub.status("GET", PATH, key="admin@porto") == 404
    assert hub.get("/v1/connections", key="admin@porto")["items"] == []


def test_dead_letters_are_counted_for_who_may_open_them(hub: Hub) -> None:
    """A letter from when the connection had another hotel, too, is not that of who has it now."""
    hub.put(PATH, {**OWN, "properties": {"v": VIENNA.id, "p": PORTO.id}})
    dead_letters.set_aside("inbox", LETTER, reason="invalid_snapshot", archived=True)
    hub.put(PATH, OWN)
    assert health(hub)["dead_letters"] == 1
    assert health(hub, "admin@vienna")["dead_letters"] is None


def test_a_hundred_dead_letters_are_counted_at_most(hub: Hub) -> None:
    hub.put(PATH, OWN)
    for number in range(103):
        each = replace(LETTER, body={**LETTER.body, "request": f"q{number}"})
        dead_letters.set_aside("inbox", each, reason="invalid_snapshot", archived=True)
    assert health(hub)["dead_letters"] == 100


def test_how_a_connection_fared_goes_with_it(hub: Hub) -> None:
    hub.put(PATH, OWN)
    heard(*TOLD)
    assert hub.status("DELETE", PATH) == 204
    hub.put(PATH, OWN)
    assert health(hub)["state"] == "unheard"
