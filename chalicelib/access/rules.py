"""How a key is presented and kept, what it may ask at once, and whether two are the same."""

import hashlib
from collections.abc import Collection
from math import ceil

from chalicelib.access.model import Allowance, Caller, Entitled, Kept
from chalicelib.canonical.ids import EVERYWHERE

PAUSE_SECONDS = 10


def presented(authorization: str | None) -> str | None:
    """The key of an `Authorization: Bearer` header; None for any other."""
    scheme, _, key = (authorization or "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else None


def hash_of(key: str) -> str:
    """Keys are long and random: one round of SHA-256 keeps them, and is found by one read."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def refilled(left: Allowance, at: float, per_second: int) -> Allowance:
    """What is left by now: each second brings so many calls, and no more are saved up than a pause's worth."""
    return Allowance(min(left.calls + (at - left.at) * per_second, PAUSE_SECONDS * per_second), at)


def seconds_until_a_call(left: Allowance, per_second: int) -> int:
    """Whole seconds; 0 where there is one."""
    return max(0, ceil((1 - left.calls) / per_second))


def unknown_properties(asked: Entitled, known: Collection[str]) -> dict[int, str]:
    """What a key or a person is asked for that is not there, by its position."""
    return {at: each for at, each in enumerate(asked.properties) if each != EVERYWHERE and each not in known}


def may_everything(one: Entitled) -> bool:
    """Whether it can make any other key, and invite anybody."""
    return one.role == "admin" and EVERYWHERE in one.properties


def is_seen(caller: Caller, one: Kept) -> bool:
    """A key or a person is seen by who may see all of its properties, until it ends."""
    return not one.ended and caller.sees_all(one.properties)
