"""A trait is declared once, and everyone who may ask for it takes it from there."""

import re
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import Field

from chalicelib.guests import projection, traits
from chalicelib.guests.declared import Trait
from chalicelib.guests.kept import Amounts, Kept
from chalicelib.guests.model import Traits
from chalicelib.guests.records import Record
from chalicelib.messages.variables import VARIABLES
from chalicelib.segments.rules import kind_of

ROOT = Path(__file__).parents[2]
HOW_TO = ROOT / "docs/how-to/add-a-trait.md"
ASK = """
from datetime import date

from chalicelib.entrypoints.api.openapi import document
from chalicelib.guests.model import Head
from chalicelib.guests.records import Record
from chalicelib.guests.projection import project
from chalicelib.guests.stats import Days
from chalicelib.messages import templates, variables
from chalicelib.messages.model import Template
from chalicelib.segments import rules
from chalicelib.segments.model import Condition

guest = project([Head(leaf="g1", record=Record(source="pms", nickname="Annie"))])
called = Condition(trait="nickname", op="eq", value="Annie")
rules.check(called)
assert rules.matches(called, guest, Days(date(2026, 1, 1)))
text = "Dear {{ guest.nickname }}"
template = Template(id="t", name="T", subject=text, html=f"<p>{text}</p>", text=text)
templates.check(template)
renderer = templates.Renderer(template, variables.SAMPLE, variables.SAMPLE_CLOCK)
assert renderer.render(guest, "https://hub.example/u/t").subject == "Dear Annie"
shown = document()["components"]["schemas"]["TraitsShown"]
assert "nickname" in shown["required"], shown
"""


@pytest.mark.exhaustive(quick=())
def test_a_trait_that_is_added_as_the_how_to_says_is_there_for_everyone(tmp_path: Path) -> None:
    """In a copy: the two lines of the how-to are put where it says, and segments, templates and API are asked."""
    shutil.copytree(ROOT / "chalicelib", tmp_path / "chalicelib", ignore=shutil.ignore_patterns("__pycache__"))
    trait, field = re.findall(r"^    nickname: .*$", HOW_TO.read_text(), re.MULTILINE)
    for file, line, declared in (
        ("records", field, "    given_name: str"),
        ("model", trait, "    given_name: Annotated["),
    ):
        module = tmp_path / f"chalicelib/guests/{file}.py"
        text = module.read_text()
        assert text.count(declared) == 1
        module.write_text(text.replace(declared, f"{line}\n{declared}"))
    asked = subprocess.run(
        [sys.executable, "-c", ASK], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120
    )
    assert asked.returncode == 0, asked.stderr


def test_every_computed_trait_has_its_computation_and_every_other_its_field() -> None:
    assert set(traits.COMPUTED.values()) == projection.COMPUTATIONS.keys()
    assert set(traits.FROM_RECORDS) <= Record.model_fields.keys()


def test_every_trait_of_templates_has_an_example_and_is_one_value() -> None:
    for name in traits.IN_TEMPLATES:
        assert getattr(traits.EXAMPLE, name), name
        assert f"guest.{name}" in VARIABLES


class Sums(Kept):
    spent: Amounts = Field(default_factory=dict)
    seen: tuple[str, ...] = ()


class Odd(Traits):
    """A guest of whom more is known."""

    sums: Annotated[Sums, Trait(in_segments=True)] = Sums()
    since: Annotated[date | None, Trait(in_segments=True)] = None
    hidden: Annotated[str | None, Trait()] = None


def test_the_kind_of_a_trait_follows_from_its_type() -> None:
    more = {name: kind for name, kind in traits.kinds(Odd).items() if name not in traits.kinds()}
    assert more == {"sums.spent": "amounts", "sums.seen": "list", "since": "date"}


def test_a_trait_without_a_declaration_or_of_a_kind_that_nobody_can_ask_for_is_an_error() -> None:
    class Bare(Traits):
        bare: str | None = None

    class Formless(Traits):
        formless: Annotated[dict[str, str] | None, Trait(in_segments=True)] = None

    with pytest.raises(TypeError, match="bare"):
        traits.declared(Bare)
    with pytest.raises(KeyError):
        traits.kinds(Formless)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        *[(name, "text") for name in ("given_name", "family_name", "email", "phone", "language", "country")],
        *[(f"stats.{name}", "number") for name in ("stays", "nights", "reservations", "cancelled", "no_shows")],
        *[(f"stats.upcoming_{name}", "number") for name in ("bookings", "nights")],
        *[(name, "date") for name in ("birth_date", "stats.first_arrival", "stats.last_departure")],
        *[(name, "yes_no") for name in ("member", "stats.in_house")],
        ("stats.properties", "list"),
        *[(name, "number") for name in ("stats.room_revenue.EUR", "stats.other_revenue.USD")],
        *[(name, "number") for name in ("birth_date.days_since", "stats.next_arrival.days_until")],
        *[(name, None) for name in ("stats", "stats.room_revenue", "stats.room_revenue.eur", "stats.stays.EUR")],
        *[
            (name, None)
            for name in (
                "member.days_since",
                "days_since",
                "EUR",
                "salutation",
                "nobody",
                "",
                "stats.arriving",
                "stats.first_hotel",
            )
        ],
    ],
)
def test_segments_ask_for_what_they_did(name: str, kind: Any) -> None:
    assert kind_of(name) == kind
