"""What somebody who types an identifier can mean by it: each reading in its one spelling, the likeliest first."""

from collections.abc import Collection, Iterable
from typing import Literal

from chalicelib.identity.identifiers import normalise_email, normalise_member
from chalicelib.identity.phones import normalise_phone, number_told

Kind = Literal["email", "phone", "member"]


def readings(kind: Kind, typed: str, countries: Collection[str]) -> list[str]:
    """`countries` (ISO 3166-1 alpha-2) are those whose local telephone numbers are meant. Empty for nonsense."""
    match kind:
        case "email":
            found: Iterable[str | None] = map(normalise_email, _without_blanks(typed))
        case "phone":
            found = _numbers(typed, countries)
        case "member":
            found = [normalise_member(typed)]
    return list(dict.fromkeys(each for each in found if each))


def _without_blanks(typed: str) -> list[str]:
    """A blank within is a slip of the hand, or the plus of an address that was not escaped in a query."""
    inner = typed.strip()
    return ["".join(inner.split()), inner.replace(" ", "+")]


def _numbers(typed: str, countries: Collection[str]) -> list[str | None]:
    """A number that says its country is read as it stands; a plus that was not escaped in a query came as a blank."""
    international = normalise_phone(typed, None)
    if international is None and typed.startswith(" "):
        international = normalise_phone(f"+{typed.strip()}", None)
    found = [international] if international else [normalise_phone(typed, each) for each in sorted(countries)]
    return [number_told(each) if each else None for each in found]
