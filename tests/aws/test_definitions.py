"""Versioned documents, and writing where others write, too."""

from collections.abc import Callable

import pytest

from chalicelib.aws import keys, table
from chalicelib.aws.definitions import Definitions
from chalicelib.aws.retries import until_written
from chalicelib.canonical.definitions import Definition
from chalicelib.canonical.errors import Conflict, NotFound, TryAgain
from tests.memory_table import MemoryTable


class Note(Definition):
    text: str


NOTES: Definitions[Note, str] = Definitions(Note, keys.SEGMENTS, "note")


@pytest.fixture(autouse=True)
def memory(monkeypatch: pytest.MonkeyPatch) -> MemoryTable:
    return MemoryTable().install(monkeypatch)


def test_the_same_content_is_the_same_version_and_another_is_the_next() -> None:
    saved = [NOTES.save(Note(id="a", text=text, version=7)).version for text in ("x", "x", "y", "x")]
    assert saved == [1, 1, 2, 3]
    assert NOTES.get("a") == Note(id="a", text="x", version=3)
    assert NOTES.get("b") is None


def test_what_is_not_there_is_named_as_people_name_it() -> None:
    with pytest.raises(NotFound, match="There is no such note"):
        NOTES.required("b")


def test_documents_are_listed_by_their_ids() -> None:
    for name in ("b", "a", "c"):
        NOTES.save(Note(id=name, text=name))
    assert [each.id for each in NOTES.listed()] == ["a", "b", "c"]


def theirs() -> None:
    NOTES.save(Note(id="a", text="theirs"))


def test_of_two_who_change_one_version_the_second_is_refused(memory: MemoryTable) -> None:
    NOTES.save(Note(id="a", text="x"))
    memory.beside = [(memory.calls + 1, theirs)]
    with pytest.raises(Conflict, match="note"):
        NOTES.save(Note(id="a", text="ours"))
    kept = NOTES.get("a")
    assert kept
    assert (kept.text, kept.version) == ("theirs", 2)


def attempts(failing: int) -> Callable[[], str]:
    left = [failing]

    def attempt() -> str:
        if left[0]:
            left[0] -= 1
            raise table.ConditionFailed([0])
        return "written"

    return attempt


def test_an_attempt_is_made_again_while_others_write() -> None:
    assert until_written(attempts(2), "busy", tries=3) == "written"
    with pytest.raises(TryAgain, match="busy"):
        until_written(attempts(3), "busy", tries=3)
