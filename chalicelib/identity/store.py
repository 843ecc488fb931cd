"""How identifiers are kept, and what was decided about leaves."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest

from chalicelib.aws import keys, table
from chalicelib.aws.codec import Item, inflated, within_a_unit
from chalicelib.aws.indexes import INDEX_1
from chalicelib.aws.keys_of_audits import proposal
from chalicelib.canonical.ids import Digest, Leaf, PropertyId
from chalicelib.canonical.time import Instant
from chalicelib.identity.model import Block, Called, Decision, Identifier, Likeliest, Pair, Verdict, pair_of
from chalicelib.identity.sketches import Sketch
from chalicelib.identity.tombs import packed, unpacked

MOST_BITS = 999
"""More than any match score."""


def row_of(identifier: Identifier) -> Item:
    row = table.row(
        keys.identifier(identifier.digest),
        rev=identifier.rev,
        leaves=list(identifier.leaves) or None,
        names=json.dumps(identifier.names, ensure_ascii=False) if identifier.leaves else None,
        shared=identifier.shared or None,
        shared_for=list(identifier.shared_for) or None,
        suppressed=identifier.suppressed,
        lifted=identifier.lifted,
        objections=dict(identifier.objections) or None,
        sends=list(identifier.sends) or None,
        bounces=dict(identifier.bounces) or None,
        tombs=[packed(each) for each in identifier.tombs] or None,
        came_back=identifier.came_back,
    )
    return within_a_unit(row, "names")


def read(digest: Digest, item: Item) -> Identifier:
    leaves, names = item.get("leaves", ()), json.loads(inflated(item).get("names", "[]"))
    return Identifier(
        digest=digest,
        rev=item["rev"],
        leaves=tuple(leaves),
        names=tuple(_name_of_a_leaf(each) for _, each in zip_longest(leaves, names)),
        shared=item.get("shared", False),
        shared_for=tuple(item.get("shared_for", ())),
        suppressed=item.get("suppressed"),
        lifted=item.get("lifted"),
        objections=item.get("objections", {}),
        sends=tuple(item.get("sends", ())),
        bounces=item.get("bounces", {}),
        tombs=tuple(map(unpacked, item.get("tombs", ()))),
        came_back=item.get("came_back"),
    )


def _name_of_a_leaf(told: list[str | None] | None) -> Called | None:
    """Earlier versions kept none, or kept it without the hotel that alone says so."""
    if not told:
        return None
    hotel = told[2] if len(told) > 2 else None
    return (told[0], told[1], PropertyId(hotel)) if hotel else (told[0], told[1])


def identifier(digest: Digest) -> Identifier | None:
    item = table.get(keys.identifier(digest))
    return read(digest, item) if item else None


def unchanged(digest: Digest, known: Identifier | None) -> table.Check:
    """The row is as it was read; None where there was none."""
    return table.Check(keys.identifier(digest), table.unchanged_since(known.rev if known else None))


def identifiers(digests: Iterable[Digest]) -> list[Identifier]:
    """Those that somebody carries, or carried."""
    wanted = {keys.identifier(each): each for each in digests}
    return [read(wanted[key], item) for key, item in table.get_many(wanted).items()]


def block_row(block: Block) -> Item:
    """What each record lacks at the end of its sketch is left out."""
    told = {leaf: _bare(sketch) for leaf, sketch in block.sketches.items()}
    row = table.row(
        keys.block(block.digest),
        rev=block.rev,
        sketches=json.dumps(told, ensure_ascii=False) if told else None,
        is_full=block.is_full or None,
    )
    return within_a_unit(row, "sketches")


def _bare(sketch: Sketch) -> list[str | None]:
    said = list(sketch)
    while said and said[-1] is None:
        said.pop()
    return said


def read_block(digest: Digest, item: Item) -> Block:
    told = json.loads(inflated(item).get("sketches", "{}"))
    sketches = {Leaf(leaf): Sketch(*sketch) for leaf, sketch in told.items()}
    return Block(digest, item["rev"], sketches, item.get("is_full", False))


def candidate_row(leaf: Leaf, likeliest: Likeliest) -> Item:
    """The likeliest come first in the index."""
    position = position_of(leaf, *likeliest)
    return table.row(keys.candidate(leaf), **{INDEX_1.pk: keys.ALL_CANDIDATES, INDEX_1.sk: position})


def position_of(leaf: Leaf, other: Leaf, bits: float) -> str:
    return f"{MOST_BITS - round(bits, 1):05.1f}#{leaf}#{other}"


def candidates(after: str | None = None, *, at_once: int | None = None) -> Iterator[tuple[str, Pair]]:
    """Merge candidates with their positions, the likeliest first, each once; an index follows its table within moments.
    They are hints: what the two say by now, and whose they are, is to be looked at."""
    met = set[Pair]()
    for item in table.query_index(INDEX_1, keys.ALL_CANDIDATES, after=after, at_once=at_once):
        if (pair := _pair_at(item[INDEX_1.sk])) not in met:
            met.add(pair)
            yield item[INDEX_1.sk], pair


def listed_before(rows: Sequence[tuple[str, Pair]]) -> set[str]:
    """The positions of pairs that stand before them, too: of two who are each other's likeliest both rows say so, and a
    proposal may beside them. One batch read."""
    told = {pair: (*map(keys.candidate, pair), proposal(*pair)) for _, pair in rows}
    items = table.get_many({key for those in told.values() for key in those})
    places = {key: item[INDEX_1.sk] for key, item in items.items()}
    first = {
        pair: min((at for key in those if (at := places.get(key)) and _pair_at(at) == pair), default="~")
        for pair, those in told.items()
    }
    return {at for at, pair in rows if first[pair] < at}


def _pair_at(position: str) -> Pair:
    _, one, other = position.split("#")
    return pair_of(Leaf(one), Leaf(other))


def identifiers_and_blocks(
    digests: Iterable[Digest], blocks: Iterable[Digest]
) -> tuple[dict[Digest, Identifier], dict[Digest, Block]]:
    """Both in one batch."""
    carried, lain_in = {keys.identifier(each): each for each in digests}, {keys.block(each): each for each in blocks}
    found = table.get_many({*carried, *lain_in})
    return (
        {carried[key]: read(carried[key], item) for key, item in found.items() if key in carried},
        {lain_in[key]: read_block(lain_in[key], item) for key, item in found.items() if key in lain_in},
    )


def decisions(leaf: Leaf) -> dict[Leaf, Decision]:
    item = table.get(keys.decisions(leaf))
    return read_decisions(leaf, item) if item else {}


def decisions_about(leaves: Iterable[Leaf]) -> dict[Leaf, dict[Leaf, Decision]]:
    """By leaf what was decided about it, by the other leaf; one batch read."""
    wanted = {keys.decisions(leaf): leaf for leaf in leaves}
    return {wanted[key]: read_decisions(wanted[key], item) for key, item in table.get_many(wanted).items()}


def decisions_row(leaf: Leaf, decisions: Mapping[Leaf, Decision]) -> Item:
    """All that was decided about a leaf, by the other leaf."""
    told = {other: _told(each) for other, each in decisions.items()}
    return table.row(keys.decisions(leaf), decisions=json.dumps(told, ensure_ascii=False, sort_keys=True))


def _told(decision: Decision) -> dict[str, str]:
    """Fields have names, so that one more never makes a kept row unreadable."""
    return {
        "verdict": decision.verdict,
        "decided_at": decision.decided_at,
        "actor": decision.actor,
        "reason": decision.reason,
    }


def read_decisions(leaf: Leaf, item: Item) -> dict[Leaf, Decision]:
    told = {Leaf(other): each for other, each in json.loads(item["decisions"]).items()}
    return {other: _decision(pair_of(leaf, other), each) for other, each in told.items()}


def _decision(leaves: Pair, told: Mapping[str, str]) -> Decision:
    return Decision(leaves, Verdict(told["verdict"]), Instant(told["decided_at"]), told["actor"], told["reason"])
