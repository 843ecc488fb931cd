"""The view of one change, with what has been decided so far laid over it."""

from dataclasses import dataclass, field

from chalicelib.canonical.facts import FactType
from chalicelib.consent.model import Gate
from chalicelib.guests.model import Head
from chalicelib.identity.model import Identifier
from chalicelib.ingest.changes import Change
from chalicelib.ingest.view import FactMade, Outcome, View


@dataclass
class Desk:
    """Where a change is worked on: looks first at what was decided, then at what is kept."""

    change: Change
    view: View
    untied: bool = False
    """What is new of these people ties them to nobody: the guest that it would make is too large."""
    outcome: Outcome = field(default_factory=Outcome)
    sums_of: set[str] = field(default_factory=set)
    """Leaves whose stays changed: their sums are due."""

    def head(self, leaf: str) -> Head:
        return self.outcome.heads.get(leaf) or self.view.heads.get(leaf) or Head(leaf=leaf, members=(leaf,))

    def set_head(self, leaf: str, **update: object) -> None:
        self.outcome.heads[leaf] = self.head(leaf).model_copy(update=update)

    def known(self, leaf: str) -> bool:
        return leaf in self.outcome.heads or leaf in self.view.heads

    def identifier(self, digest: str) -> Identifier:
        return self.outcome.identifiers.get(digest) or self.view.identifiers.get(digest) or Identifier(digest=digest)

    def gate(self, guest: str) -> Gate:
        return self.outcome.gates.get(guest) or self.view.gates.get(guest) or Gate(guest=guest)

    def say(self, type_: FactType, subject: str, leaf: str, *, member: bool = False) -> None:
        """Note a fact; its version is set when all revisions are known."""
        self.outcome.facts.append(FactMade(type_, subject, 0, leaf, member))
