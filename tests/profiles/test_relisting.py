"""What an earlier version kept is listed by long work, whatever others write beside it and however often it is done."""

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.aws import secrets
from chalicelib.aws.codec import Item
from chalicelib.aws.keys import Key
from chalicelib.canonical.facts import Fact
from chalicelib.canonical.time import moment_of
from chalicelib.entrypoints.long_work import steps_of
from chalicelib.jobs.model import Job, Part
from chalicelib.jobs.work import job_of
from chalicelib.profiles import relisting
from tests.builders import PORTO, VIENNA, at, guest, reservation
from tests.memory_table import MemoryTable, names_astray
from tests.profiles.test_names_listed import tell

SEASON: list[dict[str, Any]] = [
    guest("g1", email="a@mail.example", property_id=PORTO.id),
    guest("g2", "Anna Maria", email="a@mail.example", property_id=VIENNA.id),
    reservation("r1", guest("g3", "María José", "García López"), companions=[guest("g4", "Eve", "Ray")]),
    guest("g3", "María José", "García López", property_id=PORTO.id),
    guest("g5", None, None, email="n@mail.example"),
    guest("g6", person=False),
    guest("g7", "Ben", "Roth"),
]


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, facts: list[Fact]) -> MemoryTable:
    monkeypatch.setattr(secrets, "key_for", lambda purpose: purpose.encode())
    hub = MemoryTable().install(monkeypatch)
    tell(*SEASON)
    return hub


@pytest.fixture
def listed(hub: MemoryTable) -> dict[Key, Item]:
    """The rows as they are; the table keeps them as an earlier version would."""
    whole = dict(hub.rows)
    for key, row in whole.items():
        if key.sk.startswith("NAME#"):
            del hub.rows[key]
        if key.sk == "RECORD":
            hub.rows[key] = {name: value for name, value in row.items() if name[:2] not in {"pr", "sk", "pk"}}
            hub.rows[key] |= {"pk": key.pk, "sk": key.sk}
    assert names_astray(hub.rows)
    return whole


def job(parts: int = 2) -> Job:
    return job_of(relisting.LISTING, "once", moment_of(at(0)), parts)


def work(position: str = "", parts: int = 2) -> int:
    """All parts, each from a position on; returns how many records were written."""
    steps = steps_of(relisting.LISTING)
    return sum(
        step.counted["records"]
        for number in range(parts)
        for step in steps(job(parts), Part(number=number, position=position))
    )


def test_all_names_are_listed_as_if_they_had_been_from_the_beginning(hub: MemoryTable, listed: Any) -> None:
    assert work() == 5
    assert names_astray(hub.rows) == set()
    assert hub.rows == listed


def test_what_is_listed_is_not_written_again(hub: MemoryTable, listed: Any) -> None:
    work()
    before = hub.transactions
    assert work(parts=4) == 0
    assert hub.transactions == before
    assert hub.rows == listed


def test_a_part_goes_on_where_another_worker_left_it(
    hub: MemoryTable, listed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relisting, "AT_ONCE", 1)
    steps = relisting.relist(job(1), Part(number=0))
    done = [next(steps) for _ in range(3)]
    rest = list(relisting.relist(job(1), Part(number=0, position=done[-1].position)))
    assert sum(each.units for each in [*done, *rest]) == 7
    assert hub.rows == listed


BESIDE: list[tuple[str, dict[str, Any]]] = [
    ("renamed", guest("g3", "Zoe", "Zett", property_id=PORTO.id, changed_at=at(5))),
    ("taken out", {"kind": "guest", "source_id": "g3", "changed_at": at(5), "anonymised": True}),
    ("named at another hotel", guest("g7", "Ben", "Roth", property_id=PORTO.id, changed_at=at(5))),
    ("named at a hotel that comes first", guest("g2", "Anna Maria", property_id=PORTO.id, changed_at=at(5))),
]


@pytest.mark.exhaustive(quick=())
@pytest.mark.parametrize("told", [told for _, told in BESIDE], ids=[name for name, _ in BESIDE])
def test_whatever_others_say_beside_it_is_listed_as_they_say(
    told: dict[str, Any], hub: MemoryTable, listed: Any
) -> None:
    before, call = dict(hub.rows), 0
    work()
    tell(told)
    expected = hub.state()
    while True:
        hub.rows, hub.calls = dict(before), 0
        deed: Callable[[], None] = lambda: tell(told)  # noqa: E731 (said where it is put to work)
        hub.beside = [(call, deed)]
        work()
        if hub.beside:
            break
        assert hub.state() == expected, f"they came before call {call}"
        call += 1
    assert call > 5
