"""The rules of consent by country that the hub brings: one document each in `countries/`, read when first asked for."""

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from importlib import resources

from chalicelib.settings.legal import CountryRule

ELSEWHERE = "others"
"""The document that holds where no other does. It can be replaced, and is always there."""


@cache
def shipped() -> Mapping[str, CountryRule]:
    """By their ids. Raises ValidationError for a document that is none."""
    folder = resources.files("chalicelib.consent") / "countries"
    texts = [each.read_text("utf-8") for each in folder.iterdir() if each.name.endswith(".toml")]
    found = [CountryRule.model_validate(tomllib.loads(text)) for text in texts]
    return {each.id: each for each in sorted(found, key=lambda rule: rule.id)}


@lru_cache(maxsize=8)
def in_force(own: tuple[CountryRule, ...] = ()) -> Mapping[str, CountryRule]:
    """By their ids, the hotel's own in the place of those that the hub brings, or beside them."""
    return {**shipped(), **{each.id: each for each in own}}


@lru_cache(maxsize=8)
def by_country(own: tuple[CountryRule, ...] = ()) -> Mapping[str, CountryRule]:
    """A country that the hotel's own documents name is theirs, whichever of the hub's named it."""
    rules = in_force(own)
    own_ids = {each.id for each in own}
    later = sorted(rules.values(), key=lambda rule: rule.id in own_ids)
    return {country: rule for rule in later for country in rule.countries}


def rules_of(countries: Iterable[str], own: tuple[CountryRule, ...] = ()) -> tuple[CountryRule, ...]:
    """The rules of these countries, each once, in their order; where there are none, what holds elsewhere."""
    known, elsewhere = by_country(own), in_force(own)[ELSEWHERE]
    return tuple(dict.fromkeys(known.get(each, elsewhere) for each in countries)) or (elsewhere,)
