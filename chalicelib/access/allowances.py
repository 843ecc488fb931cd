"""What each key and person may still ask of this process. Nothing is written: several processes give so much each."""

import time
from dataclasses import dataclass, field, replace
from functools import cache
from math import inf

from chalicelib.access import rules
from chalicelib.access.model import Allowance
from chalicelib.aws.settings import settings
from chalicelib.canonical.errors import TooMany
from chalicelib.canonical.ids import ActorId


@dataclass
class Allowances:
    """By who asks. Only those who signed in are in it: there are as many as somebody made."""

    left: dict[ActorId, Allowance] = field(default_factory=dict)

    def take(self, actor: ActorId) -> None:
        """Take one call. Raises TooMany, with the whole seconds until there is one; being refused costs nothing."""
        at, per_second = time.monotonic(), settings().calls_per_second
        left = rules.refilled(self.left.get(actor, Allowance(inf, at)), at, per_second)
        wait = rules.seconds_until_a_call(left, per_second)
        if wait:
            raise TooMany(wait)
        self.left[actor] = replace(left, calls=left.calls - 1)


@cache
def allowances() -> Allowances:
    return Allowances()
