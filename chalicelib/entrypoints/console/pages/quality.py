"""How good each source's records are, as the last audit found it, and how that went on over audits."""

from collections.abc import Callable, Sequence
from itertools import islice

from chalice.app import Response

from chalicelib.entrypoints.api import identity_audits
from chalicelib.entrypoints.api.paging import read_page
from chalicelib.entrypoints.console.table import CONSOLE_AT
from chalicelib.entrypoints.console.visits import Visit
from chalicelib.entrypoints.console.wording import Wording
from chalicelib.identity.audits import IdentityAudit, SourceQuality

QUALITY = "/guests/quality"
SHOWN = 12
"""Audits that the charts go back."""


def shown(visit: Visit) -> Response:
    page = read_page(f"{CONSOLE_AT}{QUALITY}", {"limit": str(SHOWN)})
    audits = visit.call(identity_audits.listed, page=page).items
    before = next(islice(audits, 1, None), None)
    return visit.shown(
        "quality.html",
        last=audits[0] if audits else None,
        duplicates=_bars(visit, audits, lambda each: each.duplicates),
        reachable=_bars(visit, audits, lambda each: each.reachable),
        agreed=_bars(visit, audits, lambda each: each.reachable - each.no_consent),
        is_trend=before is not None,
    )


def _bars(
    visit: Visit, audits: Sequence[IdentityAudit], counted: Callable[[SourceQuality], int]
) -> list[tuple[str, float, str]]:
    """Of each audit the share of its records that count, the newest last."""
    return [_bar(visit.wording, each, sum(map(counted, each.sources))) for each in reversed(audits)]


def _bar(words: Wording, audit: IdentityAudit, number: int) -> tuple[str, float, str]:
    day = words.short_day(audit.began_at[:10])
    return day, number / (audit.records or 1), words.share(number, audit.records)
