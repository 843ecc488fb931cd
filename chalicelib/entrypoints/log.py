"""One line of JSON per invocation, which Logs Insights reads; errors appear by kind, never by value.

Its figures are no metrics: each of each function would cost 0.30 USD a month. The saved queries of infra/queries.py sum
them up, and alarms watch what AWS itself counts; one watches a figure of the tick's (how many connections are silent).
"""

import json
import os
import re
import time
import traceback
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chalicelib.aws.meter import meter
from chalicelib.canonical.errors import Invalid, Rejected, TryAgain, XeniaError

SHOWN = 10
"""Failures and stack frames in one line."""
LONGEST_LINE = 8_000
"""Bytes: a line is ASCII. What others wrote must not fill the log, nor break it."""
ROOM_FOR_FIGURES, LONGEST_REASON = 2_000, 256
MADE_UP = frozenset({"extra_forbidden", "unexpected_keyword_argument", "invalid_key"})
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
    told = {"stage": os.environ.get("XENIA_STAGE", ""), "function": function, **line.figures}
    text = _compact({**told, **line.words})
    return text if len(text) <= LONGEST_LINE else _compact({**told, **_shortened(line.words), "shortened": len(text)})


def _compact(document: dict[str, Any]) -> str:
    """In ASCII: half of a surrogate pair is no character that a stream could take."""
    return json.dumps(document, separators=(",", ":"))


def _shortened(words: dict[str, Any]) -> dict[str, Any]:
    """What still fits of the words, the shortest first: a failure is rather told than a long list of them."""
    kept: dict[str, Any] = {}
    room = LONGEST_LINE - ROOM_FOR_FIGURES
    for name, value in sorted(words.items(), key=lambda pair: len(_compact({"": pair[1]}))):
        first = value[:1] if isinstance(value, list) else value
        length = len(_compact({name: first}))
        if length <= room:
            kept[name], room = first, room - length
    return kept


def describe(error: BaseException) -> dict[str, Any]:
    """What may be told about an error. Messages of libraries repeat what they were given, so only ours are shown."""
    told: dict[str, Any] = {"error": type(error).__name__}
    match error:
        case Rejected():
            told["reason"] = error.reason[:LONGEST_REASON]
        case TryAgain():
            told["reason"] = str(error)[:LONGEST_REASON]
        case Invalid():
            told["fields"] = [each.log_as or _name(each.field.split(".")) for each in error.fields[:SHOWN]]
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
        return {"fields": [f"{_name(_of_ours(each))}: {each['type']}" for each in found[:SHOWN]]}
    return {}


def _of_ours(fault: Mapping[str, Any]) -> tuple[str | int, ...]:
    """Where a fault lies; a field that there is not has a name of somebody else's."""
    *outer, last = fault["loc"] or ("",)
    return (*outer, "?" if fault["type"] in MADE_UP else last)


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
