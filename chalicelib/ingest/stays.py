"""Reservations, stays and charges: the half of a change that is about rooms. Pure."""

from chalicelib.canonical.facts import FactType
from chalicelib.canonical.ids import leaf_of_nobody
from chalicelib.canonical.snapshots import ChargeKind, Status, Version
from chalicelib.guests.model import Stay
from chalicelib.ingest.desk import Desk
from chalicelib.ingest.view import KeptCharge, KeptStay


def take_stay(desk: Desk) -> None:
    stay, version, leaf = desk.change.stay, desk.change.stay_version, desk.change.stay_leaf
    if stay is None or version is None or leaf is None:
        return
    place, kept = _kept(desk, stay.reservation)
    if kept and not version.supersedes(kept.version):
        return
    if kept:
        stay = stay.model_copy(
            update={"charged_room": kept.stay.charged_room, "charged_other": kept.stay.charged_other}
        )
    _keep(desk, leaf, place, stay, version)
    _list_companions(desk, leaf, kept.stay if kept else None, stay)
    for type_ in facts_between(kept.stay if kept and kept.version else None, stay):
        desk.say(type_, stay.reservation, leaf)
    if kept and place and place != leaf and kept.stay.status is Status.CHECKED_OUT:
        desk.say(FactType.STAY_REOPENED, stay.reservation, place)  # whoever was taken for the guest until now


def _kept(desk: Desk, reservation: str) -> tuple[str | None, KeptStay | None]:
    place = desk.view.places.get(reservation)
    return place, desk.view.stays.get(place, {}).get(reservation) if place else None


def _keep(desk: Desk, leaf: str, place: str | None, stay: Stay, version: Version | None) -> None:
    desk.outcome.stays[leaf, stay.reservation] = KeptStay(stay, version)
    if place != leaf:
        desk.outcome.places[stay.reservation] = leaf
    if place and place != leaf:
        desk.outcome.stays[place, stay.reservation] = None
        desk.sums_of.add(place)
    desk.sums_of.add(leaf)


def _list_companions(desk: Desk, leaf: str, before: Stay | None, after: Stay) -> None:
    had = set(before.companions) if before else set()
    moved = desk.outcome.places.get(after.reservation) is not None
    for companion in set(after.companions) - (set() if moved else had):
        desk.outcome.companions[companion, after.reservation] = leaf
    for companion in had - set(after.companions):
        desk.outcome.companions[companion, after.reservation] = None


def take_charge(desk: Desk) -> None:
    """Move the sums of the charge's reservation by what this charge changed, and of the one it was moved from."""
    charge, awaited = desk.change.charge, desk.change.stay
    if charge is None or awaited is None:
        return
    lay_at, before = desk.view.charges.get(charge.id, (awaited.reservation, None))
    if before and not charge.version.supersedes(before.version):
        return
    after = KeptCharge(charge.kind, charge.amount_minor, charge.currency, charge.version)
    if lay_at == awaited.reservation:
        _settle_charge(desk, awaited, gone=before, come=after)
    else:
        _settle_charge(desk, awaited.model_copy(update={"reservation": lay_at}), gone=before, come=None)
        _settle_charge(desk, awaited, gone=None, come=after)
        desk.outcome.charges[lay_at, charge.id] = None
    desk.outcome.charges[awaited.reservation, charge.id] = after
    if charge.id not in desk.view.charges or lay_at != awaited.reservation:
        desk.outcome.charge_places[charge.id] = awaited.reservation


def _settle_charge(desk: Desk, awaited: Stay, *, gone: KeptCharge | None, come: KeptCharge | None) -> None:
    place, kept = _kept(desk, awaited.reservation)
    stay = _with(_without(kept.stay if kept else awaited, gone), come)
    _keep(desk, place or leaf_of_nobody(stay.reservation), place, stay, kept.version if kept else None)
    if kept and kept.version:
        for type_ in facts_between(kept.stay, stay):
            desk.say(type_, stay.reservation, place or "")


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
    name = "charged_room" if charge.kind == ChargeKind.ROOM else "charged_other"
    sums = dict(getattr(stay, name))
    sums[charge.currency] = sums.get(charge.currency, 0) + sign * charge.amount_minor
    return stay.model_copy(update={name: {currency: amount for currency, amount in sums.items() if amount}})
