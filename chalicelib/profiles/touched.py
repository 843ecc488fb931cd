"""Which rows one change or decision touches, by their keys."""

from dataclasses import dataclass, field

from chalicelib.aws import keys
from chalicelib.aws.keys import Key
from chalicelib.canonical.ids import Digest, GuestId, Leaf, PropertyId
from chalicelib.profiles.anew import Anew
from chalicelib.profiles.model import Input


@dataclass
class TouchedRows:
    """What one change or decision could touch, as far as it is known by now. `keys` are all the rows of it."""

    leaves: set[Leaf] = field(default_factory=set)
    curious: bool = False
    """Whether something new is said of anybody: then records, identifiers and gates are read, too."""
    too_far: bool = False
    """Whether more is tied to it than one change may regroup: then `leaves` are those of the guests it is about."""
    stored: bool = False
    """Whether this very version was stored before, and nobody of it is news: then no stay is read either."""
    readers: list[Leaf] = field(default_factory=list)
    """Leaves that have a mailbox of these people, and are not regrouped."""
    digests: set[Digest] = field(default_factory=set)
    blocks: set[Digest] = field(default_factory=set)
    """Where the people of whom something is said lie, before and then, and all that are looked into."""
    guests: set[GuestId] = field(default_factory=set)
    hotels: set[PropertyId] = field(default_factory=set)
    """Where the leaves were named: who answers there is spoken to by what their sources say of consent."""
    decided: set[Leaf] = field(default_factory=set)
    """Leaves about which somebody decided, or decides now."""
    stays: set[Key] = field(default_factory=set)
    """Where the reservations lie that it names."""
    keys: set[Key] = field(default_factory=set)
    anew: Anew | None = None
    """Who the people of a change are where any of them was erased."""


def is_head(key: Key) -> bool:
    return key.pk.startswith(keys.SHARD) or key.sk == "HEAD"


def is_record(key: Key) -> bool:
    return key.sk == "RECORD"


def leaf_of(key: Key) -> Leaf:
    """The leaf of a head or a record."""
    return Leaf(key.sk if key.pk.startswith(keys.SHARD) else key.pk.removeprefix(keys.leaf(Leaf(""))))


def mark_of(said: Input) -> Key:
    return keys.mark(said.subject, said.version.mark)
