"""What the local cloud cannot judge is granted to those functions only whose policies hold it."""

import pytest

from infra import local_rights, policies
from infra.workers import WORKERS, Worker, worker


def granted(to: Worker) -> set[str]:
    statements = local_rights._statements(policies.policy(to, "dev")["Statement"])
    return {action for statement in statements for action in statement["Action"]}


@pytest.mark.parametrize("to", WORKERS, ids=lambda each: each.function)
def test_nothing_is_granted_that_the_policy_does_not_hold(to: Worker) -> None:
    held = {action for statement in policies.policy(to, "dev")["Statement"] for action in statement["Action"]}
    assert {action.replace("SendMessageBatch", "SendMessage") for action in granted(to)} <= held


def test_batches_may_go_to_the_policys_own_queues_only() -> None:
    held = policies.policy(worker("tick"), "dev")["Statement"]
    (batches,) = local_rights._statements(held)
    assert batches["Resource"] == [
        "arn:aws:sqs:*:*:xenia-dev-jobs",
        "arn:aws:sqs:*:*:xenia-dev-plan",
        "arn:aws:sqs:*:*:xenia-dev-send",
    ]
