"""The view of one change, with what has been decided so far laid over it."""

from dataclasses import dataclass, field

from chalicelib.canonical.facts import FactType
from chalicelib.consent.model import Gate
from chalicelib.guests.model import Head
from chalicelib.identity.model import Identifier
from chalicelib.profiles.model import Change
from chalicelib.profiles.state import FactMade, ProfileState, ProfileUpdate


@dataclass
class Draft:
    """Where a change is worked on: looks first at what was decided, then at what is kept."""

    change: Change
    state: ProfileState
    untied: bool = False
    """What is new of these people ties them to nobody: the guest that it would make is too large."""
    decided: ProfileUpdate = field(default_factory=ProfileUpdate)
    sums_of: set[str] = field(default_factory=set)
    """Leaves whose stays changed: their sums are due."""

    def head(self, leaf: str) -> Head:
        return self.decided.heads.get(leaf) or self.state.heads.get(leaf) or Head(leaf=leaf, members=(leaf,))

    def set_head(self, leaf: str, **update: object) -> None:
        self.decided.heads[leaf] = self.head(leaf).model_copy(update=update)

    def known(self, leaf: str) -> bool:
        return leaf in self.decided.heads or leaf in self.state.heads

    def identifier(self, digest: str) -> Identifier:
        return self.decided.identifiers.get(digest) or self.state.identifiers.get(digest) or Identifier(digest=digest)

    def gate(self, guest: str) -> Gate:
        return self.decided.gates.get(guest) or self.state.gates.get(guest) or Gate(guest=guest)

    def say(self, type_: FactType, subject: str, leaf: str) -> None:
        """Note a fact; its version is set when all revisions are known."""
        self.decided.facts.append(FactMade(type_, subject, 0, leaf))
