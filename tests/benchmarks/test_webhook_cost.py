"""A season's bill is made of what the simulator pushes and of what the hub then asks of AWS, and of nothing else."""

from collections import Counter

import pytest

from benchmarks import webhook_cost
from benchmarks.played import SEED, Way, play
from chalicelib.aws import http
from infra.simulator.season import season
from infra.simulator.server import Simulator

BOOKINGS = 3


@pytest.mark.parametrize("way", ["whole", "named"])
def test_the_mix_is_the_simulators_and_the_same_each_time(way: Way) -> None:
    first, second = play(BOOKINGS, way, 10), play(BOOKINGS, way, 10)
    waves = Simulator(season(BOOKINGS, SEED), SEED).waves
    assert first.webhooks >= sum(len(wave.steps) for wave in waves)
    assert (first.units, first.facts) == (second.units, second.facts)
    assert [each.calls for each in first.invocations] == [each.calls for each in second.invocations]


def test_a_source_that_names_things_is_asked_and_one_that_pushes_them_is_not() -> None:
    ask = http.call
    named, whole = play(BOOKINGS, "named", 1), play(BOOKINGS, "whole", 1)
    assert sum(each.turns for each in named.invocations) >= named.webhooks
    assert sum(each.turns for each in whole.invocations) == 0
    assert http.call is ask, "the vendor's API is called as before"


def test_both_ways_end_in_the_same_points_and_both_use_the_functions_of_their_queue() -> None:
    named, whole = play(BOOKINGS, "named", 1), play(BOOKINGS, "whole", 1)
    used = [Counter(each.function for each in played.invocations) for played in (named, whole)]
    assert used[0]["fetch_notices"] == used[1]["ingest_notices"] == named.webhooks
    assert named.woken == whole.woken == used[0]["award_points"] == used[1]["award_points"] > 0


def test_the_bill_names_every_service_and_batches_make_it_smaller() -> None:
    of_ten, of_one = play(BOOKINGS, "named", 10), play(BOOKINGS, "named", 1)
    small, large = (webhook_cost.per_season(each, [1.0] * len(each.invocations)) for each in (of_ten, of_one))
    assert set(small) == set(large)
    assert all(dollars > 0 for dollars in small.values())
    assert all(small[name] < large[name] for name in ("SQS", "Lambda", "S3", "CloudWatch Logs"))
    assert small["KMS"] == large["KMS"], "a vendor's tokens are opened once for some minutes, not once a batch"
    assert small["API Gateway"] == large["API Gateway"]


def test_the_time_of_each_invocation_is_measured_with_the_answers_it_had() -> None:
    played = play(BOOKINGS, "named", 10)
    spent = webhook_cost.cpu_ms(played, 2)
    assert len(spent) == len(played.invocations)
    assert all(each > 0 for each in spent)
