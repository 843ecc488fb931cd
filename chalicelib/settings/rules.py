"""Whose name a mail carries, and whether settings and properties fit each other."""

from collections.abc import Iterable
from dataclasses import dataclass

from chalicelib.properties.model import Branding, Property
from chalicelib.settings.model import GROUP_CONTROLLER, HubSettings


@dataclass(frozen=True)
class MailIdentity:
    """Who a mail is from. `controller` is the legal entity whose consent it needs."""

    controller: str
    branding: Branding


def mail_identity(settings: HubSettings, property_: Property | None = None) -> MailIdentity:
    """A property's own, else its brand's, else the group's, each value by itself. Without a property it is the group's.

    A brand that is not in the settings says nothing.
    """
    brand = settings.brands.get(property_.brand) if property_ and property_.brand else None
    levels = (settings.group, brand, property_.branding if property_ else None)
    branding = _over(*(each for each in levels if each))
    return MailIdentity(branding.legal_entity or GROUP_CONTROLLER, branding)


def _over(*levels: Branding) -> Branding:
    """What a later one says stands over what an earlier one says."""
    told: dict[str, str] = {}
    for level in levels:
        told |= level.model_dump(include=set(Branding.model_fields), exclude_none=True)
    return Branding(**told)


def brands_taken_away(before: HubSettings, after: HubSettings, properties: Iterable[Property]) -> dict[str, str]:
    """Brands that a change removes, each with a property that names it. One that was not there before it does not
    remove."""
    removed = before.brands.keys() - after.brands.keys()
    return {each.brand: each.id for each in properties if each.brand in removed}
