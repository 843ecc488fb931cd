"""What rows come to, as an import is read. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from chalicelib.canonical.ids import PropertyId
from chalicelib.canonical.money import to_major
from chalicelib.canonical.snapshots import AnySnapshot
from chalicelib.canonical.time import moment_of
from chalicelib.connectors.csv_files.columns import AMOUNTS, DATES
from chalicelib.connectors.csv_files.forms import Question, forms_of, questions, seen_in_amount, seen_in_date
from chalicelib.connectors.csv_files.refused import Refused
from chalicelib.connectors.csv_files.translate import Asked, Fault, Understood, understood
from chalicelib.ingest.imports.model import Import, Kept, Summary
from chalicelib.properties.model import Property

DATED = DATES | {"changed_at"}
NEEDED = {"guests": (), "stays": ("arrival",)}
"""Columns without which no row can be taken."""


class Come(NamedTuple):
    """A row, and what it came to."""

    row: Kept
    told: Understood


def seen_in(cells: Sequence[str], fields: Sequence[str]) -> Counter[str]:
    """What a row shows of how its file writes dates and amounts."""
    told = [
        seen_in_date(cell) if field in DATED else seen_in_amount(cell) if field in AMOUNTS else ""
        for field, cell in zip(fields, cells, strict=False)
    ]
    return Counter(filter(None, told))


def asked_of(kept: Import, summary: Summary, known: Mapping[PropertyId, Property]) -> Asked:
    """What a row is read with."""
    by_name = {each.name.strip().casefold(): id_ for id_, each in known.items()}
    return Asked(
        kind=kept.kind,
        forms=forms_of(summary.seen, kept.read.date_order, kept.read.decimal),
        exported_at=moment_of(kept.exported_at),
        hotels={**by_name, **{id_.casefold(): id_ for id_ in known}},
        currencies={id_: each.currency for id_, each in known.items()},
        property_id=kept.property_id,
        currency=kept.read.currency,
    )


def to_be_said(kept: Import, summary: Summary) -> list[Question]:
    """What its owner has to say before anything of it can be stored; a column that is missing, too."""
    forms = forms_of(summary.seen, kept.read.date_order, kept.read.decimal)
    asked = questions(summary.seen, forms)
    fields = summary.fields
    if not fields:
        return [Question("columns", "no heading is known: the delimiter or the headings are others than expected")]
    asked += [
        Question("columns", f"no column is known to be the {each}") for each in NEEDED[kept.kind] if each not in fields
    ]
    if kept.kind == "stays" and "property" not in fields and kept.property_id is None:
        asked.append(Question("property_id", "no column says of which hotel the stays are"))
    return asked


def come_to(rows: Sequence[Kept], fields: Sequence[str], asked: Asked) -> list[Come]:
    return [Come(row, _understood(row, fields, asked)) for row in rows]


def _understood(row: Kept, fields: Sequence[str], asked: Asked) -> Understood:
    if row.broken:
        return Understood(faults=[Fault("", row.broken)])
    return understood({field: cell for field, cell in zip(fields, row.cells, strict=False) if cell}, asked)


def refused(row: Kept, faults: Sequence[Fault], summary: Summary) -> Refused:
    """The first fault names the column; the reason tells them all."""
    first, *others = faults
    told = [first.reason, *(f"{summary.heading(each.field)}: {each.reason}" for each in others)]
    return Refused(row.line, summary.heading(first.field), "; ".join(told), tuple(row.cells))


def counted(found: Sequence[Come]) -> Counter[str]:
    """Rows that can be taken and rows that cannot, and words that no table knows."""
    told = Counter("bad" if each.told.faults else "good" for each in found)
    for each in found:
        told.update({f"unknown_{name}": count for name, count in each.told.unknown.items()})
    return told


def shown_as(snapshot: AnySnapshot) -> dict[str, str]:
    """What a row was understood as, by the fields of the list."""
    told = snapshot.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    is_stay = "arrival" in told
    (who,) = [each["guest"] for each in told.get("occupants", ())] or [{} if is_stay else told]
    found: dict[str, str] = {}
    for document, names in ((told if is_stay else {}, OF_STAYS), (who, OF_GUESTS), (who.get("address", {}), {})):
        found |= {names.get(name, name): str(each) for name, each in document.items() if name not in NOT_SHOWN}
    for name in AMOUNTS & {each.removesuffix("_minor") for each in found}:
        minor = int(found.pop(f"{name}_minor"))
        found[name] = str(to_major(minor, found["currency"]))
    return found


NOT_SHOWN = {"kind", "backfill", "occupants", "address", "changed_at"}
OF_STAYS = {"source_id": "stay_id", "property_id": "property", "room": "room_index"}
OF_GUESTS = {"source_id": "guest_id", "property_id": "property", "country": "nationality"}
"""What the hub calls a thing → the field of the list, where it is called otherwise."""
