"""What was billed with a reservation, as the sources tell of it now."""

from chalicelib.aws import keys, table
from chalicelib.canonical.ids import ChargeId, ReservationId
from chalicelib.profiles.state import KeptCharge
from chalicelib.profiles.store import read_charge


def of(reservation: ReservationId) -> dict[ChargeId, KeptCharge]:
    """The lines of its folio, by their ids; one query."""
    found = table.query(keys.reservation(reservation).pk, keys.CHARGE)
    return {ChargeId(row["sk"].removeprefix(keys.CHARGE)): read_charge(row) for row in found}
