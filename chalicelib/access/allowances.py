"""What each key may still ask of this process. Nothing is written: several processes give a key so much each."""

import time
from dataclasses import dataclass, field, replace
from functools import cache
from math import inf

from chalicelib.access import rules
from chalicelib.access.model import Allowance
from chalicelib.aws.settings import settings
from chalicelib.canonical.errors import TooMany
from chalicelib.canonical.ids import KeyId


@dataclass
class Allowances:
    """By key. Only keys that signed in are in it: there are as many as somebody made."""

    left: dict[KeyId, Allowance] = field(default_factory=dict)

    def take(self, key_id: KeyId) -> None:
        """Take one call. Raises TooMany, with the whole seconds until there is one; being refused costs nothing."""
        at, per_second = time.monotonic(), settings().calls_per_second
        left = rules.refilled(self.left.get(key_id, Allowance(inf, at)), at, per_second)
        wait = rules.seconds_until_a_call(left, per_second)
        if wait:
            raise TooMany(wait)
        self.left[key_id] = replace(left, calls=left.calls - 1)


@cache
def allowances() -> Allowances:
    return Allowances()
