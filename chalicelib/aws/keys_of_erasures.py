"""The key shapes of what people ask for about their data: the register, and what was erased."""

from collections.abc import Callable
from functools import partial

from chalicelib.aws.keys import Key, alone, leaf
from chalicelib.canonical.ids import ErasureId, Leaf, RequestId

ERASURES = "ERASURES"
erasure: Callable[[ErasureId], Key] = partial(Key, ERASURES)
"""By the time at which it was asked for, which is in its id."""
erasure_of: Callable[[str], Key] = alone("LEAF", "ERASURE")
"""By which erasure a record went: whoever asks for it again finds that one."""
REQUESTS = "REQUESTS"
request: Callable[[RequestId], Key] = partial(Key, REQUESTS)
"""By the time at which it was noted, which is in its id."""
REQUEST_OF = "REQUEST#"


def request_of(leaf_id: Leaf, request_id: RequestId) -> Key:
    """Says that somebody asked for something by this record."""
    return Key(leaf(leaf_id), f"{REQUEST_OF}{request_id}")
