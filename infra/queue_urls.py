"""The hub's queues, as the command line reaches them."""

import boto3

from infra.workers import queues

NAMES = queues()


def url_of(stage: str, name: str) -> str:
    return boto3.client("sqs").get_queue_url(QueueName=f"xenia-{stage}-{name}")["QueueUrl"]
