"""Where vendors push: `POST /webhooks/{connection}`. They give a second or two: nothing heavy is imported early."""

from chalice.app import Blueprint, Request, Response

from chalicelib.canonical import time
from chalicelib.canonical.errors import TooLarge
from chalicelib.canonical.ids import ConnectionId
from chalicelib.connectors import contract
from chalicelib.entrypoints.problems import answered

LARGEST = 4 * 1024 * 1024
webhooks = Blueprint(__name__)


@webhooks.route("/webhooks/{connection}", methods=["POST"], content_types=["*/*"])
@answered(webhooks)
def receive_webhook(connection: ConnectionId) -> Response:
    """Take one push; the status is the one that this vendor takes for success."""
    from chalicelib.ingest import edge

    return Response("", status_code=edge.accept(connection, as_pushed(webhooks.current_request)))


def as_pushed(request: Request) -> contract.Request:
    """The call as connectors see it. Raises TooLarge before the body is decoded, when its length was declared."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    if _declared(headers) > LARGEST:
        raise TooLarge(f"A webhook's body may have {LARGEST} bytes.")
    query = dict(request.query_params or {})
    return contract.Request(body=body_of(request), headers=headers, query=query, at=time.now())


def body_of(request: Request) -> bytes:
    raw = request.raw_body
    return raw if isinstance(raw, bytes) else raw.encode()


def _declared(headers: dict[str, str]) -> int:
    length = headers.get("content-length", "")
    return int(length) if length.isascii() and length.isdigit() else 0
