"""Who in a hotel prepares what a guest prefers. Pure."""

from collections.abc import Mapping
from typing import Literal

from chalicelib.canonical.preferences import Kind

Department = Literal["housekeeping", "reception", "food_and_beverage", "concierge", "other"]
Prepares = Department | Literal["nobody"]
ByPreference = dict[Kind, Prepares]

SHIPPED: Mapping[Kind, Prepares] = {
    "pillow": "housekeeping",
    "bed": "housekeeping",
    "temperature": "housekeeping",
    "floor": "reception",
    "view": "reception",
    "table": "food_and_beverage",
    "outlet": "food_and_beverage",
    "meal_plan": "nobody",
    "activities": "concierge",
    "language": "nobody",
}
"""Where nothing else is set. Meals are booked with the rate, and a language is everybody's who speaks to the guest."""


def department_of(kind: Kind, settings: Mapping[Kind, Prepares]) -> Department | None:
    prepares = settings.get(kind, SHIPPED[kind])
    return None if prepares == "nobody" else prepares
