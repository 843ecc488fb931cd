"""Who reads what: on this queue, do that. `queue_name` says what must be set when this module is imported.

`maximum_concurrency` leaves Lambdas for the edge: all functions of an account share one limit (1,000, and 10 in a new
account), and a burst of messages that took it whole would have webhooks answered with 500. Messages can wait; vendors
may not send again. Fetch and send have less: vendors and SES set a pace there. `hub infra finish` lowers these numbers
where the account has fewer Lambdas.
"""

from collections.abc import Sequence

from chalice.app import Blueprint

from chalicelib.canonical.batch import Ended, Failures, Message
from chalicelib.entrypoints.runtime import SecondsLeft, in_batch, one_by_one, queue_name

queues = Blueprint(__name__)


def tell_health(failed: Sequence[Ended], seconds_left: SecondsLeft) -> None:
    from chalicelib.ingest import heard

    heard.note_failures(failed, seconds_left)


@queues.on_sqs_message(queue_name("inbox"), batch_size=10, maximum_concurrency=50)
@in_batch("inbox", afterwards=tell_health)
def ingest_notices(messages: Sequence[Message], seconds_left: SecondsLeft) -> Failures:
    from chalicelib.ingest import actions

    return actions.ingest_notices(messages, seconds_left)


@queues.on_sqs_message(queue_name("fetch"), batch_size=10, maximum_concurrency=5)
@in_batch("fetch", slowest=20, afterwards=tell_health)
def fetch_notices(messages: Sequence[Message], seconds_left: SecondsLeft) -> Failures:
    from chalicelib.ingest import actions

    return actions.fetch_notices(messages, seconds_left)


@queues.on_sqs_message(queue_name("loyalty"), batch_size=10, maximum_concurrency=20)
@one_by_one("loyalty")
def award_points(message: Message, _: SecondsLeft) -> None:
    from chalicelib.loyalty import actions

    actions.award_points(message.body)


@queues.on_sqs_message(queue_name("plan"), batch_size=4, maximum_concurrency=5)
@one_by_one("plan", slowest=30)
def plan_run(message: Message, seconds_left: SecondsLeft) -> None:
    """Of a small run one invocation plans four parts; a large part takes it all, and the others come back at once."""
    from chalicelib.campaigns import planning

    planning.plan_run(message.body, seconds_left)


@queues.on_sqs_message(queue_name("send"), batch_size=1, maximum_concurrency=5)
@one_by_one("send")
def send_chunk(message: Message, _: SecondsLeft) -> None:
    from chalicelib.entrypoints.sends import send

    send(message.body)


@queues.on_sqs_message(queue_name("mail-events"), batch_size=10, maximum_concurrency=20)
@one_by_one("mail-events", plain=True)
def record_mail_events(message: Message, _: SecondsLeft) -> None:
    from chalicelib.messages import actions
    from chalicelib.messages.channels.register import heard_on

    actions.record_event(message.text, heard_on("mail-events").name)


@queues.on_sqs_message(queue_name("jobs"), batch_size=1, maximum_concurrency=5)
@one_by_one("jobs")
def run_job(message: Message, seconds_left: SecondsLeft) -> None:
    from chalicelib.entrypoints.schedules import run

    run(message.body, seconds_left)
