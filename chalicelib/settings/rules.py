"""Whose name a mail carries, who answers for it, and whether settings and properties fit each other."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from typing import NamedTuple

from chalicelib.canonical.ids import ControllerId, PropertyId, Scope
from chalicelib.properties.model import Branding, Property
from chalicelib.settings.guest_rules import SHIPPED, GuestRules
from chalicelib.settings.legal import ConsentSettings
from chalicelib.settings.model import GROUP_CONTROLLER, HubSettings, Succession
from chalicelib.settings.senders import NO_SENDERS, Senders

NOTHING_SAID = ConsentSettings()


@dataclass(frozen=True)
class MailIdentity:
    """Who a mail is from. `controller` is the legal entity whose consent it needs, `succeeds` are those that answered
    before it at one of its hotels: an objection to one of them holds still."""

    controller: ControllerId
    branding: Branding
    succeeds: frozenset[ControllerId] = frozenset()
    time_zone: str = "UTC"
    """By whose clock it is written: the hotel's; the group's mail goes by UTC."""
    hotel: PropertyId | None = field(default=None, compare=False)
    """In whose name it is; None where it is in the group's."""
    shares: bool = field(default=False, compare=False)
    """Whether hotels share what they know of a guest."""
    senders: Senders = field(default=NO_SENDERS, compare=False)
    """The hotels for which the controller answers: by their countries' rules the mail goes."""
    guests: GuestRules = field(default=SHIPPED, compare=False)
    """How guests are recognised."""


def mail_identity(
    settings: HubSettings,
    property_: Property | None = None,
    successions: Collection[Succession] = (),
    senders: Senders = NO_SENDERS,
) -> MailIdentity:
    """A property's own, else its brand's, else the group's, each value by itself. Without a property it is the group's.

    A brand that is not in the settings says nothing.
    """
    branding = _over(*_levels(settings, property_))
    controller = controller_of(settings, property_)
    succeeds = predecessors(controller, successions)
    zone, hotel = (property_.time_zone, property_.id) if property_ else ("UTC", None)
    return MailIdentity(controller, branding, succeeds, zone, hotel, settings.sharing, senders, settings.guests)


def senders_of(
    settings: HubSettings,
    hotels: Iterable[Property],
    property_: Property | None = None,
    legal: ConsentSettings = NOTHING_SAID,
) -> Senders:
    """Those of the mail of a property, or of the group."""
    controller = controller_of(settings, property_)
    return senders_of_controller(settings, hotels, controller, property_.id if property_ else None, legal)


def senders_of_controller(
    settings: HubSettings,
    hotels: Iterable[Property],
    controller: ControllerId,
    own: PropertyId | None = None,
    legal: ConsentSettings = NOTHING_SAID,
) -> Senders:
    answered_for = {each.id: each for each in hotels if controller_of(settings, each) == controller}
    return Senders(answered_for, own, legal.rules, legal.registers)


def controller_of(settings: HubSettings, property_: Property | None = None) -> ControllerId:
    """Who answers for a property's guests; without a property, for the group's."""
    named = [each.legal_entity for each in _levels(settings, property_) if each.legal_entity]
    return ControllerId(named[-1]) if named else GROUP_CONTROLLER


def _levels(settings: HubSettings, property_: Property | None) -> list[Branding]:
    """Farthest first."""
    brand = settings.brands.get(property_.brand) if property_ and property_.brand else None
    levels = (settings.group, brand, property_.branding if property_ else None)
    return [each for each in levels if each]


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


class Names(NamedTuple):
    """In whose names a page speaks to a guest. What is not set is empty."""

    name: str = ""
    postal_address: str = ""
    logo_url: str = ""


def names_of(controller: ControllerId, settings: HubSettings, properties: Iterable[Property]) -> Names:
    """Those of the hotels for which a legal entity answers, where they are of one mind; else the group's."""
    hotels = [each for each in properties if controller_of(settings, each) == controller]
    brandings = [mail_identity(settings, each).branding for each in hotels]
    group = settings.group

    def shared(told: Iterable[str | None], otherwise: str | None) -> str:
        found = set(told)
        return (found.pop() if len(found) == 1 else None) or otherwise or ""

    return Names(
        shared((each.name for each in hotels), _name_of_brand(settings, hotels) or _name_in(group.sender)),
        shared((each.postal_address for each in brandings), group.postal_address),
        shared((each.logo_url for each in brandings), group.logo_url),
    )


def _name_of_brand(settings: HubSettings, hotels: Iterable[Property]) -> str | None:
    brands = {each.brand for each in hotels}
    brand = settings.brands.get(brands.pop() or "") if len(brands) == 1 else None
    return brand.name if brand else None


def _name_in(sender: str | None) -> str:
    """`Group` of `Group <news@group.example>`."""
    return parseaddr(sender or "")[0]


@dataclass(frozen=True)
class Controllers:
    """Who answers for what is done with guests' data: at each hotel, and where no hotel is named."""

    group: ControllerId = GROUP_CONTROLLER
    by_property: Mapping[PropertyId, ControllerId] = field(default_factory=dict)
    successions: Collection[Succession] = ()

    @property
    def all(self) -> frozenset[ControllerId]:
        """Whoever answers somewhere today."""
        return frozenset({self.group, *self.by_property.values()})

    def of(self, seen_at: Collection[Scope]) -> frozenset[ControllerId]:
        """To whom a record speaks that was named at these hotels. One that the hub does not know answers for nobody."""
        known = [self.by_property[PropertyId(each)] for each in seen_at if each in self.by_property]
        return frozenset(known) if seen_at else frozenset({self.group})

    def with_predecessors(self, some: Iterable[ControllerId]) -> frozenset[ControllerId]:
        return frozenset(one for each in some for one in (each, *predecessors(each, self.successions)))


def controllers(
    settings: HubSettings, properties: Iterable[Property], successions: Collection[Succession] = ()
) -> Controllers:
    by_property = {each.id: controller_of(settings, each) for each in properties}
    return Controllers(controller_of(settings), by_property, successions)


def predecessors(controller: ControllerId, successions: Collection[Succession]) -> frozenset[ControllerId]:
    """Whom a controller succeeded, and whom these did."""
    found = {controller}
    while following := {each.predecessor for each in successions if each.successor in found} - found:
        found |= following
    return frozenset(found - {controller})


def successions_of_settings(before: HubSettings, after: HubSettings, properties: Iterable[Property]) -> set[Succession]:
    """Who succeeds whom: for the group, at each brand (a hotel may come to it at this moment), and at each hotel."""
    brands = before.brands.keys() & after.brands.keys()
    pairs = [(_controller_of_brand(before, each), _controller_of_brand(after, each)) for each in brands]
    pairs += [(controller_of(before, each), controller_of(after, each)) for each in (None, *properties)]
    return _changes(pairs)


def _controller_of_brand(settings: HubSettings, brand: str) -> ControllerId:
    return ControllerId(settings.brands[brand].legal_entity or controller_of(settings))


def successions_of_property(
    settings: HubSettings, before: Property | None, after: Property, known: Collection[Succession]
) -> set[Succession]:
    """Who succeeds whom at one hotel. One that was taken off the list and comes again succeeds what it was."""
    gone = gone_property(after.id)
    if before is None and all(each.successor != gone for each in known):
        return set()
    return _changes([(controller_of(settings, before) if before else gone, controller_of(settings, after))])


def successions_of_restore(today: Controllers, restored: Controllers) -> set[Succession]:
    """Who succeeds whom where hotels and settings of before stand again: who objected to today's has objected to them,
    and what succeeded what in between still does."""
    hotels = today.by_property.keys() | restored.by_property.keys()
    pairs = [(_known_at(today, each), _known_at(restored, each)) for each in hotels]
    return {*today.successions, *_changes([(today.group, restored.group), *pairs])}


def _known_at(known: Controllers, property_id: PropertyId) -> ControllerId:
    return known.by_property.get(property_id, gone_property(property_id))


def gone_property(property_id: PropertyId) -> ControllerId:
    """What stands for a hotel's controller while the hotel is not on the list; no legal entity has such an id."""
    return ControllerId(f"@{property_id}")


def _changes(pairs: Iterable[tuple[ControllerId, ControllerId]]) -> set[Succession]:
    return {Succession(successor=after, predecessor=before) for before, after in pairs if before != after}
