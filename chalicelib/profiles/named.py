"""Records whose names begin as somebody typed it, at the hotels where they are looked for."""

from collections.abc import Collection
from functools import partial
from typing import NamedTuple

from chalicelib.aws import keys, table
from chalicelib.aws.http import at_once
from chalicelib.aws.indexes import INDEXES, PROJECTED, Index
from chalicelib.canonical.ids import Leaf, PropertyId
from chalicelib.identity.forms import FEWEST, Asked

MOST = 100
"""Records that are found: one batch of reads."""
LOOKED_THROUGH = 1_000
"""Entries of an index that are looked through for those that have all of several words."""


class Hit(NamedTuple):
    """In the order in which hits are told: first what begins as a whole with what was typed."""

    is_apart: bool
    form: str
    leaf: Leaf


class Found(NamedTuple):
    leaves: list[Leaf]
    is_cut: bool
    """Whether more may be called so."""


def by_name(asked: Asked, hotels: Collection[PropertyId]) -> Found:
    """Two queries a hotel, four where several words were typed; an index follows its table within moments."""
    beginnings = {asked.beginning: MOST} | ({asked.anchor: LOOKED_THROUGH} if asked.anchor else {})
    answers = at_once([
        partial(_hits, asked, index, hotel, beginning, most)
        for hotel in sorted(hotels)
        for index in INDEXES
        for beginning, most in beginnings.items()
    ])  # fmt: skip
    leaves = list(dict.fromkeys(hit.leaf for hit in sorted(hit for hits, _ in answers for hit in hits)))
    return Found(leaves[:MOST], any(is_cut for _, is_cut in answers) or len(leaves) > MOST)


def _hits(asked: Asked, index: Index, hotel: PropertyId, beginning: str, most: int) -> tuple[list[Hit], bool]:
    """Those of one index, and whether there may be more."""
    entries = list(table.query_index(index, keys.names(hotel, beginning[:FEWEST]), beginning, limit=most))
    hits: list[Hit] = []
    for entry in entries:
        form, _, leaf = entry[index.sk].partition("#")
        is_apart = not form.startswith(asked.beginning)
        if not is_apart or asked.fits_words(tuple(entry[PROJECTED].split())):
            hits.append(Hit(is_apart, form, Leaf(leaf)))
    return hits, len(entries) == most
