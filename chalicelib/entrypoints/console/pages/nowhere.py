"""Where there is no page."""

from typing import NoReturn

from chalicelib.canonical.errors import NotFound
from chalicelib.entrypoints.console.visits import Visit


def shown(_: Visit) -> NoReturn:
    raise NotFound("There is no such page.")
