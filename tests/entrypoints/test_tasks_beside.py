"""What is written of a reservation's tasks while its guest goes."""

import pytest

from chalicelib.canonical.ids import TaskId, leaf_of_profile, reservation_id
from chalicelib.connections.model import API
from chalicelib.guests import desk, task_store
from chalicelib.guests.tasks import Tasks
from tests import tables
from tests.builders import VIENNA, at, guest, reservation
from tests.entrypoints.conftest import Hub, Ingest

PATH = f"/v1/properties/{VIENNA.id}/tasks"
ROOM = reservation_id(API, VIENNA.id, "r1", 0)
ANNA = leaf_of_profile(API, "g1")


@pytest.fixture(autouse=True)
def told(ingest: Ingest) -> None:
    ingest(reservation("r1", guest("g1"), arrival="2026-12-01", departure="2026-12-03"))


def say(hub: Hub, text: str) -> None:
    body = {"reservation": ROOM, "department": "concierge", "text": text}
    assert hub.status("POST", PATH, body) == 201


def test_who_writes_by_what_they_read_before_a_guest_went_brings_nothing_back(hub: Hub, ingest: Ingest) -> None:
    """Also where others wrote as often since as had been written before."""
    say(hub, "Anna's flowers")
    line = desk.of_reservation(ROOM)
    assert line is not None
    seen: list[Tasks] = []

    def change(kept: Tasks) -> Tasks:
        if not seen:
            ingest({"kind": "guest", "source_id": "g1", "anonymised": True, "changed_at": at(9)})
            say(hub, "Window open")
        seen.append(kept)
        last = kept.made[-1].model_copy(update={"id": TaskId("tk1"), "text": "Towels"})
        return kept.having(last)

    kept = task_store.change(line, change)
    assert [each.text for each in kept.made] == ["Window open", "Towels"]
    assert [each["text"] for each in hub.get(f"{PATH}/{ROOM}")["tasks"]] == ["Window open", "Towels"]


def test_a_reservation_whose_guest_was_erased_keeps_no_word_of_its_tasks(hub: Hub) -> None:
    say(hub, "Anna's flowers")
    assert hub.status("DELETE", f"/v1/guests/{ANNA}") == 200
    assert task_store.of_reservations([ROOM]) == {}
    assert "flowers" not in str(tables.rows())
