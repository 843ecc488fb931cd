"""Planning is measured on a sample, and what it writes to a partition is counted from the rows."""

from collections import Counter

import pytest

from benchmarks import planning
from chalicelib.campaigns.model import LARGEST_CHUNK, PARTS


def test_each_leaf_of_the_rule_is_asked() -> None:
    figure, _ = planning.figures(1, PARTS * LARGEST_CHUNK)
    assert figure.name.endswith("a rule of 10 leaves")
    assert 0 < figure.measured < 1000


def test_units_are_counted_by_partition_and_the_runs_own_is_the_busiest() -> None:
    chunks = 8
    planned = planning.plan(PARTS * LARGEST_CHUNK * chunks)
    (busiest, units), *others = planned.units.most_common()
    assert busiest.startswith("RUN#")
    assert units == PARTS * (chunks * (4 + 2) + 1), (
        "chunks of 1.3 KB, each with its part's progress, and the parts' ends"
    )
    assert others == []


def test_a_part_takes_its_share_of_the_waits_and_of_the_time() -> None:
    planned = planning.Planned(1, Counter(), Counter({"Query": 1600}), cpu_ms=1024 * PARTS)
    assert planning.seconds_of_a_part(planned) == pytest.approx(1600 * 0.006 / PARTS + 1.769)
