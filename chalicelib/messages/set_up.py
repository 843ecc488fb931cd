"""What is set, as a guest's page needs it: read once for a page, however often it is asked."""

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.canonical.ids import PropertyId
from chalicelib.properties import store as properties
from chalicelib.properties.model import Property
from chalicelib.settings import legal_store
from chalicelib.settings import store as settings
from chalicelib.settings.legal import ConsentSettings
from chalicelib.settings.model import HubSettings, Succession


@dataclass(frozen=True)
class SetUp:
    settings: HubSettings
    successions: frozenset[Succession]
    hotels: Mapping[PropertyId, Property]
    legal: ConsentSettings


def read() -> SetUp:
    kept, successions = settings.with_successions()
    return SetUp(kept, successions, properties.by_id(), legal_store.get())
