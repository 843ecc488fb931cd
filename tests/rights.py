"""What the local cloud cannot judge: whether a worker announces only the facts that it declares."""

import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from infra.workers import API, WORKERS

ENTRYPOINTS = Path(__file__).parents[1] / "chalicelib" / "entrypoints"
ANNOUNCED = {each.function: each.announces for each in WORKERS}
HTTP = {"webhooks.py", "open_pages.py"}


def judge(arguments: dict[str, Any]) -> None:
    """Fail the test in which a worker puts other facts on the bus; `arguments` are those of PutEvents."""
    function = next(filter(None, map(_worker_of, _frames())), "")
    if function not in ANNOUNCED:  # a test that calls an action by itself, or under a name of its own
        return
    undeclared = {each["DetailType"] for each in arguments["Entries"]} - ANNOUNCED[function]
    if undeclared:  # no Exception: the runtime would keep it as the message's failure
        pytest.fail(f"infra/workers.py does not let {function} announce {', '.join(sorted(undeclared))}")


def _frames() -> Iterator[FrameType]:
    frame: FrameType | None = sys._getframe(1)
    while frame:
        yield frame
        frame = frame.f_back


def _worker_of(frame: FrameType) -> str | None:
    """The function that Lambda would run, if this frame is one of its entry point's."""
    file = _entry_point(frame.f_code.co_filename)
    if file is None:
        return None
    if file.parent.name in {"api", "guest_pages"} or file.name in HTTP:
        return API
    return frame.f_locals["function"] if (file.name, frame.f_code.co_name) == ("runtime.py", "_run") else None


@cache
def _entry_point(name: str) -> Path | None:
    """The file, if it is one of theirs; every call on the stack of every announcement is looked at."""
    file = Path(name)
    return file if ENTRYPOINTS in file.parents else None
