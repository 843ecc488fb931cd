"""The files that pages are shown with."""

from pathlib import PurePath

from chalice.app import Response

from chalicelib.canonical.errors import NotFound
from chalicelib.entrypoints.console import static
from chalicelib.entrypoints.console.accent import sheet_of
from chalicelib.entrypoints.console.visits import Visit

FOR_GOOD = "public, max-age=31536000, immutable"


def served(visit: Visit) -> Response:
    """One file, by the name that holds its hash; a sheet of an accent colour is made of its name."""
    name = visit.names["name"]
    text = static.text_of(name) or sheet_of(name)
    if text is None:
        raise NotFound("There is no such file.")
    headers: dict[str, str | list[str]] = {
        "Content-Type": static.TYPES[PurePath(name).suffix],
        "Cache-Control": FOR_GOOD,
        "X-Content-Type-Options": "nosniff",
    }
    return Response(text, headers=headers)
