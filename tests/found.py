"""Guests as whoever sees all of them finds them."""

from collections.abc import Collection

from chalicelib.guests import store as guests
from chalicelib.guests.model import Guest
from chalicelib.identity import actions as identity
from chalicelib.identity.typed import Kind


def guests_with(kind: Kind, value: str, countries: Collection[str] = ()) -> list[Guest]:
    """Each once, by their ids."""
    known = map(guests.guest, identity.carriers(kind, value, countries))
    return sorted({guest.id: guest for guest in known if guest}.values(), key=lambda guest: guest.id)
