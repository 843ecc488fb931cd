"""The OpenAPI 3.1 document, read from the table of calls and the signatures of the functions that answer them."""

import inspect
import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from chalicelib.access.requests import LONGEST_KEY
from chalicelib.canonical.version import VERSION
from chalicelib.entrypoints.api import keyless
from chalicelib.entrypoints.api.calls import JSON, Call, Contract, contract_of
from chalicelib.entrypoints.api.paging import MOST, USUAL
from chalicelib.entrypoints.api.routes import CALLS

Json = dict[str, Any]
REF = "#/components/schemas/{model}"
FAULTS = {
    "400": "What is wrong, and in which field",
    "401": "No key, or a wrong one",
    "403": "The key's role may not do this",
    "404": "It is not there, or not in this key's sight",
    **keyless.FAULTS,
}
CONFLICT = "Somebody else was faster, or it is in no state for this"
USED = "The Idempotency-Key was used for another request"
REMEMBERED = (
    "The same request under the same key is done once and answered alike, for 24 hours; after them the key means a new "
    "request. Another request under the key is refused."
)


class Fault(BaseModel):
    field: str
    message: str


class Health(BaseModel):
    """The hub lives."""

    status: Literal["ok"]
    version: str


class Problem(BaseModel):
    """RFC 9457 problem details."""

    model_config = ConfigDict(title="Problem")

    type: str
    title: str
    status: int
    detail: str
    errors: list[Fault] = Field(default_factory=list)


@cache
def document() -> Json:
    """Made once for the life of the process."""
    contracts = {call: contract_of(call) for call in CALLS}
    names, definitions = _schemas(contracts)
    problem = names[Problem, "serialization"]
    paths = keyless.paths(health=names[Health, "serialization"], problem=problem)
    for call, contract in contracts.items():
        paths.setdefault(call.path, {})[call.method.lower()] = _operation(call, contract, names)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Xenia", "version": VERSION, "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
        "security": [{"key": []}],
        "paths": paths,
        "components": {
            "schemas": definitions,
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "bearerFormat": "xk_…"}},
        },
    }


Names = Mapping[tuple[Any, JsonSchemaMode], Json]


def _schemas(contracts: dict[Call, Contract]) -> tuple[Names, Json]:
    asked = [(each.takes, "validation") for each in contracts.values() if each.takes]
    given = [(each.gives, "serialization") for each in contracts.values() if each.gives]
    pairs: Any = list(dict.fromkeys([*asked, *given, (Problem, "serialization"), (Health, "serialization")]))
    names, definitions = models_json_schema(pairs, ref_template=REF)
    return names, definitions["$defs"]


def _operation(call: Call, contract: Contract, names: Names) -> Json:
    operation: Json = {
        "operationId": call.answered_by.replace(":", "_"),
        "summary": contract.summary,
        "tags": [call.path.split("/")[2]],
        "x-roles": sorted(call.roles),
        "parameters": _parameters(call, contract),
        "responses": _responses(call, contract, names),
    }
    if contract.description:
        operation["description"] = contract.description
    if contract.takes:
        content = {JSON: {"schema": names[contract.takes, "validation"]}}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _parameters(call: Call, contract: Contract) -> list[Json]:
    text = {"type": "string"}
    found = [keyless.in_path(name, keyless.HUB_ID) for name in re.findall(r"{(\w+)}", call.path)]
    found += [{"name": name, "in": "query", "schema": text} for name in contract.query]
    if contract.pages:
        limit = {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL}
        found += [{"name": "limit", "in": "query", "schema": limit}, {"name": "cursor", "in": "query", "schema": text}]
    if call.creates:
        key = {**text, "minLength": 1, "maxLength": LONGEST_KEY}
        found.append({"name": "Idempotency-Key", "in": "header", "description": REMEMBERED, "schema": key})
    return found


def _responses(call: Call, contract: Contract, names: Names) -> Json:
    refused = keyless.refusals(_faults(call, contract), names[Problem, "serialization"])
    if contract.gives is None:
        return {"204": {"description": "Done"}, **refused}
    told = inspect.cleandoc(contract.gives.__doc__ or "").replace("\n", " ").partition(". ")[0] or "The answer"
    content = {JSON: {"schema": names[contract.gives, "serialization"]}}
    return {str(call.status): {"description": told, "content": content}, **refused}


def _faults(call: Call, contract: Contract) -> dict[str, str]:
    reasons = [*([USED] if call.creates else []), *([CONFLICT] if call.conflicts else [])]
    conflict = {"409": "; ".join(reasons)} if reasons else {}
    return {**FAULTS, **conflict, **(keyless.TOO_LARGE if contract.takes else {})}
