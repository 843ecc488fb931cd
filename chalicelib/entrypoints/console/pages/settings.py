"""What is set for the whole deployment."""

from chalice.app import Response

from chalicelib.entrypoints.api import settings
from chalicelib.entrypoints.console.visits import Visit
from chalicelib.properties.model import Branding
from chalicelib.settings.model import HubSettings

NUMBERS = ("cap_mails", "cap_days", "retention_months")
SWITCHES = ("mails_singly", "sharing")
LISTS = ("role_words", "agency_domains", "house_telephones")


def shown(visit: Visit) -> Response:
    return visit.shown("settings.html", kept=visit.call(settings.get))


def saved(visit: Visit) -> Response:
    """What the form does not show stays as it is."""
    form, kept = visit.form, visit.call(settings.get)
    asked = {
        **kept.model_dump(mode="json", exclude_none=True, include={"brands"}),
        **{name: form.has(name) for name in SWITCHES},
        **{name: number for name in NUMBERS if (number := visit.number(name)) is not None},
        **({"accent": accent} if (accent := form.text("accent").strip()) else {}),
        "guests": {
            **kept.guests.model_dump(mode="json"),
            **{name: form.text(f"guests.{name}").split() for name in LISTS},
        },
        "group": {name: text for name in Branding.model_fields if (text := form.text(f"group.{name}").strip())},
    }
    visit.call(settings.put, visit.body(HubSettings, asked))
    return visit.go("/settings", done="saved")
