"""API Gateway as the hub wants it, in words that Chalice lacks: throttles, an access log, its own errors as problems.

Plain values, of which `package` makes part of the single stack's template, and `live_gateway` calls to what
`chalice deploy` made.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.entrypoints.problems import PATIENCE, PROBLEM

Json = dict[str, Any]
Routes = Mapping[str, Iterable[str]]
"""Methods by path."""


@dataclass(frozen=True)
class Throttle:
    """What each method at each path takes: so many requests a second, and so many at once after a pause."""

    rate: int
    burst: int


WEBHOOKS = Throttle(500, 1000)
"""The season's mix at ten thousand hotels is about twenty a second; a vendor that resends sends all at once."""
CALLS = Throttle(50, 100)
"""Each call of /v1, and whatever is neither a webhook nor a page."""
PAGES = Throttle(100, 200)
"""Mail scanners follow every link, just after a campaign went out."""
ELSEWHERE = ("/*", "*")

ACCESS_LOG = json.dumps({
    "at": "$context.requestTimeEpoch",
    "request": "$context.requestId",
    "method": "$context.httpMethod",
    "route": "$context.resourcePath",
    "status": "$context.status",
    "refused_as": "$context.error.responseType",
    "milliseconds": "$context.responseLatency",
    "bytes": "$context.responseLength",
}, separators=(",", ":"))  # fmt: skip
"""No address, no query, and the route in the place of the path: a path may hold a guest's token."""


@dataclass(frozen=True)
class Refusal:
    """An answer that API Gateway gives without asking the hub. Without a status it is API Gateway's own."""

    title: str
    detail: str
    status: int | None = None
    retry_after: int | None = None


NOT_THERE = Refusal("Not found", "There is no such address, or it does not know this method.", 404)
REFUSALS = {
    "DEFAULT_4XX": Refusal("Refused", "This request is none that the hub takes."),
    # For want of Lambdas, among others, API Gateway would say 500.
    "DEFAULT_5XX": Refusal("Try again later", "The hub did not answer: send it again.", 503, PATIENCE),
    "THROTTLED": Refusal("Too many requests", "Send it again, and fewer at once.", 429, 1),
    "REQUEST_TOO_LARGE": Refusal("Too large", "The hub takes no body of this size.", 413),
    "UNSUPPORTED_MEDIA_TYPE": Refusal("Unsupported media type", "The hub does not take this type of content.", 415),
    "RESOURCE_NOT_FOUND": NOT_THERE,
    # What API Gateway says of an unknown address: it looks for a signature of AWS's where it finds no method. With an
    # Authorization header it finds a wrong one, and its own words would repeat the header.
    "MISSING_AUTHENTICATION_TOKEN": NOT_THERE,
    "INVALID_SIGNATURE": NOT_THERE,
}
"""https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html"""


def routes() -> dict[str, list[str]]:
    """What the application answers."""
    from app import app

    return {path: sorted(methods) for path, methods in app.routes.items()}


def throttles(routes: Routes) -> dict[tuple[str, str], Throttle]:
    """By path and method, as API Gateway writes them. Those of /v1 are what is not named, for they are the most."""
    named = {(_escaped(path), method): _throttle(path) for path, methods in routes.items() for method in methods}
    return {ELSEWHERE: CALLS} | {each: throttle for each, throttle in named.items() if throttle != CALLS}


def _throttle(path: str) -> Throttle:
    if path.startswith("/webhooks/"):
        return WEBHOOKS
    return CALLS if path.startswith("/v1/") else PAGES


def _escaped(path: str) -> str:
    """A path as one step of another: slashes are `~1`, but for the first one."""
    return "/" + path.replace("~", "~0").replace("/", "~1") if path != "/" else path


def settings(routes: Routes) -> list[Json]:
    """CloudFormation's MethodSettings."""
    return [
        {
            "ResourcePath": path,
            "HttpMethod": method,
            "ThrottlingRateLimit": each.rate,
            "ThrottlingBurstLimit": each.burst,
        }
        for (path, method), each in throttles(routes).items()
    ]


def patches(routes: Routes, log_arn: str) -> list[Json]:
    """The same, and the access log, as API Gateway's UpdateStage takes it."""
    wanted = {"/accessLogSettings/destinationArn": log_arn, "/accessLogSettings/format": ACCESS_LOG}
    for (path, method), each in throttles(routes).items():
        wanted[f"{path}/{method}/throttling/rateLimit"] = str(each.rate)
        wanted[f"{path}/{method}/throttling/burstLimit"] = str(each.burst)
    return [{"op": "replace", "path": path, "value": value} for path, value in wanted.items()]


def log_group(stage: str) -> str:
    return f"/aws/apigateway/xenia-{stage}"


def responses() -> dict[str, Json]:
    """Gateway responses by type, in the words of both CloudFormation's Swagger and PutGatewayResponse."""
    return {type_: _response(each) for type_, each in REFUSALS.items()}


def _response(refusal: Refusal) -> Json:
    """API Gateway takes the template for JSON whatever the caller accepts; the header then says what it is."""
    status = {} if refusal.status is None else {"statusCode": str(refusal.status)}
    headers = {"Content-Type": PROBLEM}
    if refusal.retry_after is not None:
        headers["Retry-After"] = str(refusal.retry_after)
    return {
        **status,
        "responseParameters": {f"gatewayresponse.header.{name}": f"'{value}'" for name, value in headers.items()},
        "responseTemplates": {"application/json": json.dumps(_problem(refusal))},
    }


def _problem(refusal: Refusal) -> Json:
    status = {} if refusal.status is None else {"status": refusal.status}
    return {"type": "about:blank", "title": refusal.title, **status, "detail": refusal.detail}
