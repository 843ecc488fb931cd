"""What is said about a consent, and what became of it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from chalicelib.canonical.ids import ChannelName, Leaf
from chalicelib.consent.model import Consent
from chalicelib.consent.rules import ADDRESS


@dataclass(frozen=True)
class Act:
    """What is said through one leaf; `key` is `controller:purpose`. `dated`: the one who says it says when, so that the
    same words of another time are another statement, and not this one once more."""

    leaf: Leaf
    channel: ChannelName
    key: str
    asked: Consent
    proof: Mapping[str, str] = field(default_factory=dict)
    dated: bool = False

    def taken_over_by(self, leaf: Leaf) -> "Act":
        return replace(self, leaf=leaf, asked=self.asked.on_the_basis(ADDRESS))


@dataclass(frozen=True)
class Recorded:
    """What a leaf is known to have said by now, whether the history has one more proof, and whether that was known."""

    kept: Consent
    is_proven: bool = False
    was_known: bool = False
