"""The key shape of households: that two people live together lies with a record of each."""

from chalicelib.aws.keys import Key, leaf
from chalicelib.canonical.ids import Leaf

HOUSEHOLD = "HOUSEHOLD#"


def household(leaf_id: Leaf, other: Leaf) -> Key:
    return Key(leaf(leaf_id), f"{HOUSEHOLD}{other}")
