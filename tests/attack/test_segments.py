"""What a segment tells of guests, to keys of one hotel."""

import pytest

from tests.entrypoints.conftest import Hub


def segment(hub: Hub, rule: object) -> None:
    hub.put("/v1/segments/some", {"name": "Some", "rule": rule})


def shown(hub: Hub, key: str) -> tuple[int, list[str]]:
    return hub.status("GET", "/v1/segments/some", key=key), [
        each["id"] for each in hub.get("/v1/segments", key=key)["items"]
    ]


@pytest.mark.parametrize(
    "condition",
    [
        {"trait": "email", "op": "eq", "value": "anna@mail.example"},
        {"trait": "email", "op": "contains", "value": "@mail.example"},
        {"trait": "phone", "op": "in", "value": ["+43660123456"]},
        {"trait": "family_name", "op": "ne", "value": "Lee"},
        {"trait": "birth_date", "op": "eq", "value": "1980-02-29"},
    ],
    ids=lambda each: f"{each['trait']} {each['op']}",
)
def test_a_segment_that_names_somebody_is_shown_to_keys_of_all_hotels_only(hub: Hub, condition: object) -> None:
    stays = {"trait": "stats.stays", "op": "gte", "value": 1}
    for rule in (condition, {"not": condition}, {"and": [stays, {"or": [stays, {"not": condition}]}]}):
        segment(hub, rule)
        assert shown(hub, "marketer@porto") == (404, [])
        assert shown(hub, "marketer") == (200, ["some"])


@pytest.mark.parametrize(
    "condition",
    [
        {"trait": "email", "op": "exists", "value": True},
        {"trait": "birth_date.days_since", "op": "gte", "value": 10_000},
        {"trait": "country", "op": "eq", "value": "AT"},
    ],
    ids=lambda each: f"{each['trait']} {each['op']}",
)
def test_a_segment_of_what_many_have_in_common_is_shown_to_all(hub: Hub, condition: object) -> None:
    segment(hub, condition)
    assert shown(hub, "marketer@porto") == (200, ["some"])
