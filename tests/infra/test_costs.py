"""What docs/costs.md says a stage costs is what the template makes and the benchmarks counted."""

import re
from pathlib import Path

import pytest

from benchmarks import prices
from chalicelib.aws.meter import meter
from chalicelib.aws.settings import Settings
from chalicelib.consent import actions as consents
from chalicelib.consent.model import EMAIL
from chalicelib.settings.model import GROUP_CONTROLLER
from infra import workers
from tests.campaigns.worlds import guest
from tests.infra.test_template import of_type

PROJECT = Path(__file__).parents[2]
COSTS = (PROJECT / "docs" / "costs.md").read_text()
COUNTED = (PROJECT / "docs" / "benchmarks.md").read_text()
UNIT_PRICE = 0.625
"""US dollars for a million write units."""


def test_every_alarm_is_in_the_bill() -> None:
    alarms = len(of_type("AWS::CloudWatch::Alarm"))
    assert f"| {alarms} alarms at 0.10 | {alarms * 0.10:.2f} |" in COSTS


def test_the_polls_of_every_queue_are_in_the_bill() -> None:
    queues = len(workers.queues())
    requests = queues * 5 * 3 * 43_200
    assert f"{queues} × 5 pollers × 3 long polls a minute × 43,200 minutes = {requests / 1e6:.1f} million" in COSTS
    assert f"| {requests / 1e6 * 0.40:.2f} |" in COSTS


def test_the_dashboards_and_the_kept_keys_are_in_the_bill() -> None:
    kinds = ("CloudWatch::Dashboard", "KMS::Key", "SecretsManager::Secret")
    assert [len(of_type(f"AWS::{kind}")) for kind in kinds] == [1, 1, 1]
    for line in (
        "| the dashboard (`hub infra deploy --no-dashboard` saves it) | 3.00 |",
        "| one KMS key | 1.00 |",
        "| one secret | 0.40 |",
    ):
        assert line in COSTS


def test_a_stage_costs_what_its_lines_come_to_and_ten_dollars_at_most() -> None:
    _, lines = COSTS.split("before its first guest:")
    total = sum(map(float, re.findall(r"^\|.*\| (\d+\.\d\d) \|$", lines, re.MULTILINE)))
    (said,) = re.findall(r"A stage costs about ([\d.]+) USD a month", COSTS)
    assert abs(float(said) - total) < 0.05
    assert total <= 10
    (counted,) = re.findall(r"a stage's bill before its first guest .*?\| ([\d.]+) \|", COUNTED)
    assert abs(float(counted) - float(said)) < 0.05


@pytest.mark.parametrize(
    ("said", "counted"),
    [
        ("a webhook that changes a reservation", "reservation change"),
        ("a webhook that moves its dates, within a month", "change with moved dates"),
        (
            "a webhook that moves them into another month, up to three months from where they were first",
            "dates moved into another month where a board shows the stay",
        ),
        ("a check-out with its points", "check-out with points (ingest + award)"),
        ("a check-out that makes a member, with its points", "check-out that makes a member, with its points"),
        ("the first booking of a new guest (e-mail, phone, consent)", "first booking of a new guest"),
    ],
)
def test_write_units_and_their_price_are_those_counted(said: str, counted: str) -> None:
    (units,) = re.findall(rf"write units per webhook: {re.escape(counted)} \(write units\) \| ([\d.]+) ", COUNTED)
    assert f"| {said} | {float(units):g} | {float(units) * UNIT_PRICE:.2f} |" in COSTS


def test_the_log_of_objections_costs_one_put_to_s3_for_each_and_nothing_for_a_yes(aws: Settings) -> None:
    leaf = guest("anna", state=None)
    made = []
    for state in ("explicit", "withdrawn"):
        meter().take()
        consents.set_consent(leaf, EMAIL, "marketing", GROUP_CONTROLLER, state, "guest")
        made.append(meter().take()[0].get("PutObject", 0))
    assert made == [0, 1]
    assert f"its file in the log of objections (one PUT to S3) | 0 | {prices.S3_PUT * prices.MILLION:.2f} |" in COSTS
