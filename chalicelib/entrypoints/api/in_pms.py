"""Where reservations stand in the PMS that told of them, for people to open: one batch read of the connections."""

from collections.abc import Iterable, Mapping

from chalicelib.canonical.ids import ReservationId
from chalicelib.connections import store
from chalicelib.connections.desks import reservation_address
from chalicelib.connections.model import is_import, is_own
from chalicelib.guests.model import Stay

Addresses = Mapping[ReservationId, str]
"""Of the reservations whose connection says where they stand."""


def addresses_of(stays: Iterable[Stay]) -> Addresses:
    """By reservation; those that came through the API, or with a list, have none."""
    told = [stay for stay in stays if not is_own(stay.source) and not is_import(stay.source)]
    known = store.get_many({stay.source for stay in told}) if told else {}
    found = {
        stay.reservation: reservation_address(known[stay.source], stay.property_id, stay.source_id)
        for stay in told
        if stay.source in known
    }
    return {reservation: address for reservation, address in found.items() if address}
