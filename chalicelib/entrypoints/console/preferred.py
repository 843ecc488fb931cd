"""What guests prefer, in the reader's words."""

from collections.abc import Callable, Iterable

from chalicelib.guests.preferences import Preferences
from chalicelib.languages.preferred import word


def in_words(preferences: Preferences, words: Callable[[str], str]) -> str:
    """All of it on one line, such as a board's."""
    return "; ".join(values_in_words(kind, values, words) for kind, values in preferences.by_kind.items())


def values_in_words(kind: str, values: Iterable[str], words: Callable[[str], str]) -> str:
    return ", ".join(words(word(kind, each)) for each in values)
