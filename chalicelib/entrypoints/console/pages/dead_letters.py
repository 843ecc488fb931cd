"""Dead letters: what could not be processed, sent back to its queue or put away."""

from chalice.app import Response

from chalicelib.canonical.ids import LetterId
from chalicelib.entrypoints.api import dead_letters
from chalicelib.entrypoints.console.set_aside import words_of
from chalicelib.entrypoints.console.visits import Visit

AT = "/connections/dead-letters"


def listed(visit: Visit) -> Response:
    connection = visit.query.get("connection") or None
    found = visit.call(dead_letters.listed, connection=connection, page=visit.part(visit.path))
    return visit.shown("dead_letters.html", letters=found, words_of=words_of)


def one(visit: Visit) -> Response:
    return visit.shown("dead_letter.html", letter=visit.call(dead_letters.get, _id(visit)), words_of=words_of)


def redriven(visit: Visit) -> Response:
    visit.call(dead_letters.redrive, _id(visit))
    return visit.go(AT, done="redriven")


def purging(visit: Visit) -> Response:
    return visit.shown("dead_letter_purge.html", letter=visit.call(dead_letters.get, _id(visit)), words_of=words_of)


def purged(visit: Visit) -> Response:
    visit.call(dead_letters.purge, _id(visit))
    return visit.go(AT, done="deleted")


def _id(visit: Visit) -> LetterId:
    return LetterId(visit.names["letter_id"])
