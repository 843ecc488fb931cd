"""The view of one change or decision, with what has been decided so far laid over it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from chalicelib.canonical.facts import FactType
from chalicelib.canonical.ids import ChannelName, Digest, GuestId, Leaf
from chalicelib.consent import rules as consent
from chalicelib.consent.flags import opt_ins
from chalicelib.consent.model import FLAGS, Acts, Consent, Gate
from chalicelib.guests.model import Head
from chalicelib.guests.tally import Tally
from chalicelib.identity.model import Block, Identifier
from chalicelib.profiles.state import Decisions, FactMade, ProfileState, ProfileUpdate


@dataclass
class Draft:
    """Where a change is worked on: looks first at what was decided, then at what is kept."""

    state: ProfileState
    untied: bool = False
    """What is new of these people ties them to nobody: the guest that it would make is too large."""
    but: Leaf | None = None
    """Whose ties are kept all the same: of many in one reservation, the person whose stay it is."""
    decided: ProfileUpdate = field(default_factory=ProfileUpdate)
    restamped: set[Leaf] = field(default_factory=set)
    """Leaves whose record has a new time, and says what it said before."""
    ended: set[Leaf] = field(default_factory=set)
    """Leaves through which something was agreed to, and is no more."""
    sums_of: set[Leaf] = field(default_factory=set)
    """Leaves whose stays changed: their sums are due."""

    def unties(self, leaf: Leaf) -> bool:
        return self.untied and leaf != self.but

    def head(self, leaf: Leaf) -> Head:
        return self.decided.heads.get(leaf) or self.state.heads.get(leaf) or new_head(leaf)

    def keep(self, head: Head) -> None:
        self.decided.heads[head.leaf] = head

    def note_drift(self, leaf: Leaf, lies_in: str, begins_in: str) -> None:
        """The head, which is written with any stay, says how far from its row one may begin."""
        head = self.head(leaf)
        drift = head.drift.with_stay(lies_in, begins_in)
        if drift != head.drift:
            self.keep(replace(head, drift=drift))

    def known(self, leaf: Leaf) -> bool:
        return leaf in self.decided.heads or leaf in self.state.heads

    def identifier(self, digest: Digest) -> Identifier:
        return self.decided.identifiers.get(digest) or self.state.identifiers.get(digest) or Identifier(digest)

    def block(self, digest: Digest) -> Block:
        return self.decided.blocks.get(digest) or self.state.blocks.get(digest) or Block(digest)

    def gate(self, guest: GuestId, channel: ChannelName) -> Gate:
        known = self.decided.gates.get((guest, channel)) or self.state.gates.get((guest, channel))
        return known or Gate(guest=guest, channel=channel)

    def acts(self, leaf: Leaf, channel: ChannelName) -> Acts:
        decided = self.decided.acts.get((leaf, channel))
        return self.state.acts.get((leaf, channel)) or {} if decided is None else decided

    def answers(self, leaves: Sequence[Leaf], channel: ChannelName) -> dict[str, Consent]:
        """What is in effect for a guest that has these leaves."""
        flags = (opt_ins(self.head(leaf), channel, self.state.controllers) for leaf in leaves)
        return consent.answers((self.acts(leaf, channel) for leaf in leaves), flags)

    def flags_changed(self, leaf: Leaf) -> bool:
        """A flag says nothing where an act was done through the leaf; that it is newer changes nobody's answer."""
        before, controllers = self.state.heads.get(leaf), self.state.controllers
        for channel in {topic.channel for topic in FLAGS.values()}:
            was: Acts = opt_ins(before, channel, controllers) if before else {}
            now = opt_ins(self.head(leaf), channel, controllers)
            if (was.keys() ^ now.keys()) - self.acts(leaf, channel).keys():
                return True
        return False

    def decisions(self, leaf: Leaf) -> Decisions:
        return self.decided.decisions.get(leaf) or self.state.decisions.get(leaf) or {}

    def say(self, type_: FactType, subject: str, leaf: Leaf) -> None:
        """Note a fact; its version is set when all revisions are known."""
        self.decided.facts.append(FactMade(type_, subject, 0, leaf))


def new_head(leaf: Leaf) -> Head:
    """Of a leaf that nothing is known of yet."""
    return Head(leaf=leaf, members=(leaf,), tally=Tally())
