"""Law 13: no message leads back to itself. The graph of rights is walked, from what each worker declares."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

import pytest

from chalicelib.canonical.facts import FactType
from chalicelib.reactions import REACTIONS
from infra import template
from infra.workers import WORKERS, Worker, readers
from tests.infra.test_template import expanded, name_of, properties

Reactions = Mapping[str, AbstractSet[FactType]]
EVENTS_OF_MAIL = "mail-events"
"""Where SES tells of what was sent, through a topic."""


def woken_by(worker: Worker, workers: Sequence[Worker], reactions: Reactions) -> set[str]:
    """The functions that a message, a fact or a mail of this worker may wake."""
    queues = {*worker.sends, *({EVENTS_OF_MAIL} if worker.mails else ())}
    queues |= {queue for queue, heard in reactions.items() if heard & worker.announces}
    return {each.function for each in readers(workers) if each.reads in queues}


def circles(workers: Sequence[Worker] = WORKERS, reactions: Reactions = REACTIONS) -> set[str]:
    """The functions that can be woken by what they did themselves, through any chain of others."""
    next_of = {each.function: woken_by(each, workers, reactions) for each in workers}

    def reach(function: str) -> set[str]:
        found, waiting = set[str](), [function]
        while waiting:
            new = next_of[waiting.pop()] - found
            found |= new
            waiting += new
        return found

    return {function for function in next_of if function in reach(function)}


def test_no_function_can_wake_itself() -> None:
    assert circles() == set()


@pytest.mark.parametrize(
    ("planted", "heard", "found"),
    [
        ((Worker("w", 30, 512, reads="a", sends=("a",)),), {}, {"w"}),
        (
            (
                Worker("w", 30, 512, reads="a", sends=("b",)),
                Worker("v", 30, 512, reads="b", sends=("c",)),
                Worker("u", 30, 512, reads="c", sends=("a",)),
            ),
            {},
            {"w", "v", "u"},
        ),
        (
            (Worker("w", 30, 512, reads="a", announces=frozenset({FactType.GUEST_CHANGED})),),
            {"a": frozenset({FactType.GUEST_CHANGED, FactType.STAY_COMPLETED})},
            {"w"},
        ),
        (
            (Worker("w", 30, 512, reads="a", mails=True), Worker("v", 30, 512, reads=EVENTS_OF_MAIL, sends=("a",))),
            {},
            {"w", "v"},
        ),
        ((Worker("w", 30, 512, reads="a", sends=("b",)), Worker("v", 30, 512, reads="b")), {}, set()),
    ],
    ids=["through its queue", "through others", "through the bus", "through a mail", "none"],
)
def test_a_circle_that_is_planted_is_found(planted: Sequence[Worker], heard: Reactions, found: set[str]) -> None:
    assert circles(planted, heard) == found


def test_nobody_reads_dead_letters() -> None:
    assert not [each.function for each in WORKERS if each.reads.endswith("-dlq")]
    for rule in expanded(template.text()).values():
        if rule["Type"] == "AWS::Lambda::EventSourceMapping":
            assert "DeadLetters" not in str(rule)


def test_an_alarm_tells_when_lambda_ended_a_circle() -> None:
    alarm = properties("RecursionAlarm")
    assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/Lambda", "RecursiveInvocationsDropped")
    assert (alarm["Threshold"], alarm["ComparisonOperator"]) == (0, "GreaterThanThreshold")
    assert "Dimensions" not in alarm, "whichever function it was"
    assert name_of(alarm["AlarmName"]) == "xenia-dev-recursive-invocations"
