"""How properties are kept."""

from chalicelib.aws import keys, table
from chalicelib.aws.codec import Item
from chalicelib.canonical.ids import PropertyId
from chalicelib.properties.model import Property


def put(property_: Property) -> None:
    table.write(table.Put(table.row(keys.property_(property_.id), property=property_.model_dump_json())))


def get(property_id: PropertyId) -> Property | None:
    item = table.get(keys.property_(property_id))
    return read(item) if item else None


def read(item: Item) -> Property:
    return Property.model_validate_json(item["property"])


def by_id() -> dict[PropertyId, Property]:
    """Every property of the deployment."""
    found = [read(item) for item in table.query(keys.PROPERTIES)]
    return {each.id: each for each in found}


def delete(property_id: PropertyId) -> None:
    table.write(table.Delete(keys.property_(property_id)))
