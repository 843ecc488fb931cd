"""/v1/guests/{guest_id}/charges: what was billed with a guest's own stays, line by line."""

from datetime import date

from chalicelib.canonical.details import ChargeCategory, ChargeKind, Payer
from chalicelib.canonical.happenings import Happening
from chalicelib.canonical.ids import ChargeId, GuestId, PropertyId
from chalicelib.canonical.time import Instant
from chalicelib.entrypoints.api.answers import Listing, Money, Shown
from chalicelib.entrypoints.api.calls import Ask
from chalicelib.entrypoints.api.paging import Page
from chalicelib.entrypoints.api.stays import history_of, page_of
from chalicelib.entrypoints.api.visibility import guest_of
from chalicelib.guests.model import Stay
from chalicelib.profiles import charges
from chalicelib.profiles.state import KeptCharge
from chalicelib.timeline import actions as timeline


class ChargeShown(Shown):
    """One line of a folio: net of its `tax`, and in the sum of the stay that `charge` names."""

    id: ChargeId
    charge: ChargeKind
    category: ChargeCategory | None
    amount: Money
    tax: Money | None
    folio_owner: Payer | None
    changed_at: Instant


class StayCharges(Shown):
    """A reservation of the guest's own, by its `stay` id, and what was billed with it, in the order of the ids."""

    stay: str
    source_id: str
    property_id: PropertyId
    arrival: date
    charges: list[ChargeShown]


def listed(ask: Ask, guest_id: GuestId, *, page: Page) -> Listing[StayCharges]:
    """The lines that were billed with the guest's reservations at the key's properties, newest reservation first.

    What is billed with a room that the guest shared as a companion is its own guest's, and not shown.
    """
    sight = guest_of(ask.caller, guest_id)
    found = history_of(sight, timeline.stays(sight.whole.drift), page, wanted=_is_own)
    return page_of(page, found, [_billed(each.what) for each in found.happenings if isinstance(each.what, Stay)])


def _is_own(line: Happening[object]) -> bool:
    return isinstance(line.what, Stay)


def _billed(stay: Stay) -> StayCharges:
    lines = sorted(charges.of(stay.reservation).items())
    return StayCharges(
        stay=stay.reservation,
        source_id=stay.source_id,
        property_id=stay.property_id,
        arrival=stay.arrival,
        charges=[_line(id_, each) for id_, each in lines],
    )


def _line(id_: ChargeId, kept: KeptCharge) -> ChargeShown:
    tax = None if kept.tax_minor is None else Money(amount_minor=kept.tax_minor, currency=kept.currency)
    return ChargeShown(
        id=id_,
        charge=ChargeKind(kept.kind),
        category=ChargeCategory(kept.category) if kept.category else None,
        amount=Money(amount_minor=kept.amount_minor, currency=kept.currency),
        tax=tax,
        folio_owner=Payer(kept.folio_owner) if kept.folio_owner else None,
        changed_at=kept.version.changed_at,
    )
