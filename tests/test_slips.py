"""Slips that `make types` reports, each planted once.

A wrong route name is no matter of types: tests/entrypoints/test_calls.py::test_every_call_fits_its_function checks
every line of the table of calls before the first call.
"""

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from pydantic import BaseModel

ROOT = Path(__file__).parents[1]
SLIPS = """
from dataclasses import replace
from datetime import datetime

from chalicelib.aws import keys
from chalicelib.aws.keys import Key
from chalicelib.canonical.ids import (
    ConnectionId, GuestId, Leaf, PropertyId, ReservationId, RunId, reservation_id
)
from chalicelib.canonical.time import instant
from chalicelib.connectors.canonical import translate
from chalicelib.connectors.contract import FatTranslation, Json, Link, Translated
from chalicelib.consent.actions import set_consent
from chalicelib.consent.model import EMAIL, MARKETING, Topic
from chalicelib.guests.model import Head, Traits
from chalicelib.guests.records import Record
from chalicelib.guests.stats import Stats
from chalicelib.identity.digests import digest
from chalicelib.jobs.model import Job
from chalicelib.messages.known import Known
from chalicelib.settings.model import GROUP_CONTROLLER


def head_is_copied(head: Head, guest: GuestId) -> tuple[Head, Head]:
    right = replace(head, merged_into=guest)
    return right, replace(head, merged_in=guest)  # SLIP call-arg: a misspelt field of a head


def model_is_copied(
    job: Job, record: Record, traits: Traits
) -> tuple[Job, Record, Traits, Traits]:
    return (
        job.finished(on=job.at),  # SLIP call-arg: a misspelt field of a model's copy
        record.with_email_kind("sharde"),  # SLIP arg-type: a word that the field does not know
        traits.with_stats(None),  # SLIP arg-type: a value of another type
        traits.with_stats(Stats()),
    )


class Vendor:
    def translate(self, notice: Json, link: Link, received_at: datetime) -> list[str]:
        return []


translation: FatTranslation = translate
answers_otherwise: FatTranslation = Vendor()  # SLIP assignment: a vendor's function that returns another type


def is_decided(now: datetime, email: str) -> list[Known]:
    right = Known(now, address=digest("email", email))
    return [right, Known(now, address=email)]  # SLIP arg-type: e-mail and digest swapped


def ids_are_kept_apart(
    guest: GuestId, leaf: Leaf, reservation: ReservationId, place: PropertyId, source: ConnectionId, run: RunId
) -> list[Key]:
    return [
        keys.message(guest, run),  # a guest is named by a leaf, and a run is an occasion
        keys.gate(guest, EMAIL),
        keys.gate(guest, "email"),  # SLIP arg-type: a word that nobody said is a channel
        keys.gate(leaf, EMAIL),  # SLIP arg-type: a leaf that may belong to another guest
        keys.stay(leaf, "2026-02", reservation),
        keys.stay(reservation, "2026-02", leaf),  # SLIP arg-type: two ids swapped
        keys.reservation(reservation_id(source, place, "r1", 0)),
        keys.reservation(reservation_id(place, source, "r1", 0)),  # SLIP arg-type: hotel and source
        keys.receipt(leaf, instant(datetime.now()), "k1"),
        keys.receipt(leaf, str(datetime.now()), "k1"),  # SLIP arg-type: an instant that does not sort
    ]


def channel_and_purpose_are_kept_apart(leaf: Leaf) -> list[Topic]:
    set_consent(leaf, EMAIL, MARKETING, GROUP_CONTROLLER, "explicit", "guest")
    set_consent(leaf, MARKETING, EMAIL, GROUP_CONTROLLER, "explicit", "guest")  # SLIP arg-type: both swapped
    return [Topic(EMAIL, MARKETING), Topic(MARKETING, EMAIL)]  # SLIP arg-type: both swapped
"""
SLIP = re.compile(r"# SLIP ([a-z-]+)")
REPORTED = re.compile(r"slips\.py:(\d+): error: .*\[([a-z-]+)\]$", re.MULTILINE)


@pytest.mark.exhaustive(quick=())
def test_each_planted_slip_is_reported_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from mypy.api import run  # large, and wanted here alone

    planted = tmp_path / "slips.py"
    planted.write_text(SLIPS)
    monkeypatch.chdir(ROOT)
    told, failed, _ = run(["--config-file", "pyproject.toml", str(planted)])
    expected = {(at, found[1]) for at, line in enumerate(SLIPS.splitlines(), 1) if (found := SLIP.search(line))}
    assert {(int(at), code) for at, code in REPORTED.findall(told)} == expected, told + failed


def _copies() -> Iterator[tuple[type[BaseModel], ast.Call]]:
    """Every `self.model_copy(...)` with the class that it stands in."""
    for path in sorted((ROOT / "chalicelib").rglob("*.py")):
        text = path.read_text()
        if "self.model_copy(" not in text:
            continue
        module = import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
        for kind in (each for each in ast.walk(ast.parse(text)) if isinstance(each, ast.ClassDef)):
            for call in (each for each in ast.walk(kind) if isinstance(each, ast.Call)):
                if ast.unparse(call.func) == "self.model_copy":
                    yield getattr(module, kind.name), call


def test_a_model_is_copied_by_its_own_methods_alone() -> None:
    """`model_copy` takes any name and any value; inside a class its method's signature says what may change."""
    text = {path: path.read_text() for path in (ROOT / "chalicelib").rglob("*.py")}
    assert [str(path) for path, each in text.items() if re.search(r"(?<!self)\.model_copy\(", each)] == []


def test_what_a_model_s_method_changes_is_a_field_of_it() -> None:
    copies = list(_copies())
    named = {
        (kind, key.value)
        for kind, call in copies
        for each in ast.walk(call)
        if isinstance(each, ast.Dict)
        for key in each.keys
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    }
    assert len(named) > 20
    written = [keyword.value for _, call in copies for keyword in call.keywords]
    assert all(isinstance(each, ast.Dict) and None not in each.keys for each in written)
    assert [f"{kind.__name__}.{name}" for kind, name in named if name not in kind.model_fields] == []
