"""The key shapes of lists that others keep, such as of those who want no advertising."""

from collections.abc import Callable
from datetime import date

from chalicelib.aws.keys import Key, alone

register: Callable[[str], Key] = alone("REGISTER")
"""Which of its lists is in force; registers are named with how they are hashed."""


def register_hash(name: str, of: date, hash_: str) -> Key:
    """One address on the list of a day; spread, for a list has a hundred thousand."""
    return Key(register_part(name, of, hash_[:2]), hash_)


def register_part(name: str, of: date, digits: str) -> str:
    """The partition of the hashes that begin with two digits."""
    return f"REGISTER#{name}#{of.isoformat()}#{digits}"
