"""What is measured for growth is one more stay of a guest who has had as many as the row says."""

from benchmarks import growth, hub
from benchmarks.cloud import Cloud
from benchmarks.webhooks import push


def test_one_more_stay_costs_units_and_the_same_told_again_costs_reads_only() -> None:
    check_out, duplicate = growth.of_stays(2, 3)
    assert "at 3 stays of the guest ÷ at 2" in check_out.name
    assert check_out.measured >= 16, "a check-out with points writes"
    assert 0 < duplicate.measured < 16


def test_all_stays_before_have_their_points(cloud: Cloud) -> None:
    growth.keep_stays(cloud, 3)
    ledger = [pk for pk in cloud.table.overlay if pk.startswith("LEDGER#")]
    assert [len(cloud.table.overlay[pk]) for pk in ledger] == [3]


def test_a_stay_is_awarded_once_and_the_second_time_nothing_is_written(cloud: Cloud) -> None:
    growth.keep_stays(cloud, 1)
    push(cloud, [growth.check_out_of(0)])
    cloud.table.units.take()
    growth.award(cloud)
    assert cloud.table.units.take().write == 0
    assert hub.wake_ups(cloud.facts) == []
