"""/v1/traits: what is known of a guest by name, and where each may be used."""

from collections.abc import Collection, Iterator
from typing import Literal

from chalicelib.canonical.preferences import OFFERED
from chalicelib.entrypoints.api.answers import Listing, Shown
from chalicelib.entrypoints.api.calls import Ask
from chalicelib.entrypoints.api.paging import Page
from chalicelib.guests.stats import GuestState
from chalicelib.guests.traits import IDENTIFYING, IN_API, IN_TEMPLATES, Kind
from chalicelib.properties import store as properties
from chalicelib.properties.model import Property
from chalicelib.properties.world import countries
from chalicelib.segments.askable import askable, in_words
from chalicelib.segments.compiled import PREFERENCES
from chalicelib.segments.custom import FIELDS, Custom
from chalicelib.segments.rules import AT_HOTELS, COUNTRIES, STATE, TAKES
from chalicelib.settings import store as settings

Use = Literal["segments", "templates", "api"]


class TraitShown(Shown):
    """A trait of a guest; `words` say what it is. A segment asks for it by its `name` and one of its `operators`, a
    template prints `guest.` and its name. Where a text can only be one of some, `choices` has them. `kind` is null of
    what no segment asks for. A segment with the value of one that `identifies` is shown to keys of all hotels only."""

    name: str
    words: str
    kind: Kind | None
    operators: list[str]
    choices: list[str] | None
    used_in: list[Use]
    identifies: bool


def listed(ask: Ask, *, page: Page) -> Listing[TraitShown]:
    """All traits, by name; amounts in the currencies of the hotels that the key may see."""
    hotels = [each for each in properties.by_id().values() if ask.caller.sees(each.id)]
    items, cursor = page.of(sorted(_traits(hotels), key=_name), _name)
    return Listing(items=items, next_cursor=cursor)


def _name(trait: TraitShown) -> str:
    return trait.name


def _traits(hotels: Collection[Property]) -> Iterator[TraitShown]:
    custom = settings.get().guests.fields
    asked = askable({each.currency for each in hotels}, custom)
    for name, kind in asked.items():
        yield _shown(name, kind, hotels, custom)
    for name in IN_API.keys() - asked.keys():
        yield _shown(name, None, hotels, custom)


def _shown(name: str, kind: Kind | None, hotels: Collection[Property], custom: Custom) -> TraitShown:
    is_own = name.removeprefix(f"{FIELDS}.") in custom
    in_templates = name in IN_TEMPLATES or is_own or name.startswith(f"{PREFERENCES}.")
    uses: dict[Use, bool] = {"segments": kind is not None, "templates": in_templates, "api": name in IN_API or is_own}
    return TraitShown(
        name=name,
        words=in_words(name),
        kind=kind,
        operators=sorted(TAKES[kind]) if kind else [],
        choices=_choices(name, hotels, custom),
        used_in=[use for use, is_so in uses.items() if is_so],
        identifies=name in IDENTIFYING or name.startswith(f"{FIELDS}."),
    )


def _choices(name: str, hotels: Collection[Property], custom: Custom) -> list[str] | None:
    if own := custom.get(name.removeprefix(f"{FIELDS}.")):
        return [*own.choices] or None
    if name in COUNTRIES:
        return sorted(countries())
    if name == STATE:
        return [*GuestState]
    if name.startswith(f"{PREFERENCES}."):
        return next(([*words] for kind, words in OFFERED.items() if name == f"{PREFERENCES}.{kind}"), None)
    return sorted(each.id for each in hotels) if name == AT_HOTELS else None
