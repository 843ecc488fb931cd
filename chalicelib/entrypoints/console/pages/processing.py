"""The record of processing, to read and to print."""

from chalice.app import Response

from chalicelib.entrypoints.api import processing_record
from chalicelib.entrypoints.console import hotels
from chalicelib.entrypoints.console.visits import Visit


def shown(visit: Visit) -> Response:
    return visit.shown("processing.html", record=visit.call(processing_record.get), hotels=hotels.of(visit))
