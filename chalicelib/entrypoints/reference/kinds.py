"""A schema in words: what stands in a field, as a line that leads to the shapes it names."""

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from chalicelib.entrypoints.api.shapes import REF

if TYPE_CHECKING:
    from markupsafe import Markup

Json = Mapping[str, Any]
OF_TYPE = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "null": "null",
    "object": "object",
}
OF_FORMAT = {"date": "date", "date-time": "instant", "time": "time of day"}
IDS = "^[a-z0-9_-]{1,64}$"


def kind(schema: Json) -> "Markup":
    """Such as `list of <a href="#Occupant">Occupant</a>, or null`."""
    from markupsafe import Markup, escape

    if "$ref" in schema:
        return Markup('<a href="#{0}">{0}</a>').format(str(schema["$ref"]).removeprefix(REF))
    for choice in ("anyOf", "oneOf"):
        if choice in schema:
            return Markup(" or ").join(dict.fromkeys(kind(each) for each in schema[choice]))
    if "const" in schema or "enum" in schema:
        return Markup(" or ").join(_literal(each) for each in schema.get("enum", [schema.get("const")]))
    if schema.get("type") == "array":
        return Markup("list of {}{}").format(kind(schema.get("items", {})), _within(schema, "minItems", "maxItems"))
    if isinstance(schema.get("additionalProperties"), dict):
        return Markup("object whose values are {}").format(kind(schema["additionalProperties"]))
    return escape(_plain(schema))


def _literal(value: object) -> "Markup":
    from markupsafe import Markup

    return Markup("<code>{}</code>").format(json.dumps(value))


def _plain(schema: Json) -> str:
    if schema.get("pattern") == IDS:
        return "id"
    name = OF_FORMAT.get(schema.get("format", "")) or OF_TYPE.get(schema.get("type", ""), "anything")
    if schema.get("type") == "string":
        return name + _within(schema, "minLength", "maxLength", " characters")
    return name + _within(schema, "minimum", "maximum")


def _within(schema: Json, least: str, most: str, unit: str = "") -> str:
    """` (1 to 200 characters)`."""
    low, high = schema.get(least), schema.get(most)
    match low, high:
        case None, None:
            return ""
        case None | 0, _ if unit:
            return f" (at most {high}{unit})"
        case None, _:
            return f" (at most {high}{unit})"
        case _, None:
            return f" (at least {low}{unit})"
    return f" ({low} to {high}{unit})"


def fields(schema: Json) -> Iterator[tuple[str, "Markup", str]]:
    """Name, kind, and what is said of each field: whether it must be there, or what it is where it is left out."""
    needed = schema.get("required", [])
    for name, each in schema.get("properties", {}).items():
        told = [str(each.get("description", ""))]
        if name in needed:
            told.append("required")
        elif each.get("default") is not None:
            told.append(f"else {json.dumps(each['default'])}")
        yield name, kind(each), "; ".join(filter(None, told))
