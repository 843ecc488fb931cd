"""Whose word counts in each field of a profile: for all, or for one hotel; and what that makes of one guest."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple, get_args

from chalice.app import Response

from chalicelib.canonical.errors import NotFound
from chalicelib.canonical.ids import GuestId, Leaf, PropertyId
from chalicelib.connections.model import API, SIGNUP
from chalicelib.entrypoints.api import connections, origins, properties, settings
from chalicelib.entrypoints.api.origins import OriginCompared, OriginShown, RulesAsked
from chalicelib.entrypoints.api.paging import EVERYTHING
from chalicelib.entrypoints.console import whom
from chalicelib.entrypoints.console.pages import guest_origins
from chalicelib.entrypoints.console.pages.guest_origins import NAMES, Line
from chalicelib.entrypoints.console.told import N_
from chalicelib.entrypoints.console.visits import Visit
from chalicelib.settings.guest_rules import NEWEST, PROVABLE, Choice, FieldRule, ProfileField, Survivorship
from chalicelib.settings.model import HubSettings

AT = "/settings/survivorship"
ACT, FIND, LOOK = "act", "find", "look"
CHOICES: Mapping[Choice, str] = {"newest": N_("The newest word"), "longest": N_("The fullest")}


class Row(NamedTuple):
    """A field with its rule, and how what is typed of it is called in the settings."""

    field: ProfileField
    name: str
    prefix: str
    rule: FieldRule
    is_provable: bool


class Compared(NamedTuple):
    before: Line | None
    after: Line | None
    is_changed: bool


def shown(visit: Visit) -> Response:
    return _page(visit, visit.call(settings.get), [])


def saved(visit: Visit) -> Response:
    """Of the form's buttons one saves; one finds a guest, and one looks at what the rules make of them: those keep
    nothing."""
    kept, act = visit.call(settings.get), visit.form.text(ACT)
    if act == FIND:
        return _page(visit, kept, [])
    asked = visit.body(HubSettings, _document(visit, kept))
    if act == LOOK:
        return _page(visit, kept, [*_compared(visit, asked)])
    visit.call(settings.put, asked)
    return visit.go(visit.path, done="saved")


def _page(visit: Visit, kept: HubSettings, compared: list[Compared]) -> Response:
    hotels, own = visit.call(properties.listed, page=EVERYTHING).items, _hotel(visit)
    if own and own not in {each.id for each in hotels}:
        raise NotFound("There is no such hotel.")
    return visit.shown(
        "survivorship.html",
        rows=_rows(visit, _rules(kept, own), own),
        choices=[(name, visit.words(text)) for name, text in CHOICES.items()],
        sources=[*(each.id for each in visit.call(connections.listed, page=EVERYTHING).items), API, SIGNUP],
        hotels=hotels,
        ruled=kept.guests.survivorship_at,
        hotel=next((each for each in hotels if each.id == own), None),
        version=kept.version,
        whom=whom.of(visit),
        compared=compared,
    )


def _hotel(visit: Visit) -> PropertyId | None:
    """Whose rules are shown; None for those of all."""
    named = visit.names.get("property_id")
    return PropertyId(named) if named else None


def _rules(kept: HubSettings, hotel: PropertyId | None) -> Survivorship:
    return kept.guests.survivorship_at.get(hotel, {}) if hotel else kept.guests.survivorship


def _rows(visit: Visit, rules: Survivorship, hotel: PropertyId | None) -> list[Row]:
    at = f"survivorship_at.{hotel}" if hotel else "survivorship"
    return [
        Row(field, visit.words(NAMES[field]), f"guests.{at}.{field}", rules.get(field, NEWEST), field in PROVABLE)
        for field in get_args(ProfileField)
    ]


def _document(visit: Visit, kept: HubSettings) -> dict[str, object]:
    """The settings with what was typed; a field for which nothing is said but what goes without saying is left out."""
    hotel = _hotel(visit)
    typed = {row.field: rule for row in _rows(visit, {}, hotel) if (rule := _typed(visit, row)) != _USUAL}
    document: dict[str, object] = kept.model_dump(mode="json", exclude_none=True)
    guests = kept.guests.model_dump(mode="json")
    if hotel:
        others = {name: rules for name, rules in guests["survivorship_at"].items() if name != hotel}
        guests["survivorship_at"] = {**others, **({hotel: typed} if typed else {})}
    else:
        guests["survivorship"] = typed
    return {**document, "guests": guests}


_USUAL = NEWEST.model_dump(mode="json") | {"sources": []}


def _typed(visit: Visit, row: Row) -> dict[str, object]:
    form = visit.form
    return {
        "by": form.text(f"{row.prefix}.by") or NEWEST.by,
        "sources": form.text(f"{row.prefix}.sources").replace(",", " ").split(),
        "verified": form.has(f"{row.prefix}.verified") or not row.is_provable,
    }


def _compared(visit: Visit, asked: HubSettings) -> Iterator[Compared]:
    hotel = _hotel(visit)
    body = RulesAsked(survivorship=_rules(asked, hotel), property_id=hotel)
    guest = GuestId(Leaf(whom.required(visit)))
    for each in visit.call(origins.preview, guest, body).items:
        yield Compared(_line(visit, each.before), _line(visit, each.after), _is_changed(each))


def _line(visit: Visit, origin: OriginShown | None) -> Line | None:
    return guest_origins.lines(visit, [origin])[0] if origin else None


def _is_changed(each: OriginCompared) -> bool:
    told = [(origin.value, origin.record) if origin else None for origin in (each.before, each.after)]
    return told[0] != told[1]
