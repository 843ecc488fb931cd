"""How well the guests of the demo's season are matched, by the hub and by Splink: whose record is whose, is known.

The season is played through the whole hub in this process; then each record is one that the hub keeps. Ours are scored
as the review queue scores them, Splink's by the audit's own settings, both with names, birthday, address, telephone
and e-mail address, each at the threshold that suits it best. What is joined without being asked is what the hub's
guests are in the end. Some records cannot be told apart by anybody (father and son of one name at one mailbox), which
the simulator says.
"""

import sys
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from benchmarks import played
from benchmarks.figures import OF_MEASURED, Figure
from benchmarks.judged import Pair, Scored, best, pair, quality
from benchmarks.played import MEWS
from chalicelib.canonical.ids import Digest, GuestId, Leaf, digest_in, leaf_of_profile
from chalicelib.guests import store as guests
from chalicelib.guests.model import Head
from chalicelib.identity import store as identity
from chalicelib.identity.likeness import compared, in_common, sketched_by, telling
from chalicelib.identity.model import Identifier
from chalicelib.settings.guest_rules import SHIPPED
from infra.identity import splinking
from infra.identity.columns import row
from infra.identity.quality import Counts
from infra.identity.reading import read_all
from infra.simulator.records import Record

RESERVATIONS = 3_000
BESIDE = (("given", "family"), ("phone",))
"""Splink is given these pairs, too, as its documentation would: all of one name, which the hub never compares."""


@dataclass(frozen=True)
class Season:
    """The records that the hub has of somebody: whose each is, and which nobody could tell from which."""

    heads: Mapping[Leaf, Head]
    records: Mapping[Leaf, Record]

    @property
    def links(self) -> frozenset[Pair]:
        return _together((leaf, each.person) for leaf, each in self.records.items())

    @property
    def alike(self) -> frozenset[Pair]:
        """Pairs that all rules must take for one person's, or that are."""
        return self.links | _together((leaf, each.known) for leaf, each in self.records.items())

    @property
    def joined(self) -> frozenset[Pair]:
        return _together((leaf, str(head.guest)) for leaf, head in self.heads.items())


def figures() -> Iterator[Figure]:
    season, unit = _season(RESERVATIONS), "F1 at the best threshold"
    splinks, own = _splinks(), best(_ours(season), season.links)
    theirs, weighed = best(splinks, season.links), best(_weighed(season, splinks), season.links)
    sure, wrong = quality(season.joined, season.links), len(season.joined - season.alike)
    name = f"matching the season of {RESERVATIONS:,} bookings"
    yield Figure(f"{name}, beside Splink's", unit, own.f1, theirs.f1)
    yield Figure(f"{name}: what Splink finds beyond that", unit, theirs.f1 - own.f1, None, 0.01, OF_MEASURED)
    yield Figure(
        f"{name}: the hub's weights of the pairs that Splink compares, beside Splink's", unit, weighed.f1, theirs.f1
    )
    share = wrong / len(season.joined)
    yield Figure(f"{name}: of what is joined without being asked", "wrong share", share, None, 0.005, OF_MEASURED)
    untold = 1 - sure.precision - share
    yield Figure(f"{name}: the same, of two whom nothing tells apart", "share", untold)
    yield Figure(f"{name}: joined without being asked", "share of the right pairs", sure.recall)
    print(f"ours {own}, Splink's {theirs}, the hub's weights of Splink's pairs {weighed}", file=sys.stderr)


def _season(reservations: int) -> Season:
    """Without pseudo profiles, and without whom the PMS forgot."""
    cast = played.play(reservations, "named", 10).vendor.simulator.cast
    told = {leaf_of_profile(MEWS, each.id): each for each in cast.records if not (each.is_pseudo or each.forgotten)}
    heads = guests.with_records(guests.heads(told))
    known = {leaf: head for leaf, head in heads.items() if head.record and not head.record.nobody}
    return Season(known, {leaf: told[leaf] for leaf in known})


def _together(named: Iterable[tuple[Leaf, str]]) -> frozenset[Pair]:
    parties: dict[str, list[Leaf]] = defaultdict(list)
    for leaf, name in named:
        parties[name].append(leaf)
    return frozenset(pair(*each) for those in parties.values() for each in combinations(those, 2))


def _ours(season: Season) -> Scored:
    """Every pair that has a block, or an identifier that tells, in common."""
    lie: dict[str, list[Leaf]] = defaultdict(list)
    for leaf, head in season.heads.items():
        for at in (*head.blocks, *telling(head, SHIPPED)):
            lie[at].append(leaf)
    return _scored(season, {pair(*each) for those in lie.values() for each in combinations(those, 2)})


def _weighed(season: Season, splinks: Scored) -> Scored:
    return _scored(season, {each for _, each in splinks if season.heads.keys() >= {*each}})


def _scored(season: Season, pairs: Collection[Pair]) -> Scored:
    digests = {digest_in(key) for head in season.heads.values() for key in head.identifiers}
    rows = {each.digest: each for each in identity.identifiers(digests)}
    return [(_bits(season.heads[Leaf(one)], season.heads[Leaf(other)], rows), (one, other)) for one, other in pairs]


def _bits(one: Head, other: Head, rows: Mapping[Digest, Identifier]) -> float:
    first, second = (sketched_by(each, rows.get, SHIPPED) for each in (one, other))
    return compared(first, second, SHIPPED, in_common(one, other, rows, SHIPPED)).bits


def _splinks() -> Scored:
    laid = (each._replace(guest=GuestId(each.leaf)) for each in read_all(SHIPPED, Counts(), lambda _: None))
    with splinking.compared(map(row, laid), lambda _: None, BESIDE) as found:
        return [(each.bits, pair(each.one, each.other)) for each in found.likeliest(10**9)]
