"""How properties are kept."""

from chalicelib.aws import keys, table
from chalicelib.aws.codec import Item
from chalicelib.aws.definitions import FIRST, changed_in, replacing
from chalicelib.canonical.definitions import NOBODYS, Changed, Hand
from chalicelib.canonical.ids import PropertyId
from chalicelib.properties.model import Attestations, Property


def put(property_: Property, replaces: int | None = None, hand: Hand = NOBODYS) -> None:
    """Keep a property in the place of a version (0: of none; None: of whatever is there). Raises ConditionFailed where
    another one is kept. Its version lies beside it: earlier readers take no property that has one. What they do not
    know besides is written only where it is chosen."""
    unknown = set() if property_.attestations != Attestations() else {"attestations"}
    row = table.row(
        keys.property_(property_.id),
        property=property_.model_dump_json(exclude={"version"} | unknown),
        rev=property_.version,
        changed_at=hand.at,
        changed_by=hand.by,
    )
    table.write(table.Put(row, None if replaces is None else replacing(replaces)))


def changed(property_id: PropertyId) -> Changed:
    """Which version is kept, and by whose hand; 0 where none is."""
    return changed_in(table.get(keys.property_(property_id)))


def get(property_id: PropertyId) -> Property | None:
    item = table.get(keys.property_(property_id))
    return read(item) if item else None


def read(item: Item) -> Property:
    return Property.model_validate_json(item["property"]).at_version(item.get("rev", FIRST))


def by_id() -> dict[PropertyId, Property]:
    """Every property of the deployment."""
    found = [read(item) for item in table.query(keys.PROPERTIES)]
    return {each.id: each for each in found}


def delete(property_id: PropertyId) -> None:
    table.write(table.Delete(keys.property_(property_id)))
