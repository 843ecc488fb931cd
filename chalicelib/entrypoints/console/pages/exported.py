"""All that is known of a guest, for who asks for it: to read, and as the file that a machine reads.

The page is made of the file itself, whatever stands in it: nothing is told that the other does not have.
"""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from chalice.app import Response

from chalicelib.entrypoints.api import exports
from chalicelib.entrypoints.api.exports import GuestExport
from chalicelib.entrypoints.console.pages.guest import found, id_of
from chalicelib.entrypoints.console.pages.guest import shown as page
from chalicelib.entrypoints.console.told import N_
from chalicelib.entrypoints.console.visits import Visit

MOST_SHOWN = 100
"""Of one list on the page, which an answer must have room for; the file has them all."""
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:[\d.]+(Z|\+00:00)")
PARTS = {
    "guest": N_("Profile"),
    "origins": N_("Where it comes from"),
    "records": N_("Records"),
    "decisions": N_("Decisions about the records"),
    "consents": N_("Consents"),
    "memberships": N_("Memberships"),
    "ledgers": N_("Points"),
    "timeline": N_("Timeline"),
    "charges": N_("What was billed"),
    "tasks": N_("Tasks"),
}
"""The parts of an export in words; one that is not named here is called by its own name."""
Scalar = str | float | bool | None
Json = Mapping[str, "Json"] | Sequence["Json"] | Scalar


class Told(NamedTuple):
    """Something under its name: a `text`, or what is within it. `left_out` says how many of a list are not shown."""

    name: str
    text: str = ""
    within: "Sequence[Told]" = ()
    left_out: int = 0


def shown(visit: Visit) -> Response:
    export = visit.call(exports.get, id_of(visit)).model_dump(mode="json", by_alias=True, exclude={"cut"})
    sections = [each._replace(name=_called(visit, each.name)) for each in told(visit, export)]
    return page(visit, "guest_export.html", found(visit), sections=sections)


def as_file(visit: Visit) -> Response:
    return file_of(visit.call(exports.get, id_of(visit)))


def file_of(export: GuestExport) -> Response:
    """For a machine to read; a browser keeps nothing of it."""
    headers: dict[str, str | list[str]] = {
        "Content-Type": "application/json",
        "Content-Disposition": f'attachment; filename="{export.guest.id}.json"',
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(export.model_dump_json(by_alias=True, indent=1), headers=headers)


def told(visit: Visit, document: Mapping[str, Json]) -> list[Told]:
    """What stands in a document; what says nothing is left out."""
    return [each for name, value in document.items() if (each := _told(visit, name, value))]


def _told(visit: Visit, name: str, value: Json) -> Told | None:
    if isinstance(value, Mapping):
        amount = _amount(visit, value)
        within = () if amount else told(visit, value)
        return Told(name, amount, within) if amount or within else None
    if isinstance(value, Sequence) and not isinstance(value, str):
        items = [each for number, one in enumerate(value, 1) if (each := _told(visit, str(number), one))]
        return Told(name, "", items[:MOST_SHOWN], max(0, len(items) - MOST_SHOWN)) if items else None
    return Told(name, _text(visit, value)) if value not in {None, ""} else None


def _amount(visit: Visit, value: Mapping[str, Json]) -> str:
    match value:
        case {"amount_minor": int(amount), "currency": str(currency)}:
            return visit.wording.amount(amount, currency)
    return ""


def _text(visit: Visit, value: Scalar) -> str:
    match value:
        case bool():
            return visit.words(N_("yes") if value else N_("no"))
        case str() if DAY.fullmatch(value):
            return visit.wording.day(value)
        case str() if INSTANT.fullmatch(value):
            return visit.wording.moment(value, visit.zone)
    return str(value)


def _called(visit: Visit, name: str) -> str:
    return visit.words(PARTS[name]) if name in PARTS else name
