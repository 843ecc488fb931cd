"""What people decide about records: the half of regrouping that no source says. Pure."""

from dataclasses import replace

from chalicelib.canonical.errors import Rejected
from chalicelib.canonical.ids import Leaf
from chalicelib.identity.model import MOST_DECISIONS, Decision
from chalicelib.profiles.draft import Draft


def take_decision(draft: Draft, decision: Decision) -> bool:
    """Keep a newer decision under both of its leaves. One that comes before a record makes the head that waits for it;
    about who is erased nothing is decided any more.

    Raises Rejected where a leaf would have more decisions than its row is to hold.
    """
    one, other = decision.leaves
    if draft.head(one).erased or draft.head(other).erased:
        return False
    kept = draft.decisions(one).get(other)
    if not decision.version.supersedes(kept.version if kept else None):
        return False
    _list(draft, one, other, decision)
    _list(draft, other, one, decision)
    return True


def _list(draft: Draft, leaf: Leaf, other: Leaf, decision: Decision) -> None:
    decisions = {**draft.decisions(leaf), other: decision}
    if len(decisions) > MOST_DECISIONS:
        raise Rejected("too_many_decisions", f"about {leaf} and others more than {MOST_DECISIONS} were decided")
    draft.decided.decisions[leaf] = decisions
    draft.keep(replace(draft.head(leaf), decided=True))


def decisions_of(draft: Draft) -> list[Decision]:
    """All that are known of the leaves that may be regrouped."""
    leaves = {*draft.state.decisions, *draft.decided.decisions}
    return list({each.leaves: each for leaf in leaves for each in draft.decisions(leaf).values()}.values())
