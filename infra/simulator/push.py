"""Replays the season as Mews pushes it: webhooks of several events, some twice, some late, retried until accepted."""

import http.client
import json
import queue
import random
import threading
import time
from collections import Counter, defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from infra.simulator.hotel import Hotel, Notice
from infra.simulator.story import WAVES, Wave

MAX_EVENTS = 20
_SIZES = (1, 2, 3, 4, 5, 6, 8, 12, MAX_EVENTS)
_SIZE_WEIGHTS = (14, 16, 16, 16, 14, 12, 8, 3, 1)
_ATTEMPTS = 8
_TIMEOUT_SECONDS = 20
_FIRST_RETRY_SECONDS = 0.2


class PlayError(Exception):
    """The season cannot be played as asked."""


@dataclass(frozen=True)
class Options:
    """How the season is played."""

    hub_url: str
    disorder: bool = True
    duplicates: float = 0.1
    workers: int = 4
    pause_seconds: float = 0.5  # between waves, so that the hub meets earlier states and not only the last
    wait_before: str = ""  # a wave that begins when it is told to: what it does depends on what the hub knows by then

    def __post_init__(self) -> None:
        parts = urlsplit(self.hub_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise PlayError("hub_url must be an http(s) address")
        if not 0 <= self.duplicates <= 1 or not 1 <= self.workers <= 32 or not 0 <= self.pause_seconds <= 60:
            raise PlayError("duplicates is a share of 0 to 1, workers 1 to 32, pause_seconds 0 to 60")
        if self.wait_before not in ("", *WAVES):
            raise PlayError(f"wait_before is one of {', '.join(WAVES)}")


@dataclass
class Progress:
    """What has been pushed. `duplicate_events` were told again in another call, `duplicate_webhooks` as a whole."""

    wave: str = ""
    waves_done: int = 0
    waves: int = 0
    reservations: int = 0
    webhooks: int = 0
    events: int = 0
    duplicate_webhooks: int = 0
    duplicate_events: int = 0
    failures: int = 0
    undelivered: int = 0
    running: bool = False
    waits: bool = False
    done: bool = False
    error: str | None = None
    seconds: float = 0.0
    events_by_kind: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class _Call:
    body: bytes
    events: int
    is_repeat: bool


class Stream:
    """Turns the notices of the waves into webhooks; with disorder, notices wait their turn, and some are told again."""

    def __init__(self, integration: str, options: Options, seed: int, progress: Progress) -> None:
        self._integration = integration
        self._options = options
        self._rng = random.Random(f"push:{seed}")
        self._progress = progress
        self._waiting: list[Notice] = []
        self._told: deque[Notice] = deque(maxlen=4000)

    def calls(self, wave: Wave) -> Iterator[_Call]:
        """Plays the wave's steps, one when its first notice is needed."""
        steps = list(wave.steps)
        if self._options.disorder:
            self._rng.shuffle(steps)
        parcels: defaultdict[str, list[Notice]] = defaultdict(list)
        sizes: dict[str, int] = {}
        for notice in self._in_order_of_sending(steps):
            parcel = parcels[notice.enterprise]
            parcel.append(notice)
            size = sizes.setdefault(notice.enterprise, self._size())
            if len(parcel) >= size:
                yield from self._webhooks(parcels.pop(notice.enterprise))
                del sizes[notice.enterprise]
        for parcel in parcels.values():
            yield from self._webhooks(parcel)

    def _in_order_of_sending(self, steps: list[Any]) -> Iterator[Notice]:
        if self._options.disorder:
            yield from self._old_notices()
        for step in steps:
            for notice in step():
                yield from self._sent_now(notice)
        while self._waiting:
            yield self._waiting.pop(self._rng.randrange(len(self._waiting)))

    def _sent_now(self, notice: Notice) -> Iterator[Notice]:
        """The notice, or others that were waiting while it waits; now and then one more time later."""
        self._told.append(notice)
        if self._rng.random() < self._options.duplicates / 2:
            self._progress.duplicate_events += 1
            self._waiting.append(notice)
        if not self._options.disorder or self._rng.random() < 0.6:
            yield notice
        else:
            self._waiting.append(notice)
        while len(self._waiting) > 40 or (self._waiting and self._rng.random() < 0.3):
            yield self._waiting.pop(self._rng.randrange(len(self._waiting)))

    def _old_notices(self) -> list[Notice]:
        """Notices of earlier waves, told again long after."""
        count = int(len(self._told) * self._options.duplicates / 10)
        self._progress.duplicate_events += count
        return self._rng.sample(list(self._told), count)

    def _size(self) -> int:
        return self._rng.choices(_SIZES, _SIZE_WEIGHTS)[0]

    def _webhooks(self, notices: list[Notice]) -> Iterator[_Call]:
        events = [{"Discriminator": notice.discriminator, "Value": {"Id": notice.id}} for notice in notices]
        body = {"EnterpriseId": notices[0].enterprise, "IntegrationId": self._integration, "Events": events}
        call = _Call(json.dumps(body).encode(), len(events), is_repeat=False)
        for notice in notices:
            self._progress.events_by_kind[notice.discriminator] += 1
        yield call
        if self._rng.random() < self._options.duplicates / 2:
            yield _Call(call.body, call.events, is_repeat=True)


class Player:
    """Pushes the whole season once, in the background."""

    def __init__(self, hotel: Hotel, waves: list[Wave], seed: int, reservations: int) -> None:
        self._waves = waves
        self._seed = seed
        self._integration = hotel.ids.of("integration", 1)
        self.progress = Progress(waves=len(waves), reservations=reservations)
        self._calls: queue.Queue[_Call | None] = queue.Queue(maxsize=16)
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._told_to_go_on = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, options: Options) -> None:
        with self._lock:
            if self._thread is not None:
                raise PlayError("the season is played once, and it has begun")
            self.progress.running = True
            self._thread = threading.Thread(target=self._play, args=(options,), name="season")
            self._thread.start()

    def go_on(self) -> None:
        """Ends the wait before a wave, also one that is still to come."""
        self._told_to_go_on.set()

    def join(self) -> None:
        """Waits for the end of the season."""
        if self._thread is not None:
            self._thread.join()

    def stop(self) -> None:
        """Ends a season that is still playing."""
        self._stopping.set()
        self.go_on()
        self.join()

    def shown(self) -> dict[str, Any]:
        with self._lock:
            return {**vars(self.progress), "events_by_kind": dict(self.progress.events_by_kind)}

    def _play(self, options: Options) -> None:
        begun = time.monotonic()
        workers = [threading.Thread(target=self._work, args=(options.hub_url,)) for _ in range(options.workers)]
        for worker in workers:
            worker.start()
        try:
            stream = Stream(self._integration, options, self._seed, self.progress)
            self._push_waves(stream, options, begun)
            self.progress.done = not self._stopping.is_set()
        finally:
            for _ in workers:
                self._calls.put(None)
            for worker in workers:
                worker.join()
            self.progress.seconds = round(time.monotonic() - begun, 2)
            self.progress.running = False

    def _push_waves(self, stream: Stream, options: Options, begun: float) -> None:
        for wave in self._waves:
            self.progress.wave = wave.name
            if wave.name == options.wait_before:
                self._wait()
            for call in stream.calls(wave):
                self._calls.put(call)
                self.progress.seconds = round(time.monotonic() - begun, 2)
                if self._stopping.is_set():
                    return
            self._calls.join()
            self.progress.waves_done += 1
            self._stopping.wait(options.pause_seconds)

    def _wait(self) -> None:
        self.progress.waits = True
        self._told_to_go_on.wait()
        self.progress.waits = False

    def _work(self, hub_url: str) -> None:
        hub = _Hub(hub_url)
        while (call := self._calls.get()) is not None:
            delivered = self._deliver(hub, call)
            with self._lock:
                self.progress.webhooks += 1
                self.progress.events += call.events
                self.progress.duplicate_webhooks += call.is_repeat
                self.progress.undelivered += not delivered
            self._calls.task_done()
        self._calls.task_done()
        hub.close()

    def _deliver(self, hub: "_Hub", call: _Call) -> bool:
        """Mews tries again after minutes and at last discards; here the wait is short."""
        for attempt in range(_ATTEMPTS):
            if self._stopping.is_set():
                return False
            answer = hub.post(call.body)
            if answer in (200, 202, 204):
                return True
            with self._lock:
                self.progress.failures += 1
            self._stopping.wait(_FIRST_RETRY_SECONDS * 2**attempt)
        with self._lock:
            self.progress.error = f"the hub refused a webhook {_ATTEMPTS} times, the last answer was {answer}"
        self._stopping.set()
        return False


class _Hub:
    """One kept connection to the hub's webhook route."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        self._host = parts.netloc
        name = parts.hostname or ""
        # Names under localhost are the loopback by RFC 6761, but not every resolver knows.
        address = "127.0.0.1" if name.endswith(".localhost") else name
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._connection = kind(address, parts.port, timeout=_TIMEOUT_SECONDS)

    def post(self, body: bytes) -> int | str:
        """The status, or the name of what went wrong on the way."""
        try:
            headers = {"Content-Type": "application/json", "Host": self._host}
            self._connection.request("POST", self._path, body, headers)
            answer = self._connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            return type(error).__name__
        return answer.status

    def close(self) -> None:
        self._connection.close()
