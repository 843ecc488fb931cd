"""How imports are kept: a row each, and in the bucket what was read of their files; all of it goes after 30 days."""

import gzip
import json
from collections.abc import Iterator
from datetime import timedelta

from chalicelib.aws import files, keys_of_imports, table
from chalicelib.aws.codec import Item
from chalicelib.canonical.compact import compact
from chalicelib.canonical.errors import NotFound
from chalicelib.canonical.ids import ImportId
from chalicelib.canonical.time import moment_of
from chalicelib.connectors.csv_files.refused import Refused
from chalicelib.ingest.edge import raw_bucket
from chalicelib.ingest.imports.model import Import, Portion, Summary

KEPT = timedelta(days=30)
"""The row, and by the bucket's own rule the files."""


def add(asked: Import) -> Import:
    """Keep a new import; the one that is kept, where it is there already."""
    try:
        return save(asked)
    except table.ConditionFailed:
        return get(asked.id)


def save(after: Import) -> Import:
    """Raises ConditionFailed where somebody else wrote beside it."""
    kept = after.at_rev(after.rev + 1)
    table.write(table.Put(_row(kept), table.unchanged_since(after.rev or None)))
    return kept


def _row(kept: Import) -> Item:
    until = int(moment_of(kept.at).timestamp() + KEPT.total_seconds())
    told = kept.model_dump(mode="json", exclude={"id", "rev"}, exclude_defaults=True)
    return table.row(keys_of_imports.import_(kept.id), rev=kept.rev, expires_at=until, told=compact(told))


def get(import_id: ImportId) -> Import:
    """Raises NotFound."""
    item = table.get(keys_of_imports.import_(import_id))
    if item is None:
        raise NotFound("There is no such import.")
    return _read(item)


def listed() -> list[Import]:
    """The newest first. One query."""
    found = [_read(item) for item in table.query(keys_of_imports.IMPORTS)]
    return sorted(found, key=lambda each: each.place, reverse=True)


def _read(item: Item) -> Import:
    return Import.model_validate({**json.loads(item["told"]), "id": item["sk"], "rev": item["rev"]})


# What was read of its file


def put_portion(kept: Import, number: int, portion: Portion) -> None:
    files.put_body(raw_bucket(), kept.rows(number), gzip.compress(portion.model_dump_json().encode(), 6))


def portion(kept: Import, number: int) -> Portion:
    return Portion.model_validate_json(gzip.decompress(files.read_body(raw_bucket(), kept.rows(number))))


def put_summary(kept: Import, summary: Summary) -> None:
    files.put_body(raw_bucket(), kept.summary, summary.model_dump_json().encode())


def is_read(kept: Import) -> bool:
    return files.size_of(raw_bucket(), kept.summary) is not None


def summary(kept: Import) -> Summary:
    return Summary.model_validate_json(files.read_body(raw_bucket(), kept.summary))


def upload_size(kept: Import) -> int | None:
    return files.size_of(raw_bucket(), kept.upload)


def upload_blocks(kept: Import, start: int = 0) -> Iterator[bytes]:
    return files.blocks(raw_bucket(), kept.upload, start)


def forget_upload(kept: Import) -> None:
    files.delete(raw_bucket(), kept.upload)


def put_refused(kept: Import, number: int, rows: list[Refused]) -> None:
    files.put_body(raw_bucket(), f"{kept.refused}{number:06}", gzip.compress(compact(rows).encode(), 6))


def refused(kept: Import, since: str = "") -> Iterator[tuple[str, list[Refused]]]:
    """Portions that have any, from one on: each one's number, and its rows that were refused."""
    for key in files.listed(raw_bucket(), kept.refused):
        number = key.removeprefix(kept.refused)
        if number >= since:
            told = json.loads(gzip.decompress(files.read_body(raw_bucket(), key)))
            yield number, [Refused(line, column, reason, tuple(cells)) for line, column, reason, cells in told]
