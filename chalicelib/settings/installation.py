"""What only the deployment's tools know, in the settings' row and apart from the settings. Loads no pydantic."""

from dataclasses import dataclass

from chalicelib.aws import keys, table
from chalicelib.aws.codec import Item


@dataclass(frozen=True)
class Installation:
    """Where this deployment keeps raw notices, and where it is reached; "" is not known yet."""

    raw_bucket: str = ""
    public_url: str = ""


def get() -> Installation:
    return read(table.get(keys.DEPLOYMENT))


def read(row: Item | None) -> Installation:
    known = row or {}
    return Installation(str(known.get("raw_bucket", "")), str(known.get("public_url", "")))


def note(*, raw_bucket: str | None = None, public_url: str | None = None) -> None:
    """Write down what is given, and leave the rest and all settings as they are."""
    facts = {"raw_bucket": raw_bucket, "public_url": public_url}
    given = {f":{name}": value for name, value in facts.items() if value is not None}
    if given:
        expression = "SET " + ", ".join(f"{name[1:]} = {name}" for name in given)
        table.write(table.Update(keys.DEPLOYMENT, expression, given))
