"""A hotel's people erase what their hotel knows, whoever is joined with the guest while that goes on."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from chalicelib.aws import table
from chalicelib.canonical.ids import ConnectionId, leaf_of_profile
from chalicelib.canonical.time import now
from chalicelib.consent import objections
from chalicelib.consent import store as gates
from chalicelib.consent.model import EMAIL
from chalicelib.guests import store as guests
from chalicelib.privacy import actions, store
from chalicelib.privacy.told_again import tell_again
from chalicelib.profiles import actions as profiles
from tests import tables
from tests.builders import PORTO, VIENNA, at, guest
from tests.entrypoints.conftest import Hub, Ingest

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ANNA, IN_PORTO = (leaf_of_profile(ConnectionId("api"), each) for each in ("g1", "g4"))
MAIL = "anna@mail.example"
PROFILE = guest("g1", email=MAIL, marketing_email=True, property_id=VIENNA.id)
OTHERS = guest("g4", email=MAIL, property_id=PORTO.id)


@pytest.fixture(autouse=True)
def clock(hub: Hub, ingest: Ingest) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        ingest(PROFILE)
        yield traveller


def erase(hub: Hub, key: str = "admin@vienna") -> Any:
    return hub.call("DELETE", f"/v1/guests/{ANNA}", key=key)


def once_before(monkeypatch: pytest.MonkeyPatch, module: object, name: str, deed: Callable[[], None]) -> None:
    do = getattr(module, name)

    def with_others(*asked: Any) -> Any:
        monkeypatch.setattr(module, name, do)
        deed()
        return do(*asked)

    monkeypatch.setattr(module, name, with_others)


@pytest.mark.parametrize(
    "before",
    [(store, "begin"), (objections, "note"), (profiles, "store_erasure")],
    ids=lambda each: each[1],
)
def test_what_another_hotel_says_of_the_guest_meanwhile_stays(
    before: tuple[object, str], hub: Hub, ingest: Ingest, monkeypatch: pytest.MonkeyPatch
) -> None:
    once_before(monkeypatch, *before, lambda: ingest(OTHERS))
    answer = erase(hub)
    assert (answer.status_code, answer.json_body["state"], answer.json_body["records"]) == (200, "done", [ANNA])
    assert [each["source_ids"] for each in answer.json_body["sources"]] == [["g1"]]
    assert hub.get(f"/v1/erasures/{answer.json_body['id']}", key="admin@vienna") == answer.json_body
    assert hub.status("GET", f"/v1/guests/{ANNA}") == 404
    left = hub.get(f"/v1/guests/{IN_PORTO}", key="admin@porto")["traits"]
    assert (left["given_name"], left["email"]) == ("Anna", MAIL)
    gate = gates.gate(guests.one_leaf_each([IN_PORTO])[0], EMAIL)  # type: ignore[arg-type]
    assert gate is None or not gate.erased
    assert erase(hub).json_body == answer.json_body


@pytest.mark.parametrize("before", [(objections, "note"), (profiles, "store_erasure")], ids=lambda each: each[1])
def test_a_record_that_another_hotel_comes_to_know_meanwhile_is_not_theirs_to_erase(
    before: tuple[object, str],
    hub: Hub,
    ingest: Ingest,
    monkeypatch: pytest.MonkeyPatch,
    clock: time_machine.Traveller,
) -> None:
    seen = {**PROFILE, "property_id": PORTO.id, "changed_at": at(5)}
    once_before(monkeypatch, *before, lambda: ingest(seen))
    assert erase(hub).status_code == 503
    assert erase(hub).status_code == 403
    assert hub.get(f"/v1/guests/{ANNA}", key="admin@porto")["traits"]["email"] == MAIL
    clock.shift(timedelta(minutes=1))
    (entry,) = hub.get("/v1/erasures", key="admin@vienna")["items"]
    assert (entry["records"], entry["sources"]) == ([], [])
    assert erase(hub, "admin").json_body["records"] == [ANNA]
    assert hub.status("GET", f"/v1/guests/{ANNA}") == 404


def test_a_worker_that_goes_on_takes_no_more_than_those_may_who_asked(hub: Hub, ingest: Ingest) -> None:
    found = guests.guest(ANNA)
    assert found
    begun = actions.planned(found, "key admin@vienna", NOW.isoformat(), [VIENNA.id])  # type: ignore[arg-type]
    store.begin(begun)
    ingest(OTHERS)
    assert actions.go_on(begun).leaves == (ANNA,)
    assert hub.get(f"/v1/guests/{IN_PORTO}", key="admin@porto")["traits"]["email"] == MAIL


def test_a_restored_table_is_told_of_no_more_than_a_hotel_erased(
    hub: Hub, ingest: Ingest, monkeypatch: pytest.MonkeyPatch
) -> None:
    once_before(monkeypatch, profiles, "store_erasure", lambda: ingest(OTHERS))
    before = tables.rows()
    assert erase(hub).status_code == 200
    tables.empty()
    for row in before.values():
        table.write(table.Put(row))
    ingest(OTHERS)
    tell_again(objections.noted_since(NOW.date(), now().date()))
    assert hub.status("GET", f"/v1/guests/{ANNA}") == 404
    assert hub.get(f"/v1/guests/{IN_PORTO}", key="admin@porto")["traits"]["email"] == MAIL
