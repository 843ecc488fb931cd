"""What a guest may prefer: a closed list of kinds, each with the words that it may have.

Nothing of it is allowed to say what somebody believes, suffers from or must not eat: allergies, diets, health and
religion stay in the PMS. So no kind takes free text.
"""

from collections.abc import Mapping
from typing import Literal, get_args

Pillow = Literal["soft", "firm", "feather", "extra"]
Bed = Literal["double", "twin"]
Floor = Literal["low", "high", "away_from_the_lift"]
View = Literal["sea", "mountains", "garden", "city"]
Temperature = Literal["cool", "warm"]
Outlet = Literal["restaurant", "bar", "terrace", "room_service"]
Table = Literal["window", "quiet", "outdoors"]
Meals = Literal["room_only", "breakfast", "half_board", "full_board", "all_inclusive"]
Activity = Literal[
    "swimming", "wellness", "fitness", "hiking", "cycling", "skiing", "golf", "tennis", "culture", "for_children",
]  # fmt: skip
Tongue = Literal[
    "am", "ar", "cs", "da", "de", "el", "en", "es", "fi", "fr", "he", "hr", "hu", "hy", "it", "ja", "ko", "nb", "nl",
    "pl", "pt", "ro", "ru", "sv", "tr", "uk", "uz", "zh",
]  # fmt: skip
"""ISO 639-1."""
Kind = Literal[
    "pillow", "bed", "floor", "view", "temperature", "outlet", "table", "meal_plan", "activities", "language",
]  # fmt: skip
MOST_VALUES = 5
"""Of one kind; of those that exclude each other, one."""
ELSEWHERE = "allergies, diets, health and religion are not kept here: they stay in the PMS"

OFFERED: Mapping[Kind, tuple[str, ...]] = {
    "pillow": get_args(Pillow),
    "bed": get_args(Bed),
    "floor": get_args(Floor),
    "view": get_args(View),
    "temperature": get_args(Temperature),
    "outlet": get_args(Outlet),
    "table": get_args(Table),
    "meal_plan": get_args(Meals),
    "activities": get_args(Activity),
    "language": get_args(Tongue),
}
"""Every kind, in the order in which it is shown, with its words."""
ONE_OF = frozenset[Kind]({"temperature", "meal_plan", "language"})
"""Kinds of which a guest has one."""


def most_of(kind: Kind) -> int:
    return 1 if kind in ONE_OF else min(MOST_VALUES, len(OFFERED[kind]))
