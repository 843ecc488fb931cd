"""What is set for the whole deployment."""

from chalice.app import Response

from chalicelib.entrypoints.api import settings
from chalicelib.entrypoints.console.pages.connections import lines, pairs
from chalicelib.entrypoints.console.visits import Visit
from chalicelib.properties.model import Branding
from chalicelib.settings.model import HubSettings

NUMBERS = ("cap_mails", "cap_days", "retention_months")
SWITCHES = ("mails_singly", "sharing", "retention_erases")
THRESHOLDS = ("review_from", "auto_from")
LISTS = ("role_words", "agency_domains", "house_telephones")


def shown(visit: Visit) -> Response:
    return visit.shown("settings.html", kept=visit.call(settings.get), lines=lines)


def saved(visit: Visit) -> Response:
    """What the form does not show stays as it is."""
    form, kept = visit.form, visit.call(settings.get)
    asked = {
        **kept.model_dump(mode="json", exclude_none=True, include={"brands"}),
        "departments": pairs(form.text("departments")),
        **{name: form.has(name) for name in SWITCHES},
        **{name: number for name in NUMBERS if (number := visit.number(name)) is not None},
        **({"accent": accent} if (accent := form.text("accent").strip()) else {}),
        "guests": {
            **kept.guests.model_dump(mode="json"),
            **{name: form.text(f"guests.{name}").split() for name in LISTS},
            "matching": _matching(visit, kept),
        },
        "group": {name: text for name in Branding.model_fields if (text := form.text(f"group.{name}").strip())},
    }
    visit.call(settings.put, visit.body(HubSettings, asked))
    return visit.go("/settings", done="saved")


def _matching(visit: Visit, kept: HubSettings) -> dict[str, object]:
    """The thresholds as they were typed; an emptied one is at what the hub ships again. The weights stay."""
    typed = {name: visit.form.text(f"guests.matching.{name}").strip() for name in THRESHOLDS}
    weights = kept.guests.matching.model_dump(mode="json", include={"weights"})
    return {**weights, **{name: _bits(text) for name, text in typed.items() if text}}


def _bits(typed: str) -> float | str:
    """What is no number is handed on as it was typed, for the model to say what is wrong."""
    try:
        return float(typed)
    except ValueError:
        return typed
