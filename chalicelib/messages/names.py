"""In whose names a message goes out, as property and settings are at this moment."""

from chalicelib.canonical.ids import PropertyId
from chalicelib.properties import store as properties
from chalicelib.settings import store as settings
from chalicelib.settings.rules import MailIdentity, mail_identity


def of(property_id: PropertyId | None) -> MailIdentity | None:
    """A hotel's names, or without one the group's; None for a hotel that is on the list no more.

    Whom a hotel's legal entity succeeds is written into the settings before the hotel changes: read behind the hotel,
    they know it.
    """
    property_ = properties.get(property_id) if property_id else None
    if property_id and property_ is None:
        return None
    kept, successions = settings.with_successions()
    return mail_identity(kept, property_, successions)
