"""What needs no key, as the OpenAPI document tells it: written by hand, as no table of calls holds it."""

from collections.abc import Mapping
from typing import Any

from chalicelib.canonical.preferences import OFFERED
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
UNREAD = "Nothing of it can be taken: the fields, of what this vendor would mend (`canonical`)"
TOO_LARGE = {"413": "The body is larger than 4 MB"}
PAGE = {"text/html": {"schema": {"type": "string"}, "example": "<!doctype html>…"}}
SIGNATURE = {
    "webhook-id": "msg_3f1c",
    "webhook-timestamp": "1767607200",
    "webhook-signature": "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=",
}
SIGNED = (
    "A connection whose vendor is `canonical` takes snapshots in the hub's own format, signed by the Standard Webhooks "
    "scheme in the three headers. Words that the hub does not know (of status, channel, meal_plan, purpose) become "
    "`unknown`; what is wrong beside snapshots that are right is set aside (`/v1/dead-letters`). Other vendors send "
    "their own bodies and sign them in their own ways."
)
CANONICAL = {"snapshots": [{"kind": "guest", "changed_at": "2026-01-05T10:00:00Z", "source_id": "1001"}]}

READ = {"200": {"description": "A page in English", "content": PAGE}}


def paths(*, health: Json, problem: Json, snapshots: Json) -> Json:
    """`health` and `problem` are what they answer with, `snapshots` is the schema of a canonical webhook's body."""
    refused = refusals(FAULTS, problem)
    alive = {"200": {"description": "Alive", "content": {"application/json": health}}, **refused}
    document = {"schema": {"type": "object", "additionalProperties": True}, "example": {"openapi": "3.1.0"}}
    itself = {"200": {"description": "OpenAPI 3.1", "content": {"application/json": document}}}
    return {
        "/health": {"get": _open("health", "Liveness and version.", alive)},
        "/openapi.json": {"get": _open("description", "This document.", {**itself, **refused})},
        "/docs": {"get": _open("reference", "This document for people: what every call has.", {**READ, **refused})},
        "/docs/{resource}": {"get": _of_resource(refused)},
        "/webhooks/{connection}": {"post": _webhook(problem, snapshots)},
        "/u/{token}": _way_out(refused),
        "/u/{token}/back": _way_back(refused),
        "/preferences/{token}": _preferences(refused),
        "/u/{token}/known": _known(refused),
        "/u/{token}/known/{kind}": _known_kind(refused),
        "/signup": _signup(refused, "group", []),
        "/signup/{property_id}": _signup(refused, "hotel", [in_path("property_id", HUB_ID, "vienna")]),
        "/confirm/{token}": _confirmation(refused),
        "/capture/{token}": _capture(refused),
    }


def refusals(faults: Mapping[str, str], problem: Json) -> Json:
    """Problem details for each status, in order."""
    content = {PROBLEM: problem}
    return {
        status: {"description": told, "headers": HEADERS.get(status, {}), "content": content}
        for status, told in sorted(faults.items())
    }


def in_path(name: str, schema: Json, example: str | None = None) -> Json:
    return {"name": name, "in": "path", "required": True, "schema": schema, "example": example or schema["enum"][0]}


def _open(operation: str, summary: str, responses: Json, **more: Any) -> Json:
    return {"operationId": operation, "summary": summary, "security": [], "responses": responses, **more}


def _of_resource(refused: Json) -> Json:
    missing = {"404": {**refused["500"], "description": "There is no such page"}}
    return _open(
        "reference_of_resource",
        "The same for one resource, with fields and examples.",
        {**READ, **dict(sorted({**missing, **refused}.items()))},
        parameters=[in_path("resource", HUB_ID, "guests")],
    )


def _webhook(problem: Json, snapshots: Json) -> Json:
    faults = {
        "400": UNREAD,
        "401": "No connection of this name vouches for it: always the same answer",
        **TOO_LARGE,
        **FAULTS,
    }
    taken = {"200": {"description": "Taken"}, "202": {"description": "Taken, where the vendor expects this status"}}
    body = {"schema": {"anyOf": [snapshots, {"type": "object", "additionalProperties": True}]}, "example": CANONICAL}
    return _open(
        "webhook",
        "Take what a vendor pushes, in the vendor's own shape and signed by its own means.",
        {**taken, **refusals(faults, problem)},
        description=SIGNED,
        parameters=[in_path("connection", HUB_ID, "pms-vienna"), *(_signature(*each) for each in SIGNATURE.items())],
        requestBody={"required": True, "content": {"application/json": body}},
    )


def _signature(name: str, example: str) -> Json:
    return {"name": name, "in": "header", "schema": {"type": "string"}, "example": example}


def _shown(told: str) -> Json:
    return {"description": told, "content": PAGE}


PAGES = {
    "200": _shown("A page in the guest's language"),
    "404": _shown("A page that says that the link is none of the hub's"),
}
TOKEN = in_path("token", {"type": "string"}, "eyJhbGciOi")


def _way_back(refused: Json) -> Json:
    lost = _shown("A page that says that the link does not show any more who holds it; nothing was changed")
    return {
        "get": _open(
            "returning_asked",
            "Show how the guest stands, and the way back to who left; changes nothing.",
            {**PAGES, **refused},
            parameters=[TOKEN],
        ),
        "post": _open(
            "returning",
            "Let a guest who left by the link get marketing mail again: the guest's own consent, with proof.",
            {**PAGES, "409": lost, **refused},
            parameters=[TOKEN],
        ),
    }


def _preferences(refused: Json) -> Json:
    lost = _shown("A page that says that the link does not show any more who agrees; nothing was changed")
    again = _shown("The page once more: nothing of what was sent is kept")
    one = {"type": "string"}
    fields = {"shown": {"type": "array", "items": one}, "topic": {"type": "array", "items": one}}
    chosen = {"frequency": {"type": "string", "enum": ["all", "week", "month"]}, "tracked": one}
    schema = {"type": "object", "properties": {**fields, **chosen}, "required": ["frequency"]}
    form = {"schema": schema, "example": {"shown": ["spa"], "topic": ["spa"], "frequency": "week"}}
    return {
        "get": _open(
            "preferences",
            "Show what a guest wants mails about, how often, and whether it is followed; changes nothing.",
            {**PAGES, **refused},
            parameters=[TOKEN],
        ),
        "post": _open(
            "choosing",
            "Keep what a guest chose, with a receipt for each word: of the topics that were `shown` those in `topic`.",
            {**PAGES, "400": again, "409": lost, **refused},
            parameters=[TOKEN],
            requestBody={"required": True, "content": {"application/x-www-form-urlencoded": form}},
        ),
    }


def _known(refused: Json) -> Json:
    told = "Show the guest what is known of what they prefer; changes nothing."
    return {"get": _open("known", told, {**PAGES, **refused}, parameters=[TOKEN])}


def _known_kind(refused: Json) -> Json:
    again = {"400": _shown("The form once more"), "409": _shown("The form once more: something else was said just now")}
    values = {"values": {"type": "array", "items": {"type": "string"}}}
    form = {"schema": {"type": "object", "properties": values}, "example": {"values": ["soft"]}}
    parameters = [TOKEN, in_path("kind", {"type": "string", "enum": [*OFFERED]})]
    return {
        "get": _open(
            "known_kind",
            "Show one kind of preference, to be changed; changes nothing.",
            {**PAGES, **refused},
            parameters=parameters,
        ),
        "post": _open(
            "known_kind_said",
            "Take the guest's own word of one kind; without values what is known of it is deleted.",
            {**PAGES, **again, **refused},
            parameters=parameters,
            requestBody={"required": False, "content": {"application/x-www-form-urlencoded": form}},
        ),
    }


def _signup(refused: Json, whose: str, parameters: list[Json]) -> Json:
    none = _shown("A page that says that there is no such form, or that nobody can be mailed yet")
    typed = {"email": {"type": "string"}, "given_name": {"type": "string"}, "family_name": {"type": "string"}}
    form = {"schema": {"type": "object", "properties": typed}, "example": {"email": "anna@example.com"}}
    told = {
        "200": _shown("A page that says that there is mail: the same for every address"),
        "400": _shown("The form once more, with what is wrong with it"),
        "404": none,
        **refused,
        "429": _shown("A page that says that there were too many sign-ups"),
    }
    language = {"name": "language", "in": "query", "schema": {"type": "string"}, "example": "de"}
    return {
        "get": _open(
            f"signup_form_of_{whose}",
            "The form by which people sign up for newsletters; a hotel's websites may show it in a frame.",
            {"200": _shown("The form"), "404": none, **refused},
            parameters=[*parameters, language],
        ),
        "post": _open(
            f"signing_up_at_{whose}",
            "Have who typed an address asked by mail to confirm it (double opt-in).",
            told,
            parameters=[*parameters, language],
            requestBody={"required": True, "content": {"application/x-www-form-urlencoded": form}},
        ),
    }


def _confirmation(refused: Json) -> Json:
    return {
        "get": _open(
            "confirming_asked",
            "Ask who signed up to confirm it; changes nothing.",
            {**PAGES, **refused},
            parameters=[TOKEN],
        ),
        "post": _open(
            "confirming",
            "Know who signed up as a guest who agreed, with the receipt.",
            {**PAGES, **refused},
            parameters=[TOKEN],
        ),
    }


def _capture(refused: Json) -> Json:
    texts = {"type": "array", "items": {"type": "string"}}
    typed = {"shown": {"type": "string"}, "email": {"type": "string"}, "agreed": texts, "topic": texts}
    form = {"schema": {"type": "object", "properties": typed}, "example": {"email": "anna@example.com"}}
    told = {**PAGES, "400": _shown("The form once more, with what is wrong with it"), **refused}
    told |= {"429": _shown("A page that says that this address was mailed too often")}
    return {
        "get": _open(
            "capture_form",
            "Ask who scanned a code at the front desk for an address; changes nothing.",
            {**PAGES, **refused},
            parameters=[TOKEN],
        ),
        "post": _open(
            "capturing",
            "Keep the address that a guest gives on their own phone, and what they agree to; once.",
            told,
            parameters=[TOKEN],
            requestBody={"content": {"application/x-www-form-urlencoded": form}},
        ),
    }


def _way_out(refused: Json) -> Json:
    responses = {**PAGES, **refused}
    answer = {"schema": {"type": "object", "properties": {"List-Unsubscribe": {"type": "string"}}}}
    kinds = ("application/x-www-form-urlencoded", "multipart/form-data")
    form = {each: {**answer, "example": {"List-Unsubscribe": "One-Click"}} for each in kinds}
    return {
        "get": _open(
            "leaving_asked",
            "Ask whether the guest wants out of marketing mail; changes nothing.",
            responses,
            parameters=[TOKEN],
        ),
        "post": _open(
            "leaving",
            "Take a guest out of marketing mail, by the page's form or by one click (RFC 8058).",
            responses,
            parameters=[TOKEN],
            requestBody={"required": False, "content": form},
        ),
    }
