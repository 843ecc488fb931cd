"""Which language a browser asks for."""

from chalicelib.languages.catalogues import GUESTS, SOURCE, Domain, Language, nearest


def preferred(accept_language: str | None, domain: Domain = GUESTS) -> Language:
    """Of the languages that we have, the one that is wanted most; English where none is. Anything malformed counts
    for nothing."""
    wanted = [_wish(each, domain) for each in (accept_language or "").split(",")[:20]]
    ranked = sorted(wanted, key=lambda wish: -wish[0])
    return next((language for weight, language in ranked if weight > 0 and language), SOURCE)


def _wish(text: str, domain: Domain) -> tuple[float, Language | None]:
    tag, _, weight = text.partition(";")
    name, _, value = weight.strip().partition("=")
    try:
        return (float(value) if name.strip() == "q" else 1.0), nearest(tag, domain)
    except ValueError:
        return 0.0, None
