"""The gettext catalogues of what guests read. `make catalogues` keeps them in step with the code and the templates."""

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NewType

if TYPE_CHECKING:
    from gettext import NullTranslations

Language = NewType("Language", str)
"""The code of a language that has a catalogue, or is SOURCE. Part of a file's path: made here only."""

SOURCE = Language("en")
"""The language of the texts in code and templates, which needs no catalogue."""
LOCALES = Path(__file__).parent / "locales"
DOMAIN = "guests"
"""The name of the catalogues' files."""
RIGHT_TO_LEFT = frozenset(
    {
        "apc", "ar", "bal", "bgn", "ckb", "dv", "fa", "he", "ks", "lrc", "mzn", "nqo", "ps", "rhg", "sd", "sdh", "skr",
        "syr", "trw", "ug", "ur", "yi",
    }
)  # fmt: skip
"""As Unicode's locale data has it (a test compares), without loading that for one attribute."""


@cache
def languages() -> frozenset[Language]:
    return frozenset({SOURCE, *(Language(folder.name) for folder in LOCALES.iterdir())})


@cache
def catalogue(language: Language) -> "NullTranslations":
    import gettext

    if language == SOURCE:
        return gettext.NullTranslations()
    return gettext.translation(DOMAIN, LOCALES, [language])


def nearest(tag: str | None) -> Language | None:
    """German for `de-AT`; None for a tag of no language that we have, or of none at all."""
    language = Language(re.split("[-_]", (tag or "").strip())[0].lower())
    return language if language in languages() else None


def direction(language: Language) -> str:
    """What `dir` says in HTML."""
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"
