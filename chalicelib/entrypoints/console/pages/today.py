"""What is on today."""

from chalice.app import Response

from chalicelib.entrypoints.console.visits import Visit


def shown(visit: Visit) -> Response:
    return visit.shown("today.html")
