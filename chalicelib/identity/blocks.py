"""Under which keys a record is laid beside others that it may be the same person as. Pure.

No two records are compared unless they have a key in common. A key says two things that few have in common: how often
records of one person share at least one of theirs is measured beside `weights` (docs/benchmarks.md).
"""

from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

from chalicelib.identity.names import Words
from chalicelib.identity.scripts import plain
from chalicelib.identity.sketches import Sketch

MOST = 4
"""Keys of a record."""
MOST_IN_ONE = 50
"""Records under one key: where there are more, it tells nobody from anybody, and is passed over."""


def keys_of(sketch: Sketch) -> tuple[str, ...]:
    """The first four of those that the record has everything for, the most telling first.

    Whoever has a telephone and nothing else is found by that, which is an identifier.
    """
    return tuple(" ".join(key) for key in islice(_keys(sketch), MOST))


KINDS = ("phone", "born", "born in", "sounds", "house", "city")


def every_key_of(sketch: Sketch) -> dict[str, str]:
    """All of them by their kind: who has time to compare more looks under more."""
    return dict(_keys(sketch))


def _keys(sketch: Sketch) -> Iterator[tuple[str, str]]:
    """Kind and value, the most telling first."""
    name, born, postcode = sketch.name, _born(sketch.born), sketch.postcode
    family = "".join(name.family or name.given)
    if not family or name.is_several:
        return
    if sketch.phone and (born or postcode):
        yield "phone", f"{sketch.phone} {family[0]}"
    if born:
        yield "born", f"{born} {family[0]}"
    if born and sketch.city:
        yield "born in", f"{born} {sketch.city[0]}"
    if postcode:
        yield "sounds", f"{postcode[0]} {' '.join(sorted((_sound(name.given), _sound(name.family))))}"
    if postcode and sketch.house:
        yield "house", f"{postcode} {sketch.house}"
    if sketch.city:
        yield "city", f"{sketch.city[:4]} {family[:2]}"


def _born(day: str | None) -> str | None:
    """Month and day in whatever order: many write them the other way round."""
    if day is None:
        return None
    year, month, of_month = day.split("-")
    return f"{year}-{'-'.join(sorted((month, of_month)))}"


@lru_cache(maxsize=4_000)
def _sound(words: Words) -> str:
    """How a name sounds, roughly, in plain letters."""
    from jellyfish import soundex

    return soundex(plain("".join(words))) if words else ""
