"""Reservations, stays and charges: the half of a change that is about rooms. Pure."""

from dataclasses import replace

from chalicelib.canonical.details import ChargeKind
from chalicelib.canonical.facts import FactType
from chalicelib.canonical.ids import Leaf, ReservationId, leaf_of_nobody
from chalicelib.canonical.snapshots import Status
from chalicelib.canonical.versions import Version
from chalicelib.guests.drift import place
from chalicelib.guests.kept import Amounts
from chalicelib.guests.model import Stay
from chalicelib.profiles.draft import Draft
from chalicelib.profiles.model import Change, Charge
from chalicelib.profiles.state import KeptCharge, KeptStay


def take_stay(draft: Draft, change: Change) -> None:
    stay, version, leaf = change.stay, change.stay_version, change.stay_leaf
    if stay is None or version is None or leaf is None:
        return
    lay_at, kept = _kept(draft, stay.reservation)
    if kept and not version.replaces(kept.version, stay.status.stage, kept.stay.status.stage):
        return
    if kept and (kept.stay.charged_room or kept.stay.charged_other):
        stay = stay.with_charges(room=kept.stay.charged_room, other=kept.stay.charged_other)
    _keep(draft, leaf, stay, version)
    if kept and kept.version and (lay_at, kept.stay) == (leaf, stay):
        return  # a new time, and nothing new
    _list_companions(draft, leaf, kept.stay if kept else None, stay)
    for type_ in facts_between(kept.stay if kept and kept.version else None, stay):
        draft.say(type_, stay.reservation, leaf)
    if kept and lay_at and lay_at != leaf and kept.stay.status is Status.CHECKED_OUT:
        draft.say(FactType.STAY_REOPENED, stay.reservation, lay_at)  # whoever was taken for the guest until now


def _kept(draft: Draft, reservation: ReservationId) -> tuple[Leaf | None, KeptStay | None]:
    lay_at = draft.state.leaf_by_reservation.get(reservation)
    return lay_at, draft.state.stays.get(lay_at, {}).get(reservation) if lay_at else None


def _keep(draft: Draft, leaf: Leaf, stay: Stay, version: Version | None) -> None:
    lay_at, kept = _kept(draft, stay.reservation)
    lay_in = kept.lies_in if kept else None
    lies_in = place(lay_in, stay.month) if lay_in and lay_at == leaf else stay.month
    draft.decided.stays[leaf, stay.reservation] = KeptStay(stay, version, lies_in)
    draft.note_drift(leaf, lies_in, stay.month)
    if (lay_at, lay_in) != (leaf, lies_in):
        draft.decided.leaf_by_reservation[stay.reservation] = leaf
        if lay_at and lay_in:
            draft.decided.stays_left.add((lay_at, lay_in, stay.reservation))
    if lay_at and lay_at != leaf:
        draft.decided.stays[lay_at, stay.reservation] = None
        draft.sums_of.add(lay_at)
    draft.sums_of.add(leaf)


def _list_companions(draft: Draft, leaf: Leaf, before: Stay | None, after: Stay) -> None:
    had = {(companion, before.month) for companion in before.companions} if before else set()
    has = {(companion, after.month) for companion in after.companions}
    moved = draft.decided.leaf_by_reservation.get(after.reservation) is not None
    for companion, month in has - (set() if moved else had):
        draft.decided.companions[companion, month, after.reservation] = leaf
    for companion, month in had - has:
        draft.decided.companions[companion, month, after.reservation] = None


def take_charge(draft: Draft, change: Change) -> None:
    """Move the sums of the charge's reservation by what this charge changed, and of the one it was moved from."""
    charge, awaited = change.charge, change.stay
    if charge is None or awaited is None:
        return
    lay_at, before = draft.state.charges.get(charge.id, (awaited.reservation, None))
    after = _as_kept(charge)
    if before and not charge.version.replaces(before.version, after.stage, before.stage):
        return
    if before and lay_at == awaited.reservation and replace(before, version=after.version) == after:
        draft.decided.charges[lay_at, charge.id] = after  # a new time, and nothing new
        return
    if lay_at == awaited.reservation:
        _move_sums(draft, awaited, gone=before, come=after)
    else:
        _move_sums(draft, awaited.of_reservation(lay_at), gone=before, come=None)
        _move_sums(draft, awaited, gone=None, come=after)
        draft.decided.charges[lay_at, charge.id] = None
    draft.decided.charges[awaited.reservation, charge.id] = after
    if charge.id not in draft.state.charges or lay_at != awaited.reservation:
        draft.decided.reservation_by_charge[charge.id] = awaited.reservation


def _as_kept(charge: Charge) -> KeptCharge:
    return KeptCharge(
        kind=charge.kind,
        amount_minor=charge.amount_minor,
        currency=charge.currency,
        version=charge.version,
        category=charge.category,
        tax_minor=charge.tax_minor,
        folio_owner=charge.folio_owner,
    )


def _move_sums(draft: Draft, awaited: Stay, *, gone: KeptCharge | None, come: KeptCharge | None) -> None:
    lay_at, kept = _kept(draft, awaited.reservation)
    stay = _with(_without(kept.stay if kept else awaited, gone), come)
    _keep(draft, lay_at or leaf_of_nobody(stay.reservation), stay, kept.version if kept else None)
    if kept and kept.version:
        for type_ in facts_between(kept.stay, stay):
            draft.say(type_, stay.reservation, lay_at or leaf_of_nobody(stay.reservation))


def facts_between(before: Stay | None, after: Stay) -> list[FactType]:
    """What happened, told from the reservation's last state and its new one, whatever lay between."""
    was = before.status if before else None
    if was is Status.CHECKED_OUT and after.status is not Status.CHECKED_OUT:
        reopened = [FactType.STAY_REOPENED]
        return reopened + [fact for fact in (ARRIVED_AT.get(after.status),) if fact]
    if after.status is Status.CHECKED_OUT:
        return [FactType.STAY_COMPLETED]
    if after.status is not was and after.status in ARRIVED_AT:
        return [ARRIVED_AT[after.status]]
    return [FactType.RESERVATION_CHANGED if before else FactType.RESERVATION_BOOKED]


ARRIVED_AT = {
    Status.IN_HOUSE: FactType.GUEST_CHECKED_IN,
    Status.CANCELLED: FactType.RESERVATION_CANCELLED,
    Status.NO_SHOW: FactType.NO_SHOW_RECORDED,
}


def _without(stay: Stay, charge: KeptCharge | None) -> Stay:
    return _moved(stay, charge, -1) if charge else stay


def _with(stay: Stay, charge: KeptCharge | None) -> Stay:
    return _moved(stay, charge, 1) if charge else stay


def _moved(stay: Stay, charge: KeptCharge, sign: int) -> Stay:
    if charge.kind == ChargeKind.EXCLUDED:
        return stay
    room, other, moved = stay.charged_room, stay.charged_other, {charge.currency: sign * charge.amount_minor}
    if charge.kind == ChargeKind.ROOM:
        return stay.with_charges(room=_sum(room, moved), other=other)
    return stay.with_charges(room=room, other=_sum(other, moved))


def _sum(amounts: Amounts, more: Amounts) -> Amounts:
    """Without currencies that come to nothing; in the order of their names, whichever was charged first."""
    sums = {currency: amounts.get(currency, 0) + more.get(currency, 0) for currency in sorted(amounts | more)}
    return {currency: amount for currency, amount in sums.items() if amount}
