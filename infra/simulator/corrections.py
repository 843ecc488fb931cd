"""Changes that the PMS makes without telling anybody, for testing the nightly reconciliation."""

from decimal import Decimal
from typing import Any

from infra.simulator.hotel import RESERVATIONS, Hotel
from infra.simulator.visits import Visit

# kind -> type of the order item and its net amount; a late check-out is room revenue, the minibar is not
CHARGES = {"late_checkout": ("SpaceOrder", Decimal("40.00")), "minibar": ("ProductOrder", Decimal("24.50"))}
KINDS = (*CHARGES, "reverse_check_out")


def correct(
    hotel: Hotel, visits: list[Visit], kind: str = "late_checkout", reservation: str | None = None
) -> dict[str, Any]:
    """Changes the given reservation, or the first checked-out one whose guest earns points for it; sends no notice."""
    if kind not in KINDS:
        raise ValueError(f"kind is one of {', '.join(KINDS)}")
    with hotel.lock:
        chosen = reservation or _first_that_earns(hotel, visits)
        if not hotel.find(RESERVATIONS, [chosen]):
            raise ValueError("no such reservation")
        if kind == "reverse_check_out":
            hotel.reverse_check_out(chosen)
        else:
            item, net = CHARGES[kind]
            hotel.charge(chosen, item, net, state="Closed")
        return {"reservation": chosen, "kind": kind, "updated": hotel.updated[chosen]}


def _first_that_earns(hotel: Hotel, visits: list[Visit]) -> str:
    for visit in visits:
        key = hotel.ids.of("reservation", visit.booking.number)
        processed = [found for found in hotel.find(RESERVATIONS, [key]) if found["State"] == "Processed"]
        if processed and _earns(visit):
            return key
    raise ValueError("no reservation is checked out yet")


def _earns(visit: Visit) -> bool:
    """A guest's only room of the booking, booked directly, in a currency with a rate."""
    is_one_of_many = visit.booking.segment in ("Groups", "Complementary") or visit.booking.rate == 0
    return (
        bool(visit.guest)
        and not is_one_of_many
        and visit.channel.source != "ota"
        and visit.booking.hotel != "Lake Hotel"
    )
