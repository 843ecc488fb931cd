"""The files of a hotel that leaves: a line of JSON for each thing, a file for each kind, written from where it broke
off."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from chalicelib.canonical.errors import CallerError
from chalicelib.canonical.ids import PropertyId
from chalicelib.privacy.leaving import HotelsPart, parts_of
from infra.errors import Refused

Line = dict[str, Any]
STATE = "state.json"
SAVED_EVERY = 100
"""Guests whose lines are written again at most."""


def told(hotel: PropertyId, folder: Path | None) -> dict[str, int]:
    """How many of each kind, and the points that stays there earned and that are held still, by programme. With a
    folder the lines are written there. Raises Refused."""
    try:
        return _counted(hotel) if folder is None else _written(hotel, folder)
    except CallerError as refused:
        raise Refused(str(refused)) from refused


def _counted(hotel: PropertyId) -> dict[str, int]:
    counts = Counter[str]()
    for part in parts_of(hotel):
        _count(counts, part)
    return dict(counts)


def _written(hotel: PropertyId, folder: Path) -> dict[str, int]:
    folder.mkdir(parents=True, exist_ok=True)
    state = _begun(hotel, folder)
    counts = Counter[str](state["counts"])
    files = {kind: (folder / f"{kind}.jsonl").open("r+b") for kind in LINES}
    try:
        for kind, file in files.items():
            file.truncate(state["sizes"].get(kind, 0))
            file.seek(0, 2)
        at, number = state["position"], 0
        for number, part in enumerate(parts_of(hotel, at), start=1):
            for kind, line in lines_of(part):
                files[kind].write(json.dumps(line, ensure_ascii=False, sort_keys=True).encode() + b"\n")
            _count(counts, part)
            at = part.position
            if number % SAVED_EVERY == 0:
                _save(folder, hotel, at, counts, files)
        _save(folder, hotel, at, counts, files)
    finally:
        for file in files.values():
            file.close()
    return dict(counts)


def _begun(hotel: PropertyId, folder: Path) -> dict[str, Any]:
    """Raises Refused for a folder that has another hotel's files."""
    for kind in LINES:
        (folder / f"{kind}.jsonl").touch()
    path = folder / STATE
    if not path.exists():
        return {"hotel": hotel, "position": "", "counts": {}, "sizes": {}}
    state: dict[str, Any] = json.loads(path.read_text())
    if state["hotel"] != hotel:
        raise Refused(f"{folder} has what is of {state['hotel']}")
    return state


def _save(folder: Path, hotel: PropertyId, position: str, counts: Counter[str], files: dict[str, Any]) -> None:
    """The lines first: what the state says is there."""
    for file in files.values():
        file.flush()
    sizes = {kind: file.tell() for kind, file in files.items()}
    beside = folder / f"{STATE}.new"
    beside.write_text(json.dumps({"hotel": hotel, "position": position, "counts": dict(counts), "sizes": sizes}))
    beside.replace(folder / STATE)


def lines_of(part: HotelsPart) -> Iterator[tuple[str, Line]]:
    """Each with its kind and whose it is."""
    for kind, lines in LINES.items():
        for line in lines(part):
            yield kind, {"guest": part.guest.id, **line}


def _guests(part: HotelsPart) -> Iterator[Line]:
    yield {"records": [head.leaf for head in part.records]}


def _records(part: HotelsPart) -> Iterator[Line]:
    for head in part.records:
        yield {"record": head.leaf, "said": _json(head.record), "statements": [*map(_json, head.statements)]}


def _stays(part: HotelsPart) -> Iterator[Line]:
    yield from ({"record": leaf, **_json(stay)} for leaf, stays in part.stays.items() for stay in stays)


def _charges(part: HotelsPart) -> Iterator[Line]:
    for reservation, some in part.charges.items():
        for each in some:
            amount = {"amount_minor": each.amount_minor, "currency": each.currency}
            yield {"reservation": reservation, "kind": each.kind, **amount}


def _consents(part: HotelsPart) -> Iterator[Line]:
    for said in part.consents:
        yield {"record": said.leaf, "channel": said.channel, "about": said.about, **_json(said.answer)}


def _receipts(part: HotelsPart) -> Iterator[Line]:
    yield from map(_json, part.receipts)


def _notes(part: HotelsPart) -> Iterator[Line]:
    yield from ({"record": leaf, **_json(note)} for leaf, some in part.notes.items() for note in some)


def _ledger(part: HotelsPart) -> Iterator[Line]:
    yield from ({"program": each.program, **_json(entry)} for each in part.points for entry in each.entries)


def _liability(part: HotelsPart) -> Iterator[Line]:
    for each in part.points:
        yield {"program": each.program, "earned": each.points, "outstanding": each.outstanding}


def _json(kept: BaseModel | None) -> Line:
    return kept.model_dump(mode="json", exclude_none=True) if kept else {}


LINES: Mapping[str, Callable[[HotelsPart], Iterator[Line]]] = {
    "guests": _guests,
    "records": _records,
    "stays": _stays,
    "charges": _charges,
    "consents": _consents,
    "receipts": _receipts,
    "notes": _notes,
    "ledger": _ledger,
    "liability": _liability,
}
"""By kind, which names its file."""


def _count(counts: Counter[str], part: HotelsPart) -> None:
    counts.update(kind for kind, _ in lines_of(part))
    for each in part.points:
        counts[f"points_earned.{each.program}"] += each.points
        counts[f"points_outstanding.{each.program}"] += each.outstanding
