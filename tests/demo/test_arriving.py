"""A demo that is kept has arrivals of today, and what is to be done for them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine

from infra.demo import arriving
from infra.demo.api import Api
from tests.attack.hotels import Hotels
from tests.builders import PORTO, VIENNA
from tests.entrypoints.conftest import Hub

NOW = datetime(2026, 2, 28, 12, tzinfo=UTC)
"""The birthday of the first falls on the 1st of March."""


@dataclass(frozen=True)
class Played(Api):
    """The hub in this process; what is posted as an event is taken in at once."""

    hub: Hub | None = None

    def get(self, path: str) -> Any:
        return self.hub.get(path) if self.hub else None

    def put(self, path: str, body: Any) -> Any:
        return self.hub.put(path, body) if self.hub else None

    def post(self, path: str, body: Any = None, *, once: str | None = None) -> Any:
        if self.hub and path == "/v1/events":
            Hotels(self.hub).post(None, *body["snapshots"])
        elif self.hub:
            told = {"Idempotency_Key": once} if once else {}
            assert self.hub.call("POST", path, body, **told).status_code == 201


@pytest.fixture
def played(hub: Hub) -> Played:
    return Played("", hub=hub)


def test_each_hotel_has_arrivals_with_tasks_of_several_departments_and_one_is_done(played: Played) -> None:
    with time_machine.travel(NOW, tick=False):
        assert len(arriving.told(played, NOW)) == 2 * len(arriving.GUESTS)
        assert arriving.prepared(played) == 16
        for hotel in (VIENNA.id, PORTO.id):
            board = played.get(f"/v1/properties/{hotel}/arrivals")["items"]
            assert {each["guest"]["called"] for each in board} == {"Dr Quill", "Varga Béla", "Mme Lenoir", "Tom Hale"}
            assert [each["guest"]["birthday"] for each in board if each["guest"]["vip"]] == ["2026-03-01"]
            tasks = [each for line in played.get(f"/v1/properties/{hotel}/tasks")["items"] for each in line["tasks"]]
            assert {each["department"] for each in tasks} >= {"housekeeping", "reception", "concierge"}
            assert [each["state"] for each in tasks].count("done") == 1
            assert [each["text"] for each in tasks if each["text"]] == [arriving.WRITTEN["text"]]


def test_told_twice_on_one_day_it_is_once(played: Played) -> None:
    with time_machine.travel(NOW, tick=False):
        for _ in range(2):
            arriving.told(played, NOW)
            arriving.prepared(played)
        tasks = played.get(f"/v1/properties/{VIENNA.id}/tasks")["items"]
        assert len(tasks) == 3
        assert sum(bool(each["text"]) for line in tasks for each in line["tasks"]) == 1
