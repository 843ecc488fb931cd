"""PATCH /v1/guests/{guest_id}: what staff correct stands until a source says something new, in one record of theirs."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine

from chalicelib.canonical.errors import TryAgain
from chalicelib.canonical.ids import ConnectionId, leaf_of_profile
from chalicelib.profiles import actions as profiles
from tests import tables
from tests.builders import PORTO, VIENNA, at, guest, reservation
from tests.entrypoints.conftest import Hub, Ingest

API = ConnectionId("api")
ONE = leaf_of_profile(API, "g1")
EMAIL, RIGHT = "anna.lee@example.com", "anna@lee.example"
THEN, NOW = datetime(2026, 1, 1, 0, 2, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)
"""When staff correct, and when the test looks."""
LATER = at(4)


def patch(hub: Hub, document: dict[str, Any], key: str = "front_desk", leaf: str = ONE) -> dict[str, Any]:
    with time_machine.travel(THEN, tick=False):
        answer = hub.call("PATCH", f"/v1/guests/{leaf}", document, key=key)
    assert answer.status_code == 200, answer.json_body
    body: dict[str, Any] = answer.json_body
    return body


def origin(hub: Hub, field: str, key: str = "admin") -> tuple[Any, str]:
    found = {each["field"]: each for each in hub.get(f"/v1/guests/{ONE}/origins", key=key)["items"]}
    return (found[field]["value"], found[field]["won_by"]) if field in found else (None, "")


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def anna(hub: Hub, ingest: Ingest) -> Callable[..., None]:
    def told(**fields: Any) -> None:
        ingest(guest("g1", **{"email": EMAIL, "given_name": "Ana", "property_id": VIENNA.id, **fields}))

    told()
    return told


def test_a_correction_stands_and_the_guest_keeps_its_id(hub: Hub, anna: Any) -> None:
    shown = patch(hub, {"given_name": "Anna", "email": RIGHT, "phone": "0664 1234567", "birth_date": "1980-05-17"})
    assert shown["id"] == ONE
    traits = shown["traits"]
    assert (traits["given_name"], traits["family_name"], traits["email"]) == ("Anna", "Lee", RIGHT)
    assert (traits["phone"], traits["birth_date"]) == ("+436641234567", "1980-05-17")
    assert origin(hub, "given_name") == ("Anna", "corrected")
    assert [each["id"] for each in hub.get(f"/v1/guests?email={RIGHT}")["items"]] == [ONE]


def test_a_source_that_goes_on_saying_it_changes_nothing_and_one_that_says_something_new_counts(
    hub: Hub, anna: Any
) -> None:
    patch(hub, {"given_name": "Anna", "language": "de"})
    anna(changed_at=LATER, phone="+436641234567")
    assert origin(hub, "given_name") == ("Anna", "corrected")
    anna(changed_at=at(5), given_name="Annika", language="de")
    assert origin(hub, "given_name")[0] == "Annika"
    assert origin(hub, "language")[0] == "de"


def test_said_again_it_writes_nothing(hub: Hub, anna: Any) -> None:
    first = patch(hub, {"given_name": "Anna"})
    kept = hub.get(f"/v1/guests/{ONE}/records")["items"]
    assert patch(hub, {"given_name": "Anna"}) == first
    assert hub.get(f"/v1/guests/{ONE}/records")["items"] == kept
    assert len(kept) == 2


def test_one_field_after_another_is_kept_in_one_record(hub: Hub, anna: Any) -> None:
    patch(hub, {"given_name": "Anna"})
    patch(hub, {"language": "de"})
    patch(hub, {"given_name": "Anne"})
    assert (origin(hub, "given_name"), origin(hub, "language")) == (("Anne", "corrected"), ("de", "corrected"))
    assert len(hub.get(f"/v1/guests/{ONE}/records")["items"]) == 2


def test_what_staff_said_is_taken_back_by_null(hub: Hub, anna: Any) -> None:
    patch(hub, {"given_name": "Anna", "language": "de"})
    patch(hub, {"given_name": None})
    assert (origin(hub, "given_name")[0], origin(hub, "language")[0]) == ("Ana", "de")
    patch(hub, {"language": None})
    assert origin(hub, "language") == (None, "")


def test_an_address_that_was_corrected_away_is_no_more_the_guest_s(hub: Hub, anna: Any) -> None:
    patch(hub, {"email": RIGHT})
    assert hub.get(f"/v1/guests/{ONE}")["traits"]["email"] == RIGHT
    anna(changed_at=LATER)
    assert hub.get(f"/v1/guests/{ONE}")["traits"]["email"] == RIGHT


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ({"phone": "n/a"}, "phone"), ({"email": "noemail@x.example"}, "email"),
        ({"email": "x@vienna.example"}, "email"),
        ({"given_name": ""}, "given_name"), ({"birth_date": "1780-01-01"}, "birth_date"),
        ({"nickname": "A"}, "nickname"),
        ({"given_name": "Walk", "family_name": "In"}, "given_name"), ({"member": True}, "member"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_by_its_field_and_nothing_is_kept(
    hub: Hub, anna: Any, document: dict[str, Any], field: str
) -> None:
    answer = hub.call("PATCH", f"/v1/guests/{ONE}", {"language": "de", **document}, key="front_desk")
    assert answer.status_code == 400
    assert field in {each["field"] for each in answer.json_body["errors"]}
    assert len(hub.get(f"/v1/guests/{ONE}/records")["items"]) == 1
    assert origin(hub, "language") == (None, "")


def test_who_may_not_is_refused_and_another_hotel_s_guest_is_not_there(hub: Hub, anna: Any) -> None:
    assert hub.call("PATCH", f"/v1/guests/{ONE}", {"language": "de"}, key="analyst").status_code == 403
    assert hub.call("PATCH", f"/v1/guests/{ONE}", {"language": "de"}, key="front_desk@porto").status_code == 404


def test_a_hotel_s_word_stands_for_all_where_nobody_else_knows_the_guest(hub: Hub, ingest: Ingest, anna: Any) -> None:
    assert patch(hub, {"given_name": "Anna"}, "front_desk@vienna")["traits"]["given_name"] == "Anna"
    assert origin(hub, "given_name") == ("Anna", "corrected")
    ingest(reservation("r1", guest("g2", "Ana", email=EMAIL, changed_at=at(5)), property_id=PORTO.id))
    assert origin(hub, "given_name")[0] == "Ana"
    assert origin(hub, "given_name", "front_desk@vienna") == ("Anna", "corrected")
    assert origin(hub, "given_name", "front_desk@porto")[0] == "Ana"


def test_two_who_correct_beside_each_other_lose_nothing(hub: Hub, anna: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second read before the first wrote: it is refused, and asks again."""
    store, beside = profiles.store_changes, [{"language": "de"}]

    def slowly(changes: Any) -> Any:
        if beside:
            patch(hub, beside.pop())
        return store(changes)

    monkeypatch.setattr(profiles, "store_changes", slowly)
    refused = hub.call("PATCH", f"/v1/guests/{ONE}", {"given_name": "Anna"}, key="front_desk")
    assert refused.status_code == 409
    patch(hub, {"given_name": "Anna"})
    assert (origin(hub, "given_name")[0], origin(hub, "language")[0]) == ("Anna", "de")


def test_who_dies_between_the_join_and_the_record_asks_again(
    hub: Hub, anna: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(_: Any) -> Any:
        raise TryAgain("dead")

    with monkeypatch.context() as dying:
        dying.setattr(profiles, "store_changes", dies)
        assert hub.call("PATCH", f"/v1/guests/{ONE}", {"language": "de"}, key="front_desk").status_code == 503
    assert len(hub.get(f"/v1/guests/{ONE}/records")["items"]) == 1
    assert patch(hub, {"language": "de"})["traits"]["language"] == "de"


def test_a_correction_goes_with_the_record_through_which_it_was_said(hub: Hub, ingest: Ingest, anna: Any) -> None:
    """To take the records apart leaves the correction with the one, and joins neither again."""
    ingest(guest("g2", "Ana", email=EMAIL, property_id=VIENNA.id))
    patch(hub, {"given_name": "Anna"})
    other = leaf_of_profile(API, "g2")
    answer = hub.call("POST", f"/v1/guests/{ONE}/unmerge", {"records": [other]}, key="admin")
    assert answer.status_code == 200, answer.json_body
    names = {leaf: hub.get(f"/v1/guests/{leaf}")["traits"]["given_name"] for leaf in (ONE, other)}
    assert sorted(names.values()) == ["Ana", "Anna"]


@pytest.mark.parametrize("is_decided", [True, False], ids=["behind the decision", "before it"])
def test_a_correction_that_is_under_way_while_the_guest_is_erased_brings_nobody_back(
    hub: Hub, anna: Any, monkeypatch: pytest.MonkeyPatch, *, is_decided: bool
) -> None:
    decide = profiles.store_decision

    def decided(said: Any) -> None:
        if is_decided:
            decide(said)
        assert hub.status("DELETE", f"/v1/guests/{ONE}") == 200
        if not is_decided:
            decide(said)

    monkeypatch.setattr(profiles, "store_decision", decided)
    for _ in range(2):
        assert hub.status("PATCH", f"/v1/guests/{ONE}", {"family_name": "Leeward"}, key="front_desk") in {404, 409}
    assert hub.get("/v1/guests?name=Leeward")["items"] == []
    assert not any("Leeward" in str(row) for key, row in tables.state().items() if not key.pk.startswith("IDEMPOTENCY"))


def test_staff_say_who_is_a_vip_until_a_source_says_something_new(hub: Hub, anna: Any) -> None:
    anna(vip=1)
    assert hub.get(f"/v1/guests/{ONE}")["traits"]["vip"] == 1
    assert patch(hub, {"vip": 3})["traits"]["vip"] == 3
    anna(vip=1, changed_at=LATER)
    assert origin(hub, "vip") == (3, "corrected")
    rule = {"trait": "vip", "op": "gte", "value": 2}
    hub.put("/v1/segments/vips", {"name": "VIPs", "rule": rule})
    assert hub.get(f"/v1/segments/vips/why/{ONE}")["is_in"]
    anna(vip=2, changed_at=at(6))
    assert origin(hub, "vip") == (2, "only")
    assert patch(hub, {"vip": None})["traits"]["vip"] == 2
    assert hub.status("PATCH", f"/v1/guests/{ONE}", {"vip": 10}) == 400


def test_a_board_says_who_is_a_vip(hub: Hub, ingest: Ingest) -> None:
    ingest(reservation("r1", guest("g1", email=EMAIL, vip=2), property_id=VIENNA.id, status="confirmed"))
    (line,) = hub.get("/v1/properties/vienna/arrivals?date=2026-02-01", key="front_desk@vienna")["items"]
    assert line["guest"]["vip"] == 2
