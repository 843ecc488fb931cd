"""The rules of consent that the hub brings: each is a document with its source, and no country has two."""

import re
from collections import Counter
from pathlib import Path

from chalicelib.consent import documents
from chalicelib.properties.world import countries
from chalicelib.settings.legal import CountryRule

FOLDER = Path(documents.__file__).parent / "countries"
EU_AND_EEA = frozenset(
    re.findall("..", "ATBEBGCYCZDEDKEEESFIFRGRHRHUIEISITLILTLULVMTNLNOPLPTROSESISK"),
)
RULES = documents.shipped()


def test_each_file_is_the_rule_of_its_name() -> None:
    assert {each.stem for each in FOLDER.glob("*.toml")} == RULES.keys()


def test_no_country_has_two_rules_and_each_is_one() -> None:
    named = Counter(country for each in RULES.values() for country in each.countries)
    assert set(named.values()) == {1}
    assert named.keys() <= countries()
    assert named.keys() >= EU_AND_EEA


def test_nothing_stands_for_a_yes_where_nobody_read_the_law() -> None:
    assert documents.rules_of(["NZ"]) == documents.rules_of([]) == (RULES[documents.ELSEWHERE],)
    assert RULES[documents.ELSEWHERE].implied == ()


def test_in_the_union_only_a_sale_stands_for_a_yes() -> None:
    ruled = documents.by_country()
    assert {way.kind for country in EU_AND_EEA for way in ruled[country].implied} == {"sale"}


def test_a_company_s_rule_takes_its_countries_from_the_hub_s_and_leaves_the_others() -> None:
    own = CountryRule.model_validate({**RULES["eu"].model_dump(), "id": "iberia", "countries": ["ES", "PT"]})
    assert documents.rules_of(["ES", "PT", "GR"], (own,)) == (own, RULES["eu"])
    assert documents.rules_of(["ES"]) == (RULES["eu"],)
