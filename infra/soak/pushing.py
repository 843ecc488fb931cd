"""Pushes the webhooks in bursts over several connections, as vendors do: again until the hub has taken each."""

import http.client
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from queue import Queue
from random import Random
from threading import Lock, Thread
from urllib.parse import urlsplit

from infra.soak.webhooks import Call, Kind, now

AT_ONCE = 6
BURST = 250
LONGEST_PAUSE_SECONDS = 2.0
ATTEMPTS = 10
TIMEOUT_SECONDS = 40
SETTLED = {HTTPStatus.ACCEPTED, HTTPStatus.UNAUTHORIZED}


@dataclass
class Pushed:
    """What the hub answered. `again` are pushes that had no good answer and were repeated, by that answer."""

    by_kind: Counter[str] = field(default_factory=Counter)
    accepted: Counter[str] = field(default_factory=Counter)
    again: Counter[str] = field(default_factory=Counter)
    repeated: int = 0
    wrong: list[str] = field(default_factory=list)
    """Where the last answer is not the one that the webhook deserved."""

    @property
    def count(self) -> int:
        return sum(self.by_kind.values())

    def and_then(self, other: "Pushed") -> "Pushed":
        return Pushed(
            self.by_kind + other.by_kind,
            self.accepted + other.accepted,
            self.again + other.again,
            self.repeated + other.repeated,
            self.wrong + other.wrong,
        )

    def note(self, call: Call, answer: int | str) -> None:
        self.by_kind[call.kind] += 1
        self.repeated += call.is_repeat
        self.accepted[call.kind] += answer == HTTPStatus.ACCEPTED
        deserved = HTTPStatus.UNAUTHORIZED if call.kind is Kind.REFUSED else HTTPStatus.ACCEPTED
        if answer != deserved:
            self.wrong.append(f"{call.id} ({call.kind}) was answered {answer}")


def push(
    calls: Sequence[Call], api_url: str, secrets: Mapping[str, str], seed: int, told: Callable[[int], None]
) -> Pushed:
    """In bursts with pauses between them; `told` hears how many are done."""
    chance = Random(f"bursts:{seed}")  # noqa: S311 (invented, and to be repeated)
    pushed = Pushed()
    for start in range(0, len(calls), BURST):
        _burst(calls[start : start + BURST], _Pusher(api_url, secrets, pushed, told))
        time.sleep(chance.uniform(0, LONGEST_PAUSE_SECONDS))
    return pushed


def _burst(calls: Sequence[Call], pusher: "_Pusher") -> None:
    waiting: Queue[Call | None] = Queue()
    for call in [*calls, *([None] * AT_ONCE)]:
        waiting.put(call)
    workers = [Thread(target=pusher.work, args=(waiting,)) for _ in range(AT_ONCE)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


class _Pusher:
    def __init__(self, api_url: str, secrets: Mapping[str, str], pushed: Pushed, told: Callable[[int], None]) -> None:
        self._url = urlsplit(api_url)
        self._secrets = secrets
        self._pushed = pushed
        self._told = told
        self._lock = Lock()

    def work(self, waiting: "Queue[Call | None]") -> None:
        connection = http.client.HTTPConnection(self._url.hostname or "", self._url.port, timeout=TIMEOUT_SECONDS)
        while (call := waiting.get()) is not None:
            answer = self._deliver(connection, call)
            with self._lock:
                self._pushed.note(call, answer)
                self._told(self._pushed.count)
        connection.close()

    def _deliver(self, connection: http.client.HTTPConnection, call: Call) -> int | str:
        for attempt in range(ATTEMPTS):
            answer = self._post(connection, call)
            if answer in SETTLED:
                break
            with self._lock:
                self._pushed.again[str(answer)] += 1
            time.sleep(0.1 * 2**attempt)
        return answer

    def _post(self, connection: http.client.HTTPConnection, call: Call) -> int | str:
        secret = self._secrets.get(call.connection) or next(iter(self._secrets.values()))
        path = f"{self._url.path}/webhooks/{call.connection}"
        try:
            connection.request("POST", path, call.body, call.headers(secret, now()))
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            return type(error).__name__
        return answer.status
