"""The OpenAPI 3.1 document, read from the table of calls and the signatures of the functions that answer them."""

import inspect
import re
from functools import cache
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.access.requests import LONGEST_KEY
from chalicelib.canonical.preferences import OFFERED
from chalicelib.canonical.version import VERSION
from chalicelib.consent.model import CHANNELS, PURPOSES
from chalicelib.entrypoints.api import keyless
from chalicelib.entrypoints.api.calls import BY_PATH, JSON, Call, Contract, contract_of
from chalicelib.entrypoints.api.events import Events, Fault
from chalicelib.entrypoints.api.example_values import IN_QUERY, VALUES
from chalicelib.entrypoints.api.examples import example_of
from chalicelib.entrypoints.api.paging import MOST, USUAL
from chalicelib.entrypoints.api.routes import CALLS
from chalicelib.entrypoints.api.shapes import Shapes, shapes_of

Json = dict[str, Any]
SERVER = {
    "url": "https://{host}",
    "description": "The hub's own domain; `hub up` and a deployment without a domain print another address",
    "variables": {"host": {"default": "hub.your-group.example"}},
}
FAULTS = {
    "400": "What is wrong, and in which field",
    "401": "No key, or a wrong one",
    "403": "The key's role may not do this",
    "404": "It is not there, or not in this key's sight",
    **keyless.FAULTS,
}
ENUMS: dict[str, Json] = {
    "channel": {"type": "string", "enum": [*CHANNELS]},
    "purpose": {"type": "string", "enum": [*PURPOSES]},
    "preference": {"type": "string", "enum": [*OFFERED]},
}
"""Names in paths that are no ids of somebody's choice."""
TAGS = {
    "accounts": "Companies and agencies, their contacts and their stays",
    "audit": "Who of the staff did what, and saw which guests",
    "campaigns": "Mail to a segment: launched in runs, each guest with one decision",
    "consent-rules": "By which country's rules guests are written to",
    "consent-settings": "The company's own rules of consent, the texts that guests agree to, and topics of mails",
    "registers": "Lists that others keep, such as of those who want no advertising",
    "topics": "What mails may be about, and among which guests choose",
    "connections": "Links to vendors' accounts, which push webhooks",
    "dead-letters": "What could not be processed, with its reason",
    "processing-record": "What is done with whose data, as article 30 of the GDPR asks for it",
    "retention": "How long what is kept, and whom the rule would erase today",
    "erasures": "Guests who were erased, and which sources still hold them",
    "events": "Snapshots in the hub's own format",
    "guests": "Who the guests are, and what happened with each",
    "identity-audits": "How good each source's records are, audit by audit",
    "identity-provider": "The group's own provider of identities (OpenID Connect)",
    "imports": "History as lists of guests and stays: read and shown before it is stored",
    "jobs": "Long work, and how far it is",
    "keys": "Who may call the API",
    "staff": "The people who work with the hub",
    "merge-candidates": "Guests who may be one person",
    "merge-decisions": "What people decide about who is one person",
    "privacy-requests": "What people ask for about their data, by when, and what became of it",
    "programs": "Loyalty programmes and their terms",
    "properties": "The hotels",
    "segments": "Rules that say which guests belong",
    "signups": "Who would like to get newsletters, and is asked to confirm it",
    "settings": "What is set for all hotels",
    "spend-settings": "Commissions of channels, the group's currency, and exchange rates",
    "templates": "What mails say",
    "today": "What who comes to work should know",
    "traits": "What is known of a guest, and where it may be used",
}
CONFLICT = "Somebody else was faster, or it is in no state for this"
USED = "The Idempotency-Key was used for another request"
SEEN = (
    "The version that was seen: where another one is kept by now, nothing is changed, and the refusal names it, when "
    "it was changed and by whom. Without it the newest version is replaced. The same content again is no conflict."
)
REMEMBERED = (
    "The same request under the same key is done once and answered alike, for 24 hours; after them the key means a new "
    "request. Another request under the key is refused."
)


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
    shapes = _shapes(contracts)
    paths = keyless.paths(
        health=_content(Health, shapes), problem={"schema": shapes.given[Problem]}, snapshots=shapes.taken[Events]
    )
    for call, contract in contracts.items():
        paths.setdefault(call.path, {})[call.method.lower()] = _operation(call, contract, shapes)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Xenia",
            "version": VERSION,
            "description": "The guest relationship hub: guests, loyalty, segments and campaigns of a hotel group.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [SERVER],
        "security": [{"key": []}],
        "tags": [{"name": each, "description": TAGS[each]} for each in sorted({_tag(call) for call in CALLS})],
        "paths": paths,
        "components": {
            "schemas": shapes.known,
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "bearerFormat": "xk_…"}},
        },
    }


def _shapes(contracts: dict[Call, Contract]) -> Shapes:
    shapes = shapes_of(
        [each.takes for each in contracts.values() if each.takes],
        [*(each.gives for each in contracts.values() if each.gives), Problem, Health],
        [
            each.takes
            for call, each in contracts.items()
            if each.takes and each.names_in_body and call.method in BY_PATH
        ],
    )
    problem = shapes.known["Problem"]  # every refusal is one: its example stands here once
    problem["examples"] = [example_of(shapes.given[Problem], shapes.known)]
    return shapes


def _content(model: type[BaseModel], shapes: Shapes) -> Json:
    return {"schema": shapes.given[model], "example": example_of(shapes.given[model], shapes.known)}


def _tag(call: Call) -> str:
    return call.path.split("/")[2]


def _operation(call: Call, contract: Contract, shapes: Shapes) -> Json:
    operation: Json = {
        "operationId": call.answered_by.replace(":", "_"),
        "summary": contract.summary,
        "tags": [_tag(call)],
        "x-roles": sorted(call.roles),
        "parameters": _parameters(call, contract),
        "responses": _responses(call, contract, shapes),
    }
    if contract.description:
        operation["description"] = contract.description
    if contract.takes:
        taken = shapes.taken[contract.takes]
        content = {"schema": taken, "example": example_of(taken, shapes.known)}
        operation["requestBody"] = {"required": True, "content": {JSON: content}}
    return operation


def _parameters(call: Call, contract: Contract) -> list[Json]:
    text = {"type": "string"}
    named = re.findall(r"{(\w+)}", call.path)
    found = [
        keyless.in_path(name, ENUMS.get(name, keyless.HUB_ID), None if name in ENUMS else VALUES[name])
        for name in named
    ]
    asked = {name: IN_QUERY.get(f"{call.answered_by}.{name}", IN_QUERY[name]) for name in contract.query}
    found += [{"name": name, "in": "query", "schema": text, "example": each} for name, each in asked.items()]
    if contract.pages:
        limit = {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL}
        found.append({"name": "limit", "in": "query", "schema": limit, "example": USUAL})
        found.append({"name": "cursor", "in": "query", "schema": text, "example": VALUES["cursor"]})
    if call.versioned:
        told = {"description": SEEN, "example": '"3"'}
        found.append({"name": "If-Match", "in": "header", **told, "schema": text})
    if call.creates:
        key = {**text, "minLength": 1, "maxLength": LONGEST_KEY}
        told = {"description": REMEMBERED, "example": "spring-2026"}
        found.append({"name": "Idempotency-Key", "in": "header", **told, "schema": key})
    return found


def _responses(call: Call, contract: Contract, shapes: Shapes) -> Json:
    refused = keyless.refusals(_faults(call, contract), {"schema": shapes.given[Problem]})
    if contract.gives is None:
        return {"204": {"description": "Done"}, **refused}
    told = inspect.cleandoc(contract.gives.__doc__ or "").replace("\n", " ").partition(". ")[0] or "The answer"
    content = {JSON: _content(contract.gives, shapes)}
    return {str(call.status): {"description": told, "content": content}, **refused}


def _faults(call: Call, contract: Contract) -> dict[str, str]:
    reasons = [*([USED] if call.creates else []), *([CONFLICT] if call.conflicts else [])]
    conflict = {"409": "; ".join(reasons)} if reasons else {}
    return {**FAULTS, **conflict, **(keyless.TOO_LARGE if contract.takes else {})}
