"""Where records lie beside others that they are compared with by weight. Pure."""

from chalicelib.canonical.ids import Digest, Leaf
from chalicelib.guests.carried import sketch
from chalicelib.guests.model import Head
from chalicelib.identity.sketches import Sketch
from chalicelib.profiles.draft import Draft


def lay(draft: Draft) -> None:
    """What is said now lies where it belongs, and no more where it lay.

    What changed is told from the heads, which are the locks of their records: a block that was read before somebody
    wrote it would say that nothing is to be done.
    """
    for leaf, head in draft.decided.heads.items():
        was, is_ = lies_in(draft.state.heads.get(leaf)), lies_in(head)
        for digest in sorted(was.keys() | is_.keys()):
            if was.get(digest) != is_.get(digest):
                _lay(draft, digest, leaf, is_.get(digest))


def lies_in(head: Head | None) -> dict[Digest, Sketch]:
    """Block → how the record is compared there."""
    return dict.fromkeys(head.blocks, sketch(head.record)) if head and head.record else {}


def _lay(draft: Draft, digest: Digest, leaf: Leaf, compared: Sketch | None) -> None:
    before = draft.block(digest)
    if before.is_full:
        return
    others = {other: each for other, each in before.sketches.items() if other != leaf}
    draft.decided.blocks[digest] = before.holding({**others, leaf: compared} if compared else others)
