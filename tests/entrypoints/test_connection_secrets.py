"""A webhook secret is changed while notices come: one is added and shown once, both are valid, the older one ends."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from chalicelib.aws import secrets as kept_secrets
from chalicelib.canonical.errors import Unauthorized
from chalicelib.connections import rotation, store
from chalicelib.connections.model import KeptConnection
from chalicelib.connectors.contract import Request
from chalicelib.connectors.vendors import VENDORS, edge_of
from chalicelib.ingest import edge
from chalicelib.ingest.opened import opened_connections
from tests import tables
from tests.builders import PORTO, VIENNA
from tests.crashes import crash_at, points_of
from tests.entrypoints.conftest import Hub
from tests.entrypoints.test_access import problem
from tests.entrypoints.test_connections import MEWS, OWN, PATH, SIGNING
from tests.ids import PMS

SECRETS = f"{PATH}/secrets"


def make(hub: Hub, name: str | None = "first", key: str = "admin") -> Any:
    headers = {"Idempotency_Key": name} if name else {}
    return hub.call("POST", SECRETS, key=key, **headers)


def ids(hub: Hub) -> list[str]:
    return [each["id"] for each in hub.get(SECRETS)["items"]]


def push(secret: str) -> int:
    """As a source that signs with it; the process knows of no connection yet."""
    opened_connections.cache_clear()
    at, body = datetime.now(UTC), json.dumps({"snapshots": []})
    signature = Webhook(secret).sign("m1", at, body)
    sent = {"webhook-id": "m1", "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": signature}
    return edge.accept(PMS, Request(body.encode(), sent, {}, at))


def test_a_new_secret_is_valid_beside_the_older_one_until_that_is_ended(hub: Hub) -> None:
    hub.put(PATH, OWN)
    made = make(hub)
    assert made.status_code == 201
    assert (push(SIGNING), push(made.json_body["secret"])) == (202, 202)
    older, newer = ids(hub)
    assert newer == made.json_body["id"]
    assert hub.status("DELETE", f"{SECRETS}/{older}") == 204
    assert push(made.json_body["secret"]) == 202
    with pytest.raises(Unauthorized):
        push(SIGNING)
    assert hub.get(PATH)["secrets"] == 1


def test_a_secret_that_stands_in_a_url_is_made_so_that_it_arrives(hub: Hub) -> None:
    hub.put(PATH, MEWS)
    secret = make(hub).json_body["secret"]
    opened_connections.cache_clear()
    body = json.dumps({"EnterpriseId": "e-1", "Events": []}).encode()
    assert edge.accept(PMS, Request(body, {}, {"secret": secret}, datetime.now(UTC))) == 200


@pytest.mark.parametrize("vendor", VENDORS)
def test_what_is_made_for_a_vendor_is_fit_for_it(vendor: str) -> None:
    made = {edge_of(vendor).secret_of(bytes([number]) * 32) for number in range(256)}
    assert len(made) == 256
    assert {edge_of(vendor).secret_fault(each) for each in made} == {None}


@pytest.mark.parametrize("connection", [OWN, MEWS], ids=["signs", "compares"])
def test_a_request_that_is_repeated_is_answered_with_the_same_secret_and_makes_no_other(
    hub: Hub, connection: dict[str, Any]
) -> None:
    hub.put(PATH, connection)
    first, again = make(hub), make(hub)
    assert first.json_body == again.json_body
    assert len(ids(hub)) == 2


def test_no_third_secret_is_made_while_two_are_valid(hub: Hub) -> None:
    hub.put(PATH, OWN)
    make(hub)
    refused = make(hub, "second")
    assert refused.status_code == 409
    assert "end the older one first" in problem(refused)["detail"]
    assert len(ids(hub)) == 2


def test_a_request_that_comes_late_does_not_bring_an_ended_secret_back(hub: Hub) -> None:
    hub.put(PATH, OWN)
    made = make(hub).json_body["id"]
    assert hub.status("DELETE", f"{SECRETS}/{made}") == 204
    assert make(hub).status_code == 409
    assert made not in ids(hub)


def test_ending_a_secret_twice_ends_no_other(hub: Hub) -> None:
    hub.put(PATH, OWN)
    make(hub)
    older, newer = ids(hub)
    assert [hub.status("DELETE", f"{SECRETS}/{older}") for _ in range(2)] == [204, 404]
    assert ids(hub) == [newer]


def test_the_only_secret_is_not_ended(hub: Hub) -> None:
    hub.put(PATH, OWN)
    (only,) = ids(hub)
    assert hub.status("DELETE", f"{SECRETS}/{only}") == 409
    assert ids(hub) == [only]


def test_the_secret_is_in_no_row_and_in_no_other_answer(hub: Hub) -> None:
    hub.put(PATH, OWN)
    secret = make(hub).json_body["secret"]
    assert secret.removeprefix("whsec_") not in str(tables.state())
    assert secret not in json.dumps([hub.get(PATH), hub.get(SECRETS)])


def test_a_hotel_changes_the_secrets_of_its_own_connection_alone(hub: Hub) -> None:
    hub.put(PATH, OWN)
    older = ids(hub)[0]
    assert make(hub, key="admin@porto").status_code == 404
    assert hub.status("GET", SECRETS, key="admin@porto") == 404
    assert hub.status("DELETE", f"{SECRETS}/{older}", key="admin@porto") == 404
    assert make(hub, key="admin@vienna").status_code == 201


def test_a_secret_that_a_hotels_key_makes_vouches_for_that_hotel_alone(hub: Hub) -> None:
    hub.put(PATH, OWN)
    assert kept().claims == frozenset()
    make(hub, key="admin@vienna")
    assert kept().claims == {VIENNA.id}
    hub.status("DELETE", f"{SECRETS}/{ids(hub)[0]}")
    assert kept().claims == {VIENNA.id}


def test_a_connection_that_once_had_another_hotel_gets_no_secret_from_a_key_of_one(hub: Hub) -> None:
    hub.put(PATH, {**OWN, "properties": {"v": VIENNA.id, "p": PORTO.id}})
    hub.put(PATH, OWN)
    assert make(hub, key="admin@vienna").status_code == 404
    assert len(ids(hub)) == 1


def kept() -> KeptConnection:
    found = store.get(PMS)
    assert found
    return found


def test_what_is_put_leaves_what_was_made(hub: Hub) -> None:
    hub.put(PATH, OWN)
    made = make(hub).json_body["id"]
    hub.put(PATH, {**OWN, "secrets": []})
    assert made in ids(hub)
    hub.put(PATH, OWN)
    assert made not in ids(hub)
    assert make(hub).status_code == 409


def test_a_crash_at_any_call_leaves_one_new_secret_after_the_next_request(hub: Hub) -> None:
    def begin() -> None:
        hub.call("DELETE", PATH)
        hub.put(PATH, OWN)
        kept_secrets.forget_all()  # each begins as a process does that was started just now

    def act() -> object:
        return rotation.add(PMS, "seed", lambda _: True)

    begin()
    points, expected = points_of(act), act()
    assert "TransactWriteItems" in {each.operation for each in points}
    for point in points:
        begin()
        assert crash_at(point, act), str(point)
        assert act() == expected, str(point)
        assert len(ids(hub)) == 2, str(point)
