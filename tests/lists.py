"""Lists of guests and stays as somebody would bring them in, and the long work that they ask for."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from chalicelib.aws import files, queues
from chalicelib.entrypoints.long_work import steps_of
from chalicelib.ingest.edge import raw_bucket
from chalicelib.ingest.imports import actions, store
from chalicelib.ingest.imports.model import Import, ImportAsked, ReadAs
from chalicelib.jobs import work
from chalicelib.jobs.queued import read_work_part
from tests.fakes import received

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
GUESTS = """Gastnummer;Vorname;Nachname;E-Mail;Geburtsdatum;Land;Ausweisnummer
1;Anna;Lee;anna@lee.example;02.03.1980;Österreich;P123
2;Bo;Berg;bo@berg.example;04.05.1990;Schweden;P124
"""
STAYS = """Buchungsnummer;Gastnummer;Nachname;Anreise;Abreise;Hotel;Logis;Status
r1;1;Lee;01.02.2024;03.02.2024;Hotel Vienna;1.200,50;abgereist
r2;1;Lee;05.06.2023;06.06.2023;vienna;99,00;abgereist
r3;2;Berg;31.07.2022;30.07.2022;vienna;99,00;abgereist
"""


def asked(kind: str = "guests", **more: Any) -> ImportAsked:
    told = {"kind": kind, "source": "old", "exported_at": "2024-06-30T00:00:00Z", "property_id": "vienna", **more}
    return ImportAsked.model_validate(told)


def with_content(text: str | bytes, kind: str = "guests", **more: Any) -> ImportAsked:
    raw = text if isinstance(text, bytes) else text.encode()
    return asked(kind, content=base64.b64encode(raw).decode(), **more)


def work_all(seconds: Callable[[], float] = lambda: 600.0) -> None:
    """Everything that is asked for of long work, until nothing is."""
    while records := received("jobs")["Records"]:
        for record in records:
            body = json.loads(record["body"])
            queues.delete("jobs", record["receiptHandle"])
            work.work_part(read_work_part(body), steps_of, seconds)


def looked_at(text: str | bytes, kind: str = "guests", *, seed: str = "s", **more: Any) -> Import:
    """Read and looked through, and nothing stored."""
    made = actions.create(with_content(text, kind, **more), seed, NOW, "key k")
    work_all()
    return store.get(made.id)


def uploaded(raw: bytes, kind: str = "guests", *, seed: str = "s", **more: Any) -> Import:
    """The same by an upload."""
    made = actions.create(asked(kind, **more), seed, NOW, "key k")
    files.put_body(raw_bucket(), made.upload, raw)
    actions.read(made.id, ReadAs(), NOW)
    return store.get(made.id)


def brought_in(text: str | bytes, kind: str = "guests", *, seed: str = "s", **more: Any) -> Import:
    made = looked_at(text, kind, seed=seed, **more)
    actions.start(made.id, NOW)
    work_all()
    return store.get(made.id)


def counted(kept: Import) -> dict[str, int]:
    """What the newest job of an import counted."""
    progress = actions.progress(kept)
    assert progress
    return progress.counted
