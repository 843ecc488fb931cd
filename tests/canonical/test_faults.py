"""What is wrong with a document is told in the hub's words, never in those of the library that found it."""

import json
import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any, Literal, get_args

import pytest
from pydantic import BaseModel, Field, ValidationError
from pydantic_core.core_schema import ErrorType

from chalicelib.canonical.choices import known
from chalicelib.canonical.errors import Invalid
from chalicelib.canonical.faults import FORMS, HELPED, NO_FIELD, PATTERNS, WORDS, by_field, told
from chalicelib.canonical.snapshots import AnySnapshot
from chalicelib.connections.asked import Connection
from chalicelib.connectors.canonical.translate import SNAPSHOT, read
from chalicelib.entrypoints.api.openapi import document
from tests.builders import charge, guest, reservation


def faults_of(model: type[BaseModel], asked: Any) -> dict[str, str]:
    with pytest.raises(ValidationError) as caught:
        model.model_validate(asked)
    return by_field((".".join(map(str, each.location)), each.words) for each in told(caught.value, model))


def faults_of_snapshot(item: Any) -> dict[str, str]:
    with pytest.raises(ValidationError) as caught:
        SNAPSHOT.validate_python(item)
    return by_field((".".join(map(str, each.location[1:])), each.words) for each in told(caught.value, AnySnapshot))


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("given_name", 7, "must be text"),
        ("given_name", "x" * 1000, "may have at most"),
        ("birth_date", "someday", "must be a date, such as 2026-02-01"),
        ("changed_at", "2026-01-01T00:00:00", "must name its time zone"),
        ("changed_at", "yesterday", "must be an instant with its time zone"),
        ("address", "Street 1", "must be an object"),
        ("given_nmae", "Anna", "is not a field of this; there is given_name"),
    ],
)
def test_a_fault_of_a_snapshot_says_what_is_wanted(field: str, value: Any, words: str) -> None:
    assert words in faults_of_snapshot({**guest(), field: value})[field]


def test_of_many_unknown_names_each_is_told_and_the_nearest_of_the_first_only() -> None:
    told_of = faults_of_snapshot({**guest(), **{f"given_nam{at:02}": 1 for at in range(HELPED + 2)}})
    assert [told_of[f"given_nam{at:02}"].partition(";")[0] for at in range(HELPED + 2)] == [NO_FIELD] * (HELPED + 2)
    assert sum("there is given_name" in words for words in told_of.values()) == HELPED


def test_what_is_missing_and_what_must_be_one_of_a_list_are_told() -> None:
    assert faults_of_snapshot({"kind": "charge"})["source_id"] == "is required"
    assert faults_of_snapshot(reservation(status="maybe"))["status"].startswith("must be one of ")
    assert "checked_out" in faults_of_snapshot(reservation(status="maybe"))["status"]


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Painted(BaseModel):
    colour: Literal[Colour.RED]


def test_where_only_some_words_of_an_enumeration_are_taken_these_are_told() -> None:
    assert faults_of(Painted, {"colour": "green"}) == {"colour": "must be one of red"}


def test_a_misspelt_field_deep_in_a_list_is_told_the_nearest() -> None:
    wrong = reservation(occupants=[{"role": "primary", "guest": {**guest(), "emial": "a@b.example"}}])
    assert any("there is email" in words for words in faults_of_snapshot(wrong).values())


@pytest.mark.parametrize(
    ("item", "words"), [({}, "is required; there is guest, "), ({"kind": "gest"}, "must be one of ")]
)
def test_a_snapshot_of_no_known_kind_is_told_the_kinds_at_that_field(item: dict[str, Any], words: str) -> None:
    with pytest.raises(Invalid) as invalid:
        read(item)
    (fault,) = invalid.value.fields
    assert (fault.field, fault.message.startswith(words)) == ("kind", True)
    assert fault.message.endswith("guest, reservation, charge")


def test_a_field_that_is_not_there_is_told_those_of_its_own_kind_alone() -> None:
    assert faults_of_snapshot({**guest(), "Arrival": "x"})["Arrival"].count("departure") == 0
    assert "there is amount_minor" in faults_of_snapshot({**charge(), "amount": 1})["amount"]


@pytest.mark.parametrize(
    ("item", "field"),
    [
        (reservation(currency=None), "room_revenue_minor"),
        (reservation(currency=None, room_revenue_minor=None, nightly_rates=[]), "nightly_rates"),
        (reservation(in_other_currencies=[{"currency": "EUR"}]), "in_other_currencies"),
        (reservation(occupants=[{"role": "primary", "guest": guest(each)} for each in "ab"]), "occupants"),
        (reservation(departure="2026-01-31"), "departure"),
        (charge(charge=None), "category"),
        (charge(category="tax"), "category"),
    ],
)
def test_what_two_fields_say_of_each_other_is_told_at_one_of_them(item: dict[str, Any], field: str) -> None:
    assert list(faults_of_snapshot(item)) == [field]


def test_our_own_checks_speak_without_a_prefix() -> None:
    asked = reservation(arrival="2026-02-03", departure="2026-02-01")
    assert faults_of_snapshot(asked) == {"departure": "is before the arrival"}


def test_a_name_that_is_no_id_is_told_its_form() -> None:
    asked = {"id": "NO WAY", "vendor": "canonical", "properties": {}}
    assert faults_of(Connection, asked)["id"] == "must have 1 to 64 of a-z, 0-9, _ and -"


SPECIAL = {
    "value_error", "assertion_error", "literal_error", "enum", "extra_forbidden", "union_tag_invalid",
    "union_tag_not_found", "string_pattern_mismatch",
}  # fmt: skip
OF_NO_DOCUMENT = re.compile(
    r"argument|frozen_(field|instance)|callable|is_(instance|subclass)|attribute|default|bytes|complex|python_object|"
    r"recursion|iteration|json|invalid_key|sentinel|time_delta|timezone_(naive|offset)"
)
"""What only Python's own values, or settings that no model here has, can cause."""


def test_no_type_of_error_is_without_words() -> None:
    can_be = {kind for kind in get_args(ErrorType) if not OF_NO_DOCUMENT.search(kind)}
    assert {kind for kind in can_be - SPECIAL - WORDS.keys() if kind.partition("_")[0] not in FORMS} == set()


def patterns(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        yield from [node["pattern"]] if isinstance(node.get("pattern"), str) else []
        node = list(node.values())
    for each in node if isinstance(node, list) else []:
        yield from patterns(each)


def test_every_form_that_the_api_asks_for_has_words() -> None:
    asked = set(patterns(json.loads(json.dumps(document()))))
    assert asked
    assert asked <= PATTERNS.keys()


@pytest.mark.parametrize(
    ("choices", "meant", "words"),
    [
        (["b", "a"], "x", "a, b"),
        ([], "x", "(there is none yet)"),
        ([f"trait_{at:02d}" for at in range(20)], "trait_7", "trait_17, trait_07, trait_19 …, of 20"),
    ],
)
def test_of_many_choices_the_nearest_are_named(choices: list[str], meant: str, words: str) -> None:
    assert known(choices, meant) == words


class Rates(BaseModel):
    rates: dict[Annotated[str, Field(pattern=r"^[A-Z]{3}$")], int]


def test_an_entrys_name_that_is_wrong_is_told_alone_and_where_it_stands() -> None:
    assert faults_of(Rates, {"rates": {"EURO": "x", "USD": "x"}}) == {
        "rates.EURO": "must be a currency by its three letters (ISO 4217), such as EUR",
        "rates.USD": "must be a whole number",
    }
