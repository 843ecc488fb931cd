"""Fields that an operator defines: typed, filled in by staff, asked for by segments and mails, gone with the guest."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from chalicelib.canonical.ids import leaf_of_profile
from chalicelib.canonical.time import instant
from tests import tables
from tests.builders import PORTO, VIENNA, at, guest
from tests.entrypoints.conftest import Hub, Ingest
from tests.entrypoints.test_corrections_api import API, EMAIL, NOW, ONE

OTHER = leaf_of_profile(API, "g2")
PATH = f"/v1/guests/{ONE}/fields"
FIELDS = {
    "newspaper": {"label": "Newspaper", "kind": "text"},
    "shoe_size": {"label": "Shoe size", "kind": "number"},
    "wedding": {"label": "Wedding day", "kind": "date"},
    "late_riser": {"label": "Sleeps long", "kind": "flag"},
    "car": {"label": "Car", "kind": "choice", "choices": ["small", "large"]},
}
FILLED: dict[str, Any] = {
    "newspaper": "Die Zeit",
    "shoe_size": 42,
    "wedding": "2010-06-12",
    "late_riser": True,
    "car": "large",
}


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def anna(hub: Hub, ingest: Ingest) -> Callable[..., None]:
    hub.put("/v1/settings", {"guests": {"fields": FIELDS}})

    def told(id_: str = "g1", **fields: Any) -> None:
        ingest(guest(id_, **{"email": EMAIL, "property_id": VIENNA.id, **fields}))

    told()
    return told


def fill(hub: Hub, key: str = "front_desk", path: str = PATH, **fields: Any) -> dict[str, Any]:
    answer = hub.call("PATCH", path, {"fields": fields}, key=key)
    assert answer.status_code == 200, answer.body
    return {each["name"]: each["value"] for each in answer.json_body["items"]}


def values(hub: Hub, key: str = "admin", path: str = PATH) -> dict[str, Any]:
    found = {each["name"]: each["value"] for each in hub.get(path, key=key)["items"]}
    return {name: value for name, value in found.items() if value is not None}


def is_in(hub: Hub, trait: str, op: str, value: Any) -> bool:
    hub.put("/v1/segments/asked", {"name": "Asked", "rule": {"trait": trait, "op": op, "value": value}})
    return bool(hub.get(f"/v1/segments/asked/why/{ONE}")["is_in"])


def test_each_kind_is_kept_as_what_it_is_and_stands_on_the_profile(hub: Hub) -> None:
    assert fill(hub, **FILLED) == FILLED
    assert hub.get(f"/v1/guests/{ONE}")["traits"]["fields"] == FILLED
    shown = next(each for each in hub.get(PATH)["items"] if each["name"] == "car")
    assert shown == {
        "name": "car", "label": "Car", "kind": "choice", "choices": ["small", "large"], "value": "large",
        "at": instant(NOW), "actor": "key front_desk", "record": ONE,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("shoe_size", "42"), ("shoe_size", True), ("shoe_size", 10**10), ("wedding", "June"), ("wedding", 1),
        ("late_riser", "yes"), ("late_riser", 1), ("car", "huge"), ("newspaper", "x" * 61), ("newspaper", 1),
        ("allergies", "nuts"),
    ],
)  # fmt: skip
def test_what_may_not_stand_there_is_refused_by_its_field_and_nothing_of_it_is_kept(
    name: str, value: Any, hub: Hub
) -> None:
    hub.get(PATH)
    before = tables.state()
    answer = hub.call("PATCH", PATH, {"fields": {"newspaper": "Die Zeit", name: value}})
    assert (answer.status_code, answer.json_body["errors"][0]["field"]) == (400, f"fields.{name}")
    assert tables.state() == before


def test_null_empties_a_field_what_is_left_out_stays_and_the_same_again_writes_nothing(hub: Hub, clock: Any) -> None:
    fill(hub, **FILLED)
    clock.shift(timedelta(days=1))
    assert fill(hub, shoe_size=None, newspaper=" ")["shoe_size"] is None
    assert values(hub) == {name: FILLED[name] for name in ("wedding", "late_riser", "car")}
    before = tables.state()
    clock.shift(timedelta(days=1))
    fill(hub, wedding="2010-06-12", shoe_size=None)
    assert tables.state() == before


def test_segments_ask_for_it_by_its_kind(hub: Hub, clock: Any) -> None:
    assert not is_in(hub, "fields.shoe_size", "gte", 40)
    fill(hub, **FILLED)
    assert is_in(hub, "fields.shoe_size", "gte", 40)
    assert is_in(hub, "fields.late_riser", "eq", True)
    assert is_in(hub, "fields.newspaper", "contains", "Zeit")
    assert is_in(hub, "fields.wedding", "lt", "2011-01-01")
    assert is_in(hub, "fields.wedding.days_since", "gt", 5_000)
    assert is_in(hub, "fields.car", "in", ["large"])
    assert not is_in(hub, "fields.car", "exists", False)


@pytest.mark.parametrize(
    ("trait", "op", "value", "field"),
    [
        ("fields.hat_size", "gte", 1, "rule.trait"),
        ("fields.shoe_size", "gte", "40", "rule.value"),
        ("fields.late_riser", "gte", 1, "rule.op"),
        ("fields.car", "eq", "huge", "rule.value"),
    ],
)
def test_a_segment_that_asks_for_what_there_is_not_is_refused(
    trait: str, op: str, value: Any, field: str, hub: Hub
) -> None:
    answer = hub.call("PUT", "/v1/segments/asked", {"name": "A", "rule": {"trait": trait, "op": op, "value": value}})
    assert (answer.status_code, answer.json_body["errors"][0]["field"]) == (400, field)


def test_traits_tell_who_puts_a_rule_together_of_the_fields(hub: Hub) -> None:
    told = {each["name"]: each for each in hub.get("/v1/traits?limit=200")["items"]}
    assert (told["fields.car"]["kind"], told["fields.car"]["choices"]) == ("text", ["small", "large"])
    assert told["fields.wedding.days_since"]["kind"] == "number"
    assert told["fields.shoe_size"]["used_in"] == ["segments", "templates", "api"]


def test_a_mail_has_it_or_what_the_template_says_instead(hub: Hub) -> None:
    text = "{{ guest.fields.newspaper | default: 'a paper' }} {% if guest.fields.late_riser %}late{% endif %}"
    template = {"name": "N", "subject": "Hello", "html": f"<p>{text}</p>", "text": text}
    hub.put("/v1/templates/n", template)
    asked = {"property_id": VIENNA.id, "guest": ONE}
    assert hub.call("POST", "/v1/templates/n/preview", asked).json_body["text"].startswith("a paper")
    fill(hub, **FILLED)
    assert hub.call("POST", "/v1/templates/n/preview", asked).json_body["text"].startswith("Die Zeit late")


def test_what_stands_in_a_field_that_is_defined_otherwise_by_now_is_nothing(hub: Hub, anna: Any, clock: Any) -> None:
    fill(hub, **FILLED)
    changed = {**FIELDS, "shoe_size": {"label": "Shoe size", "kind": "text"}}
    del changed["car"]
    hub.put("/v1/settings", {"guests": {"fields": changed}})
    assert values(hub) == {name: FILLED[name] for name in ("newspaper", "wedding", "late_riser")}
    assert not is_in(hub, "fields.shoe_size", "contains", "4")  # the profile follows with the next news
    anna(phone="+436641234567", changed_at=at(4))
    assert hub.get(f"/v1/guests/{ONE}")["traits"]["fields"].keys() == {"newspaper", "wedding", "late_riser"}
    clock.shift(timedelta(days=1))
    assert fill(hub, shoe_size="42")["shoe_size"] == "42"


def test_what_is_said_again_stands_on_the_profile_as_the_field_is_defined_by_now(hub: Hub, clock: Any) -> None:
    fill(hub, newspaper="large")
    choice = {"label": "Newspaper", "kind": "choice", "choices": ["small"]}
    hub.put("/v1/settings", {"guests": {"fields": {**FIELDS, "newspaper": choice}}})
    clock.shift(timedelta(days=1))
    fill(hub, shoe_size=42)
    assert hub.get(f"/v1/guests/{ONE}")["traits"]["fields"] == {"shoe_size": 42}
    hub.put("/v1/settings", {"guests": {"fields": FIELDS}})
    clock.shift(timedelta(days=1))
    fill(hub, newspaper="large")
    assert hub.get(f"/v1/guests/{ONE}")["traits"]["fields"] == {"shoe_size": 42, "newspaper": "large"}
    before = tables.state()
    clock.shift(timedelta(days=1))
    fill(hub, newspaper="large")
    assert tables.state() == before


def test_a_flag_that_is_a_number_by_now_is_no_number_yet(hub: Hub) -> None:
    fill(hub, late_riser=True)
    hub.put("/v1/settings", {"guests": {"fields": {"late_riser": {"label": "Rises at", "kind": "number"}}}})
    assert not is_in(hub, "fields.late_riser", "eq", 1)
    assert not is_in(hub, "fields.late_riser", "in", [1, 2])
    assert is_in(hub, "fields.late_riser", "ne", 1)


def test_it_goes_with_its_record_and_with_the_guest(hub: Hub, anna: Any) -> None:
    anna("g2", email="other@example.com", phone="+436641234567")
    fill(hub, path=f"/v1/guests/{OTHER}/fields", shoe_size=44)
    assert hub.call("POST", "/v1/merge-decisions", {"records": [ONE, OTHER], "verdict": "join"}).status_code == 200
    assert values(hub) == {"shoe_size": 44}
    assert hub.call("POST", f"/v1/guests/{ONE}/unmerge", {"records": [OTHER]}).status_code == 200
    assert (values(hub), values(hub, path=f"/v1/guests/{OTHER}/fields")) == ({}, {"shoe_size": 44})
    (said,) = hub.get(f"/v1/guests/{OTHER}/export")["statements"]
    assert (said["about"], said["values"]) == ("fields.shoe_size", ["44"])
    assert hub.status("DELETE", f"/v1/guests/{OTHER}") == 200
    assert "shoe_size" not in str([row for key, row in tables.rows().items() if key.pk.startswith(("LEAF", "GUESTS"))])


def test_another_hotel_is_not_shown_it(hub: Hub, ingest: Ingest) -> None:
    fill(hub, key="front_desk@vienna", **FILLED)
    ingest(guest("g2", email=EMAIL, property_id=PORTO.id))
    (seen,) = hub.get(f"/v1/guests?email={EMAIL}", key="front_desk@porto")["items"]
    assert seen["traits"]["fields"] is None
    assert values(hub, "front_desk@porto", f"/v1/guests/{seen['id']}/fields") == {}


def test_choices_belong_to_a_choice_and_names_are_plain(hub: Hub) -> None:
    for field in ({"label": "x", "kind": "choice"}, {"label": "x", "kind": "text", "choices": ["a"]}):
        assert hub.status("PUT", "/v1/settings", {"guests": {"fields": {"x": field}}}) == 400
    assert hub.status("PUT", "/v1/settings", {"guests": {"fields": {"X y": FIELDS["newspaper"]}}}) == 400
