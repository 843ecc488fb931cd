"""Who may live together, by what is known of two people. Pure."""

from chalicelib.canonical.details import PostalAddress

MOST_TOGETHER = 8
"""People of one household."""


def is_one_home(one: PostalAddress | None, other: PostalAddress | None) -> bool:
    """Whether two addresses are of one door: the street, and the town by its name or its code. A town alone is none."""
    if one is None or other is None:
        return False
    towns = ((one.postal_code, other.postal_code), (one.city, other.city))
    return _is_same(one.street, other.street) and any(_is_same(*each) for each in towns)


def _is_same(one: str | None, other: str | None) -> bool:
    return bool(one and other) and _plain(one) == _plain(other)


def _plain(text: str | None) -> str:
    return "".join(sign for sign in (text or "").casefold() if sign.isalnum())
