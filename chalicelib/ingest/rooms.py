"""What names a hotel's rooms and charges: through the API the same, whichever key tells of them. Pure.

A key of one hotel and a key of the whole group may both send a reservation. It is the hotel's, and one. Who stays in it
is said by each for itself: records are the source's own.
"""

from dataclasses import dataclass

from chalicelib.canonical import ids
from chalicelib.canonical.ids import ChargeId, ConnectionId, PropertyId, ReservationId
from chalicelib.canonical.versions import Version
from chalicelib.connections.model import API, is_api


@dataclass(frozen=True)
class Rooms:
    """Of one source. A place is the property, or what names the vendor's hotel."""

    told_by: ConnectionId

    @property
    def source(self) -> ConnectionId:
        """Whose rooms they are."""
        return API if is_api(self.told_by) else self.told_by

    def reservation(self, place: PropertyId, vendor_id: str, room: int) -> ReservationId:
        return ids.reservation_id(self.source, place, vendor_id, room)

    def charge(self, place: PropertyId, vendor_id: str) -> ChargeId:
        return ChargeId(ids.stable_id(ids.CHARGE, self.source, place, vendor_id))

    def version(self, said: Version) -> Version:
        """The same words from two keys are two statements: each names records of its own."""
        if self.told_by == self.source:
            return said
        return said._replace(digest=ids.digest_of(f"{said.digest}|{self.told_by}"))
