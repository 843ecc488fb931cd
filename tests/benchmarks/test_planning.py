"""Planning is measured on a sample, and what it writes to a partition is counted from the rows."""

from collections import Counter

import pytest

from benchmarks import planning
from chalicelib.campaigns.model import LARGEST_CHUNK, PARTS


def test_each_leaf_of_the_rule_is_asked() -> None:
    figure, _ = planning.figures(1, PARTS * LARGEST_CHUNK)
    assert figure.name.endswith("a rule of 10 leaves")
    assert 0 < figure.measured < 1000


def test_units_are_counted_by_partition_and_every_part_of_a_run_has_its_own() -> None:
    chunks = 8
    planned = planning.plan(PARTS * LARGEST_CHUNK * chunks)
    busiest = planned.units.most_common(PARTS)
    assert all(partition.startswith("RUN#") for partition, _ in busiest)
    assert {units for _, units in busiest} == {chunks * (4 + 2) + 3}, (
        "chunks of 1.3 KB, each with its part's progress, and the part's lease, end, and chunks queued"
    )


def test_a_part_takes_its_share_of_the_waits_and_of_the_time() -> None:
    planned = planning.Planned(1, Counter(), Counter({"Query": 1600}), cpu_ms=1024 * PARTS)
    assert planning.seconds_of_a_part(planned) == pytest.approx(1600 * 0.006 / PARTS + 1.769)
