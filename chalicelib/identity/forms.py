"""The forms under which a name is found by its beginning, and what somebody types to find it. Pure.

A form is the letters of a name from one of its words on, folded as names are when they are compared, without what
parts them: `van der Berg`, `Vanderberg` and `VAN DER BERG` begin alike, and 王伟 like Wang Wei.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from chalicelib.identity.names import Words, is_title, words_of
from chalicelib.identity.scripts import ONE_LETTER

MOST = 4
"""Forms of a name: two, and two more where it has several given or family names."""
FEWEST = 2
"""Letters of a form, and of what is asked for."""
LONGEST = 40
"""Letters of a form: what is typed beyond them tells no more."""
MOST_WORDS = 12
LEFT_OUT = re.compile(
    "[\u064b-\u065f\u0670\u0591-\u05bd\u05bf-\u05c7'`´‘’ʻʼʾʿ\u200b-\u200f\u202a-\u202e\u2066-\u2069\u00ad]"
)
"""Vowels of Arabic and Hebrew, which few type, and what stands within a word and is typed in many ways."""
LINKS = frozenset({
    "van", "von", "vom", "zu", "zum", "zur", "der", "den", "dem", "de", "del", "della", "dei", "di", "da", "do", "dos",
    "das", "du", "des", "la", "le", "les", "lo", "los", "las", "el", "al", "ter", "ten", "te", "t", "af", "av", "bin",
    "bint", "ibn", "y", "e", "i", "und", "and", "et", "og", "och", "san", "st",
})  # fmt: skip
"""Words of a name that nobody begins to look with, unless they begin it."""


@dataclass(frozen=True)
class Listed:
    """A name as it is looked for: its forms, the one that begins with the family name first, and its words."""

    forms: tuple[str, ...] = ()
    words: Words = ()


@dataclass(frozen=True)
class Asked:
    """What somebody typed, as the words of a name."""

    words: Words

    @property
    def beginning(self) -> str:
        return _form(self.words)

    @property
    def is_enough(self) -> bool:
        return len(self.beginning) >= FEWEST

    @property
    def anchor(self) -> str | None:
        """Of several words the one that says most: it begins some form of whoever is called by all of them."""
        telling = [word for word in self.words if word not in LINKS and len(word) >= FEWEST]
        return max(telling, key=len)[:LONGEST] if telling and len(self.words) > 1 else None

    def fits(self, listed: Listed) -> bool:
        """Whether a form of it begins with what was typed, or each word that was typed begins another word of it."""
        return any(form.startswith(self.beginning) for form in listed.forms) or self.fits_words(listed.words)

    def fits_words(self, words: Words) -> bool:
        left = list(words)
        for asked in sorted(self.words, key=len, reverse=True):
            found = next((word for word in left if word.startswith(asked[:LONGEST])), None)
            if found is None:
                return False
            left.remove(found)
        return True


def asked(text: str) -> Asked:
    """A title is one where more follows: `miss` alone may become Missoni."""
    words = words_of(_as_letters(text), titled=True)
    return Asked(tuple(word for at, word in enumerate(words, 1) if at == len(words) or not is_title(word)))


@lru_cache(maxsize=2_000)
def listed(given: str | None, family: str | None) -> Listed:
    """Under which forms a name is found; none where it has no letters."""
    names, families = _words(given), _words(family)
    forms = list(dict.fromkeys(form for form in _forms(names, families) if len(form) >= FEWEST))
    words = tuple(word[:LONGEST] for word in (*families, *names)[:MOST_WORDS])
    return Listed(tuple(forms[:MOST]), words)


def _words(text: str | None) -> Words:
    """Who is called Miss or Sir is found by that."""
    letters = _as_letters(text or "")
    return words_of(letters) or words_of(letters, titled=True)


def _as_letters(text: str) -> str:
    return LEFT_OUT.sub("", text).translate(ONE_LETTER)


def _forms(given: Words, family: Words) -> Iterator[str]:
    yield _form(family + given)
    yield _form(given + family)
    yield from (_form(family[at:] + given) for at in _starts(family))
    yield from (_form(given[at:] + family) for at in _starts(given))


def _starts(words: Words) -> list[int]:
    """Where else than at its beginning somebody may begin to look: at a mother's name, a second given name."""
    return [at for at, word in enumerate(words) if at and word not in LINKS and len(word) >= FEWEST]


def _form(words: Words) -> str:
    return "".join(words)[:LONGEST]
