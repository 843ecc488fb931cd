"""DELETE /v1/guests/{guest_id}, what it says before and after, and who is still to be told."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from chalicelib.aws import table
from chalicelib.canonical.batch import Message
from chalicelib.canonical.errors import NotFound
from chalicelib.canonical.ids import ConnectionId, Leaf, leaf_anew, leaf_of_profile
from chalicelib.canonical.time import instant, now
from chalicelib.consent import actions as consents
from chalicelib.consent import objections
from chalicelib.consent.model import EMAIL, MARKETING
from chalicelib.consent.objections import Withdrawal
from chalicelib.guests import store as guests
from chalicelib.identity import audit_store
from chalicelib.identity.model import pair_of
from chalicelib.ingest.actions import ingest_notices
from chalicelib.privacy import actions, store
from chalicelib.privacy.told_again import ToldAgain, tell_again
from chalicelib.settings.model import GROUP_CONTROLLER
from tests import tables
from tests.builders import PORTO, VIENNA, at, charge, guest, notice, reservation
from tests.crashes import crash_at, points_of
from tests.entrypoints.conftest import Hub, Ingest
from tests.entrypoints.test_access import PROGRAM
from tests.exhaustive import some_of

API = ConnectionId("api")
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ANNA = leaf_of_profile(API, "g1")
PROFILE = guest("g1", email="anna@mail.example", phone="+43 1 58800 0", marketing_email=True)
STAYED = reservation("r1", PROFILE, status="checked_out")
AHEAD = reservation("r2", PROFILE, arrival="2026-06-01", departure="2026-06-03")
SAID = {"state": "explicit", "basis": "guest", "how": "Anna wrote it at the desk"}


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def known(hub: Hub, ingest: Ingest) -> None:
    hub.put("/v1/programs/club", PROGRAM)
    ingest(STAYED, AHEAD)
    hub.put(f"/v1/guests/{ANNA}/membership/club", {"number": "M-7"})
    hub.put(f"/v1/guests/{ANNA}/consents/email/marketing", SAID)


def erase(hub: Hub, guest_id: str = ANNA, key: str = "admin") -> Any:
    return hub.call("DELETE", f"/v1/guests/{guest_id}", key=key)


def tell(*snapshots: dict[str, Any]) -> None:
    """As of the clock."""
    told = notice(*snapshots)
    assert not ingest_notices([Message(told.id, {**told.body, "received_at": instant(now())})])


def said_of_anna() -> list[str]:
    """In rows of the guest: the answers to what was asked are another thing, and lie for a day."""
    told = (str(row) for key, row in tables.state().items() if not str(key).startswith("IDEMPOTENCY"))
    return [each for each in told if any(word in each for word in ("Anna", "anna@", "58800", "M-7"))]


def test_what_will_go_is_told_first_and_nothing_is_done(hub: Hub, known: None) -> None:
    before = tables.state()
    planned = hub.get(f"/v1/guests/{ANNA}/erasure")
    assert tables.state() == before
    assert planned["records"] == [ANNA]
    assert [each["reservation"] for each in planned["stays_ahead"]] != []
    assert [(each["source"], each["source_ids"], each["status"]) for each in planned["sources"]] == [
        ("api", ["g1"], "open")
    ]
    assert {each["what"] for each in planned["kept"]} >= {"stays", "ledger", "raw_notices", "backups"}


def test_what_the_log_of_objections_holds_of_an_erased_guest_is_told_with_its_end(hub: Hub, known: None) -> None:
    hub.put(f"/v1/guests/{ANNA}/consents/email/marketing", {**SAID, "state": "withdrawn"})
    kept = {each["what"]: each["until"] for each in erase(hub).json_body["kept"]}
    (word,) = [each for each in objections.noted_since(NOW.date(), NOW.date()) if isinstance(each, Withdrawal)]
    assert SAID["how"] in str(word.proof)
    assert kept["objections"] == (NOW + timedelta(days=40)).date().isoformat()


def test_an_erased_guest_is_as_one_who_never_was(hub: Hub, known: None) -> None:
    answer = erase(hub)
    assert (answer.status_code, answer.json_body["state"]) == (200, "done")
    assert said_of_anna() == []
    for path in (
        "",
        "/records",
        "/timeline",
        "/stays",
        "/consents",
        "/membership",
        "/ledger",
        "/erasure",
        "/decisions",
    ):
        assert hub.status("GET", f"/v1/guests/{ANNA}{path}") == 404
    assert hub.get("/v1/guests?email=anna@mail.example")["items"] == []
    assert hub.get("/v1/guests?member=M-7")["items"] == []
    assert hub.get("/v1/guests?name=Anna")["items"] == []
    assert hub.get("/v1/programs/club/members")["items"] == []
    assert hub.status("PUT", f"/v1/guests/{ANNA}/membership/club", {"number": "M-8"}) == 404
    assert hub.status("PUT", f"/v1/guests/{ANNA}/consents/email/marketing", SAID) == 404


def test_a_board_keeps_the_stay_and_names_nobody(hub: Hub, known: None) -> None:
    erase(hub)
    (line,) = hub.get(f"/v1/properties/{VIENNA.id}/arrivals?date=2026-06-01")["items"]
    assert line["guest"] is None


def test_to_erase_again_is_the_same_answer(hub: Hub, known: None) -> None:
    first = erase(hub).json_body
    before = tables.state()
    assert erase(hub).json_body == first
    assert tables.state() == before
    assert hub.get(f"/v1/erasures/{first['id']}") == first
    assert hub.get("/v1/erasures")["items"] == [first]


def test_notices_of_before_and_of_after_bring_nobody_back(hub: Hub, ingest: Ingest, known: None, clock: Any) -> None:
    erase(hub)
    clock.shift(timedelta(days=3))
    later = instant(NOW + timedelta(days=2))
    ingest(STAYED, AHEAD, charge())
    tell({**PROFILE, "changed_at": later}, {**PROFILE, "source_id": "g9"})
    tell({**AHEAD, "changed_at": later, "booked_at": at(0), "status": "cancelled"})
    assert said_of_anna() == []
    assert hub.get("/v1/guests?email=anna@mail.example")["items"] == []


def test_who_books_later_is_a_new_guest(hub: Hub, known: None, clock: Any) -> None:
    erase(hub)
    clock.shift(timedelta(days=3))
    later = instant(NOW + timedelta(days=2))
    tell(reservation("r5", PROFILE, booked_at=later, changed_at=later, arrival="2026-07-01", departure="2026-07-02"))
    (again,) = hub.get("/v1/guests?email=anna@mail.example")["items"]
    assert again["id"] == leaf_anew(ANNA)
    assert again["stats"]["reservations"] == 1
    consents = hub.get(f"/v1/guests/{again['id']}/consents")
    assert [each["state"] for each in consents["consents"]] == ["none", "none"]


def test_a_source_that_let_go_is_a_task_that_is_done(hub: Hub, known: None) -> None:
    path = f"/v1/erasures/{erase(hub).json_body['id']}"
    (task,) = hub.call("PATCH", path, {"source": "api", "status": "done"}).json_body["sources"]
    assert (task["status"], task["done_by"]) == ("done", "key admin")
    again = hub.call("PATCH", path, {"source": "api", "status": "done"}).json_body["sources"]
    assert again == [task]
    (task,) = hub.call("PATCH", path, {"source": "api", "status": "open"}).json_body["sources"]
    assert (task["status"], task["done_at"]) == ("open", None)
    assert hub.status("PATCH", path, {"source": "other", "status": "done"}) == 404


def test_a_hotel_erases_its_own_guests_alone(hub: Hub, ingest: Ingest, known: None) -> None:
    ingest(guest("g2", "Ben", email="ben@mail.example", property_id=PORTO.id))
    before = tables.state()
    assert erase(hub, ANNA, "admin@porto").status_code == 404
    assert hub.status("GET", f"/v1/guests/{ANNA}/erasure", key="admin@porto") == 404
    ingest({**PROFILE, "property_id": PORTO.id, "changed_at": at(5)})
    assert erase(hub, ANNA, "admin@porto").status_code == 403
    assert erase(hub, ANNA, "admin@vienna").status_code == 403
    assert before
    made = erase(hub, leaf_of_profile(API, "g2"), "admin@porto")
    assert made.status_code == 200
    assert hub.status("GET", f"/v1/erasures/{made.json_body['id']}", key="admin@vienna") == 404
    assert hub.get("/v1/erasures", key="admin@vienna")["items"] == []
    assert erase(hub, leaf_of_profile(API, "g2"), "admin@vienna").status_code == 404


def test_the_erasure_of_a_guest_whom_no_hotel_knew_is_the_groups_alone(hub: Hub, ingest: Ingest) -> None:
    ingest(guest("g9", "Nora", email="nora@mail.example"))
    nora = leaf_of_profile(API, "g9")
    made = erase(hub, nora).json_body
    assert hub.get("/v1/erasures", key="admin@vienna")["items"] == []
    assert hub.status("GET", f"/v1/erasures/{made['id']}", key="admin@vienna") == 404
    assert erase(hub, nora, "admin@vienna").status_code == 404
    assert hub.get("/v1/erasures")["items"] == [made]


def test_all_records_of_a_merged_guest_go_and_the_reasons_with_them(hub: Hub, ingest: Ingest, known: None) -> None:
    ingest(guest("g2", "Berta", "Moe", email="berta@mail.example", property_id=VIENNA.id))
    other = leaf_of_profile(API, "g2")
    reason = {"records": [ANNA, other], "verdict": "join", "reason": "Anna showed her passport"}
    assert hub.status("POST", "/v1/merge-decisions", reason) == 200
    answer = erase(hub, other).json_body
    assert answer["records"] == sorted([ANNA, other])
    assert said_of_anna() == []
    assert hub.status("GET", f"/v1/guests/{other}") == hub.status("GET", f"/v1/guests/{ANNA}") == 404
    assert hub.status("POST", "/v1/merge-decisions", reason) == 404
    assert {erase(hub, each).json_body["id"] for each in (ANNA, other)} == {answer["id"]}


@pytest.mark.exhaustive(inside=True)
def test_a_crash_at_any_call_is_gone_on_with_by_the_same_call(hub: Hub, ingest: Ingest) -> None:
    def begin() -> None:
        tables.empty()
        hub.kept.clear()
        hub.put(f"/v1/properties/{VIENNA.id}", {**VIENNA.model_dump(mode="json"), "id": VIENNA.id})
        ingest(STAYED, guest("g3", email="anna@mail.example"))

    def act() -> None:
        assert erase(hub).status_code == 200

    begin()
    for point in some_of(points_of(act)):
        begin()
        assert crash_at(point, act), str(point)
        assert erase(hub).json_body["state"] == "done", str(point)
        assert said_of_anna() == [], str(point)
        assert hub.status("GET", f"/v1/guests/{ANNA}") == 404


def test_a_table_that_is_restored_to_before_is_told_again_who_was_erased(
    hub: Hub, ingest: Ingest, known: None, clock: time_machine.Traveller
) -> None:
    before = tables.rows()
    assert erase(hub).status_code == 200
    (first,) = hub.get("/v1/erasures")["items"]
    tables.empty()
    for row in before.values():
        table.write(table.Put(row))
    assert said_of_anna()
    clock.shift(timedelta(days=1))
    for _ in range(2):
        assert tell_again(objections.noted_since(NOW.date(), now().date())).unknown == 0
        assert said_of_anna() == []
    (told,) = hub.get("/v1/erasures")["items"]
    assert {**told, "actor": ""} == {**first, "actor": ""}
    tell(STAYED)
    assert said_of_anna() == []
    assert hub.status("GET", f"/v1/guests/{ANNA}") == 404


def test_of_records_that_a_restored_table_does_not_know_an_erasure_waits_for_their_replay(
    hub: Hub, ingest: Ingest, known: None
) -> None:
    assert erase(hub).status_code == 200
    tables.empty()
    hub.kept.clear()
    hub.put(f"/v1/properties/{VIENNA.id}", {**VIENNA.model_dump(mode="json"), "id": VIENNA.id})
    assert tell_again(objections.noted_since(NOW.date(), NOW.date())) == ToldAgain(unknown=1)
    ingest(STAYED)
    assert said_of_anna()
    assert tell_again(objections.noted_since(NOW.date(), NOW.date())) == ToldAgain(held=1)
    assert said_of_anna() == []


def test_two_guests_who_are_joined_while_each_is_erased_are_both_erased(hub: Hub, ingest: Ingest, known: None) -> None:
    ingest(guest("g9", "Eva", "Roth", email="eva@mail.example", property_id=VIENNA.id))
    eva = leaf_of_profile(API, "g9")
    people = [found for each in (ANNA, eva) if (found := guests.guest(each))]
    begun = [actions.planned(each, "key admin", instant(now())) for each in people]
    for erased in begun:
        store.begin(erased)
    assert hub.status("POST", "/v1/merge-decisions", {"records": [ANNA, eva], "verdict": "join"}) == 200
    assert [actions.go_on(erased).is_done for erased in begun] == [True, True]
    assert said_of_anna() == []
    assert {hub.status("GET", f"/v1/guests/{each}") for each in (ANNA, eva)} == {404}


@pytest.mark.parametrize("who", [min, max])
def test_who_an_audit_took_for_the_same_person_goes_as_well(
    who: Callable[[Leaf, Leaf], Leaf], hub: Hub, ingest: Ingest, known: None
) -> None:
    eva = leaf_of_profile(API, "g9")
    ingest(guest("g9", "Eva", "Roth", email="eva@mail.example", property_id=VIENNA.id))
    audit_store.propose(pair_of(ANNA, eva), 5.0, instant(now()))
    erase(hub, who(ANNA, eva))
    assert not [key for key in tables.rows() if key.sk.startswith("PROPOS")]


@pytest.mark.parametrize("last_read", ["_gate_of", "_is_other_statement"])
def test_what_is_said_of_a_guest_who_is_erased_beside_it_is_not_proven_behind_the_sweep(
    hub: Hub, known: None, monkeypatch: pytest.MonkeyPatch, last_read: str
) -> None:
    """The same yes in other words changes nothing, and would be proven all the same."""
    read, (before, behind) = getattr(consents, last_read), (last_read == "_gate_of", last_read != "_gate_of")

    def erased(*, now_: bool) -> None:
        if now_:
            monkeypatch.setattr(consents, last_read, read)
            assert erase(hub).status_code == 200

    def erased_beside(*asked: Any) -> Any:
        erased(now_=before)
        answer = read(*asked)
        erased(now_=behind)
        return answer

    monkeypatch.setattr(consents, last_read, erased_beside)
    with pytest.raises(NotFound):
        consents.set_consent(
            ANNA, EMAIL, MARKETING, GROUP_CONTROLLER, "explicit", "guest", instant(now()), {"how": "Anna said it again"}
        )
    assert said_of_anna() == []


def test_what_came_from_another_hotel_while_a_guest_is_erased_is_told_to_the_group_alone(
    hub: Hub, ingest: Ingest, known: None
) -> None:
    found = guests.guest(ANNA)
    assert found
    begun = actions.planned(found, "key admin", instant(now()))
    store.begin(begun)
    ahead = {"property_id": PORTO.id, "arrival": "2026-06-05", "departure": "2026-06-07"}
    ingest(reservation("r9", guest("g4", email="anna@mail.example"), **ahead))
    assert erase(hub, key="admin@vienna").status_code == 404
    assert hub.status("GET", f"/v1/erasures/{begun.id}", key="admin@vienna") == 404
    told = hub.get(f"/v1/erasures/{begun.id}")
    assert [each["source_ids"] for each in told["sources"]] == [["g1", "g4"]]
    assert {each["property_id"] for each in told["stays_ahead"]} >= {PORTO.id}
    assert said_of_anna() == []


def test_a_record_that_comes_while_a_guest_is_erased_goes_along(hub: Hub, ingest: Ingest, known: None) -> None:
    found = guests.guest(ANNA)
    assert found
    store.begin(actions.planned(found, "key admin", instant(now())))
    ingest(guest("g4", email="anna@mail.example", property_id=VIENNA.id))
    answer = erase(hub).json_body
    assert set(answer["records"]) == {ANNA, leaf_of_profile(API, "g4")}
    assert [each["source_ids"] for each in answer["sources"]] == [["g1", "g4"]]
    assert said_of_anna() == []
    assert erase(hub, leaf_of_profile(API, "g4")).json_body == answer
