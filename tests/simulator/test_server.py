"""The Connector API as the hub meets it, and the control surface."""

from typing import Any

import pytest

from infra.simulator.api import ConnectorApi, RateLimit, Refused, Tokens
from infra.simulator.season import season
from infra.simulator.server import Simulator
from tests.simulator.playing import Played

RESERVATION_CALL = "reservations/getAll/2023-06-06"


def all_pages(played: Played, operation: str, kind: str, count: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor = None
    while True:
        _, page, _ = played.call(operation, Limitation={"Count": count, "Cursor": cursor})
        assert len(page[kind]) <= count
        found += page[kind]
        cursor = page["Cursor"]
        if cursor is None:
            return found


def test_pages_hold_everything_once(played: Played) -> None:
    in_parts = all_pages(played, "customers/getAll", "Customers", 7)
    at_once = all_pages(played, "customers/getAll", "Customers", 1000)
    assert in_parts == at_once
    assert len({customer["Id"] for customer in at_once}) == len(at_once) > 100


def test_what_belongs_to_a_reservation_is_found_by_its_id(played: Played) -> None:
    _, page, _ = played.call(RESERVATION_CALL, Limitation={"Count": 3})
    ids = [reservation["Id"] for reservation in page["Reservations"]]
    _, items, _ = played.call("orderItems/getAll", ServiceOrderIds=ids)
    assert {item["ServiceOrderId"] for item in items["OrderItems"]} == set(ids)
    _, rows, _ = played.call("companionships/getAll", ReservationIds=ids)
    assert {row["ReservationId"] for row in rows["Companionships"]} <= set(ids)
    _, by_id, _ = played.call(RESERVATION_CALL, ReservationIds=[*ids, "unknown"])
    assert [reservation["Id"] for reservation in by_id["Reservations"]] == ids


def test_changes_are_found_by_a_half_open_interval(played: Played) -> None:
    reservations = all_pages(played, RESERVATION_CALL, "Reservations", 1000)
    instants = sorted(reservation["UpdatedUtc"] for reservation in reservations)
    assert len(set(instants)) == len(instants)
    interval = {"StartUtc": instants[2], "EndUtc": instants[5]}
    _, page, _ = played.call(RESERVATION_CALL, UpdatedUtc=interval)
    assert sorted(reservation["UpdatedUtc"] for reservation in page["Reservations"]) == instants[2:5]


def test_an_enterprise_sees_its_own_reservations(played: Played) -> None:
    enterprise = played.server.simulator.hotel.properties[0]
    _, page, _ = played.call(RESERVATION_CALL, EnterpriseIds=[enterprise.enterprise])
    services = {reservation["ServiceId"] for reservation in page["Reservations"]}
    assert enterprise.stay_service in services <= {enterprise.stay_service, enterprise.parking_service}


@pytest.mark.parametrize("field", ["ClientToken", "AccessToken"])
def test_wrong_tokens_are_refused(played: Played, field: str) -> None:
    assert played.call("customers/getAll", **{field: "wrong"})[0] == 401


@pytest.mark.parametrize(
    "fields",
    [
        {"Limitation": None},
        {"Limitation": {"Count": 1001}},
        {"Limitation": {"Count": 0}},
        {"CustomerIds": ["x"] * 1001},
        {"CustomerIds": "x"},
        {"UpdatedUtc": {"StartUtc": "yesterday"}},
        {"Client": ""},
    ],
)
def test_malformed_calls_are_refused(played: Played, fields: dict[str, Any]) -> None:
    assert played.call("customers/getAll", **fields)[0] == 400


def test_bodies_that_are_no_json_and_unknown_pages_are_refused(played: Played) -> None:
    assert played.post("/api/connector/v1/customers/getAll", b"{")[0] == 400
    assert played.post("/api/connector/v1/customers/getAll", b"[]")[0] == 400
    assert played.call("payments/getAll")[0] == 404
    assert played.post("/simulator/nothing", {})[0] == 404


def test_the_rate_limit_slides() -> None:
    now = [0.0]
    simulator = Simulator(season(5, 7), 7)
    tokens = Tokens("c", "a", "w")
    api = ConnectorApi(simulator.hotel, tokens, RateLimit(2, lambda: now[0]))
    body = {"ClientToken": "c", "AccessToken": "a", "Client": "Test", "Limitation": {"Count": 1}}
    api.call("customers/getAll", body)
    now[0] = 10.0
    api.call("customers/getAll", body)
    with pytest.raises(Refused) as refused:
        api.call("customers/getAll", body)
    assert (refused.value.status, refused.value.retry_after) == (429, 21)
    now[0] = 30.0
    api.call("customers/getAll", body)


def test_the_connection_tells_what_the_hub_needs(played: Played) -> None:
    connection = played.get("/simulator/connection")
    assert connection["base_url"] == played.server.url
    assert set(connection["secrets"]) == {"client_token", "access_token", "webhook_secret"}
    assert sorted(connection["properties"].values()) == ["city", "lake", "resort"]
    assert {place["currency"] for place in connection["property_list"]} == {"EUR", "CHF"}
    assert len(connection["stay_services"]) == 3
    assert played.get("/health") == {"status": "ok"}
