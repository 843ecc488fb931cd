"""What works with a property: it cannot be taken off the list under its hands."""

from chalicelib.access import actions as access
from chalicelib.campaigns import actions as campaigns
from chalicelib.canonical.ids import PropertyId
from chalicelib.connections import store as connections

MOST_TOLD = 10


def uses_of(property_id: PropertyId) -> list[str]:
    """Each by its kind and id, the first ten of a kind."""
    named: dict[str, list[str]] = {
        "connection": [each.id for each in connections.listed() if property_id in each.properties.values()],
        "key": [each.key_id for each in access.kept() if property_id in each.properties],
        "campaign": [each.campaign.id for each in campaigns.being_sent() if each.campaign.property_id == property_id],
    }
    return [f"{kind} {one}" for kind, ids in named.items() for one in ids[:MOST_TOLD]]
