"""The IAM policies in .chalice/: as written on infra/policies.py, and with no right on everything."""

import json
from pathlib import Path
from typing import Any

import pytest

from infra import policies
from infra.policies import NEEDS, STAGES

PROJECT = Path(__file__).parents[2]
CONFIG = json.loads((PROJECT / ".chalice" / "config.json").read_text())
EVERY = [(function, stage) for stage in STAGES for function in NEEDS]
WITHOUT_RESOURCE = {"ses:GetAccount"}
"""Actions for which AWS knows no resource."""


def statements(function: str, stage: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(policies.file_of(function, stage).read_text())["Statement"]
    return found


@pytest.mark.parametrize(("function", "stage"), EVERY)
def test_a_policy_file_is_as_the_page_says(function: str, stage: str) -> None:
    assert policies.file_of(function, stage).read_text() == policies.text_of(function, stage), (
        "run: python -m infra.policies"
    )


@pytest.mark.parametrize(("function", "stage"), EVERY)
def test_a_policy_names_its_resources_and_actions(function: str, stage: str) -> None:
    for statement in statements(function, stage):
        assert not any("*" in action for action in statement["Action"])
        if not set(statement["Action"]) <= WITHOUT_RESOURCE:
            assert "*" not in statement["Resource"]


@pytest.mark.parametrize(("function", "stage"), EVERY)
def test_a_policy_reaches_into_its_own_stage_only(function: str, stage: str) -> None:
    (other,) = set(STAGES) - {stage}
    assert f"xenia-{other}" not in policies.text_of(function, stage)


@pytest.mark.parametrize("stage", STAGES)
def test_every_function_of_a_stage_has_its_own_policy(stage: str) -> None:
    named = {
        function: each["iam_policy_file"] for function, each in CONFIG["stages"][stage]["lambda_functions"].items()
    }
    assert named == {function: policies.file_of(function, stage).name for function in NEEDS}
    assert CONFIG["autogen_policy"] is False


def test_no_policy_file_is_left_over() -> None:
    known = {policies.file_of(function, stage) for function, stage in EVERY}
    assert set((PROJECT / ".chalice").glob("policy-*.json")) == known


def test_only_the_sender_may_send_mail() -> None:
    senders = {function for function in NEEDS if "ses:SendBulkEmail" in policies.text_of(function, "prod")}
    assert senders == {"send_chunk"}


def test_a_bulk_mail_is_allowed_under_both_of_its_names_and_no_other_mail_is() -> None:
    """The older API's action is asked for as well, and no code of the hub sends a single mail."""
    for stage in STAGES:
        actions = {action for each in statements("send_chunk", stage) for action in each["Action"]}
        mails = {action for action in actions if action.startswith("ses:")}
        assert mails == {"ses:SendBulkEmail", "ses:SendBulkTemplatedEmail"}


def test_connection_secrets_are_opened_only_through_our_alias() -> None:
    for function, stage in EVERY:
        for statement in statements(function, stage):
            if any(action.startswith("kms:") for action in statement["Action"]):
                assert statement["Condition"] == {"StringEquals": {"kms:RequestAlias": f"alias/xenia-{stage}"}}
