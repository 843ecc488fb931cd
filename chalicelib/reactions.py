"""Who reacts to what: which queue hears which facts. Bus rules, tests and benchmarks are made from this page."""

from collections.abc import Mapping

from chalicelib.canonical.facts import FactType

REACTIONS: Mapping[str, frozenset[FactType]] = {
    # What may change a member's points: a stay, who the guest is, and the number by which a source knows a member.
    "loyalty": frozenset(
        {
            FactType.STAY_COMPLETED,
            FactType.STAY_REOPENED,
            FactType.GUEST_MERGED,
            FactType.GUEST_UNMERGED,
            FactType.GUEST_ERASED,
            FactType.MEMBER_NUMBER_CHANGED,
        }
    ),
}
"""Queue → the types of facts that the bus puts on it."""


def hears(queue: str, type_: FactType) -> bool:
    return type_ in REACTIONS[queue]
