"""The OpenAPI document as pages need it: resources with their calls, and the shapes that a resource's calls name."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.entrypoints.api.calls import JSON
from chalicelib.entrypoints.api.shapes import REF

Json = dict[str, Any]
OPEN = "open"
"""The resource of what needs no key."""
OF_OPEN = "What needs no key: each proves by itself who calls, or tells what all may know"


@dataclass(frozen=True)
class Operation:
    """One call. `told` is what the document says of it."""

    method: str
    path: str
    told: Mapping[str, Any]

    @property
    def anchor(self) -> str:
        return str(self.told["operationId"])

    @property
    def summary(self) -> str:
        return str(self.told["summary"])

    @property
    def description(self) -> str:
        return str(self.told.get("description", ""))

    @property
    def resource(self) -> str:
        return str(next(iter(self.told.get("tags", [])), OPEN))

    @property
    def roles(self) -> Sequence[str]:
        return [str(each) for each in self.told.get("x-roles", [])]

    @property
    def parameters(self) -> Sequence[Json]:
        return list(self.told.get("parameters", []))

    @property
    def body(self) -> Json | None:
        """Its schema and its example."""
        found: Json | None = self.told.get("requestBody", {}).get("content", {}).get(JSON)
        return found

    @property
    def answers(self) -> Mapping[str, Json]:
        return {status: each for status, each in self.told["responses"].items() if status < "400"}

    @property
    def refusals(self) -> Mapping[str, Json]:
        return {status: each for status, each in self.told["responses"].items() if status >= "400"}

    @property
    def schemas(self) -> Iterator[Json]:
        """Of all that is sent and answered."""
        contents = [each.get("content", {}) for each in self.answers.values()]
        contents.append(self.told.get("requestBody", {}).get("content", {}))
        yield from (each["schema"] for content in contents for each in content.values())


@dataclass(frozen=True)
class Resource:
    """The calls behind one word of the address."""

    name: str
    says: str
    operations: Sequence[Operation]


def resources(document: Json) -> Sequence[Resource]:
    """In the order of the document, what needs no key last."""
    every = [
        Operation(method.upper(), path, told)
        for path, operations in document["paths"].items()
        for method, told in operations.items()
    ]
    named = {each["name"]: each["description"] for each in document["tags"]} | {OPEN: OF_OPEN}
    return [Resource(name, says, [each for each in every if each.resource == name]) for name, says in named.items()]


def shapes_of(schemas: Iterable[Json], known: Mapping[str, Json]) -> Mapping[str, Json]:
    """Every shape that these lead to, by name."""
    wanted = [name for each in schemas for name in _named(each)]
    found: dict[str, Json] = {}
    while wanted:
        name = wanted.pop()
        if name not in found:
            found[name] = known[name]
            wanted += _named(known[name])
    return {name: found[name] for name in sorted(found)}


def _named(schema: object) -> Iterator[str]:
    """The shapes that a schema refers to."""
    if isinstance(schema, dict):
        if "$ref" in schema:
            yield str(schema["$ref"]).removeprefix(REF)
        for each in schema.values():
            yield from _named(each)
    elif isinstance(schema, list):
        for each in schema:
            yield from _named(each)
