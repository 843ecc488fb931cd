"""Who answers at the hotels that a change touches, from the rows that are read with the others."""

from collections.abc import Iterable, Mapping

from chalicelib.aws import keys
from chalicelib.aws.codec import Item
from chalicelib.aws.keys import Key
from chalicelib.canonical.ids import PropertyId
from chalicelib.properties import store as properties
from chalicelib.settings.model import HubSettings
from chalicelib.settings.rules import Controllers, controllers


def rows_of(hotels: Iterable[PropertyId]) -> set[Key]:
    return {keys.DEPLOYMENT, *(keys.property_(each) for each in hotels)}


def controllers_in(kept: HubSettings, rows: Mapping[Key, Item | None], hotels: Iterable[PropertyId]) -> Controllers:
    found = [row for each in hotels if (row := rows.get(keys.property_(each)))]
    return controllers(kept, map(properties.read, found))
