"""What guests prefer, in words: for their own pages, and for those of the staff."""

from collections.abc import Mapping


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for a text that is translated where it is shown
    return text


KINDS: Mapping[str, str] = {
    "pillow": N_("Pillow"),
    "bed": N_("Bed"),
    "floor": N_("Floor"),
    "view": N_("View"),
    "temperature": N_("Room temperature"),
    "outlet": N_("Where to eat and drink"),
    "table": N_("Table"),
    "meal_plan": N_("Meals"),
    "activities": N_("Activities"),
    "language": N_("Language"),
}
WORDS: Mapping[str, Mapping[str, str]] = {
    "pillow": {
        "soft": N_("soft pillow"),
        "firm": N_("firm pillow"),
        "feather": N_("feather pillow"),
        "extra": N_("extra pillow"),
    },
    "bed": {"double": N_("double bed"), "twin": N_("separate beds")},
    "floor": {
        "low": N_("low floor"),
        "high": N_("high floor"),
        "away_from_the_lift": N_("away from the lift"),
    },
    "view": {
        "sea": N_("view of the sea"),
        "mountains": N_("view of the mountains"),
        "garden": N_("view of the garden"),
        "city": N_("view of the city"),
    },
    "temperature": {"cool": N_("cool room"), "warm": N_("warm room")},
    "outlet": {
        "restaurant": N_("restaurant"),
        "bar": N_("bar"),
        "terrace": N_("terrace"),
        "room_service": N_("room service"),
    },
    "table": {"window": N_("by the window"), "quiet": N_("quiet table"), "outdoors": N_("outdoors")},
    "meal_plan": {
        "room_only": N_("room only"),
        "breakfast": N_("breakfast"),
        "half_board": N_("half board"),
        "full_board": N_("full board"),
        "all_inclusive": N_("all inclusive"),
    },
    "activities": {
        "swimming": N_("swimming"),
        "wellness": N_("wellness"),
        "fitness": N_("fitness"),
        "hiking": N_("hiking"),
        "cycling": N_("cycling"),
        "skiing": N_("skiing"),
        "golf": N_("golf"),
        "tennis": N_("tennis"),
        "culture": N_("culture"),
        "for_children": N_("for children"),
    },
}
OWN_NAMES: Mapping[str, str] = {
    "am": "አማርኛ", "ar": "العربية", "cs": "čeština", "da": "dansk", "de": "Deutsch", "el": "Ελληνικά", "en": "English",
    "es": "español", "fi": "suomi", "fr": "français", "he": "עברית", "hr": "hrvatski", "hu": "magyar", "hy": "հայերեն",
    "it": "italiano", "ja": "日本語", "ko": "한국어", "nb": "norsk bokmål", "nl": "Nederlands", "pl": "polski",
    "pt": "português", "ro": "română", "ru": "русский", "sv": "svenska", "tr": "Türkçe", "uk": "українська",
    "uz": "o‘zbekcha", "zh": "中文",
}  # fmt: skip
"""What each language calls itself: whoever is to choose one reads it."""


def word(kind: str, value: str) -> str:
    """In the language of the texts; of a language its own name. What nobody has words for is shown as it is."""
    return OWN_NAMES.get(value, value) if kind == "language" else WORDS.get(kind, {}).get(value, value)
