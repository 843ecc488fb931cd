"""Guests beside each other: what is looked at grows with their records, and not with the square of them."""

from dataclasses import replace

from chalicelib.canonical.ids import IdentifierKey, Leaf, digest_in
from chalicelib.guests.model import Head
from chalicelib.profiles.draft import new_head
from chalicelib.profiles.waiting import shared_keys


class Counted(str):
    """An identifier that counts how often it is compared."""

    __slots__ = ()
    times = 0

    def __eq__(self, other: object) -> bool:
        Counted.times += 1
        return str.__eq__(self, other)

    __hash__ = str.__hash__


def carrying(number: int, *keys: str) -> Head:
    return replace(new_head(Leaf(f"g{number}")), identifiers=tuple(IdentifierKey(Counted(key)) for key in keys))


def test_what_records_carry_in_common_is_found_by_few_comparisons() -> None:
    heads = [carrying(each, "email:aa", f"phone:{each:04x}") for each in range(1_000)]
    assert shared_keys(heads) == [digest_in(IdentifierKey("email:aa"))]
    assert Counted.times < 10_000
