"""In whose names a message goes out, as property and settings are at this moment."""

from collections.abc import Collection, Mapping

from chalicelib.aws.codec import Item
from chalicelib.canonical.ids import PropertyId
from chalicelib.properties import store as properties
from chalicelib.properties.model import Property
from chalicelib.settings import legal_store as legal
from chalicelib.settings import store as settings
from chalicelib.settings.model import HubSettings, Succession
from chalicelib.settings.rules import MailIdentity, mail_identity, senders_of


def of(property_id: PropertyId | None) -> MailIdentity | None:
    """A hotel's names, or without one the group's; None for a hotel that is on the list no more.

    Whom a hotel's legal entity succeeds is written into the settings before the hotel changes: read behind the hotel,
    they know it.
    """
    hotels = properties.by_id()
    property_ = hotels.get(property_id) if property_id else None
    if property_id and property_ is None:
        return None
    return _identity(*settings.with_successions(), hotels, property_)


def of_group() -> MailIdentity:
    hotels = properties.by_id()
    return _identity(*settings.with_successions(), hotels)


def of_group_as_set(row: Item | None) -> MailIdentity:
    """By the settings' row as it was read already."""
    return _identity(settings.read(row), settings.successions(row), properties.by_id())


def _identity(
    kept: HubSettings,
    successions: Collection[Succession],
    hotels: Mapping[PropertyId, Property],
    property_: Property | None = None,
) -> MailIdentity:
    senders = senders_of(kept, hotels.values(), property_, legal.get())
    return mail_identity(kept, property_, successions, senders)
