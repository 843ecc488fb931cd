"""Profiles without a person: those that never had one, and those whose source took the person out. Pure."""

import re

from chalicelib.identity.names import is_pseudo, name_of
from chalicelib.identity.scripts import plain

TAKEN_OUT = frozenset(
    {
        "anonymized", "anonymised", "anonymisiert", "anonymisierter", "anonymisierte", "anonymise", "anonymisee",
        "anonimizado", "anonimizada", "anonimizzato", "anonimizzata", "geanonimiseerd", "anonymiseret",
        "anonymiserad", "redacted", "erased", "deleted", "removed", "obfuscated", "pseudonymized", "pseudonymised",
        "geloescht", "geloscht", "supprime", "eliminado", "gdpr", "dsgvo", "rgpd", "ccpa",
    }
)  # fmt: skip
"""What a source writes where a name was."""
BESIDE = frozenset(
    {
        "guest", "customer", "client", "user", "profile", "person", "contact", "member", "name", "first", "last",
        "given", "family", "firstname", "lastname", "surname", "gast", "kunde", "data", "by", "per", "on",
        "due", "to", "for", "request", "privacy", "reasons", "law", "art", "article",
    }
)  # fmt: skip
"""What may stand beside it."""
MASKED = re.compile(r"[*#•_x-]{3,}", re.IGNORECASE)
WORDS = re.compile("[a-z]+")


def is_anonymised(given: str | None, family: str | None) -> bool:
    """Whether a name says that there was one: `Anonymized Anonymized`, `Deleted Guest`, `***`."""
    texts = [text.strip() for text in (given, family) if text and text.strip()]
    words = {word for text in texts for word in WORDS.findall(plain(text))}
    if texts and all(MASKED.fullmatch(text) for text in texts):
        return True
    return not words.isdisjoint(TAKEN_OUT) and words <= TAKEN_OUT | BESIDE


def is_nobody(given: str | None, family: str | None) -> bool:
    """Whether it is no person's name: a walk-in, a paymaster."""
    return is_pseudo(name_of(given, family))
