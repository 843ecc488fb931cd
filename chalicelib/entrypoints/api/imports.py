"""/v1/imports: history as lists of guests and stays, read and shown before anything of it is stored."""

from collections.abc import Iterator

from chalicelib.canonical.ids import ImportId, JobId, PropertyId
from chalicelib.canonical.time import Instant, moment_of
from chalicelib.connectors.csv_files.columns import Kind
from chalicelib.connectors.csv_files.encodings import Sure
from chalicelib.connectors.csv_files.forms import DateOrder, DecimalSign
from chalicelib.connectors.csv_files.refused import Refused
from chalicelib.entrypoints.api.answers import Listing, Shown
from chalicelib.entrypoints.api.calls import Ask
from chalicelib.entrypoints.api.jobs import JobProgress
from chalicelib.entrypoints.api.paging import Page
from chalicelib.ingest.imports import actions, store
from chalicelib.ingest.imports.actions import Preview
from chalicelib.ingest.imports.model import Import, ImportAsked, ReadAs, State


class ImportShown(Shown):
    """`source` is whose word its rows are. `state`: it waits for its file, the file is read, was read and can be
    started, its rows are stored, or are all stored."""

    id: str
    at: Instant
    by: str
    kind: Kind
    source: str
    exported_at: Instant
    property_id: PropertyId | None
    state: State


class UploadShown(Shown):
    """A form of `multipart/form-data` that takes the file for an hour: the fields first, then `file`. It answers with
    303 when it has it."""

    url: str
    fields: dict[str, str]


class ColumnShown(Shown):
    """A heading, and what its column was taken for; null where it is passed over."""

    header: str
    field: str | None


class QuestionShown(Shown):
    """What has to be said before the rows can be stored, by the field of this call that says it, and why."""

    field: str
    why: str


class FirstRow(Shown):
    """A row as it was understood; `refused` says why it would not be taken."""

    line: int
    understood: dict[str, str]
    refused: str | None


class FileShown(Shown):
    """How the file was read. `sure` is how sure its encoding is. `date_order` and `decimal` are null where the file
    does not show them and nobody said them."""

    encoding: str
    sure: Sure
    delimiter: str
    date_order: DateOrder | None
    decimal: DecimalSign | None
    columns: list[ColumnShown]
    rows: int
    first_rows: list[FirstRow]


class ImportOpened(ImportShown):
    """With where its file goes, while it waits for it; and else with how it was read, what has to be said, and how far
    its job has come. `result` counts the rows that are `good` and `bad`, by how many of them something `changed`, and
    words of a field that no table knows (`unknown_status`)."""

    upload: UploadShown | None
    file: FileShown | None
    to_be_said: list[QuestionShown]
    job: JobId | None
    progress: JobProgress | None
    result: dict[str, int]


class RejectedRow(Shown):
    """A row that was not taken: `column` is its heading, "" for the row as a whole; the cells are those of the columns
    that are taken."""

    line: int
    column: str
    reason: str
    cells: list[str]


def listed(*, page: Page) -> Listing[ImportShown]:
    """The imports of the last 30 days, the newest first."""
    wanted = (each for each in store.listed() if page.after is None or each.place < page.after)
    items, cursor = page.sift(wanted, lambda each: each.place, _shown)
    return Listing(items=items, next_cursor=cursor)


def create(ask: Ask, body: ImportAsked) -> ImportOpened:
    """Bring in a list. With `content` it is read at once; else its file goes where `upload` says, and is then read.

    Nothing is stored before it is started.
    """
    return _opened(actions.create(body, ask.seed, moment_of(ask.now), ask.caller.told))


def get(import_id: ImportId) -> ImportOpened:
    """One import, with how its file was understood."""
    return _opened(store.get(import_id))


def read(ask: Ask, import_id: ImportId, body: ReadAs) -> ImportOpened:
    """Read the file that was uploaded, as a job; and look through its rows again when more is said of them."""
    return _opened(actions.read(import_id, body, moment_of(ask.now)))


def start(ask: Ask, import_id: ImportId) -> ImportOpened:
    """Store the rows, as a job. They are history: nobody gets a mail for them.

    The same again goes on with what is left; rows that are stored already change nothing.
    """
    return _opened(actions.start(import_id, moment_of(ask.now)))


def rejected(import_id: ImportId, *, page: Page) -> Listing[RejectedRow]:
    """The rows that were not taken, in their order."""
    kept = store.get(import_id)
    items, cursor = page.sift(_after(kept, page.after), _position, lambda each: _rejected(each[1]))
    return Listing(items=items, next_cursor=cursor)


def every_rejected(import_id: ImportId) -> Iterator[RejectedRow]:
    """All of them, for a file."""
    return (_rejected(row) for _, row in _after(store.get(import_id), None))


def _after(kept: Import, after: str | None) -> Iterator[tuple[str, Refused]]:
    for number, rows in store.refused(kept, (after or "").partition(":")[0]):
        yield from ((number, row) for row in rows if after is None or _position((number, row)) > after)


def _position(each: tuple[str, Refused]) -> str:
    return f"{each[0]}:{each[1].line:012}"


def _rejected(row: Refused) -> RejectedRow:
    return RejectedRow(line=row.line, column=row.column, reason=row.reason, cells=list(row.cells))


def _shown(kept: Import) -> ImportShown:
    return ImportShown.model_validate(_told(kept, actions.state_of(kept)))


def _told(kept: Import, state: State) -> dict[str, object]:
    told = kept.model_dump(include={"id", "at", "by", "kind", "exported_at", "property_id"})
    return {**told, "source": kept.told_by, "state": state}


def _opened(kept: Import) -> ImportOpened:
    found = actions.preview(kept)
    progress = found.progress
    upload = actions.upload_form(kept) if found.state == "waiting" else None
    return ImportOpened.model_validate(
        {
            **_told(kept, found.state),
            "upload": UploadShown(url=upload.url, fields=dict(upload.fields)) if upload else None,
            "file": _file(found),
            "to_be_said": [QuestionShown(field=each.field, why=each.why) for each in found.to_be_said],
            "job": progress.job.id if progress else None,
            "progress": JobProgress(
                parts=progress.job.parts, parts_done=progress.parts_done, units_done=progress.units_done
            )
            if progress
            else None,
            "result": progress.counted if progress else {},
        }
    )


def _file(found: Preview) -> FileShown | None:
    summary = found.summary
    if summary is None:
        return None
    return FileShown(
        encoding=summary.encoding,
        sure=summary.sure,
        delimiter=summary.delimiter,
        date_order=found.forms.date_order,
        decimal=found.forms.decimal,
        columns=[ColumnShown(header=each.header, field=each.field) for each in summary.columns],
        rows=summary.rows,
        first_rows=[FirstRow(line=each.line, understood=each.told, refused=each.refused) for each in found.first_rows],
    )
