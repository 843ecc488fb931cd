"""/v1/guests/{guest_id}/export: all that the hub holds of a guest, in one file."""

from collections.abc import Callable
from typing import TypeVar

from pydantic import BaseModel

from chalicelib.canonical.ids import GuestId, ProgramId
from chalicelib.canonical.time import Instant
from chalicelib.entrypoints.api import (
    accounts_spoken_for,
    charges,
    consents,
    guests,
    household,
    membership,
    merge_decisions,
    origins,
    preferences,
    records,
    tasks_written,
    timeline,
)
from chalicelib.entrypoints.api.accounts_spoken_for import SpokenFor
from chalicelib.entrypoints.api.answers import Listing, Shown
from chalicelib.entrypoints.api.calls import Ask
from chalicelib.entrypoints.api.charges import StayCharges
from chalicelib.entrypoints.api.consents import ConsentsShown
from chalicelib.entrypoints.api.guests import GuestShown
from chalicelib.entrypoints.api.household import LivesWith
from chalicelib.entrypoints.api.membership import LedgerEntry, Standing
from chalicelib.entrypoints.api.merge_decisions import MergeDecisionShown
from chalicelib.entrypoints.api.origins import OriginsShown
from chalicelib.entrypoints.api.paging import MOST, Page, read_page
from chalicelib.entrypoints.api.preferences import StatementShown
from chalicelib.entrypoints.api.records import RecordShown
from chalicelib.entrypoints.api.tasks_written import ReservationTasksWritten
from chalicelib.entrypoints.api.timeline import Happening

MOST_PAGES, MOST_CHARACTERS = 5, 1_000_000
"""Of one part: all together stay below what Lambda gives back, whatever their lines hold."""
Item = TypeVar("Item", bound=BaseModel)


class LedgerExport(Shown):
    """The ledger in one programme, newest first."""

    program: ProgramId
    entries: list[LedgerEntry]


class GuestExport(Shown):
    """What the hub holds of a guest, as far as the key may see it: the profile and where each field of it comes from,
    what each source said, what people decided, what the guest and staff said, with whom the guest lives, for which
    companies the guest speaks, consents with their receipts, memberships with their ledgers, stays, consents and
    messages in the order of time, what was billed with each stay, and what was to be done before it.

    `cut` names the parts that have more than the newest 1,000 lines or so: the calls of these names have all of them,
    page by page.
    """

    exported_at: Instant
    guest: GuestShown
    origins: OriginsShown
    records: list[RecordShown]
    decisions: list[MergeDecisionShown]
    statements: list[StatementShown]
    household: list[LivesWith]
    accounts: list[SpokenFor]
    consents: ConsentsShown
    memberships: list[Standing]
    ledgers: list[LedgerExport]
    timeline: list[Happening]
    charges: list[StayCharges]
    tasks: list[ReservationTasksWritten]
    cut: list[str]


def get(ask: Ask, guest_id: GuestId) -> GuestExport:
    """All that is known of a guest in one file, for who asks for it.

    A key of some hotels is given their part. Nothing is changed; who asked stands in the audit.
    """
    cut: list[str] = []
    standings = membership.listed(ask, guest_id).items
    return GuestExport(
        exported_at=ask.now,
        guest=guests.get(ask, guest_id),
        origins=origins.listed(ask, guest_id),
        records=_some("records", lambda page: records.listed(ask, guest_id, page=page), cut),
        decisions=_some("decisions", lambda page: merge_decisions.listed(ask, guest_id, page=page), cut),
        statements=preferences.statements_of(ask, guest_id),
        household=household.said_of(ask, guest_id),
        accounts=accounts_spoken_for.of_guest(ask, guest_id),
        consents=consents.listed(ask, guest_id),
        memberships=standings,
        ledgers=[_ledger(ask, guest_id, each.program, cut) for each in standings],
        timeline=_some("timeline", lambda page: timeline.listed(ask, guest_id, page=page), cut),
        charges=_some("charges", lambda page: charges.listed(ask, guest_id, page=page), cut),
        tasks=tasks_written.of_guest(ask, guest_id),
        cut=sorted(set(cut)),
    )


def _ledger(ask: Ask, guest_id: GuestId, program: ProgramId, cut: list[str]) -> LedgerExport:
    found = _some("ledger", lambda page: membership.ledger(ask, guest_id, program=program, page=page), cut)
    return LedgerExport(program=program, entries=found)


def _some(part: str, pages: Callable[[Page], Listing[Item]], cut: list[str]) -> list[Item]:
    """The first lines of a listing. Where there are more, the part is `cut`."""
    items: list[Item] = []
    asked = {"limit": str(MOST)}
    for _ in range(MOST_PAGES):
        found = pages(read_page(part, asked))
        items += found.items
        if found.next_cursor is None:
            return items
        asked["cursor"] = found.next_cursor
        if sum(len(each.model_dump_json()) for each in items) > MOST_CHARACTERS:
            break
    cut.append(part)
    return items
