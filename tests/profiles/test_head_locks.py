"""The head of a guest locks those of its records: it is written with whatever is new of any of them (decision 0003)."""

from typing import Any

import pytest

from chalicelib.aws import bus, secrets
from chalicelib.canonical.ids import ConnectionId, Digest
from chalicelib.connectors.canonical.translate import read
from chalicelib.ingest.changes import change_of
from chalicelib.profiles import actions as profiles
from tests.builders import VIENNA, at, guest
from tests.memory_table import MemoryTable

SOURCES = [ConnectionId(f"pms-{number}") for number in range(3)]
ANNA = guest("g1", email="anna@mail.example", language="de")


@pytest.fixture(autouse=True)
def table(monkeypatch: pytest.MonkeyPatch) -> MemoryTable:
    monkeypatch.setattr(bus, "announce", lambda _: None)
    monkeypatch.setattr(secrets, "key_for", lambda purpose: purpose.encode())
    return MemoryTable().install(monkeypatch)


def store(source: ConnectionId, told: dict[str, Any]) -> None:
    change = change_of(read(told), source, {VIENNA.id: VIENNA}, lambda kind, value: Digest(f"{kind}-{value}"))
    assert change
    assert profiles.store_changes([change]) == {}


def head_of_guest(table: MemoryTable) -> dict[str, Any]:
    (found,) = [row for row in table.rows.values() if len(row.get("members", ())) == len(SOURCES)]
    return found


@pytest.mark.parametrize("source", SOURCES[:-1])
@pytest.mark.parametrize(
    "news", [{"language": "fr"}, {"country": "PT"}, {"marketing_email": True}, {"phone": "+43 1 1"}]
)
def test_what_is_new_of_any_record_writes_the_head_of_its_guest(
    source: ConnectionId, news: dict[str, Any], table: MemoryTable
) -> None:
    """Also where the guest is the same: who decides beside it looks at this one head for all of them."""
    for number, each in enumerate(SOURCES):
        store(each, {**ANNA, "changed_at": at(10 * number)})
    before = head_of_guest(table)
    store(source, {**ANNA, **news, "changed_at": at(10 * SOURCES.index(source) + 1)})
    after = head_of_guest(table)
    assert after["members"] == before["members"]
    assert after["rev"] == before["rev"] + 1


def test_what_comes_again_writes_no_head(table: MemoryTable) -> None:
    for number, each in enumerate(SOURCES):
        store(each, {**ANNA, "changed_at": at(10 * number)})
    before = head_of_guest(table)
    store(SOURCES[0], {**ANNA, "changed_at": at(0)})
    assert head_of_guest(table)["rev"] == before["rev"]
