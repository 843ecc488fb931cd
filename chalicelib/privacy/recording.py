"""Tell the record of processing from what is set up as of now."""

from chalicelib.aws.settings import settings as environment
from chalicelib.canonical.ids import PropertyId
from chalicelib.connections import store as connections
from chalicelib.connections.model import KeptConnection
from chalicelib.loyalty.store import PROGRAMS
from chalicelib.privacy.processing import Controller, Recipient, Record, purposes
from chalicelib.properties import store as properties
from chalicelib.settings import store as settings
from chalicelib.settings.rules import controllers, names_of

AWS = "Amazon Web Services"
OWN = (
    Recipient(AWS, "processor", "keeps and works all of it, in this region"),
    Recipient(f"{AWS} (Simple Email Service)", "processor", "sends messages: address, text, and what became of them"),
)


def record() -> Record:
    kept, hotels = settings.get(), properties.by_id()
    known = controllers(kept, hotels.values())
    answering = {
        each: tuple(hotel for hotel, controller in sorted(known.by_property.items()) if controller == each)
        for each in sorted(known.all)
    }
    named = {each: names_of(each, kept, hotels.values()) for each in answering}
    sources = [
        Recipient(each.id, "source", f"vendor {each.vendor}: guests, reservations and charges", _hotels(each))
        for each in connections.listed()
    ]
    return Record(
        controllers=[
            Controller(each, named[each].name, named[each].postal_address, its) for each, its in answering.items()
        ],
        purposes=purposes(has_programme=bool(list(PROGRAMS.listed()))),
        recipients=[*OWN, *sources],
        region=environment().region,
        months=kept.retention_months,
        erases=kept.retention_erases,
    )


def _hotels(connection: KeptConnection) -> tuple[PropertyId, ...]:
    """None named is one that may speak for every hotel."""
    return tuple(sorted({*connection.properties.values()}))
