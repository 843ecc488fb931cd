"""The rows of an import are stored as any source's word: record by record, and any number of times.

They are history: their facts say so, and bring nobody a mail.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from chalicelib.canonical.errors import Rejected
from chalicelib.canonical.ids import ImportId, PropertyId
from chalicelib.connectors.csv_files.refused import Refused
from chalicelib.connectors.csv_files.translate import Fault
from chalicelib.identity.digests import digest
from chalicelib.ingest.changes import change_of
from chalicelib.ingest.imports import rules, store
from chalicelib.ingest.imports.model import Import, Summary
from chalicelib.ingest.imports.rules import Come
from chalicelib.jobs.model import Job, Part, Step
from chalicelib.profiles.actions import store_changes
from chalicelib.profiles.model import Change
from chalicelib.properties import store as properties
from chalicelib.properties.model import Property

STORING = "store_import"
PARTS = 4
"""Worked beside each other: more would be in each other's way at guests of many stays."""
NOBODY = Fault("", "is nobody's: a company, a placeholder, or a guest without anything that tells who it is")


def store_rows(job: Job, part: Part) -> Iterator[Step]:
    """Store every portion of a part. A row that was stored before changes nothing."""
    kept = store.get(ImportId(job.subject))
    summary, known = store.summary(kept), properties.by_id()
    asked = rules.asked_of(kept, summary, known)
    for number in range(int(part.position or part.number), summary.portions, job.parts):
        found = rules.come_to(store.portion(kept, number).rows, summary.fields, asked)
        counted, bad = _store(found, kept, summary, known)
        if bad:
            store.put_refused(kept, number, bad)
        yield Step(str(number + job.parts), len(found), counted)


def _store(
    found: Sequence[Come], kept: Import, summary: Summary, known: dict[PropertyId, Property]
) -> tuple[Counter[str], list[Refused]]:
    """What became of a portion's rows. Raises TryAgain where one of them is to be tried again."""
    faults = {at: each.told.faults for at, each in enumerate(found) if each.told.faults}
    changes = _changes(found, kept, known)
    faults |= {at: [NOBODY] for at in range(len(found)) if at not in faults and at not in changes}
    news = set[int]()
    places = list(changes)
    for at, error in store_changes(list(changes.values()), news=news).items():
        if not isinstance(error, Rejected):
            raise error
        faults[places[at]] = [Fault("", error.reason)]
    bad = [rules.refused(found[at].row, faults[at], summary) for at in sorted(faults)]
    told = rules.counted([each for at, each in enumerate(found) if at not in faults])
    return told + Counter(bad=len(bad), changed=len(news)), bad


def _changes(found: Sequence[Come], kept: Import, known: dict[PropertyId, Property]) -> dict[int, Change]:
    """By the row's place. Rows of one portion that say the same of one thing are one change."""
    made: dict[int, Change] = {}
    for at, each in enumerate(found):
        if each.told.snapshot is None:
            continue
        change = change_of(each.told.snapshot, kept.told_by, known, digest, kept.id)
        if change:
            made[at] = replace(change, backfill=True)
    return made
