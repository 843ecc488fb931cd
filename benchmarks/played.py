"""The demo's season, pushed through the hub in this process: every invocation, and what it asked of AWS.

Which webhooks come, and how many of each kind, is what the simulator makes of its season: duplicates, notices that come
too late, guests who are told of once more. Nothing of the mix is written here. A webhook has one notice.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Literal

from benchmarks import hub, season
from benchmarks.cloud import Cloud
from benchmarks.table import Units
from benchmarks.tape import Tape
from chalicelib.canonical.ids import ConnectionId
from chalicelib.connections import actions as connections
from chalicelib.connections import store as connection_store
from chalicelib.connections.asked import Connection
from chalicelib.connectors.contract import Link
from chalicelib.connectors.mews import translate
from chalicelib.ingest.conversations import converse
from chalicelib.properties import store as properties
from chalicelib.properties.model import Property
from infra.simulator.push import Options, Progress, Stream
from infra.simulator.season import season as bookings
from infra.simulator.server import Simulator
from infra.workers import API, readers

SEED = 7
MEWS = ConnectionId("mews")
NOW = datetime(2025, 1, 1, tzinfo=UTC)
BASE = "https://pms.example.com"
READERS = {each.reads: each.function for each in readers()}
AWARDS = READERS["loyalty"]
Way = Literal["whole", "named"]
"""A source pushes what it knows, or only names it and is asked: `canonical` and `mews`."""


@dataclass(frozen=True)
class Invocation:
    """One run of a function. `calls` are its calls of AWS by name, `turns` how often it waited for the vendor."""

    function: str
    event: dict[str, Any]
    calls: tuple[str, ...]
    turns: int
    logged: int
    """Bytes of its lines."""


class Vendor:
    """The PMS without its network: the simulator's answers are kept, to be given once more."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self.answers: list[str] = []
        self.turns: list[int] = []

    def ask(self, method: str, url: str, body: Any, seconds: float = 0) -> Any:
        del method, seconds
        self.answers.append(json.dumps(self.simulator.api.call(url.partition("/v1/")[2], body)))
        return json.loads(self.answers[-1], parse_float=Decimal)

    def again(self) -> hub.Ask:
        ahead = iter(self.answers)

        def answer(method: str, url: str, body: Any, seconds: float = 0) -> Any:
            del method, url, body, seconds
            return json.loads(next(ahead), parse_float=Decimal)

        return answer


@dataclass
class Played:
    """A season: `facts` came on the bus, and `woken` are the messages that the bus put on queues."""

    cloud: Cloud
    tape: Tape
    vendor: Vendor
    batch: int
    webhooks: int = 0
    facts: int = 0
    woken: int = 0
    invocations: list[Invocation] = field(default_factory=list)
    units: Units = field(default_factory=Units)
    waiting: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def run(self, function: str, event: dict[str, Any]) -> None:
        waited, made = len(self.vendor.turns), len(self.tape.calls)
        logged = hub.perform(function, event)
        calls = tuple(each.operation for each in self.tape.calls[made:])
        self.invocations.append(Invocation(function, event, calls, len(self.vendor.turns) - waited, logged))
        self._collect()

    def deliver(self, least: int) -> None:
        """Run the functions for which so many messages wait, until there are none."""
        while function := next((name for name, bodies in self.waiting.items() if len(bodies) >= least), None):
            bodies = self.waiting[function]
            self.waiting[function] = bodies[self.batch :]
            self.run(function, hub.delivery(bodies[: self.batch]))

    def _collect(self) -> None:
        for queue, function in READERS.items():
            self.waiting[function] += self.cloud.take(queue)
        woken = hub.wake_ups(self.cloud.facts)
        self.waiting[AWARDS] += woken
        self.woken += len(woken)
        self.facts += len(self.cloud.facts)
        self.cloud.facts.clear()


def play(reservations: int, way: Way, batch: int, seed: int = SEED) -> Played:
    """Push a season. Functions run as soon as `batch` messages wait for them, and at the end of each of its waves."""
    simulator = Simulator(bookings(reservations, seed), seed, now=lambda: NOW)
    played = Played(hub.open_hub(), Tape(hub.wire()), Vendor(simulator), batch)
    pushes = _Pushes(simulator, _opened(simulator), way, seed)
    hub.forget()
    played.cloud.table.units.take()
    played.tape.record()
    with hub.vendor_answering(played.vendor.ask, played.vendor.turns):
        for wave in pushes.waves():
            for webhook in wave:
                played.webhooks += 1
                played.run(API, webhook)
                played.deliver(batch)
            played.deliver(1)
    played.units = played.cloud.table.units.take()
    return played


def _opened(simulator: Simulator) -> Link:
    """Set the hub up as the demo does."""
    season.open_hotel()
    link = simulator.connection(BASE)
    for hotel in link["property_list"]:
        settings = {name: hotel[name] for name in ("id", "name", "time_zone", "country", "currency")}
        properties.put(Property(**settings, mail_domains=(hotel["email_domain"],)))
    tokens = simulator.tokens
    connections.put(
        Connection(
            id=MEWS,
            vendor="mews",
            secrets=(tokens.webhook,),
            credentials={"client_token": tokens.client, "access_token": tokens.access},
            base_url=BASE,
            properties=link["properties"],
            channels=link["sources"],
            options={"stay_services": tuple(link["stay_services"])},
        )
    )
    kept = connection_store.get(MEWS)
    assert kept is not None
    return connections.link_of(kept, properties.by_id())


@dataclass
class _Pushes:
    """The webhooks of a season, each made when it is asked for: until then, the hotel is as it was."""

    simulator: Simulator
    link: Link
    way: Way
    seed: int

    def waves(self) -> Iterator[Iterator[dict[str, Any]]]:
        stream = Stream("i-1", Options(BASE), self.seed, Progress())
        for wave in self.simulator.waves:
            yield (self._webhook(notice) for call in stream.calls(wave) for notice in _one_each(call.body))

    def _webhook(self, notice: dict[str, Any]) -> dict[str, Any]:
        if self.way == "named":
            return hub.post(f"/webhooks/mews?secret={self.simulator.tokens.webhook}", json.dumps(notice), {})
        return season.webhook(*self._snapshots(notice))

    def _snapshots(self, notice: dict[str, Any]) -> list[dict[str, Any]]:
        """What the notice stands for at this moment, as a source that pushes it would write it."""
        with hub.vendor_answering(Vendor(self.simulator).ask):
            told = converse(translate.fetch([notice], self.link), BASE)
        return [each.model_dump(mode="json", exclude_none=True) for each in told.snapshots]


def _one_each(body: bytes) -> Iterator[dict[str, Any]]:
    """The PMS tells several things in a call; here, each by itself."""
    told = json.loads(body)
    yield from ({**told, "Events": [event]} for event in told["Events"])
