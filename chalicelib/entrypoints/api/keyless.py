"""What needs no key, as the OpenAPI document tells it: written by hand, as no table of calls holds it."""

from collections.abc import Mapping
from typing import Any

from chalicelib.entrypoints.problems import PROBLEM

Json = dict[str, Any]
HUB_ID = {"type": "string", "pattern": "^[a-z0-9_-]{1,64}$"}
FAULTS = {
    "429": "Too much at once: try again after `Retry-After` seconds",
    "500": "A fault of the hub's own: report it with its `X-Correlation-Id`",
    "503": "A passing fault: try again after `Retry-After` seconds",
}
AFTER = {"Retry-After": {"description": "Seconds", "schema": {"type": "integer"}}}
HEADERS: dict[str, Json] = {
    "401": {
        "x-amzn-Remapped-WWW-Authenticate": {
            "description": "`WWW-Authenticate`, as API Gateway hands it on; the local cloud leaves its name as it is",
            "schema": {"const": "Bearer"},
        }
    },
    "429": AFTER,
    "503": AFTER,
}
TOO_LARGE = {"413": "The body is larger than 4 MB"}
PAGE = {"text/html": {"schema": {"type": "string"}}}


def paths(*, health: Json, problem: Json) -> Json:
    """`health` and `problem` are the schemas that they answer with."""
    refused = refusals(FAULTS, problem)
    alive = {"200": {"description": "Alive", "content": {"application/json": {"schema": health}}}, **refused}
    itself = {"200": {"description": "OpenAPI 3.1", "content": {"application/json": {"schema": {"type": "object"}}}}}
    return {
        "/health": {"get": _open("Liveness and version.", alive)},
        "/openapi.json": {"get": _open("This document.", {**itself, **refused})},
        "/webhooks/{connection}": {"post": _webhook(problem)},
        "/u/{token}": _way_out(refused),
    }


def refusals(faults: Mapping[str, str], problem: Json) -> Json:
    """Problem details for each status, in order."""
    content = {PROBLEM: {"schema": problem}}
    return {
        status: {"description": told, "headers": HEADERS.get(status, {}), "content": content}
        for status, told in sorted(faults.items())
    }


def in_path(name: str, schema: Json) -> Json:
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _open(summary: str, responses: Json, **more: Any) -> Json:
    return {"summary": summary, "security": [], "responses": responses, **more}


def _webhook(problem: Json) -> Json:
    faults = {"401": "No connection of this name vouches for it: always the same answer", **TOO_LARGE, **FAULTS}
    taken = {"200": {"description": "Taken"}, "202": {"description": "Taken, where the vendor expects this status"}}
    return _open(
        "Take what a vendor pushes, in the vendor's own shape and signed by its own means.",
        {**taken, **refusals(faults, problem)},
        parameters=[in_path("connection", HUB_ID)],
        requestBody={"required": True, "content": {"*/*": {}}},
    )


def _way_out(refused: Json) -> Json:
    page = {"description": "A page in the guest's language", "content": PAGE}
    unknown = {"description": "A page that says that the link is none of the hub's", "content": PAGE}
    responses = {"200": page, "404": unknown, **refused}
    token = in_path("token", {"type": "string"})
    form = {"required": False, "content": {"application/x-www-form-urlencoded": {}, "multipart/form-data": {}}}
    return {
        "get": _open(
            "Ask whether the guest wants out of marketing mail; changes nothing.", responses, parameters=[token]
        ),
        "post": _open(
            "Take a guest out of marketing mail, by the page's form or by one click (RFC 8058).",
            responses,
            parameters=[token],
            requestBody=form,
        ),
    }
