"""The season that is measured ends where its truth is, whatever people its seed brings."""

import pytest

from benchmarks.played import MEWS, play
from chalicelib.canonical.ids import ProgramId
from infra.demo.compare import compare
from tests.exhaustive import shorter

CLUB = ProgramId("club")


@pytest.mark.exhaustive(quick=())
@pytest.mark.parametrize("seed", [5, 7, 11])
def test_guests_stays_and_points_are_those_of_the_truth(seed: int) -> None:
    played = play(shorter(250), "named", batch=10, seed=seed)
    found = compare(played.vendor.simulator.truth(), MEWS, CLUB)
    assert found.differences == []
    assert found.points > 0
