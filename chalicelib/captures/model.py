"""What a guest says who gives an address, through whom, and the code by which they do it on their own phone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, NamedTuple

from chalicelib.canonical.ids import ActorId, CaptureId, Leaf, PropertyId, Scope
from chalicelib.canonical.time import Instant
from chalicelib.consent.model import Basis, Purpose

LASTS = timedelta(minutes=30)
"""How long a code can be used."""
MOST_SAID = 200
"""Characters of what was said."""

Place = Literal["desk", "phone"]
BASES: Mapping[Place, Basis] = {"desk": "staff", "phone": "guest"}
"""Whose act it is: at the desk staff write down what the guest says."""
Unreached = Literal["no_address", "complaint", "erased", "bounce", "soft_bounces", "office"]
"""Why no newsletter reaches a guest: there is no address of their own, its reader reported mail as unwanted, they were
erased and agreed to nothing since, mail came back (for good, or for the time being), or an office reads it."""
Outcome = Literal["granted", "to_confirm", "address_only"]
"""What became of it: it holds, it is to be confirmed by the link of a mail, or nothing was agreed to."""


class Sentence(NamedTuple):
    """The words by which a guest agrees, and in which language; and the text of the consent settings that they are,
    None for the hub's own."""

    words: str
    language: str
    text: str | None = None


@dataclass(frozen=True)
class Said:
    """What the guest says: an address, what they agree to and in which words, and of which topics alone they want mail
    (none: of all). `how` is what was said at the desk."""

    email: str
    language: str
    agreed: Mapping[Purpose, Sentence]
    topics: frozenset[str] = frozenset()
    how: str = ""
    place: Place = "desk"

    @property
    def basis(self) -> Basis:
        return BASES[self.place]

    def proof(self, purpose: Purpose, named: Mapping[str, str]) -> dict[str, str]:
        """What the receipt holds: of a text of the consent settings its name, which stands for its words for good."""
        sentence = self.agreed[purpose]
        words = {"text": sentence.text} if sentence.text else {"words": sentence.words}
        how = {"how": self.how} if self.how else {}
        return {**named, "source": self.place, **words, "language": sentence.language, **how}


@dataclass(frozen=True)
class Kept:
    """`until` is the last instant at which it can be confirmed."""

    outcome: Outcome
    leaf: Leaf
    until: Instant | None = None


@dataclass(frozen=True)
class Code:
    """What a guest is shown at the desk to scan: for one use, for one guest, by somebody at one hotel. `leaf` is the
    record through which its guest is meant, `scopes` are the hotels of who shows it.

    `taken` is a digest of what was sent by it first, at `taken_at`: the same may be sent again, for as long as it is
    not known to have been done. What is kept here tells neither who the guest is nor which address they gave.
    """

    id: CaptureId
    leaf: Leaf
    hotel: PropertyId
    actor: ActorId
    role: str
    is_person: bool
    scopes: tuple[Scope, ...]
    until: Instant
    taken: str = ""
    taken_at: Instant | None = None
    outcome: Outcome | None = None
