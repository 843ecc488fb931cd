"""/v1/identity-audits: how good each source's records are, audit by audit."""

from itertools import islice

from chalicelib.canonical.errors import FieldError, Invalid
from chalicelib.canonical.time import moment_of
from chalicelib.entrypoints.api.answers import Listing
from chalicelib.entrypoints.api.calls import Ask
from chalicelib.entrypoints.api.paging import Page
from chalicelib.identity import audit_store
from chalicelib.identity.audits import IdentityAudit


def report(ask: Ask, body: IdentityAudit) -> IdentityAudit:
    """Keep what an audit found, known by when it began: the same audit again takes its place."""
    try:
        is_later = moment_of(body.began_at) > moment_of(ask.now)
    except ValueError:
        raise Invalid(FieldError("began_at", "must be an instant, such as 2026-02-01T14:00:00.000000Z")) from None
    if is_later:
        raise Invalid(FieldError("began_at", "must not lie in the future"))
    audit_store.save(body)
    return body


def listed(*, page: Page) -> Listing[IdentityAudit]:
    """All audits, the newest first."""
    found = islice(audit_store.newest(page.after, at_once=page.limit + 1), page.limit + 1)
    items, more = page.take(found)
    return Listing(items=items, next_cursor=page.cursor(items[-1].began_at) if more else None)
