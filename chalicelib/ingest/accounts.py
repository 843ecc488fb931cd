"""Companies and agencies that a batch tells of: they are listed when its reservations are stored, and before its
messages are done with. What was lost in between is told again with them."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from chalicelib.accounts import listing, store
from chalicelib.accounts.model import Named
from chalicelib.accounts.said import Said, said_by
from chalicelib.canonical.batch import Failures
from chalicelib.canonical.errors import TryAgain
from chalicelib.canonical.ids import ConnectionId
from chalicelib.canonical.snapshots import GuestSnapshot, ReservationSnapshot
from chalicelib.ingest.changes import Snapshot
from chalicelib.profiles.model import Change


@dataclass
class Accounts:
    """What of a batch is about accounts, with the messages that it came from."""

    said: list[tuple[Said, AbstractSet[str]]] = field(default_factory=list)
    by_stay: list[tuple[Named, AbstractSet[str]]] = field(default_factory=list)

    def told(self, snapshot: Snapshot, source: ConnectionId, messages: AbstractSet[str]) -> None:
        """Profiles that are no person's."""
        for each in _profiles(snapshot):
            if said := said_by(each, source):
                self.said.append((said, messages))

    def named(self, changes: Sequence[Change], sources: Sequence[AbstractSet[str]]) -> None:
        for change, messages in zip(changes, sources, strict=True):
            if change.stay and not change.charge:
                self.by_stay += [(named, messages) for named in listing.named_by(change.stay)]

    def noted(self, failures: Failures) -> Failures:
        """Remember all that came with messages that did not fail; where that fails, they do."""
        named = [each for each, messages in self.by_stay if failures.keys().isdisjoint(messages)]
        said = [each for each, messages in self.said if failures.keys().isdisjoint(messages)]
        try:
            store.note(named, said)
        except TryAgain as error:
            told = [messages for _, messages in (*self.by_stay, *self.said)]
            return {each: error for messages in told for each in messages if each not in failures}
        return {}


def _profiles(snapshot: Snapshot) -> Sequence[GuestSnapshot]:
    match snapshot:
        case GuestSnapshot():
            return [snapshot]
        case ReservationSnapshot():
            return [each.guest for each in snapshot.occupants]
        case _:
            return []
