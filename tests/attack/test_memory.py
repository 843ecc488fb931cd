"""The worst input that is taken fits the function that takes it, and its time."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from benchmarks import worst
from chalicelib.aws import http
from chalicelib.aws.meter import meter
from chalicelib.canonical.errors import AskLess, Invalid, TooLarge
from chalicelib.connectors.mews.calls import ROWS_AT_ONCE, pages
from chalicelib.entrypoints.api import documents
from chalicelib.ingest import conversations
from chalicelib.segments.model import Segment
from infra.workers import worker
from tests.fake_mews import BASE_URL, LINK

CASES = dict(worst.cases())
QUICK = ("webhook of mews: full lists",)
"""A process that takes half a second; others take up to eight."""


def test_what_make_test_measures_is_among_the_cases() -> None:
    assert set(QUICK) < CASES.keys()


@pytest.mark.exhaustive(quick=QUICK)
@pytest.mark.parametrize("name", CASES)
def test_the_worst_input_fits_its_function(name: str) -> None:
    """Seconds are those of CPU; who measures beside others is given double."""
    case = CASES[name]
    cost = worst.cost_of(name, case)
    assert cost.megabytes < worker(case.function).memory * worst.SHARE
    assert cost.seconds < case.seconds * 2 < worker(case.function).timeout


@pytest.mark.parametrize("body", [b"{" + b'"a":1,' * 200_001, b"[" * 200_001, b"{},[" * 70_000])
def test_a_body_of_more_values_than_memory_is_for_is_refused_before_it_is_read(body: bytes) -> None:
    with pytest.raises(TooLarge, match="200000 values"):
        documents.parse(body)


@pytest.mark.parametrize("name", ["extra", "missing"])
def test_of_thousands_of_faults_only_their_number_is_told(name: str) -> None:
    rule: dict[str, Any] = {"and": [{}] * 5_000} if name == "missing" else {f"x{at}": 1 for at in range(5_000)}
    with pytest.raises(Invalid) as told:
        documents.check(Segment, {"id": "s", "name": "s", "rule": rule})
    assert [each.message for each in told.value.fields] == ["has more than 1000 faults"]


def test_a_vendor_with_a_further_page_for_ever_is_asked_for_less(monkeypatch: pytest.MonkeyPatch) -> None:
    pages_given: list[int] = []

    def endless(method: str, url: str, body: Mapping[str, Any], seconds: float = 10.0) -> Any:
        pages_given.append(len(pages_given))
        rows = [{"Id": "x" * 4_000} for _ in range(ROWS_AT_ONCE)]
        return http._read(json.dumps({"Reservations": rows, "Cursor": str(len(pages_given))}).encode())

    monkeypatch.setattr(http, "call", endless)
    with pytest.raises(AskLess, match="too large together"):
        conversations.converse(pages(LINK, "reservations/getAll", "Reservations", {}), BASE_URL)
    assert len(pages_given) < 40


def test_look_ups_are_remembered_up_to_a_bound_of_memory() -> None:
    known = conversations.LookUps()

    def answer(size: int) -> str:
        meter().took(size)
        return "x"

    for at in range(conversations.MOST_KNOWN - 1):
        known.find(f"q{at}", lambda: answer(1024 * 1024))
    assert known.taken <= conversations.MOST_REMEMBERED
    before = dict(known.known)
    known.find("large", lambda: answer(conversations.MOST_REMEMBERED + 1))
    assert known.known == before
