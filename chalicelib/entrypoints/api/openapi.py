"""The OpenAPI 3.1 document, read from the table of calls and the signatures of the functions that answer them."""

import inspect
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from chalicelib.canonical.version import VERSION
from chalicelib.entrypoints.api.calls import JSON, Call, Contract, contract_of
from chalicelib.entrypoints.api.paging import MOST, USUAL
from chalicelib.entrypoints.api.routes import CALLS
from chalicelib.entrypoints.problems import PROBLEM

Json = dict[str, Any]
REF = "#/components/schemas/{model}"
FAULTS = {
    "400": "What is wrong, and in which field",
    "401": "No key, or a wrong one",
    "403": "The key's role may not do this",
    "404": "It is not there, or not in this key's sight",
    "503": "A passing fault: try again after `Retry-After` seconds",
}


class Fault(BaseModel):
    field: str
    message: str


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
    paths: Json = {"/health": _health()}
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
    pairs: Any = list(dict.fromkeys([*asked, *given, (Problem, "serialization")]))
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
    if contract.takes:
        content = {JSON: {"schema": names[contract.takes, "validation"]}}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _parameters(call: Call, contract: Contract) -> list[Json]:
    text = {"type": "string"}
    found = [
        {"name": name, "in": "path", "required": True, "schema": text} for name in re.findall(r"{(\w+)}", call.path)
    ]
    found += [{"name": name, "in": "query", "schema": text} for name in contract.query]
    if contract.pages:
        limit = {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL}
        found += [{"name": "limit", "in": "query", "schema": limit}, {"name": "cursor", "in": "query", "schema": text}]
    if call.creates:
        found.append({"name": "Idempotency-Key", "in": "header", "schema": {**text, "maxLength": 128}})
    return found


def _responses(call: Call, contract: Contract, names: Names) -> Json:
    problem = {PROBLEM: {"schema": names[Problem, "serialization"]}}
    faults = {**FAULTS, **({"409": "The Idempotency-Key was used for another request"} if call.creates else {})}
    refused = {status: {"description": told, "content": problem} for status, told in sorted(faults.items())}
    if contract.gives is None:
        return {"204": {"description": "Done"}, **refused}
    told = inspect.cleandoc(contract.gives.__doc__ or "").partition("\n")[0] or "The answer"
    content = {JSON: {"schema": names[contract.gives, "serialization"]}}
    return {str(call.status): {"description": told, "content": content}, **refused}


def _health() -> Json:
    answered = {"description": "Alive", "content": {JSON: {"schema": {"type": "object"}}}}
    return {"get": {"summary": "Liveness and version.", "security": [], "responses": {"200": answered}}}
