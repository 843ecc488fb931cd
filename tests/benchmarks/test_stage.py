"""A stage's bill is counted from the template, the schedules and the queues' functions."""

import json
from typing import Any

import pytest

from benchmarks import prices, stage
from infra import template
from infra.workers import WORKERS, Worker, queues


def made(**parameters: str) -> stage.Resources:
    return stage.resources(template.document(), **parameters)


def test_the_bill_holds_and_is_less_without_the_dashboard() -> None:
    (figure,) = stage.figures()
    assert figure.holds
    whole, without = stage.bill_of(made()), stage.bill_of(made(ShowDashboard="false"))
    assert whole.pop("AWS::CloudWatch::Dashboard") == prices.DASHBOARD
    assert whole == pytest.approx(without, rel=0.01)  # a log line tells its milliseconds, and may have a digit more


def test_every_alarm_of_a_further_queue_is_paid_for() -> None:
    further = Worker("count_towels", timeout=45, memory=512, reads="linen-room")
    more = stage.bill_of(stage.resources(template.document([*WORKERS, further])))
    alarms = "AWS::CloudWatch::Alarm"
    assert more[alarms] - stage.bill_of(made())[alarms] == pytest.approx(2 * prices.ALARM)


def test_a_resource_of_which_no_price_is_known_is_an_error() -> None:
    unknown: Any = {**made(), "Warehouse": {"Type": "AWS::Redshift::Cluster", "Properties": {}}}
    with pytest.raises(KeyError, match="Redshift"):
        stage.bill_of(unknown)


def test_each_queue_is_asked_by_five_pollers_three_times_a_minute() -> None:
    requests = len(queues()) * 5 * 3 * 43_200
    assert stage.polls(made()) == pytest.approx(requests * prices.SQS_REQUEST)


def test_shorter_polls_are_dearer() -> None:
    shorter: Any = {
        name: {**each, "Properties": {**each["Properties"], "ReceiveMessageWaitTimeSeconds": 5}}
        for name, each in made().items()
    }
    assert stage.polls(shorter) == pytest.approx(4 * stage.polls(made()))


def test_an_idle_tick_tells_no_metric_that_is_paid_for_each_month() -> None:
    ticks = stage.tick()
    assert ticks["custom metrics"] == 0
    assert 0 < sum(ticks.values()) < 0.5


def test_a_figure_that_becomes_a_metric_again_is_paid_for() -> None:
    described = {"Namespace": "Xenia", "Dimensions": [["stage"]], "Metrics": [{"Name": "failed"}, {"Name": "records"}]}
    line = json.dumps({"_aws": {"CloudWatchMetrics": [described]}, "failed": 0, "records": 1})
    assert stage._metrics(f"{line}\n{line}\n") == {"failed", "records"}


def test_who_is_to_be_told_is_decided_by_the_parameter() -> None:
    assert "Budget" not in made()
    assert "Budget" in made(NotificationEmail="ops@hotel.example")
