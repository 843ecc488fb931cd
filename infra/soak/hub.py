"""The hub that is soaked: how it is set up, woken more often than it would be, and asked at the end."""

import base64
import json
from collections.abc import Iterator
from contextlib import suppress
from random import Random
from threading import Event, Thread
from typing import Any, Self

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from infra import queue_urls
from infra.demo import season
from infra.demo.api import Api
from infra.demo.campaign import code_of
from infra.soak.people import HOTELS
from infra.workers import function_name

Json = dict[str, Any]
LATE_PROGRAM = "late"
"""A programme that begins while webhooks come: long work goes over all guests, and ends where the first one is."""
RATES = {"EUR": "10", "USD": "9"}
VISIBILITY_SECONDS = 45
"""A killed worker's messages come back after this; in the cloud six times as long as the worker may run."""
TICK_SECONDS = 10.0
"""Between two ticks; in the cloud a minute."""


def configure(hub: Api, pms: Api, seed: int) -> tuple[str, dict[str, str]]:
    """Hotels, connections and a programme; the address of the season's webhooks, and the secrets of the others."""
    webhook = season.configure(hub, pms)
    chance = Random(f"secrets:{seed}")  # noqa: S311 (loopback's own)
    secrets = {each: f"whsec_{base64.b64encode(chance.randbytes(32)).decode()}" for each in HOTELS}
    for connection, hotels in HOTELS.items():
        for hotel in hotels:
            named = {"name": hotel.title(), "time_zone": "Europe/Vienna", "country": "AT", "currency": "EUR"}
            hub.put(f"/v1/properties/{hotel}", named)
        mapped = {hotel: hotel for hotel in hotels}
        asked = {"vendor": "canonical", "secrets": [secrets[connection]], "properties": mapped}
        hub.put(f"/v1/connections/{connection}", asked)
    return webhook, secrets


def begin_late_program(hub: Api) -> None:
    hub.put(
        f"/v1/programs/{LATE_PROGRAM}",
        {"name": "Late", "points_per_unit": RATES, "auto_enrol": True, "starts_on": "1970-01-01"},
    )


def shorten_visibility(stage: str) -> None:
    sqs = boto3.client("sqs")
    for name in queue_urls.NAMES:
        attributes: Any = {"VisibilityTimeout": str(VISIBILITY_SECONDS)}
        sqs.set_queue_attributes(QueueUrl=queue_urls.url_of(stage, name), Attributes=attributes)


class Ticking:
    """The tick, for the length of a block."""

    def __init__(self, stage: str) -> None:
        self._function = function_name("tick", stage)
        self._over = Event()
        self._thread = Thread(target=self._tick, name="ticking", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _tick(self) -> None:
        client = boto3.client("lambda")
        scheduled = {"version": "0", "id": "1", "detail-type": "Scheduled Event", "source": "aws.events"}
        about = {
            "account": "0",
            "time": "2026-01-01T00:00:00Z",
            "region": "eu-central-1",
            "resources": [],
            "detail": {},
        }
        event = json.dumps(scheduled | about).encode()
        while not self._over.wait(TICK_SECONDS):
            with suppress(BotoCoreError, ClientError):  # too busy to answer: it hears the next
                client.invoke(FunctionName=self._function, InvocationType="Event", Payload=event)


def long_work(hub: Api) -> list[Json]:
    """Jobs that are not over."""
    return [each for each in hub.listed("/v1/jobs") if not each.get("finished_at")]


def decided(hub: Api, campaign: str) -> list[tuple[str, str]]:
    """Every candidate of the last run, and what became of it: an end, or the reason."""
    return [(each["guest"], code_of(each)) for each in hub.listed(f"/v1/campaigns/{campaign}/decisions")]


def dead_letters(stage: str) -> dict[str, list[str]]:
    """The bodies on each dead-letter queue; they are taken from it."""
    return {name: list(_bodies(queue_urls.url_of(stage, f"{name}-dlq"))) for name in queue_urls.NAMES}


def _bodies(url: str) -> Iterator[str]:
    sqs = boto3.client("sqs")
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
        for message in messages:
            yield message["Body"]
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
