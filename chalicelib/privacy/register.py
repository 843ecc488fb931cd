"""The register of what people ask for about their data: kept, listed, and told what was done."""

from collections.abc import Callable, Iterator
from datetime import timedelta

from chalicelib.aws import keys_of_erasures as keys
from chalicelib.aws import table
from chalicelib.aws.codec import Item
from chalicelib.aws.keys import leaf as rows_of
from chalicelib.aws.retries import until_written
from chalicelib.canonical.errors import NotFound
from chalicelib.canonical.ids import ErasureId, Leaf, RequestId
from chalicelib.canonical.time import moment_of
from chalicelib.guests import store as guests
from chalicelib.privacy.asked import Request

KEPT = timedelta(days=3 * 366)
"""After it was closed: as long as somebody may sue over it."""
BUSY = "the request is being written by others"
Change = Callable[[Request], Request]


def open_(request: Request) -> Request:
    """Note a request; the same again is the one that is kept. The guest's head says that there is news: who is about
    to be forgotten is looked at again. Raises TryAgain."""

    def attempt() -> Request:
        if known := get(request.id):
            return known
        head = guests.head(request.guest)
        news = [guests.next_revision(head)] if head and not head.erased else []
        table.transact([table.Put(row_of(request), table.ABSENT), table.Put(pointer_of(request)), *news])
        return request

    return until_written(attempt, BUSY)


def get(request_id: RequestId) -> Request | None:
    row = table.get(keys.request(request_id))
    return _read(row) if row else None


def listed(before: str | None = None) -> Iterator[Request]:
    """The newest first, from one on."""
    return map(_read, table.query(keys.REQUESTS, up_to=before, newest_first=True))


def of(leaf: Leaf) -> Iterator[Request]:
    """Those that were noted about a record."""
    for row in table.query(rows_of(leaf), keys.REQUEST_OF):
        if found := get(RequestId(row["request"])):
            yield found


def change(request_id: RequestId, changed: Change) -> Request:
    """What a request is changed to, which may be what it was. Raises NotFound, TryAgain, and what `changed` raises."""

    def attempt() -> Request:
        before = get(request_id)
        if before is None:
            raise NotFound("There is no such request.")
        after = changed(before)
        if after != before:
            as_read = table.When("asked = :before", {":before": before.packed()})
            table.write(table.Put(row_of(after), as_read))
        return after

    return until_written(attempt, BUSY)


def note_erasure(leaf: Leaf, erasure: ErasureId) -> None:
    """That the person of a record was erased, with whatever asked for it and is open. Raises TryAgain."""
    for each in of(leaf):
        if each.kind == "erasure" and each.is_open:
            change(each.id, lambda request: request.carried_out_by(erasure))


def row_of(request: Request) -> Item:
    closed = moment_of(request.closed_at) + KEPT if request.closed_at else None
    expires_at = int(closed.timestamp()) if closed else None
    return table.row(keys.request(request.id), asked=request.packed(), expires_at=expires_at)


def pointer_of(request: Request) -> Item:
    return table.row(keys.request_of(request.guest, request.id), request=request.id)


def _read(row: Item) -> Request:
    return Request.model_validate_json(row["asked"])
