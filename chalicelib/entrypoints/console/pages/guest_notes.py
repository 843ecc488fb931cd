"""What staff wrote down of a guest for each other."""

from chalice.app import Response

from chalicelib.entrypoints.api import notes
from chalicelib.entrypoints.api.notes import MOST_LETTERS, NoteAsked
from chalicelib.entrypoints.console.pages.guest import found, id_of
from chalicelib.entrypoints.console.pages.guest import shown as page
from chalicelib.entrypoints.console.visits import Visit

TYPED = ("text", "until", "property_id")


def shown(visit: Visit) -> Response:
    listing = visit.call(notes.listed, id_of(visit), page=visit.part(visit.path))
    return page(visit, "guest_notes.html", found(visit), listing=listing, most=MOST_LETTERS)


def written(visit: Visit) -> Response:
    document = visit.form.filled(TYPED)
    visit.call(notes.create, id_of(visit), visit.body(NoteAsked, document))
    return visit.go(visit.path, done="saved")


def deleting(visit: Visit) -> Response:
    return page(visit, "guest_note_delete.html", found(visit))


def deleted(visit: Visit) -> Response:
    visit.call(notes.delete, id_of(visit), visit.names["note_id"])
    return visit.go(f"/guests/{id_of(visit)}/notes", done="deleted")
