"""What a guest prefers: whose word counts, and a kind of it as a form."""

from chalice.app import Response

from chalicelib.canonical.preferences import OFFERED, Kind
from chalicelib.entrypoints.api import preferences
from chalicelib.entrypoints.api.preferences import PreferenceAsked, PreferencesShown
from chalicelib.entrypoints.console.pages.guest import found, id_of
from chalicelib.entrypoints.console.pages.guest import shown as page
from chalicelib.entrypoints.console.preferred import values_in_words
from chalicelib.entrypoints.console.visits import Visit
from chalicelib.ingest import preferring
from chalicelib.languages.preferred import KINDS, word


def shown(visit: Visit) -> Response:
    known = visit.call(preferences.listed, id_of(visit))
    said = {each.kind for each in known.items}
    unsaid = [kind for kind in OFFERED if kind not in said]
    says = {each.kind: values_in_words(each.kind, each.values, visit.words) for each in known.items}
    return page(visit, "guest_preferences.html", found(visit), known=known, kinds=KINDS, unsaid=unsaid, says=says)


def one(visit: Visit) -> Response:
    """Raises NotFound for what is no kind."""
    kind = preferring.kind_there(visit.names["preference"])
    told = visit.call(preferences.listed, id_of(visit))
    return page(
        visit,
        "guest_preference.html",
        found(visit),
        title=visit.words(KINDS[kind]),
        known=_of(told, kind),
        offered=next(each for each in told.offered if each.kind == kind),
        choices=[(each, visit.words(word(kind, each))) for each in OFFERED[kind]],
    )


def saved(visit: Visit) -> Response:
    kind, values, said_by = visit.names["preference"], visit.form.texts("values"), visit.form.text("said_by")
    if values:
        body = visit.body(PreferenceAsked, {"values": values, "said_by": said_by})
        visit.call(preferences.put, id_of(visit), kind, body)
    else:
        visit.call(preferences.delete, id_of(visit), kind, said_by=said_by or None)
    return visit.go(f"/guests/{id_of(visit)}/preferences", done="saved")


def _of(told: PreferencesShown, kind: Kind) -> preferences.PreferenceShown | None:
    return next((each for each in told.items if each.kind == kind), None)
