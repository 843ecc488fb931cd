"""Snapshots that come through `POST /v1/events`: checked at once, and queued like any source's."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from chalicelib.aws import queues
from chalicelib.canonical.batch import portions
from chalicelib.canonical.compact import compact
from chalicelib.canonical.errors import FieldError, Invalid
from chalicelib.canonical.ids import EVERYWHERE, ConnectionId, PropertyId, Scope
from chalicelib.canonical.time import now
from chalicelib.connections.model import API, api_of
from chalicelib.connectors.canonical import edge
from chalicelib.connectors.canonical.translate import TOLD, read
from chalicelib.connectors.contract import Json
from chalicelib.connectors.stripping import strip
from chalicelib.ingest import envelopes
from chalicelib.ingest.changes import Snapshot
from chalicelib.properties import store as properties
from chalicelib.properties.model import Property

MOST_SNAPSHOTS, MOST_BYTES = 10, 80_000
"""Of one message: its failure is then that of few, and ten messages fit one call."""

Allowed = Callable[[Scope], bool]


def accept_events(items: Sequence[Json], allowed: Allowed) -> list[dict[str, Any]]:
    """Queue canonical snapshots. Returns per item `accepted` with its source, or `invalid` with its fields.

    `allowed` says whether the caller may speak for a property; a snapshot that names none is a guest of the group.
    """
    known, at = properties.by_id(), now()
    results: list[dict[str, Any]] = []
    by_source: dict[ConnectionId, list[Json]] = {}
    for item in items:
        try:
            read(item, at, exactly=True)
            stripped = strip(item, edge.dropped_fields, edge.id_fields)
            source = _source_of(read(stripped, at), known, allowed)  # what is queued must be of the shape, too
        except Invalid as invalid:
            errors = [{"field": each.field, "message": each.message} for each in invalid.fields[:TOLD]]
            results.append({"status": "invalid", "errors": errors})
            continue
        by_source.setdefault(source, []).append(stripped)
        results.append({"status": "accepted", "source": source})
    messages = [
        envelopes.noticed(source, "canonical", at).around(envelopes.as_body(compact({"snapshots": some})))
        for source, snapshots in by_source.items()
        for some in _portions(snapshots)
    ]
    queues.send_texts("inbox", messages)
    return results


def _source_of(snapshot: Snapshot, known: Mapping[PropertyId, Property], allowed: Allowed) -> ConnectionId:
    """Whose word it is. A key of single hotels speaks as its hotel: it must not touch what another one said."""
    named = snapshot.property_id
    if named is not None and (named not in known or not allowed(named)):
        raise Invalid(FieldError("property_id", "no such property"))
    if allowed(EVERYWHERE):
        return API
    if named is None:
        raise Invalid(FieldError("property_id", "this key speaks for single properties: name one"))
    return api_of(named)


def _portions(snapshots: Sequence[Json]) -> Iterator[list[Json]]:
    return portions(snapshots, lambda each: len(json.dumps(each)), most=MOST_SNAPSHOTS, largest=MOST_BYTES)
