"""Cold starts: in fresh processes and in turns, importing the packaged app and serving its first webhook.

`python -m benchmarks.cold hub|canonical|ingest|send|floor` is one start, and prints its milliseconds of CPU.
"""

import base64
import hashlib
import json
import sys
import time
from collections.abc import Mapping, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from benchmarks.figures import OF_MEASURED, Figure
from benchmarks.stopwatch import Pair

Imported = tuple[Sequence[str], Sequence[str]]
INGEST: Imported = (["chalicelib.ingest.actions"], ["dynamodb", "sqs", "events"])
SEND: Imported = (
    ["chalicelib.campaigns.running", "chalicelib.messages.single", "chalicelib.messages.staff", "liquid"],
    ["dynamodb", "ses"],
)
"""What a function imports for its first message, and the clients that it makes for it."""
TITLES = {
    "hub": "cold start of the edge from its zips, first mews webhook ÷ bare chalice app with SQS and DynamoDB clients",
    "canonical": "the same, first signed canonical webhook (one KMS client more) ÷ the same bare app",
}
BOUND = 1.25
BEFORE_MESSAGE = {
    "ingest": ("cold start of ingest until its first message: imports and clients ÷ the same bare app", INGEST),
    "send": ("cold start of send until its first message: imports and clients ÷ the same bare app", SEND),
}
ZIPPED, UNZIPPED = 50, 250
"""MB that Lambda takes: of one zip sent to it directly, and of code and layers together."""


def figures(starts: int) -> list[Figure]:
    """CPU of starts, without the interpreter's own; the first of each reads the disk, and does not count."""
    from benchmarks import unpacked  # not in the process that is started

    kinds = ("floor", *TITLES, *BEFORE_MESSAGE)
    with unpacked.environment() as environment:
        run = partial(unpacked.python, environment, "-m", "benchmarks.cold")
        rounds = [{kind: float(run(kind).splitlines()[-1]) for kind in kinds} for _ in range(starts + 1)][1:]
        weighed = sizes(unpacked.zips(environment))
    pairs = {kind: Pair.of([(each[kind], each["floor"]) for each in rounds]) for kind in kinds}
    served = [Figure(name, "ms of CPU", *pairs[kind], BOUND) for kind, name in TITLES.items()]
    return [*served, *(Figure(name, "ms of CPU", *pairs[kind]) for kind, (name, _) in BEFORE_MESSAGE.items()), *weighed]


def sizes(archives: Mapping[str, Path]) -> list[Figure]:
    """What is uploaded, and what Lambda unpacks of it, in millions of bytes."""
    zipped = [
        Figure(f"zip of the {name}", "MB", file.stat().st_size / 1e6, bound=ZIPPED, bound_of=OF_MEASURED)
        for name, file in archives.items()
    ]
    unpacked = sum(_unzipped(file) for file in archives.values()) / 1e6
    together = Figure("code and layer, unzipped", "MB", unpacked, bound=UNZIPPED, bound_of=OF_MEASURED)
    return [*zipped, together]


def _unzipped(archive: Path) -> int:
    with ZipFile(archive) as opened:
        return sum(each.file_size for each in opened.infolist())


# In the process that is started


def _serve_first(kind: str) -> float:
    began = time.process_time()
    from benchmarks.hub import Context, post, prepare_environment
    from benchmarks.wire import Answer, Wire

    prepare_environment()
    row = _connection("mews" if kind == "hub" else "canonical")
    answers: dict[str, Any] = {
        "GetItem": {"Item": row},
        "GetQueueUrl": {"QueueUrl": "https://sqs.eu-central-1.amazonaws.com/123456789012/queue"},
        "SendMessage": {"MessageId": "m"},
        "Decrypt": {"Plaintext": base64.b64encode(SECRET.encode()).decode()},
    }
    Wire(lambda _service, operation, _body: Answer(json.dumps(answers[operation]).encode()))
    event = _signed(post) if kind == "canonical" else post("/webhooks/mews?secret=open-sesame-open-sesame", BODY, {})
    if kind == "floor":
        from benchmarks.bare_app import app
    else:
        from app import app
    assert app(event, Context())["statusCode"] in {200, 202}
    return (time.process_time() - began) * 1000


def _until_first_message(modules: Sequence[str], services: Sequence[str]) -> float:
    began = time.process_time()
    from benchmarks.hub import prepare_environment

    prepare_environment()
    for name in ("chalicelib.entrypoints.queues", *modules):
        import_module(name)
    clients = import_module("chalicelib.aws.clients")
    for each in services:
        getattr(clients, each)()
    return (time.process_time() - began) * 1000


SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef01234567").decode()
BODY = json.dumps({"EnterpriseId": "e-1", "Events": [{"Discriminator": "ServiceOrderUpdated", "Value": {"Id": "r-1"}}]})


def _connection(vendor: str) -> dict[str, Any]:
    kept = (
        hashlib.sha256(b"open-sesame-open-sesame").hexdigest()
        if vendor == "mews"
        else base64.b64encode(b"sealed").decode()
    )
    key = {"pk": {"S": "CONNECTIONS"}, "sk": {"S": vendor}}
    return {**key, "vendor": {"S": vendor}, "secrets": {"L": [{"S": kept}]}, "properties": {"M": {}}}


def _signed(post: Any) -> Any:
    """Signed by hand: the library that checks signatures is part of what is measured."""
    import hmac

    body, moment = json.dumps({"snapshots": []}), str(int(time.time()))
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    signature = base64.b64encode(hmac.digest(key, f"msg_1.{moment}.{body}".encode(), "sha256")).decode()
    headers = {"webhook-id": "msg_1", "webhook-timestamp": moment, "webhook-signature": f"v1,{signature}"}
    return post("/webhooks/canonical", body, headers)


if __name__ == "__main__":
    kind = sys.argv[1]
    print(_until_first_message(*BEFORE_MESSAGE[kind][1]) if kind in BEFORE_MESSAGE else _serve_first(kind))
