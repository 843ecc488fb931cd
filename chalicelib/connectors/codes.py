"""Which of a source's words may be told as it wrote them: those that look like a code, and like nobody."""

import re
from collections.abc import Iterator

from chalicelib.connectors.contract import Json

CODE = re.compile(r"[a-z][a-z0-9]*(?:[ _-][a-z0-9]+){0,3}")
LONGEST, MOST_DIGITS = 24, 2
"""Of a word. Telephone numbers, documents, dates and rooms have more digits."""
SHORTEST, SHORTEST_WITHIN = 2, 3
"""Of a part by which somebody could be known: by itself, and within a longer word."""
PART = re.compile(r"[^\W_]+")


def as_code(said: str, people: Json) -> str | None:
    """The word, where it may be told; None for one that is no code, or has part of what the source's own document says
    of its `people`: who writes the guest's name where a code belongs has it where it belongs, too.

    It is not proven that what is left is nobody's: who keeps it waits until it was said of several things.
    """
    word = said.strip().lower()
    if len(word) > LONGEST or not CODE.fullmatch(word) or sum(map(str.isdigit, word)) > MOST_DIGITS:
        return None
    told = {part for text in _texts(people) for part in PART.findall(text.lower()) if len(part) >= SHORTEST}
    parts = PART.findall(word)
    within = "".join(parts)
    is_told = not told.isdisjoint(parts) or any(part in within for part in told if len(part) >= SHORTEST_WITHIN)
    return None if is_told else word


def _texts(document: Json) -> Iterator[str]:
    """What a document says of anybody or anything; not how its fields are called."""
    match document:
        case str():
            yield document
        case dict():
            for value in document.values():
                yield from _texts(value)
        case list():
            for value in document:
                yield from _texts(value)
