"""What the guest, or staff, say of the guest through one of its records, beside what its source says."""

from collections.abc import Iterable
from typing import Literal, Self

from chalicelib.canonical.time import Instant
from chalicelib.guests.kept import Kept

Speaker = Literal["guest", "staff"]
Form = Literal["text", "number", "flag"]
"""What a value is that is kept as text."""
FIELDS = "fields."
"""How what is said of a field begins that an operator defined."""
PROVED = "proved."
"""How what is said of a field begins whose value the guest proved: it is the value's digest (`digest_of_value`)."""
MOST_STATEMENTS = 80
"""Through one record: all of it is one row."""


class Statement(Kept):
    """One word about one thing. Without values it says that there is nothing to know: what others say is taken back.

    `actor` is who wrote it down; "" where the guest did, behind a link that was sent to their mailbox.
    """

    about: str
    by: Speaker
    at: Instant
    values: tuple[str, ...] = ()
    actor: str = ""
    form: Form = "text"

    def saying(self, about: str, form: Form, values: tuple[str, ...]) -> Self:
        """Something else, by the same speaker at the same time."""
        return self.model_copy(update={"about": about, "form": form, "values": values})

    @property
    def is_own_hand(self) -> bool:
        """Whether the guest wrote it: then it is nobody's claim."""
        return self.by == "guest" and not self.actor

    @property
    def rank(self) -> tuple[Instant, tuple[str, ...], str]:
        """Of two by one speaker about one thing the higher holds."""
        return self.at, self.values, self.actor

    def is_like(self, other: "Statement") -> bool:
        """Whether it takes the other's place, or the other its: by one speaker about one thing."""
        return (self.about, self.by) == (other.about, other.by)

    def says_the_same_as(self, other: "Statement") -> bool:
        return (self.values, self.form, self.is_own_hand) == (other.values, other.form, other.is_own_hand)


def with_statements(kept: Iterable[Statement], said: Iterable[Statement]) -> tuple[Statement, ...]:
    """What is known when these are said, in whatever order and however often: of one speaker about one thing the newest
    word."""
    known = {(each.about, each.by): each for each in kept}
    for each in said:
        before = known.get((each.about, each.by))
        if before is None or each.rank > before.rank:
            known[each.about, each.by] = each
    return tuple(known[key] for key in sorted(known))
