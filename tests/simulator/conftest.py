"""One season, played once for all tests that look at it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer

import pytest

from infra.simulator.season import season
from infra.simulator.server import Simulator, SimulatorServer
from tests.simulator.playing import RESERVATIONS, SEED, Hub, HubHandler, Played


@contextmanager
def serving(reservations: int) -> Iterator[Played]:
    """A season that is still to be pushed, and who takes it."""
    hub = Hub()
    http = ThreadingHTTPServer(("127.0.0.1", 0), HubHandler)
    http.hub = hub  # type: ignore[attr-defined]  # how the handler finds it
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    server = SimulatorServer(Simulator(season(reservations, SEED), SEED))
    server.start()
    hub_url = f"http://127.0.0.1:{http.server_address[1]}/webhooks/mews-demo?secret=s"
    try:
        yield Played(server, hub, hub_url)
    finally:
        server.stop()
        http.shutdown()
        thread.join()
        http.server_close()


@pytest.fixture(scope="session")
def played() -> Iterator[Played]:
    with serving(RESERVATIONS) as season_played:
        season_played.play(duplicates=0.2)
        season_played.server.simulator.player.join()
        yield season_played


@pytest.fixture
def short() -> Iterator[Played]:
    """A few bookings, of which nothing is told yet."""
    with serving(30) as to_play:
        yield to_play
