"""One audit: read all guests, compare them, propose whom a person should look at, and keep what was found.

It may be broken off and begun again at any moment: what it wrote by then is by the pair, and by when it began.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice

from chalicelib.canonical.ids import Leaf
from chalicelib.canonical.time import Instant, instant, now
from chalicelib.entrypoints.api import identity_audits, merge_proposals
from chalicelib.entrypoints.api.calls import Ask
from chalicelib.entrypoints.api.merge_proposals import MOST_PAIRS, MergeProposalsAsked
from chalicelib.identity.audits import MOST_SOURCES, IdentityAudit, Proposals
from chalicelib.settings import actions, store
from chalicelib.settings.matching import Weights
from chalicelib.settings.model import HubSettings
from infra.access_keys import OPERATOR
from infra.errors import Refused
from infra.identity import estimates, splinking
from infra.identity.columns import row
from infra.identity.quality import Counts
from infra.identity.reading import read_all
from infra.identity.splinking import Compared

Tell = Callable[[str, int, int], None]
"""What is under way, how much of it is done, and of how much."""
READING, COMPARING, PROPOSING = "reading", "comparing", "proposing"
SHARDS = 256


@dataclass
class Looked:
    """All guests, as they were read and compared."""

    began_at: Instant
    counts: Counts
    compared: Compared

    @property
    def weights(self) -> Weights:
        return estimates.weights_of(self.compared.model, self.compared.matches)

    def report(self, proposals: Proposals) -> IdentityAudit:
        found, weights = self.compared, self.weights
        return IdentityAudit(
            began_at=self.began_at,
            guests=self.counts.guests,
            records=self.counts.records,
            pairs=found.pairs,
            full_blocks=found.full_blocks,
            passed_over=found.passed_over,
            proposals=proposals,
            sources=self.counts.told(MOST_SOURCES),
            weights={field: dict(levels) for field, levels in weights.items()},
            even_at=estimates.even_at(found.model) if weights else None,
        )


@contextmanager
def look(tell: Tell) -> Iterator[Looked]:
    """Read and compare all guests of the stage that is used."""
    began_at, counts = instant(now()), Counts()
    laid = read_all(store.get().guests, counts, lambda parts: tell(READING, parts, SHARDS))
    steps = iter(range(1, 4))
    with splinking.compared(map(row, laid), lambda _: tell(COMPARING, next(steps), 3)) as found:
        yield Looked(began_at, counts, found)


def propose(found: Compared, most: int, tell: Tell) -> Proposals:
    """Bring the likeliest pairs to the hub, which compares each once more, by its own rules and what is set."""
    pairs, became = ([each.one, each.other] for each in found.likeliest(most)), Counter[str]()
    brought, done = min(most, found.of_two), 0
    for some in _portions(pairs):
        answer = merge_proposals.propose(_ask(), MergeProposalsAsked(pairs=some))
        became.update(each.outcome for each in answer.items)
        done += len(some)
        tell(PROPOSING, done, brought)
    return Proposals(**became)


def _portions(pairs: Iterable[list[Leaf]]) -> Iterator[list[list[str]]]:
    rest = iter(pairs)
    while some := [list[str](each) for each in islice(rest, MOST_PAIRS)]:
        yield some


def keep(report: IdentityAudit) -> None:
    identity_audits.report(_ask(), report)


def weighed_by(weights: Weights) -> HubSettings:
    """The settings with these weights in them. Raises Refused where there are none."""
    if not weights:
        raise Refused(
            f"fewer than {estimates.FEWEST_MATCHES} pairs are surely one person's: nothing is learned from them"
        )
    return store.get().weighing(weights)


def apply(settings: HubSettings) -> None:
    """Set it, unless somebody else changed the settings meanwhile. Raises Conflict."""
    actions.save(settings, _ask().hand)


def _ask() -> Ask:
    return Ask(OPERATOR, "", instant(now()))
