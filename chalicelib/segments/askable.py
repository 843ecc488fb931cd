"""What a segment may ask of a guest, name by name, for whoever puts a rule together. Pure."""

from collections.abc import Collection, Iterator

from chalicelib.guests.traits import Kind
from chalicelib.segments.custom import NO_FIELDS, Custom, kinds_of
from chalicelib.segments.rules import DAYS, KINDS, STATS, question_of

WORDS_OF_DAYS = {1: "days since {}", -1: "days until {}", 0: "{}"}


def askable(currencies: Collection[str], custom: Custom = NO_FIELDS) -> dict[str, Kind]:
    """The kind of everything by the name that a condition gives it: with each date the days since and until it, and
    amounts in each of these currencies."""
    return dict(each for name, kind in (KINDS | kinds_of(custom)).items() for each in _of(name, kind, currencies))


def _of(name: str, kind: Kind, currencies: Collection[str]) -> Iterator[tuple[str, Kind]]:
    if kind == "amounts":
        yield from ((f"{name}.{each}", "number") for each in currencies)
        return
    yield name, kind
    if kind == "date":
        yield from ((f"{name}.{each}", "number") for each in DAYS)


def in_words(name: str) -> str:
    """`days since last departure` of `stats.last_departure.days_since`."""
    path, currency, sign = question_of(name)
    told = WORDS_OF_DAYS[sign].format(" ".join(each for each in path if each != STATS).replace("_", " "))
    return f"{told} in {currency}" if currency else told
