"""How good pairs are that somebody holds for one person's, where it is known which are."""

import math
from collections.abc import Iterable
from typing import NamedTuple

Pair = tuple[str, str]
"""The smaller first."""
Scored = list[tuple[float, Pair]]


class Quality(NamedTuple):
    """Of the pairs from a threshold on: how many are right, and how many of the right ones are among them."""

    f1: float
    precision: float
    recall: float


def pair(one: str, other: str) -> Pair:
    return (one, other) if one < other else (other, one)


def best(scored: Scored, links: frozenset[Pair]) -> Quality:
    """At the threshold with the highest F1; pairs of one score are taken together."""
    found, right, best = 0, 0, Quality(0, 0, 0)
    ordered = sorted(scored, reverse=True)
    for at, (bits, pair) in enumerate(ordered):
        found, right = found + 1, right + (pair in links)
        if at + 1 == len(ordered) or not math.isclose(ordered[at + 1][0], bits):
            best = max(best, _judged(found, right, len(links)))
    return best


def quality(pairs: Iterable[Pair], links: frozenset[Pair]) -> Quality:
    taken = list(pairs)
    return _judged(len(taken), sum(pair in links for pair in taken), len(links))


def _judged(found: int, right: int, links: int) -> Quality:
    precision, recall = right / found if found else 1.0, right / links
    return Quality(2 * precision * recall / (precision + recall) if right else 0.0, precision, recall)
