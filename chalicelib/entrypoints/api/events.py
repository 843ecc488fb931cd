"""/v1/events: canonical snapshots, as a source without a connector of its own sends them."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SkipValidation

from chalicelib.canonical.errors import FieldError, Invalid
from chalicelib.canonical.faults import told_as
from chalicelib.canonical.ids import ConnectionId
from chalicelib.canonical.snapshots import AnySnapshot
from chalicelib.connectors.canonical.shape import NAMES
from chalicelib.entrypoints.api.answers import Shown
from chalicelib.entrypoints.api.calls import Ask
from chalicelib.ingest import submission

SHOWN = 50
"""Faults told of a request that is refused as a whole."""


class Events(BaseModel):
    """Up to 100 snapshots. Each is checked by itself: one that is wrong does not hold up its neighbours."""

    model_config = ConfigDict(extra="forbid")

    snapshots: Annotated[list[SkipValidation[AnySnapshot]], Field(min_length=1, max_length=100)]


class Fault(Shown):
    field: str
    message: str


class Result(Shown):
    """`source` is whose word an accepted snapshot is, and under which its guests are found
    (`GET /v1/guests?source=&source_id=`): `api` for a key of the whole group, `api-` and the property for a key of
    single hotels, as what these say of a guest changes nothing that others said. A reservation or a charge is its
    hotel's, and the same one from either key: the newer word holds."""

    status: Literal["accepted", "invalid"]
    source: ConnectionId | None = None
    errors: tuple[Fault, ...] = ()


class Results(Shown):
    """One result for each snapshot, in their order."""

    results: list[Result]


def accept(ask: Ask, body: Events) -> Results:
    """Take snapshots into the queue. When none of them can be taken the request is refused as a whole."""
    items: list[Any] = list(body.snapshots)
    results = Results.model_validate({"results": submission.accept_events(items, ask.caller.sees)})
    if all(each.status == "invalid" for each in results.results):
        raise Invalid(*_faults(results))
    return results


def _faults(results: Results) -> list[FieldError]:
    return [
        FieldError(
            f"snapshots.{at}.{fault.field}", fault.message, f"snapshots.{at}.{told_as(fault.field.split('.'), NAMES)}"
        )
        for at, result in enumerate(results.results)
        for fault in result.errors
    ][:SHOWN]
