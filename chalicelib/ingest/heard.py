"""What a worker heard of connections: noted in memory, and told of once a minute. A notice never waits for it."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from chalicelib.canonical.batch import Ended, Failures
from chalicelib.canonical.errors import Rejected, TryAgain
from chalicelib.canonical.ids import ConnectionId
from chalicelib.canonical.time import Instant
from chalicelib.connections.health import Outcome, Told
from chalicelib.connections.model import is_api
from chalicelib.connections.noted import noted
from chalicelib.connectors.contract import Translated
from chalicelib.ingest.envelopes import Notice
from chalicelib.profiles.model import Change

LONGEST_REASON = 64


@dataclass
class Heard:
    """Of one batch, by message: what it was about, whether something of it was news, and what was passed over."""

    about: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    news: set[str] = field(default_factory=set)
    ignored: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def translated(self, messages: Iterable[str], connection: ConnectionId, told: Translated) -> None:
        """Where a vendor was asked for several at once, the first of them stands for what was passed over."""
        if told.ignored:
            words = Counter(told.ignored) + Counter(noted().known(connection, told.unknown_words))
            self.ignored[next(iter(messages))].update(words)

    def stored(self, changes: Sequence[Change], sources: Sequence[set[str]], news: set[int]) -> None:
        for at, change in enumerate(changes):
            for message in sources[at]:
                self.about[message].add(_about(change))
            if at in news:
                self.news |= sources[at]

    def note(self, notices: Mapping[str, Notice], failures: Failures) -> None:
        """Those that are done; what failed is noted when it is known whether it comes back."""
        for message, notice in notices.items():
            if message not in failures and not is_api(notice.connection):
                noted().note(notice.connection, self._told(message, notice))

    def _told(self, message: str, notice: Notice) -> Told:
        about = tuple(sorted(self.about[message])) if message in self.about else ()
        ignored = dict(self.ignored.get(message, ()))
        return Told(notice.received_at, self._outcome(message), about, ignored=ignored)

    def _outcome(self, message: str) -> Outcome:
        if message in self.news:
            return Outcome.STORED
        return Outcome.NOTHING_NEW if message in self.about else Outcome.IGNORED


def _about(change: Change) -> str:
    if change.charge:
        return "charge"
    return "reservation" if change.stay else "guest"


def note_failures(failed: Sequence[Ended], seconds_left: Callable[[], float]) -> None:
    """Note what failed of a batch, and tell of what is noted where a minute has passed."""
    for each in failed:
        connection, at = each.message.body.get("connection"), each.message.body.get("received_at")
        if isinstance(connection, str) and isinstance(at, str) and not is_api(ConnectionId(connection)):
            outcome = Outcome.SET_ASIDE if each.is_set_aside else Outcome.AGAIN
            noted().note(ConnectionId(connection), Told(Instant(at), outcome, reason=_reason(each.error)))
    noted().tell(seconds_left)


def _reason(error: Exception) -> str:
    """A code, or the hub's own words; other errors by their kind, for their words may repeat what they were given."""
    match error:
        case Rejected():
            return error.reason[:LONGEST_REASON]
        case TryAgain():
            return str(error)[:LONGEST_REASON]
    return type(error).__name__[:LONGEST_REASON]
