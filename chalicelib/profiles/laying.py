"""Where records lie beside others that they are compared with by weight. Pure."""

from chalicelib.canonical.ids import Digest, Leaf
from chalicelib.guests.carried import sketch
from chalicelib.identity.sketches import Sketch
from chalicelib.profiles.draft import Draft


def lay(draft: Draft) -> None:
    """What is said now lies where it belongs, and no more where it lay."""
    for leaf, head in draft.decided.heads.items():
        before = draft.state.heads.get(leaf)
        for digest in {*head.blocks, *(before.blocks if before else ())}:
            _lay(draft, digest, leaf, sketch(head.record) if head.record and digest in head.blocks else None)


def _lay(draft: Draft, digest: Digest, leaf: Leaf, compared: Sketch | None) -> None:
    before = draft.block(digest)
    if before.is_full or before.sketches.get(leaf) == compared:
        return
    others = {other: each for other, each in before.sketches.items() if other != leaf}
    draft.decided.blocks[digest] = before.holding({**others, leaf: compared} if compared else others)
