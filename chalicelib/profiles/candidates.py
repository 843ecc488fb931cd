"""Pairs of records that wait for a person's answer: rather one person's than two, and not joined. Pure.

Whether a pair waits follows from what its two records say, from who belongs together, and from what was decided: it is
asked anew of each record that a change reaches. A row is a hint all the same, and is looked at before it is shown.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from chalicelib.canonical.ids import Digest, GuestId, Leaf, digest_in
from chalicelib.guests.carried import sketch
from chalicelib.guests.model import Head
from chalicelib.identity.carriers import somebodys, tells
from chalicelib.identity.model import Block, Identifier, Pair, Verdict, hotel_in, pair_of
from chalicelib.identity.sketches import Sketch
from chalicelib.identity.weights import Weighed, weigh
from chalicelib.profiles.draft import Draft
from chalicelib.profiles.state import Decisions


@dataclass(frozen=True)
class _View:
    """What is known before a change, or after it."""

    head: Callable[[Leaf], Head | None]
    block: Callable[[Digest], Block | None]
    identifier: Callable[[Digest], Identifier | None]
    decisions: Callable[[Leaf], Decisions]


def note(draft: Draft) -> None:
    """The pairs that wait from now on, and those that wait no more."""
    state = draft.state
    before = _View(state.heads.get, state.blocks.get, state.identifiers.get, lambda leaf: state.decisions.get(leaf, {}))
    after = _View(draft.head, draft.block, draft.identifier, draft.decisions)
    for leaf in sorted({*state.heads, *draft.decided.heads}):
        was, is_ = _waiting(before, leaf), _waiting(after, leaf)
        draft.decided.candidates.update(dict.fromkeys(was.keys() - is_.keys()))
        draft.decided.candidates.update({pair: bits for pair, bits in is_.items() if was.get(pair) != bits})


def _waiting(view: _View, leaf: Leaf) -> dict[Pair, float]:
    head = view.head(leaf)
    if head is None or head.record is None or head.record.nobody:
        return {}
    found: dict[Pair, float] = {}
    for other, weighed in _beside(view, head, sketch(head.record)):
        if weighed.may_be_one and not _is_settled(view, head, other):
            pair = pair_of(leaf, other)
            found[pair] = max(found.get(pair, 0), weighed.bits)
    return found


def _beside(view: _View, head: Head, own: Sketch) -> Iterator[tuple[Leaf, Weighed]]:
    """Whom the record is compared with: those of its blocks, and who has an address or a number in common with it."""
    blocks = (block for digest in head.blocks if (block := view.block(digest)))
    for other, compared in ((other, each) for block in blocks for other, each in block.sketches.items()):
        if other != head.leaf:
            yield other, weigh(own, compared)
    for key in filter(tells, head.identifiers):
        row = view.identifier(digest_in(key))
        for other, called in _own_carriers(row, head) if row else ():
            yield other, weigh(own, Sketch(*called)).with_common(key.partition(":")[0])


def _own_carriers(row: Identifier, head: Head) -> Iterable[tuple[Leaf, tuple[str | None, str | None]]]:
    """Of an identifier that is somebody's own, by the word of the same hotel or of the group."""
    hotel = head.record.hotel if head.record else None
    for other, called in somebodys(row).items():
        if other != head.leaf and called and hotel_in(called) == hotel:
            yield other, called[:2]


def _is_settled(view: _View, head: Head, other: Leaf) -> bool:
    """Whether they are one guest already, or somebody keeps them apart."""
    decision = view.decisions(head.leaf).get(other)
    return other in _members(view, head.guest) or (decision is not None and decision.verdict is Verdict.APART)


def _members(view: _View, guest: GuestId) -> Iterable[Leaf]:
    head = view.head(Leaf(guest))
    return (*head.members, Leaf(guest)) if head else ()
