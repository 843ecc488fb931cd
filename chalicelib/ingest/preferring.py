"""What a guest prefers, as the guest or staff say it: checked, and kept with the record through which it is said."""

from collections.abc import Iterable, Sequence

from chalicelib.canonical.choices import known
from chalicelib.canonical.errors import FieldError, Invalid, NotFound
from chalicelib.canonical.ids import Leaf
from chalicelib.canonical.preferences import ELSEWHERE, OFFERED, Kind, most_of
from chalicelib.canonical.time import Instant
from chalicelib.guests.statements import Speaker, Statement
from chalicelib.profiles import actions as profiles
from chalicelib.profiles.said import Sayings


def prefer(
    leaf: Leaf,
    kind: Kind,
    values: Sequence[str],
    by: Speaker,
    at: Instant,
    actor: str = "",
    beside: tuple[Statement, ...] = (),
) -> None:
    """Keep it; without values it is taken back, whoever said it. What says nothing new writes nothing. `actor` is who
    wrote it down, "" the guest; `beside` is what is said in the same breath. Raises NotFound, Conflict, TryAgain, and
    Invalid for words that the kind has not."""
    said = Statement(about=kind, by=by, at=at, values=checked(kind, values), actor=actor)
    profiles.store_sayings(Sayings(leaf, (said, *beside), at))


def tell_again(leaf: Leaf, at: Instant) -> None:
    """What was said last through a record is announced again: whoever died behind saying it did not. Raises NotFound,
    Conflict, TryAgain."""
    profiles.store_sayings(Sayings(leaf, (), at))


def kind_named(name: str) -> Kind:
    """Raises Invalid, which says where what is no preference is to be kept."""
    for kind in OFFERED:
        if kind == name:
            return kind
    raise Invalid(FieldError("preference", f"is no preference; there is {known(OFFERED, name)}; {ELSEWHERE}"))


def kind_there(name: str) -> Kind:
    """Of a page's address. Raises NotFound."""
    if name not in OFFERED:
        raise NotFound("There is no such preference.")
    return kind_named(name)


def checked(kind: Kind, values: Iterable[str]) -> tuple[str, ...]:
    """In the order in which they are offered, each once. Raises Invalid."""
    wanted = list(values)
    if wrong := [each for each in wanted if each not in OFFERED[kind]]:
        raise Invalid(
            FieldError("values", f"is no word for {kind}; there is {known(OFFERED[kind], wrong[0])}; {ELSEWHERE}")
        )
    found = tuple(each for each in OFFERED[kind] if each in wanted)
    if len(found) > most_of(kind):
        raise Invalid(FieldError("values", f"has more than {most_of(kind)} of {kind}"))
    return found
