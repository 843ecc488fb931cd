"""What is wrong with a template, and where in its source. Pure."""

from typing import NamedTuple

from chalicelib.canonical.errors import FieldError

LONGEST = 300
"""Characters of what is said of one fault."""


class Found(NamedTuple):
    """What was found; `at` is where, in characters from the beginning, where that is known."""

    words: str
    at: int | None = None


class Place(NamedTuple):
    """Both from 1."""

    line: int
    column: int

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}"


class Misfit(NamedTuple):
    """One thing wrong with one part (`subject`, `html`, `text`) of a template."""

    part: str
    words: str
    place: Place | None = None

    @property
    def told(self) -> FieldError:
        return FieldError(self.part, f"{self.words} ({self.place})" if self.place else self.words)


def misfit(part: str, source: str, found: Found) -> Misfit:
    return Misfit(part, found.words[:LONGEST], place_of(source, found.at))


def place_of(source: str, at: int | None) -> Place | None:
    if at is None or not 0 <= at <= len(source):
        return None
    before = source[:at]
    return Place(before.count("\n") + 1, at - before.rfind("\n"))
