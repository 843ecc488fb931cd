"""Read a guest's history page by page, each at the cost of a page."""

from collections.abc import Callable, Sequence
from functools import partial
from math import ceil

from chalicelib.canonical.happenings import Happening, Source
from chalicelib.canonical.ids import Leaf
from chalicelib.consent import store as consents
from chalicelib.guests import history as guests
from chalicelib.guests import notes, spoken
from chalicelib.guests.drift import Drift
from chalicelib.messages import store as messages
from chalicelib.timeline import rules
from chalicelib.timeline.rules import Part

FEWEST_ROWS = 5
"""Rows read at once of each leaf and kind, however many leaves share a page."""


def stays(drift: Drift) -> tuple[Source, ...]:
    """The guest's, whose drift it is. A stay that is own and shared is the guest's own: own ones stand first."""
    return partial(guests.happenings, drift=drift), guests.shared_happenings


def everything(drift: Drift) -> tuple[Source, ...]:
    return *stays(drift), consents.happenings, messages.happenings, notes.happenings, spoken.happenings


def of_kind(kind: str, drift: Drift) -> tuple[Source, ...]:
    """Of the kinds that the timeline has."""
    others: dict[str, Source] = {
        "receipt": consents.happenings, "message": messages.happenings, "note": notes.happenings,
        "statement": spoken.happenings,
    }  # fmt: skip
    return stays(drift) if kind == "stay" else (others[kind],)


def history(
    leaves: Sequence[Leaf],
    sources: Sequence[Source],
    *,
    before: str | None,
    limit: int,
    may_see: Callable[[Happening[object]], bool],
    mailed: Sequence[Leaf] = (),
) -> Part:
    """What happened to a guest before a position, newest first, of what `may_see` lets the caller see. `mailed` are the
    guest's other records: a message lies with the one that named the guest when it was sent.

    Of each leaf and kind no more rows are read at once than the page may need of it.
    """
    rows = max(FEWEST_ROWS, ceil((limit + 1) / len(leaves)))
    histories = [source(leaf, before, rows) for source in sources for leaf in leaves]
    histories += [messages.happenings(leaf, before, rows) for leaf in mailed]
    return rules.first(rules.merged(histories), limit, may_see)
