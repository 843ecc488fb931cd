"""What the local cloud cannot judge is granted to those functions only whose policies hold it."""

import pytest

from infra import local_rights, policies
from infra.policies import NEEDS


def granted(function: str) -> set[str]:
    statements = local_rights._statements(policies.policy(function, "dev")["Statement"])
    return {action for statement in statements for action in statement["Action"]}


@pytest.mark.parametrize("function", NEEDS)
def test_nothing_is_granted_that_the_policy_does_not_hold(function: str) -> None:
    held = {action for statement in policies.policy(function, "dev")["Statement"] for action in statement["Action"]}
    assert {action.replace("SendMessageBatch", "SendMessage") for action in granted(function)} <= held


def test_batches_may_go_to_the_policys_own_queues_only() -> None:
    held = policies.policy("tick", "dev")["Statement"]
    (batches,) = local_rights._statements(held)
    assert batches["Resource"] == ["arn:aws:sqs:*:*:xenia-dev-jobs", "arn:aws:sqs:*:*:xenia-dev-pace"]
