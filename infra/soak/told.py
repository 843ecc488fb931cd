"""What SES tells of the mails it accepted: events on the topic, now and then twice, in another process's time."""

import json
from random import Random
from threading import Thread
from typing import Any, Self

import boto3

from chalicelib.canonical.time import instant, now
from infra.soak.carrier import Accepted, Books

TWICE = 0.05
ENOUGH = None


class Events:
    """Publishes while the block lasts, and at its end what is left."""

    def __init__(self, books: Books, stage: str, seed: int) -> None:
        self._books = books
        self._chance = Random(f"events:{seed}")  # noqa: S311 (invented, and to be repeated)
        self._sns = boto3.client("sns")
        self._topic = _topic(self._sns, stage)
        self._thread = Thread(target=self._publish_all, name="events", daemon=True)
        self.published = 0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._books.events.put(ENOUGH)
        self._thread.join()

    def _publish_all(self) -> None:
        while (mail := self._books.events.get()) is not ENOUGH:
            for _ in range(2 if self._chance.random() < TWICE else 1):
                self._sns.publish(TopicArn=self._topic, Message=json.dumps(delivery(mail)))
            self.published += 1


def _topic(sns: Any, stage: str) -> str:
    pages = sns.get_paginator("list_topics").paginate()
    topics = [topic["TopicArn"] for page in pages for topic in page["Topics"]]
    (found,) = [arn for arn in topics if arn.endswith(f":xenia-{stage}-mail-events")]
    return str(found)


def delivery(mail: Accepted) -> dict[str, Any]:
    """As SES's event publishing tells of a delivered mail."""
    at = instant(now())
    return {
        "eventType": "Delivery",
        "delivery": {"timestamp": at, "recipients": [mail.to]},
        "mail": {
            "timestamp": at,
            "messageId": mail.message_id,
            "destination": [mail.to],
            "tags": {"run": [mail.run], "guest": [mail.guest], "claim": [mail.claim]},
        },
    }
