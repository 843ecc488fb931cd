"""The key shapes of what an identity audit leaves in the hub."""

from collections.abc import Callable
from functools import partial

from chalicelib.aws.keys import Key, leaf
from chalicelib.canonical.ids import Leaf
from chalicelib.canonical.time import Instant

IDENTITY_AUDITS = "IDENTITY_AUDITS"
identity_audit: Callable[[Instant], Key] = partial(Key, IDENTITY_AUDITS)
"""What an audit found, by when it began."""

PROPOSAL, PROPOSED = "PROPOSAL#", "PROPOSED#"


def proposal(one: Leaf, other: Leaf) -> Key:
    """Two records that an audit proposes, the smaller first; in the index of merge candidates (`ALL_CANDIDATES`)."""
    return Key(leaf(one), f"{PROPOSAL}{other}")


def proposed(one: Leaf, other: Leaf) -> Key:
    """Says under the larger of the two that it is proposed with the smaller, under which the proposal lies."""
    return Key(leaf(other), f"{PROPOSED}{one}")
