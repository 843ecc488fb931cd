"""/v1/processing-record: what is done with whose data, as article 30 of the GDPR asks for it."""

from typing import Literal

from chalicelib.canonical.ids import ControllerId, PropertyId
from chalicelib.canonical.time import Instant
from chalicelib.entrypoints.api.answers import Shown
from chalicelib.entrypoints.api.calls import Ask
from chalicelib.privacy import processing
from chalicelib.privacy.processing import CATEGORIES, SECURITY, CategoryName, Record
from chalicelib.privacy.recording import record


class ControllerShown(Shown):
    """A legal entity that answers for what is done with guests' data, and at which hotels."""

    id: ControllerId
    name: str
    postal_address: str
    properties: list[PropertyId]


class CategoryShown(Shown):
    """A category of data: whose they are, and how long they are `kept`."""

    category: CategoryName
    data: str
    persons: list[str]
    kept: str


class PurposeShown(Shown):
    """What the data are used for, on which `basis` (an article of the GDPR), and which categories of them."""

    purpose: str
    basis: str
    categories: list[CategoryName]


class RecipientShown(Shown):
    """A `processor` works data for the controllers, a `source` is where they come from; of `properties`, or, without
    any, of all hotels."""

    name: str
    role: Literal["processor", "source"]
    what: str
    properties: list[PropertyId]


class ProcessingRecordShown(Shown):
    """What the hub does, as it is set up at one moment. What the company does beside the hub stands elsewhere. `region`
    is the one of AWS in which all data lie and are worked; messages go wherever their readers are."""

    at: Instant
    controllers: list[ControllerShown]
    purposes: list[PurposeShown]
    categories: list[CategoryShown]
    recipients: list[RecipientShown]
    region: str
    security: list[str]


def get(ask: Ask) -> ProcessingRecordShown:
    """The record of processing activities, made from what is set up now."""
    return shown(record(), ask.now)


def shown(found: Record, at: Instant) -> ProcessingRecordShown:
    used = {each for purpose in found.purposes for each in purpose.categories}
    return ProcessingRecordShown(
        at=at,
        controllers=[
            ControllerShown(**{**each._asdict(), "properties": list(each.properties)}) for each in found.controllers
        ],
        purposes=[
            PurposeShown(purpose=each.purpose, basis=each.basis, categories=list(each.categories))
            for each in found.purposes
        ],
        categories=[_category(name, found) for name in CATEGORIES if name in used],
        recipients=[
            RecipientShown(**{**each._asdict(), "properties": list(each.properties)}) for each in found.recipients
        ],
        region=found.region,
        security=list(SECURITY),
    )


def _category(name: CategoryName, found: Record) -> CategoryShown:
    category = CATEGORIES[name]
    kept = processing.kept(name, found.months, erases=found.erases)
    return CategoryShown(category=name, data=category.data, persons=list(category.persons), kept=kept)
