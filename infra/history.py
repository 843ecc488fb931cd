"""Lists of guests and stays, brought in from this machine and written to it.

A file is read here: what leaves the machine are the columns that are taken, without card numbers.
"""

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from chalicelib.canonical.errors import NotFound
from chalicelib.canonical.ids import ConnectionId, JobId, stable_id
from chalicelib.canonical.money import to_major
from chalicelib.canonical.preferences import OFFERED
from chalicelib.canonical.time import now
from chalicelib.connections import store as connections
from chalicelib.connectors.csv_files.columns import PREFERRED, Kind
from chalicelib.connectors.csv_files.forms import Question
from chalicelib.connectors.csv_files.refused import Refused, as_csv, harmless
from chalicelib.connectors.csv_files.translate import Asked
from chalicelib.guests import store as guests
from chalicelib.guests.model import Guest, Stay, Traits
from chalicelib.ingest import backfill
from chalicelib.ingest.backfill import BackfillAsked
from chalicelib.ingest.imports import actions, reading, rules, store
from chalicelib.ingest.imports.model import Import, ImportAsked, ReadAs, Summary
from chalicelib.jobs import work
from chalicelib.jobs.model import Progress
from chalicelib.properties import store as properties

BLOCK = 256 * 1024
SHOWN = 5
"""First rows, and first refused ones."""
OPERATOR, ASKED = "the operator", "asked"


@dataclass(frozen=True)
class Understood:
    """What a file was understood as, before anything of it left this machine."""

    summary: Summary
    asked: Asked
    to_be_said: list[Question]
    first_rows: list[dict[str, str]]
    first_refused: list[Refused]
    counted: Counter[str]


def blocks_of(path: Path) -> reading.Blocks:
    def blocks(start: int) -> Iterator[bytes]:
        with path.open("rb") as file:
            file.seek(start)
            while block := file.read(BLOCK):
                yield block

    return blocks


def look_at(path: Path, asked: ImportAsked) -> Understood:
    """Read a file twice: for how it is written, and for what its rows say. Raises Invalid."""
    kept = _unsaved(path, asked)
    blocks = blocks_of(path)
    sheet, summary = reading.begun(kept, blocks)
    for place, portion in reading.portions_of(sheet, summary, blocks):
        summary = summary.after(place, portion)
    questions = rules.to_be_said(kept, summary)
    read_with = rules.asked_of(kept, summary, properties.by_id())
    found = Understood(summary, read_with, questions, [], [], Counter())
    for _, portion in reading.portions_of(sheet, summary, blocks):
        for each in rules.come_to(portion.rows, summary.fields, read_with):
            found.counted.update(rules.counted([each]))
            if each.told.snapshot and len(found.first_rows) < SHOWN:
                found.first_rows.append(rules.shown_as(each.told.snapshot))
            if each.told.faults and len(found.first_refused) < SHOWN:
                found.first_refused.append(rules.refused(each.row, each.told.faults, summary))
    return found


def _unsaved(path: Path, asked: ImportAsked) -> Import:
    """The same file asked for in the same way is the same import: one that broke off is gone on with."""
    seed = stable_id("", str(path.resolve()), asked.model_dump_json(), path.stat().st_size)
    return actions.made(asked, seed, now(), OPERATOR)


def bring_in(path: Path, asked: ImportAsked, tell: Callable[[str, int], None], rest: Callable[[], None]) -> Import:
    """Read the file into the hub's bucket, and have its rows stored. `tell` is told of each step by its name and how
    many rows are through. Raises Invalid, of which nothing is stored."""
    kept = store.add(_unsaved(path, asked))
    if not store.is_read(kept):
        rows = 0
        for step in reading.read_file(kept, blocks_of(path)):
            rows += step.units
            tell("reading", rows)
    if kept.storing is None:
        kept = actions.read(kept.id, ReadAs(), now())
        _wait(kept.reading, "looking through", tell, rest)
        kept = actions.start(kept.id, now())
    _wait(kept.storing, "storing", tell, rest)
    return kept


def _wait(job: JobId | None, name: str, tell: Callable[[str, int], None], rest: Callable[[], None]) -> None:
    while job:
        found = work.progress(job)
        tell(name, found.units_done)
        if found.job.is_over:
            return
        rest()


def counted(kept: Import) -> Mapping[str, int]:
    found = actions.progress(kept)
    return found.counted if found else {}


def write_refused(kept: Import, path: Path, to: Path) -> int:
    """The rows that were not taken, with all their cells as they stand in the file, and why; how many."""
    why = {row.line: row for _, rows in store.refused(kept) for row in rows}
    if not why:
        return 0
    blocks = blocks_of(path)
    sheet, _ = reading.begun(kept, blocks)
    found = sheet.rows(blocks(sheet.start), sheet.start, sheet.first_line)
    rows = (why[row.line]._replace(cells=tuple(row.cells)) for row in found if row.line in why)
    to.write_text(as_csv(sheet.headers, rows), newline="")
    return len(why)


def ask_back(
    connection_id: ConnectionId, asked: BackfillAsked, tell: Callable[[int], None], rest: Callable[[], None]
) -> Progress:
    """Have a vendor asked for what changed since a day, until all of it was asked for. Raises NotFound, Conflict."""
    connection = connections.get(connection_id)
    if connection is None:
        raise NotFound("There is no such connection.")
    seed = stable_id("", OPERATOR, asked.model_dump_json())
    job = backfill.start(connection, asked, seed, now()).job
    _wait(job.id, ASKED, lambda _, days: tell(days), rest)
    return work.progress(job.id)


# Out


OF_GUESTS = """
guest_id salutation given_name family_name email phone language nationality street postal_code city region country
birth_date
"""
OF_STAYS = """
stay_id guest_id given_name family_name property status arrival departure channel rate_plan market_segment room_type
room_number adults children currency room_revenue other_revenue
"""
PREFERENCES: Mapping[str, str] = {kind: f"{PREFERRED}{kind}" for kind in OFFERED}
GUESTS, STAYS = [*OF_GUESTS.split(), *PREFERENCES.values()], OF_STAYS.split()


def write_all(kind: Kind, out: TextIO) -> int:
    """Every guest, or every stay of one, as a list that can be brought in again; how many."""
    names, rows = (GUESTS, _guests()) if kind == "guests" else (STAYS, _stays())
    writer = csv.writer(out)
    writer.writerow(names)
    count = 0
    for row in rows:
        writer.writerow([harmless(str(row.get(name) if row.get(name) is not None else "")) for name in names])
        count += 1
    return count


Row = Mapping[str, object]


def _guests() -> Iterable[Row]:
    return (_guest(each) for _, each in guests.walk(0, 1))


def _guest(guest: Guest) -> Row:
    traits = guest.traits
    lives = traits.address
    return {
        "guest_id": guest.id,
        "nationality": traits.country,
        **{name: getattr(traits, name) for name in GUESTS[1:7]},
        **{name: getattr(lives, name) if lives else None for name in GUESTS[8:13]},
        "birth_date": traits.birth_date,
        **{PREFERENCES[kind]: ";".join(values) for kind, values in _preferred(traits)},
    }


def _preferred(traits: Traits) -> Iterable[tuple[str, tuple[str, ...]]]:
    return traits.preferences.by_kind.items() if traits.preferences else ()


def _stays() -> Iterator[Row]:
    for _, guest in guests.walk(0, 1):
        for leaf in guest.members:
            yield from (_stay(each, guest) for each in guests.stays(leaf))


def _stay(stay: Stay, guest: Guest) -> Row:
    """Amounts in the stay's own currency; what was billed in others is left out."""
    currency = stay.currency
    sums = {"room_revenue": stay.room_revenue_minor, "other_revenue": stay.other_revenue_minor} if currency else {}
    return {
        **{name: getattr(stay, name) for name in STAYS if hasattr(stay, name) and not name.endswith("revenue")},
        "stay_id": stay.reservation,
        "guest_id": guest.id,
        "given_name": guest.traits.given_name,
        "family_name": guest.traits.family_name,
        "property": stay.property_id,
        "currency": currency,
        **{name: to_major(minor, currency or "") for name, minor in sums.items()},
    }
