"""The key shapes of what is to be done before a guest arrives: it lies with the reservation, whoever that is for."""

from chalicelib.aws.keys import Key, leaf
from chalicelib.canonical.ids import Leaf, ReservationId

TASKED = "TASKED#"


def tasks(reservation: ReservationId) -> Key:
    return Key(f"RESERVATION#{reservation}", "TASKS")


def tasked(leaf_id: Leaf, reservation: ReservationId) -> Key:
    """Says that something was written there while the reservation was this record's."""
    return Key(leaf(leaf_id), f"{TASKED}{reservation}")
