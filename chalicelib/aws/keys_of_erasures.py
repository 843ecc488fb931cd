"""The key shapes of erasures: what was erased, for whom, and who is still to be told."""

from collections.abc import Callable
from functools import partial

from chalicelib.aws.keys import Key, alone
from chalicelib.canonical.ids import ErasureId

ERASURES = "ERASURES"
erasure: Callable[[ErasureId], Key] = partial(Key, ERASURES)
"""By the time at which it was asked for, which is in its id."""
erasure_of: Callable[[str], Key] = alone("LEAF", "ERASURE")
"""By which erasure a record went: whoever asks for it again finds that one."""
