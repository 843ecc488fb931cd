"""When two addresses are of one door."""

from typing import Any

import pytest

from chalicelib.canonical.details import PostalAddress
from chalicelib.guests.together import is_one_home

HOME: dict[str, Any] = {"street": "Ring 1", "postal_code": "1010", "city": "Wien"}


@pytest.mark.parametrize(
    ("other", "is_one"),
    [
        ({}, True),
        ({"street": "ring 1."}, True),
        ({"city": "Vienna"}, True),
        ({"postal_code": "A-1010"}, True),
        ({"postal_code": None, "city": None}, False),
        ({"street": "Ring 2"}, False),
        ({"street": None}, False),
        ({"postal_code": "1020", "city": "Graz"}, False),
    ],
)
def test_one_door_is_the_street_and_the_town_by_name_or_code(other: dict[str, Any], is_one: bool) -> None:
    addresses = PostalAddress(**HOME), PostalAddress(**{**HOME, **other})
    assert [is_one_home(*addresses), is_one_home(*addresses[::-1])] == [is_one, is_one]
    assert not is_one_home(None, addresses[0])
