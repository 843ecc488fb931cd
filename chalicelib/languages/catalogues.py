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
Domain = NewType("Domain", str)
"""For whom texts are, and the name of their catalogues' files: few read both, and no page loads the other's."""
GUESTS, CONSOLE = Domain("guests"), Domain("console")
RIGHT_TO_LEFT = frozenset(
    {
        "apc", "ar", "bal", "bgn", "ckb", "dv", "fa", "he", "ks", "lrc", "mzn", "nqo", "ps", "rhg", "sd", "sdh", "skr",
        "syr", "trw", "ug", "ur", "yi",
    }
)  # fmt: skip
"""As Unicode's locale data has it (a test compares), without loading that for one attribute."""


@cache
def languages(domain: Domain = GUESTS) -> frozenset[Language]:
    found = LOCALES.glob(f"*/LC_MESSAGES/{domain}.mo")
    return frozenset({SOURCE, *(Language(file.parent.parent.name) for file in found)})


@cache
def catalogue(language: Language, domain: Domain = GUESTS) -> "NullTranslations":
    import gettext

    if language == SOURCE:
        return gettext.NullTranslations()
    return gettext.translation(domain, LOCALES, [language])


def nearest(tag: str | None, domain: Domain = GUESTS) -> Language | None:
    """German for `de-AT`; None for a tag of no language that we have, or of none at all."""
    language = Language(re.split("[-_]", (tag or "").strip())[0].lower())
    return language if language in languages(domain) else None


def direction(language: Language) -> str:
    """What `dir` says in HTML."""
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"
