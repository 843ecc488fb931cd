"""Bring in a list: ask for it, read it, and store it when its owner has seen what was understood."""

import base64
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from chalicelib.aws import files, table
from chalicelib.canonical.choices import known
from chalicelib.canonical.errors import Conflict, FieldError, Invalid
from chalicelib.canonical.ids import IMPORT, ImportId, JobId, stable_id
from chalicelib.canonical.time import instant
from chalicelib.connectors.csv_files.columns import fields_of
from chalicelib.connectors.csv_files.forms import Forms, Question
from chalicelib.ingest.edge import raw_bucket
from chalicelib.ingest.imports import reading, rules, store, storing
from chalicelib.ingest.imports.model import LARGEST_CONTENT, LARGEST_FILE, Import, ImportAsked, ReadAs, State, Summary
from chalicelib.ingest.imports.rules import Come
from chalicelib.jobs import store as jobs
from chalicelib.jobs import work
from chalicelib.jobs.model import Job, Progress
from chalicelib.properties import store as properties
from chalicelib.settings import installation

AHEAD = timedelta(days=1)


def create(asked: ImportAsked, seed: str, at: datetime, by: str) -> Import:
    """Keep what is asked; with the file in it, read that as well. The same `seed` is the same import. Raises Invalid,
    of which nothing is kept."""
    content = base64.b64decode(asked.content) if asked.content is not None else None
    _require_sound(asked, content, at)
    kept = store.add(made(asked, seed, at, by))
    if content is None or kept.reading:
        return kept
    for _ in reading.read_file(kept, lambda start: iter([content[start:]])):
        pass
    return read(kept.id, ReadAs(), at)


def made(asked: ImportAsked, seed: str, at: datetime, by: str) -> Import:
    """An import as it is asked for; nothing of it is kept yet."""
    return Import(
        id=ImportId(stable_id(IMPORT, seed)),
        at=instant(at),
        by=by,
        kind=asked.kind,
        source=asked.source,
        exported_at=instant(asked.exported_at),
        property_id=asked.property_id,
        columns=asked.columns,
        encoding=asked.encoding,
        delimiter=asked.delimiter,
        read=asked.read,
    )


def _require_sound(asked: ImportAsked, content: bytes | None, at: datetime) -> None:
    hotels = properties.by_id()
    faults: list[FieldError] = []
    if asked.property_id is not None and asked.property_id not in hotels:
        faults.append(FieldError("property_id", f"does not exist; there is {known(hotels, asked.property_id)}"))
    if asked.exported_at > at + AHEAD:
        faults.append(FieldError("exported_at", "lies in the future"))
    if content is not None and not 0 < len(content) <= LARGEST_CONTENT:
        faults.append(FieldError("content", f"must have 1 to {LARGEST_CONTENT} bytes; a larger file is uploaded"))
    fields = fields_of(asked.kind)
    faults += [
        FieldError("columns", f"{each} is none of {', '.join(sorted(fields))}", "columns")
        for each in asked.columns.values()
        if each is not None and each not in fields
    ]
    if faults:
        raise Invalid(*faults)


def upload_form(kept: Import) -> files.UploadForm:
    """Where the file of an import goes; S3 then leads on to its page of the console."""
    page = f"{installation.get().public_url}/console/imports/{kept.id}"
    return files.upload_form(raw_bucket(), kept.upload, LARGEST_FILE, page)


def read(import_id: ImportId, more: ReadAs, at: datetime) -> Import:
    """Read the file that was uploaded, and look through its rows; what was read before is looked through again as is
    said now. Raises NotFound, Conflict where there is no file, or where its rows are being stored already."""
    kept = store.get(import_id)
    told = kept.read.over(more)
    if kept.storing and told == kept.read:
        return kept
    if kept.storing:
        raise Conflict("The rows of this import are stored already, as they were read before.")
    if not store.is_read(kept) and store.upload_size(kept) is None:
        raise Conflict("No file was uploaded for this import, or it was longer than a day ago.")
    job = work.job_of(reading.READING, kept.id, at, 1, seed=f"{told.seed}{_tries(kept)}")
    work.start(job)
    return _saved(kept.read_by(told, job.id), kept)


def _tries(kept: Import) -> str:
    """A job that found no file is over, and another one reads what is uploaded since."""
    found_none = kept.reading is not None and _is_over(kept.reading) and not store.is_read(kept)
    return f".{kept.rev}" if found_none else ""


def start(import_id: ImportId, at: datetime) -> Import:
    """Store the rows. The same again starts what is left of it. Raises NotFound, Conflict for what is not read, and
    Invalid for what must be said first."""
    kept = store.get(import_id)
    if state_of(kept) in {"waiting", "reading"}:
        raise Conflict("The file of this import is not read yet.")
    summary = store.summary(kept)
    if asked := rules.to_be_said(kept, summary):
        raise Invalid(*(FieldError(each.field, each.why) for each in asked))
    parts = max(1, min(storing.PARTS, summary.portions))
    job = work.start(work.job_of(storing.STORING, kept.id, at, parts))
    return _saved(kept.stored_by(job.id), kept)


def _saved(after: Import, before: Import) -> Import:
    if after == before:
        return before
    try:
        return store.save(after)
    except table.ConditionFailed:
        raise Conflict("Somebody else changed this import just now.") from None


class Row(NamedTuple):
    """One of the first: as it was understood, or why it would be refused."""

    line: int
    told: dict[str, str]
    refused: str | None


class Preview(NamedTuple):
    """What is known of an import. Without a summary its file is not read yet."""

    state: State
    progress: Progress | None
    summary: Summary | None = None
    forms: Forms = Forms()
    to_be_said: Sequence[Question] = ()
    first_rows: Sequence[Row] = ()


FIRST = 10
"""Rows that are shown."""


def preview(kept: Import) -> Preview:
    """How the file of an import was understood."""
    state, done = state_of(kept), progress(kept)
    if state in {"waiting", "reading"}:
        return Preview(state, done)
    if not store.is_read(kept):
        return Preview("waiting", done)  # the upload had gone before it was read
    summary = store.summary(kept)
    asked = rules.asked_of(kept, summary, properties.by_id())
    found = rules.come_to(reading.first_rows(kept, summary, FIRST), summary.fields, asked)
    return Preview(
        state, done, summary, asked.forms, rules.to_be_said(kept, summary), [_row(each, summary) for each in found]
    )


def _row(each: Come, summary: Summary) -> Row:
    told = rules.shown_as(each.told.snapshot) if each.told.snapshot else {}
    why = rules.refused(each.row, each.told.faults, summary) if each.told.faults else None
    return Row(each.row.line, told, f"{why.column}: {why.reason}".removeprefix(": ") if why else None)


def state_of(kept: Import) -> State:
    if kept.storing:
        return "stored" if _is_over(kept.storing) else "storing"
    if kept.reading is None:
        return "waiting"
    return "read" if _is_over(kept.reading) else "reading"


def _is_over(job_id: JobId) -> bool:
    job = jobs.job(job_id)
    return job is None or job.is_over


def progress(kept: Import) -> Progress | None:
    """Of its newest job; None before the first, and when it is forgotten."""
    wanted = kept.storing or kept.reading
    job: Job | None = jobs.job(wanted) if wanted else None
    return jobs.progress(job) if job else None
