"""A glance at canonical notices takes what is right, and leaves the odd to the models; foreign words are read."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import BaseModel

from chalicelib.canonical.errors import Invalid
from chalicelib.canonical.ids import ConnectionId
from chalicelib.canonical.snapshots import ChargeSnapshot, GuestSnapshot, ReservationSnapshot
from chalicelib.connectors.canonical import edge, shape
from chalicelib.connectors.canonical.translate import read, translate
from chalicelib.connectors.contract import Link
from tests.builders import VIENNA, charge, guest, reservation
from tests.sizes.rows_of_guests import stayed

NOW = datetime(2026, 3, 29, 12, tzinfo=UTC)
LINK = Link(ConnectionId("own"), {}, {VIENNA.id: VIENNA.time_zone}, {}, {}, {})
MODELS: Mapping[str, type[BaseModel]] = {
    "guest": GuestSnapshot,
    "reservation": ReservationSnapshot,
    "charge": ChargeSnapshot,
}
GOOD = {
    "guest": guest(email="anna@mail.example", birth_date="1980-05-17", country="AT", property_id=VIENNA.id),
    "reservation": reservation(primary=guest(), companions=[guest("g2", "Ben")]),
    "charge": charge(),
}


def faults(*snapshots: Any) -> dict[str, str]:
    return {each.field: each.message for each in edge.faults([{"snapshots": list(snapshots)}], NOW)}


@pytest.mark.parametrize("kind", MODELS)
def test_the_glance_knows_the_fields_of_the_models(kind: str) -> None:
    fields = MODELS[kind].model_fields
    assert shape.FIELDS[kind] == fields.keys()
    assert shape.REQUIRED[kind] == {name for name, field in fields.items() if field.is_required()}


def names_in(schema: Any) -> set[str]:
    """Of every field, at any depth."""
    if isinstance(schema, list):
        return {name for each in schema for name in names_in(each)}
    if not isinstance(schema, dict):
        return set()
    own = set(schema["properties"]) if isinstance(schema.get("properties"), dict) else set()
    return own | {name for each in schema.values() for name in names_in(each)}


def test_the_edge_keeps_the_fields_of_the_models_and_no_other() -> None:
    models = {name for model in MODELS.values() for name in names_in(model.model_json_schema())}
    assert edge.listed_fields == frozenset(models | {"snapshots"})


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize(
    "changed_at", ["2026-01-01T00:00:00Z", "2026-01-01T00:00:00.123456+01:00", "2026-01-01 00:00Z"]
)
def test_what_is_right_is_taken_at_a_glance(kind: str, changed_at: str) -> None:
    told = {**GOOD[kind], "changed_at": changed_at}
    assert shape.looks_right({"snapshots": [told]})
    assert not translate({"snapshots": [told]}, LINK, NOW).broken


@pytest.mark.parametrize("kind", MODELS)
def test_whatever_the_models_need_is_missed_and_named(kind: str) -> None:
    for name in shape.REQUIRED[kind]:
        for odd in ({key: value for key, value in GOOD[kind].items() if key != name}, {**GOOD[kind], name: None}):
            assert list(faults(odd)) == [f"snapshots.0.{name}"], odd


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("reservation", {"arrivel": "2026-02-01"}, "arrivel"),
    ("reservation", {"arrival": "01.02.2026"}, "arrival"),
    ("reservation", {"arrival": "2026-02-01T14:00:00Z"}, "arrival"),
    ("reservation", {"changed_at": "2026-01-01T00:00:00"}, "changed_at"),
    ("reservation", {"property_id": "Hotel Vienna"}, "property_id"),
    ("reservation", {"currency": "euro"}, "currency"),
    ("reservation", {"occupants": [{"role": "owner", "guest": guest()}]}, "occupants.0.role"),
    (
        "reservation",
        {"occupants": [{"role": "primary", "guest": guest(birth_date="1980")}]},
        "occupants.0.guest.birth_date",
    ),
    ("reservation", {"occupants": ["Anna"]}, "occupants.0"),
    ("reservation", {"departure": "2026-01-31"}, "departure"),
    ("reservation", {"payer": "agency"}, "payer"),
    ("reservation", {"room_number": 12}, "room_number"),
    ("guest", {"country": "Austria"}, "country"),
    ("guest", {"email": 5}, "email"),
    ("guest", {"phone": 436601234567}, "phone"),
    ("guest", {"given_name": ["Anna"]}, "given_name"),
    ("guest", {"kind": "person"}, ""),
    ("charge", {"currency": 978}, "currency"),
]


@pytest.mark.parametrize(("kind", "fields", "field"), WRONG)
def test_what_is_wrong_is_told_by_its_field_and_not_repeated(kind: str, fields: dict[str, Any], field: str) -> None:
    found = faults({**GOOD[kind], **fields})
    assert list(found) == ([f"snapshots.0.{field}"] if field else [])
    assert not any(str(value) in str(found) for value in fields.values() if isinstance(value, str) and field)


@pytest.mark.parametrize("body", [[], "x", 7, None])
def test_a_body_that_is_no_object_is_told_so(body: Any) -> None:
    assert [(each.field, each.message) for each in edge.faults([body], NOW)] == [("body", "must be a JSON object")]


def test_snapshots_that_are_missing_or_no_list_are_told_so() -> None:
    assert [each.message for each in edge.faults([{}], NOW)] == ["is required"]
    assert [each.message for each in edge.faults([{"snapshots": {}}], NOW)] == ["must be a list"]
    assert list(faults("Anna", None)) == ["snapshots.0.snapshot", "snapshots.1.snapshot"]
    assert faults() == {}


def test_one_snapshot_that_can_be_read_is_enough() -> None:
    wrong = {**GOOD["guest"], "country": "Austria"}
    assert faults(wrong, wrong, GOOD["charge"]) == {}
    assert list(faults(wrong, wrong)) == ["snapshots.0.country", "snapshots.1.country"]


def test_what_only_looks_odd_is_taken() -> None:
    """The models read an instant as a number, too."""
    odd = {**GOOD["guest"], "changed_at": 1767225600}
    assert not shape.looks_right({"snapshots": [odd]})
    assert faults(odd) == {}


def test_a_change_that_lies_far_ahead_is_left_to_the_worker_and_never_freezes_a_record() -> None:
    ahead = {**GOOD["guest"], "changed_at": "2027-01-01T00:00:00Z"}
    assert faults(ahead) == {}
    assert list(translate({"snapshots": [ahead]}, LINK, NOW).broken) == ["snapshots.0"]


@pytest.mark.parametrize(
    ("field", "said", "read"),
    [
        ("status", "waitlisted", "unknown"),
        ("status", "anna@mail.example", "unknown"),
        ("status", "Checked-Out", "checked_out"),
        ("status", "in house", "in_house"),
        ("status", "confirmed", "confirmed"),
        ("channel", "billboard", "unknown"),
        ("channel", "OTA", "ota"),
        ("meal_plan", "brunch", "unknown"),
        ("purpose", "wedding", "unknown"),
    ],
)
def test_words_that_no_table_knows_become_unknown_and_are_counted(field: str, said: str, read: str) -> None:
    told = {**reservation(), field: said}
    assert faults(told) == {}
    translated = translate({"snapshots": [told]}, LINK, NOW)
    (snapshot,) = translated.snapshots
    assert (getattr(snapshot, field), translated.broken) == (read, {})
    assert translated.ignored == ({f"unknown_{field}": 1} if read == "unknown" and said != "unknown" else {})


@pytest.mark.parametrize("said", [7, None, ["confirmed"]])
def test_what_is_no_word_at_all_is_refused(said: Any) -> None:
    assert list(
        faults(reservation(status=said)) or translate({"snapshots": [reservation(status=said)]}, LINK, NOW).broken
    )


def test_a_word_that_decides_about_money_is_refused() -> None:
    for wrong in (reservation(payer="uncle"), charge(charge=None, category="minibar")):
        assert list(translate({"snapshots": [wrong]}, LINK, NOW).broken) == ["snapshots.0"]


def test_lists_are_counted_as_the_models_bound_them() -> None:
    properties = {
        name: told for model in MODELS.values() for name, told in model.model_json_schema()["properties"].items()
    }
    shapes = [(name, each) for name, told in properties.items() for each in (told, *told.get("anyOf", ()))]
    listed = {name: each["maxItems"] for name, each in shapes if each.get("type") == "array"}
    assert listed == shape.LISTS


def test_the_largest_snapshot_that_the_models_take_has_half_of_the_values() -> None:
    whole = {**stayed("ascii"), "kind": "reservation"}
    assert len(whole["occupants"]) == shape.LISTS["occupants"]
    assert len(whole["nightly_rates"]) == shape.LISTS["nightly_rates"]
    assert shape.values_of(whole) < shape.MOST_VALUES * 0.8


@pytest.mark.parametrize("name", shape.LISTS)
def test_a_list_that_is_too_long_is_told_by_its_name_before_its_entries_are_looked_at(name: str) -> None:
    kind = "guest" if name == "special_dates" else "reservation"
    item = {**GOOD[kind], name: [{}] * (shape.LISTS[name] + 1)}
    with pytest.raises(Invalid) as told:
        read(item)
    assert [(each.field, each.message) for each in told.value.fields] == [
        (name, f"may have at most {shape.LISTS[name]} entries")
    ]


@pytest.mark.parametrize(
    "odd", [{"occupants": [{}] * 60_000}, {f"x{at}": 1 for at in range(60_000)}, {"adults": [[]] * 60_000}]
)
def test_a_snapshot_of_more_values_than_one_may_have_is_one_fault(odd: dict[str, Any]) -> None:
    item = {**GOOD["reservation"], **odd}
    with pytest.raises(Invalid) as told:
        read(item)
    assert [each.message for each in told.value.fields] == ["has more than 5000 values"]


def test_the_edge_tells_the_same_where_a_glance_finds_nothing_right() -> None:
    item = {**GOOD["reservation"], "occupants": [{}] * 60_000}
    assert faults(*[item] * 3) == {f"snapshots.{at}.snapshot": "has more than 5000 values" for at in range(3)}
