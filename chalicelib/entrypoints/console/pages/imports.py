"""History that comes in as lists: a file is uploaded, what was understood is shown, and then its rows are stored."""

from collections.abc import Iterable, Iterator, Mapping

from chalice.app import Response

from chalicelib.canonical.ids import ImportId
from chalicelib.connectors.csv_files import refused as files
from chalicelib.connectors.csv_files.columns import fields_of
from chalicelib.connectors.csv_files.encodings import ENCODINGS
from chalicelib.connectors.csv_files.refused import Refused
from chalicelib.connectors.csv_files.sheets import DELIMITERS
from chalicelib.entrypoints.api import imports, properties
from chalicelib.entrypoints.api.imports import ImportOpened, RejectedRow
from chalicelib.entrypoints.api.paging import EVERYTHING, Page
from chalicelib.entrypoints.console.pages.connections import pairs
from chalicelib.entrypoints.console.told import N_
from chalicelib.entrypoints.console.visits import Visit
from chalicelib.ingest.imports.model import ImportAsked, ReadAs

KINDS = {"guests": N_("Guests"), "stays": N_("Stays")}
STATES: Mapping[str, tuple[str, str]] = {
    "waiting": (N_("Waits for its file"), "plain"),
    "reading": (N_("Is being read"), "busy"),
    "read": (N_("Read, and not stored yet"), "plain"),
    "storing": (N_("Is being stored"), "busy"),
    "stored": (N_("Stored"), "good"),
}
ORDERS = {
    "": N_("as the file shows"),
    "day_first": N_("day first: 31/12/2024"),
    "month_first": N_("month first: 12/31/2024"),
}
DECIMALS = {"": N_("as the file shows"), "comma": N_("comma: 1.234,50"), "point": N_("point: 1,234.50")}
SIGNS = {",": N_("comma"), ";": N_("semicolon"), "\t": N_("tabulator"), "|": N_("vertical line")}
FORMS = ("date_order", "decimal", "currency")
LONGEST_FILE = 3_000_000
"""Signs of one file: Lambda answers with 6 MB at most."""
ENDS = "the file ends here: the rows behind this one are on the page"


def listed(visit: Visit) -> Response:
    found = visit.call(imports.listed, page=visit.part(visit.path))
    return visit.shown("imports.html", imports=found, states=STATES, kinds=KINDS)


def new(visit: Visit) -> Response:
    return visit.shown(
        "import_form.html",
        hotels=visit.call(properties.listed, page=EVERYTHING).items,
        kinds=_choices(visit, KINDS),
        orders=_choices(visit, ORDERS),
        decimals=_choices(visit, DECIMALS),
        signs=[("", visit.words(ORDERS[""])), *((each, visit.words(SIGNS[each])) for each in DELIMITERS)],
        encodings=[("", visit.words(ORDERS[""])), *ENCODINGS],
        fields={kind: ", ".join(sorted(fields_of(kind))) for kind in ("guests", "stays")},
    )


def _choices(visit: Visit, told: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(value, visit.words(text)) for value, text in told.items()]


def created(visit: Visit) -> Response:
    """A day is its beginning in UTC: what a list says has no hour."""
    form = visit.form
    day = form.text("exported_at").strip()
    document = {
        "kind": form.text("kind"),
        "source": form.text("source").strip(),
        "exported_at": f"{day}T00:00:00Z" if day else None,
        "columns": {heading: field or None for heading, field in pairs(form.text("columns")).items()},
        **{name: form.text(name).strip() or None for name in ("property_id", "encoding", *FORMS)},
        "delimiter": form.text("delimiter") or None,
    }
    made = visit.call(imports.create, visit.body(ImportAsked, document))
    return visit.go(f"/imports/{made.id}")


def one(visit: Visit) -> Response:
    return _shown(visit, "import.html")


def _shown(visit: Visit, template: str) -> Response:
    found = visit.call(imports.get, _id(visit))
    return visit.shown(
        template,
        found=found,
        posts_to=found.upload.url if found.upload else "",
        has_come="etag" in visit.query,
        states=STATES,
        kinds=KINDS,
        orders=_choices(visit, ORDERS),
        decimals=_choices(visit, DECIMALS),
        sign=visit.words(SIGNS[found.file.delimiter]) if found.file else "",
        rows=list(_first(found)),
    )


def _first(found: ImportOpened) -> Iterator[tuple[int, list[str], str]]:
    """The first rows by the columns that are taken, as they were understood, or why they would be refused."""
    taken = [each.field for each in found.file.columns if each.field] if found.file else []
    for row in found.file.first_rows if found.file else ():
        yield row.line, [row.understood.get(name, "") for name in taken], row.refused or ""


def read_again(visit: Visit) -> Response:
    said = visit.form.filled(FORMS)
    visit.call(imports.read, _id(visit), visit.body(ReadAs, said))
    return visit.go(f"/imports/{_id(visit)}")


def starting(visit: Visit) -> Response:
    return _shown(visit, "import_start.html")


def started(visit: Visit) -> Response:
    visit.call(imports.start, _id(visit))
    return visit.go(f"/imports/{_id(visit)}", done="storing")


def refused(visit: Visit) -> Response:
    found = visit.call(imports.get, _id(visit))
    rows = visit.call(imports.rejected, _id(visit), page=visit.part(visit.path))
    return visit.shown("import_rejected.html", found=found, rows=rows)


def as_file(visit: Visit) -> Response:
    """All of them, as many as an answer takes; for whom may see them on their page."""
    visit.call(imports.rejected, _id(visit), page=Page("", 1))
    found = visit.call(imports.get, _id(visit))
    taken = [each.header for each in found.file.columns if each.field] if found.file else []
    text = files.as_csv(taken, _whole(imports.every_rejected(_id(visit))))
    headers: dict[str, str | list[str]] = {
        "Content-Type": "text/csv; charset=utf-8",
        "Content-Disposition": f'attachment; filename="{found.id}-rejected.csv"',
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(text, headers=headers)


def _whole(rows: Iterable[RejectedRow]) -> Iterator[Refused]:
    size = 0
    for row in rows:
        size += len(row.reason) + sum(map(len, row.cells))
        if size > LONGEST_FILE:
            yield Refused(row.line, "", ENDS, ())
            return
        yield _row(row)


def _row(row: RejectedRow) -> Refused:
    return Refused(row.line, row.column, row.reason, tuple(row.cells))


def _id(visit: Visit) -> ImportId:
    return ImportId(visit.names["import_id"])
