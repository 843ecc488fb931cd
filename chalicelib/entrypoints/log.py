"""One line of JSON per invocation, which Logs Insights reads; errors appear by kind, never by value.

Its figures are no metrics: each of each function would cost 0.30 USD a month. The saved queries of infra/queries.py sum
them up, and alarms watch what AWS itself counts.
"""

import json
import os
import re
import time
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chalicelib.aws.meter import meter
from chalicelib.canonical.errors import Invalid, Rejected, TryAgain, XeniaError

SHOWN = 10
"""Failures and stack frames in one line."""
FIELD, PLACE = re.compile(r"[a-z][a-z_]{0,39}"), re.compile(r"[0-9]{1,4}")
"""Parts of a field's path as the hub itself writes them."""


@dataclass
class Line:
    """What one invocation came to. `figures` are summed up by queries; `words` are only to be read."""

    figures: dict[str, int] = field(default_factory=dict)
    words: dict[str, Any] = field(default_factory=dict)


@contextmanager
def invocation(function: str) -> Iterator[Line]:
    """Print the line at the end, whatever happened, with what the invocation asked of AWS."""
    meter().take()
    line, began = Line(), time.monotonic()
    try:
        yield line
    finally:
        taken, write_units = meter().take()
        # Calls of AWS are named as AWS names them; what the hub counts beside them is in small letters.
        calls = {name: count for name, count in taken.items() if not name[0].islower()}
        counted = {name: count for name, count in taken.items() if name not in calls}
        line.words |= {"calls": calls, "counted": counted}
        line.figures |= {
            "ignored": sum([count for name, count in counted.items() if name.startswith("ignored")]),
            "write_units": write_units,
            "aws_calls": sum(calls.values()),
            "milliseconds": round((time.monotonic() - began) * 1000),
        }
        print(_text(function, line), flush=True)


def _text(function: str, line: Line) -> str:
    document = {
        "stage": os.environ.get("XENIA_STAGE", ""),
        "function": function,
        **line.figures,
        **line.words,
    }
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False)


def describe(error: BaseException) -> dict[str, Any]:
    """What may be told about an error. Messages of libraries repeat what they were given, so only ours are shown."""
    told: dict[str, Any] = {"error": type(error).__name__}
    match error:
        case Rejected():
            told["reason"] = error.reason
        case TryAgain():
            told["reason"] = str(error)
        case Invalid():
            told["fields"] = [_name(each.field.split(".")) for each in error.fields[:SHOWN]]
        case XeniaError():
            pass
        case _:
            told |= _foreign(error) | {"at": _places(error)}
    return told


def _foreign(error: BaseException) -> dict[str, Any]:
    """A code of the SDK's, or the fields of pydantic's, asked by shape: neither library is imported for it."""
    response = getattr(error, "response", None)
    if isinstance(response, dict):
        return {"code": response.get("Error", {}).get("Code")}
    if type(error).__module__.startswith("pydantic"):
        found = error.errors(include_input=False, include_url=False, include_context=False)  # type: ignore[attr-defined]
        return {"fields": [f"{_name(each['loc'])}: {each['type']}" for each in found[:SHOWN]]}
    return {}


def _name(path: Iterable[str | int]) -> str:
    """A field by those parts of its path that look like ours: what a caller made up, or the keys of a map, may be
    anything, a card number or a name. A number is kept where it is a place in a list: after a name."""
    kept: list[str] = []
    for part in map(str, path):
        is_place = bool(kept) and FIELD.fullmatch(kept[-1]) and PLACE.fullmatch(part)
        kept.append(part if is_place or FIELD.fullmatch(part) else "?")
    return ".".join(kept)


def _places(error: BaseException) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__)[-SHOWN:]
    return [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
