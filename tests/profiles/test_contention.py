"""Many workers at one guest: a try that failed rests before the next, so that nearly all get through."""

from collections.abc import Sequence
from functools import partial

import pytest

from chalicelib.aws import retries, secrets
from chalicelib.aws.table import ConditionFailed
from chalicelib.canonical.errors import TryAgain
from chalicelib.canonical.facts import Fact
from chalicelib.canonical.ids import Digest
from chalicelib.connectors.canonical.translate import read
from chalicelib.ingest.changes import change_of
from chalicelib.profiles import actions as profiles
from chalicelib.profiles.model import Change
from tests.builders import VIENNA, guest, reservation
from tests.ids import PMS
from tests.turns import SlowTable, Turns

WORKERS, NOTICES = 10, 10
"""Each worker has a batch of so many notices, every one about a room of the same guest."""


def test_ten_workers_at_one_guest_give_hardly_any_notice_back_and_waste_little(
    facts: list[Fact], monkeypatch: pytest.MonkeyPatch
) -> None:
    alone, nobody_failed = stored(monkeypatch, batches(), workers_beside=False)
    beside, failed = stored(monkeypatch, batches(), workers_beside=True)
    assert nobody_failed == 0
    assert failed / (WORKERS * NOTICES) < 0.03
    assert (beside - alone) / alone < 1.5


@pytest.mark.parametrize(("notices", "at_most"), [(1, 2.6), (3, 1.9)])
def test_ten_workers_with_few_notices_each_give_none_back_and_waste_no_more_than_is_said(
    facts: list[Fact], monkeypatch: pytest.MonkeyPatch, notices: int, at_most: float
) -> None:
    """More than of many: nine of ten that begin at one instant lose their first transaction, whatever they do after.
    Decision 0054 has the figures."""
    alone, _ = stored(monkeypatch, batches(notices), workers_beside=False)
    beside, failed = stored(monkeypatch, batches(notices), workers_beside=True)
    assert failed == 0
    assert (beside - alone) / alone < at_most


def test_who_failed_rests_twice_as_long_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    rested: list[float] = []
    monkeypatch.setattr(retries, "rest", rested.append)
    monkeypatch.setattr(retries, "uniform", lambda least, most: most)
    with pytest.raises(TryAgain):
        retries.until_written(_refused, "busy")
    assert rested == [0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56]


def _refused() -> None:
    raise ConditionFailed([0])


def rooms(notices: int) -> list[Change]:
    told = [reservation(f"r{at}", guest(email="anna@mail.example")) for at in range(WORKERS * notices)]
    changes = [
        change_of(read(each), PMS, {VIENNA.id: VIENNA}, lambda kind, value: Digest(f"{kind}-{value}")) for each in told
    ]
    return [each for each in changes if each]


def batches(notices: int = NOTICES) -> list[list[Change]]:
    changes = rooms(notices)
    return [changes[at::WORKERS] for at in range(WORKERS)]


def stored(
    monkeypatch: pytest.MonkeyPatch, batches: Sequence[Sequence[Change]], *, workers_beside: bool
) -> tuple[float, int]:
    """Units, and how many notices were given back."""
    monkeypatch.setattr(secrets, "key_for", lambda purpose: purpose.encode())
    table, given_back = SlowTable(turns=Turns()).install(monkeypatch), list[Exception]()

    def store(batch: Sequence[Change]) -> None:
        given_back.extend(profiles.store_changes(batch).values())

    deeds = [partial(store, batch) for batch in batches]
    for crew in [deeds] if workers_beside else [[deed] for deed in deeds]:
        table.turns.run(crew)
    return table.units, len(given_back)
