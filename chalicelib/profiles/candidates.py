"""Records that wait for a person's answer: rather one person's than two, and not joined. Pure.

Of each record the likeliest other is noted, as far as its change tells: when that is answered, the next one is. A row
is a hint, and is looked at before it is shown: the other may say something else by then.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from chalicelib.canonical.ids import Digest, GuestId, Leaf, digest_in
from chalicelib.guests.model import Head
from chalicelib.identity.carriers import somebodys
from chalicelib.identity.likeness import compared, kind_of, sketched_by, telling
from chalicelib.identity.model import Block, Identifier, Likeliest, Verdict, hotel_in
from chalicelib.identity.sketches import Sketch
from chalicelib.identity.weights import Weighed
from chalicelib.profiles.draft import Draft
from chalicelib.profiles.state import Decisions
from chalicelib.settings.guest_rules import GuestRules


@dataclass(frozen=True)
class _View:
    """What is known before a change, or after it."""

    head: Callable[[Leaf], Head | None]
    block: Callable[[Digest], Block | None]
    identifier: Callable[[Digest], Identifier | None]
    decisions: Callable[[Leaf], Decisions]
    rules: GuestRules


def note(draft: Draft) -> None:
    """Who waits from now on, and who waits no more; first of whom something is said."""
    state, rules = draft.state, draft.state.guest_rules
    before = _View(
        state.heads.get, state.blocks.get, state.identifiers.get, lambda leaf: state.decisions.get(leaf, {}), rules
    )
    after = _View(draft.head, draft.block, draft.identifier, draft.decisions, rules)
    for leaf in {**draft.decided.heads, **state.heads}:
        likeliest = _likeliest(after, leaf)
        if likeliest != _likeliest(before, leaf):
            draft.decided.candidates[leaf] = likeliest


def _likeliest(view: _View, leaf: Leaf) -> Likeliest | None:
    head = view.head(leaf)
    if head is None or head.record is None or head.record.nobody:
        return None
    waiting = [
        Likeliest(other, weighed.bits)
        for other, weighed in _beside(view, head, sketched_by(head, view.identifier, view.rules))
        if weighed.may_be_one and not _is_settled(view, head, other)
    ]
    return min(waiting, key=lambda each: (-each.bits, each.other), default=None)


def _beside(view: _View, head: Head, own: Sketch) -> Iterator[tuple[Leaf, Weighed]]:
    """Whom the record is compared with: those of its blocks, and who has an address or a number in common with it."""
    blocks = (block for digest in head.blocks if (block := view.block(digest)))
    for other, sketched in ((other, each) for block in blocks for other, each in block.sketches.items()):
        if other != head.leaf:
            yield other, compared(own, sketched, view.rules)
    for key in telling(head, view.rules):
        row = view.identifier(digest_in(key))
        for other, called in _own_carriers(row, head) if row else ():
            yield other, compared(own, Sketch(*called), view.rules, [kind_of(key)])


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
