"""The key shapes of lists that others keep, such as of those who want no advertising."""

from collections.abc import Callable
from datetime import date

from chalicelib.aws.keys import Key, alone

register: Callable[[str], Key] = alone("REGISTER")
"""Which of its lists is in force."""


def register_hash(register_id: str, of: date, hash_: str) -> Key:
    """One address on the list of a day; spread, for a list has a hundred thousand."""
    return Key(f"REGISTER#{register_id}#{of.isoformat()}#{hash_[:2]}", hash_)
