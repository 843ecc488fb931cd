"""What may be set of how alike two records must be, and what it weighs where nothing is."""

from typing import Any

import pytest
from pydantic import ValidationError

from chalicelib.settings.guest_rules import GuestRules
from chalicelib.settings.matching import AUTO_FROM, REVIEW_FROM, SHIPPED_MATCHING, SHIPPED_WEIGHTS, Matching
from chalicelib.settings.model import HubSettings
from chalicelib.settings.store import packed, read


def test_what_is_left_out_weighs_what_the_hub_ships() -> None:
    own = Matching(weights={"born": {"same": 15}})
    assert (own.review_from, own.auto_from) == (REVIEW_FROM, AUTO_FROM)
    assert own.bits("born", "same") == 15
    assert own.bits("born", "turned") == SHIPPED_WEIGHTS["born"]["turned"]
    assert own.bits("given", "same") == SHIPPED_WEIGHTS["given"]["same"]


def test_estimated_weights_stand_in_place_of_those_of_the_same_names_alone() -> None:
    own = Matching(auto_from=40, weights={"born": {"same": 15, "other": -7}})
    both = own.weighing({"born": {"same": 11}, "city": {"same": 1}})
    assert both.weights == {"born": {"same": 11, "other": -7}, "city": {"same": 1}}
    assert both.auto_from == 40


@pytest.mark.parametrize(
    ("asked", "place", "words"),
    [
        ({"review_from": 30, "auto_from": 29}, "auto_from", "must not be below review_from"),
        ({"review_from": 32}, "auto_from", "must not be below review_from"),
        ({"auto_from": 19}, "auto_from", "greater than or equal to 20"),
        ({"weights": {"born": {"nickname": 4}}}, "weights", "born has no level nickname"),
        ({"weights": {"shoes": {"same": 4}}}, "weights", "Input should be"),
        ({"weights": {"born": {"same": "NaN"}}}, "weights", "finite"),
        ({"weights": {"born": {"same": 21}}}, "weights", "less than or equal to 20"),
    ],
)
def test_what_could_not_be_followed_is_refused_where_it_stands(asked: dict[str, Any], place: str, words: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Matching.model_validate(asked)
    assert any(each["loc"][0] == place and words in each["msg"] for each in refused.value.errors())


def test_readers_of_before_are_not_told_of_what_nobody_set() -> None:
    rules = GuestRules(role_words=("vastus",))
    assert "matching" not in str(packed(HubSettings(guests=rules, version=1))["settings"])
    chosen = HubSettings(guests=GuestRules(matching=Matching(weights={"born": {"same": 15}})), version=1)
    assert read(packed(chosen)) == chosen
    assert read(packed(HubSettings(version=1))).guests.matching == SHIPPED_MATCHING
