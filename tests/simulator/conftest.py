"""One season, played once for all tests that look at it."""

import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer

import pytest

from infra.simulator.season import season
from infra.simulator.server import Simulator, SimulatorServer
from tests.simulator.playing import RESERVATIONS, SEED, Hub, HubHandler, Played


@pytest.fixture(scope="session")
def played() -> Iterator[Played]:
    hub = Hub()
    http = ThreadingHTTPServer(("127.0.0.1", 0), HubHandler)
    http.hub = hub  # type: ignore[attr-defined]  # how the handler finds it
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    server = SimulatorServer(Simulator(season(RESERVATIONS, SEED), SEED))
    server.start()
    hub_url = f"http://127.0.0.1:{http.server_address[1]}/webhooks/mews-demo?secret=s"
    season_played = Played(server, hub, hub_url)
    season_played.post("/simulator/play", {"hub_url": hub_url, "pause_seconds": 0, "duplicates": 0.2})
    server.simulator.player.join()
    yield season_played
    server.stop()
    http.shutdown()
    thread.join()
    http.server_close()
