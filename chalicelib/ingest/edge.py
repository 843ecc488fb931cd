"""Raw bytes → size cap → the vendor's own verification → strip → the queue. Writes nothing to the table.

Vendors give one or two seconds, and the first call after a pause pays the cold start: nothing heavy is imported here.
"""

import hashlib
import re
import uuid
from functools import cache
from json import JSONDecodeError

from chalicelib.aws import files, queues
from chalicelib.canonical.compact import compact, values_in
from chalicelib.canonical.errors import FieldError, Invalid, TooLarge, Unauthorized
from chalicelib.canonical.ids import ConnectionId
from chalicelib.connectors import stripping
from chalicelib.connectors.contract import Edge, Json, Request
from chalicelib.connectors.vendors import VENDORS, edge_of
from chalicelib.ingest import envelopes
from chalicelib.ingest.envelopes import Content, Envelope
from chalicelib.ingest.opened import OpenedConnection, opened_connections
from chalicelib.settings import installation

LARGEST_BODY = 4 * 1024 * 1024
MOST_VALUES = 200_000
"""Of a body: what a value takes of memory does not depend on how few bytes it has."""
LARGEST_MESSAGE = 200 * 1024
"""Beyond this the queue holds a claim check, and S3 the body."""
MOST_ENTRIES = 100
"""Of one message: a notice that lists more is cut into messages of its own, for each is to be worked well within one
invocation. Cut here, for a worker must not send to the queue that it reads."""
GROUP = re.compile(r"[!-~]{1,128}")
"""What SQS takes as a message group."""
NOBODYS_SECRETS = {"compare": hashlib.sha256(uuid.uuid4().bytes).hexdigest(), "sign": f"whsec_{uuid.uuid4().hex}"}
"""Nobody knows them: what fails is tried with them, too, so that every refusal takes the same work."""
SECRETS_TRIED = 2
"""As many as may be valid at once, whoever is asked for."""


def accept(connection: ConnectionId, request: Request) -> int:
    """Take one webhook. Returns the status that the vendor takes for success.

    Raises TooLarge, Unauthorized (always the same, whatever was wrong), Invalid where the vendor is one that mends what
    it is told, or the queue's own error: then the vendor was told of no success.
    """
    if len(request.body) > LARGEST_BODY:
        raise TooLarge(f"A webhook's body may have {LARGEST_BODY} bytes.")
    opened, was_looked_up = opened_connections().find(connection)
    if opened is None or not edge_of(opened.vendor).verify(request, opened.secrets):
        _pretend(request, opened, was_looked_up=was_looked_up)
        raise Unauthorized
    edge = edge_of(opened.vendor)
    contents, hotel = queueable(edge, request)
    messages = [_light(envelopes.noticed(connection, opened.vendor, request.at), each) for each in contents]
    group = f"{connection}:{hotel}"
    fair = group if hotel and GROUP.fullmatch(group) else connection
    queues.send_texts("fetch" if edge.thin else "inbox", messages, group=fair)
    return edge.success


def _pretend(request: Request, opened: OpenedConnection | None, *, was_looked_up: bool) -> None:
    """Do what refusing any other connection would take: a refusal does not tell whether this one is there, or whose.

    Nobody's secrets are tried in the place of those that were not. A connection that signs has its secrets opened by
    KMS when it is looked up; for the others as long is waited, which costs no call.
    """
    for vendor in VENDORS:
        edge = edge_of(vendor)
        tried = len(opened.secrets) if opened and opened.vendor == vendor else 0
        edge.verify(request, (NOBODYS_SECRETS[edge.secret_use],) * max(0, SECRETS_TRIED - tried))
    was_decrypted = opened is not None and edge_of(opened.vendor).secret_use == "sign"  # noqa: S105 (how they are used)
    if was_looked_up and not was_decrypted:
        opened_connections().pretend_to_open()


def queueable(edge: Edge, request: Request) -> tuple[list[Content], str | None]:
    """What may be queued of a request that was verified, and the hotel that it is about. Raises TooLarge, Invalid.

    What cannot be read is told to who mends it, or scrubbed as text; a worker then says why it was refused.
    """
    if values_in(request.body) > MOST_VALUES:
        raise TooLarge(f"A webhook's body may have {MOST_VALUES} values.")
    raw = request.body
    try:
        body = stripping.parse(raw)
        parts, contents = _stripped(edge, raw, body)
    except (ValueError, RecursionError) as error:
        if edge.is_told:
            raise Invalid(FieldError("body", _why_unreadable(error))) from None
        return [envelopes.as_text(stripping.scrub_unreadable(raw, edge.dropped_fields))], None
    if faults := edge.faults(parts, request.at):
        raise Invalid(*faults)
    return contents, edge.hotel_of(body)


def _stripped(edge: Edge, raw: bytes, body: Json) -> tuple[list[Json], list[Content]]:
    """The notices of a body, and the same as they are queued: as it came, where nothing of it is to go."""
    parts = _parts(edge, body)
    names = edge.listed_fields
    is_listed = names is None or stripping.is_listed(body, names)
    if len(parts) == 1 and is_listed and stripping.is_clean(raw, edge.dropped_fields):
        return parts, [envelopes.as_body(raw.decode())]
    stripped = [stripping.strip(part, edge.dropped_fields, edge.id_fields) for part in parts]
    if names is not None and not is_listed:
        stripped = [stripping.listed_only(part, names) for part in stripped]
    return stripped, [envelopes.as_body(compact(each)) for each in stripped]


def _why_unreadable(error: Exception) -> str:
    match error:
        case UnicodeDecodeError():
            return f"is not UTF-8 at byte {error.start}"
        case JSONDecodeError():
            return f"is not JSON: {error.msg} at line {error.lineno}, column {error.colno}"
    return "is not JSON that can be read: it is nested too deeply, or has a number that is none"


def _parts(edge: Edge, body: Json) -> list[Json]:
    """The body; one that lists too much as several of the same shape."""
    listed = body.get(edge.entries) if isinstance(body, dict) else None
    if not isinstance(listed, list) or len(listed) <= MOST_ENTRIES:
        return [body]
    starts = range(0, len(listed), MOST_ENTRIES)
    return [{**body, edge.entries: listed[start : start + MOST_ENTRIES]} for start in starts]


def _light(envelope: Envelope, content: Content) -> str:
    """The message as the queue takes it: a large content is left with S3, and a claim check sent."""
    text = envelope.around(content)
    if len(text.encode()) <= LARGEST_MESSAGE:
        return text
    key = f"large/{envelope.received_at[:10]}/{envelope.request}"
    files.put_body(raw_bucket(), key, f"{{{content}}}".encode())
    return envelope.around(envelopes.as_large(key))


@cache
def raw_bucket() -> str:
    """The bucket of raw notices, as `hub infra deploy` wrote it down."""
    found = installation.get().raw_bucket
    if not found:
        raise LookupError("this deployment has no settings row: run `hub infra deploy`")
    return found
