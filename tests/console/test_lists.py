"""Lists of the console: filtered by a part of a name, paged, and said to be empty."""

from typing import Any

import pytest

from chalicelib.loyalty.model import Program
from chalicelib.loyalty.store import PROGRAMS
from chalicelib.properties import store as properties
from chalicelib.properties.model import Property
from tests.console.conftest import Page, SignIn

LISTS = [
    "/campaigns", "/loyalty", "/segments", "/templates", "/connections", "/settings/properties", "/settings/keys",
    "/jobs",
]  # fmt: skip


def rows(page: Page) -> list[str]:
    return page.attributes("th", "scope").count("row") * [""]


@pytest.mark.parametrize("path", LISTS)
def test_a_list_says_what_it_is_when_nothing_is_in_it_and_keeps_what_was_asked(sign_in: SignIn, path: str) -> None:
    page = sign_in().open(f"{path}?named=nobody%20%3Cb%3E")
    assert rows(page) == []
    assert any(told.get("class") == "empty" for _, told in page.elements)
    assert [told["value"] for _, told in page.elements if told.get("name") == "named"] == ["nobody <b>"]


def test_a_part_of_a_name_finds_it_in_whatever_letters(sign_in: SignIn) -> None:
    admin = sign_in()
    assert "Porto" in admin.open("/settings/properties?named=ORT").text
    assert "Vienna" not in [each for each in admin.open("/settings/properties?named=ORT").words if "Porto" not in each]
    assert len(rows(admin.open("/settings/properties"))) == 2


def test_a_long_list_is_paged_and_the_filter_goes_along(sign_in: SignIn) -> None:
    for number in range(120):
        PROGRAMS.save(Program.model_validate({"id": f"p{number:03d}", "name": f"Programme {number}"}))
    admin = sign_in()
    page, found = admin.open("/loyalty?named=programme"), 0
    while True:
        found += len(rows(page))
        following = [each for each in page.links if "cursor=" in each]
        if not following:
            break
        assert "named=programme" in following[0]
        page = admin.open(following[0].removeprefix("/console"))
    assert found == 120


def test_a_cursor_of_another_list_is_refused(sign_in: SignIn) -> None:
    base: dict[str, Any] = {"name": "x", "time_zone": "UTC", "country": "AT", "currency": "EUR"}
    for number in range(60):
        properties.put(Property.model_validate({"id": f"h{number:02d}", **base}))
    admin = sign_in()
    (following,) = [each for each in admin.open("/settings/properties").links if "cursor=" in each]
    refused = admin.open(f"/loyalty?{following.partition('?')[2]}", 400)
    assert "This did not work" in refused.text
