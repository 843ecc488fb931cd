"""Errors as HTTP answers: RFC 9457 problem details, mapped from the tree of errors in one place."""

import json
import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from chalice.app import Blueprint, Request, Response

from chalicelib.canonical.errors import (
    ROW_TOO_LARGE,
    CallerError,
    Invalid,
    NotFound,
    Rejected,
    TooLarge,
    TooMany,
    TryAgain,
    Unauthorized,
)
from chalicelib.entrypoints import log

PROBLEM = "application/problem+json"
PATIENCE = 5
"""Seconds after which a caller may try again when nobody knows better."""

TITLES = {400: "Bad request", 405: "Method not allowed", 415: "Unsupported media type", 500: "Internal error"}
"""Of what Chalice itself answers."""

Headers = dict[str, str | list[str]]
View = Callable[..., Response]
Refuse = Callable[[Exception, str], Response]


def _route(request: Request) -> str:
    return f"{request.method} {request.path}"


def answered(
    blueprint: Blueprint, *, refuse: Refuse | None = None, route: Callable[[Request], str] = _route
) -> Callable[[View], View]:
    """Run a view: every error becomes its answer, and one line tells what was done. Chalice itself never sees an error:
    it would log the message, which may hold a value. `refuse` makes other answers of errors than problem details;
    `route` says what was asked for, without anybody's id."""

    def decorate(view: View) -> View:
        @wraps(view)
        def handle(**path: str) -> Response:
            request = blueprint.current_request
            correlation = _correlation(request)
            with log.invocation("api_handler") as line:
                line.words |= {"route": route(request), "correlation_id": correlation}
                response = _answer(view, path, correlation, line, refuse or problem)
                if request.method == "HEAD":
                    response.body = ""
                line.figures |= {"records": 1, "failed": int(response.status_code >= 500)}
                line.words["status"] = response.status_code
            return response

        return handle

    return decorate


def _answer(view: View, path: dict[str, str], correlation: str, line: log.Line, refuse: Refuse) -> Response:
    try:
        return view(**path)
    except Exception as error:  # noqa: BLE001 (the last resort: what is not in the tree is told in the log, not to the caller)
        line.words["failures"] = [log.describe(error)]
        return refuse(error, correlation)


def problem(error: Exception, correlation: str) -> Response:
    """The answer for an error. Of our own faults nothing is told but the correlation."""
    match error:
        case CallerError():
            return _problem(
                error.status, error.title, str(error), correlation, headers=_headers(error), **_fields(error)
            )
        case TryAgain():
            headers: Headers = {"Retry-After": str(error.after_seconds or PATIENCE)}
            return _problem(503, "Try again later", "Nothing was lost: send it again.", correlation, headers=headers)
        case Rejected(reason=reason) if reason == ROW_TOO_LARGE:
            return problem(TooLarge("With this a row would have more than 400 KB. Nothing was kept."), correlation)
    return _problem(500, "Internal error", f"Name {correlation} when you report it.", correlation)


def chalices_own(request: Request, answer: Callable[[Request], Response]) -> Response:
    """Around all routes: what Chalice refuses before a view is asked is a problem, too."""
    response = answer(request)
    return _as_problem(response, request) if isinstance(response.body, dict) else response


def _as_problem(refusal: Response, request: Request) -> Response:
    """Chalice's refusals are the only bodies that are no text yet."""
    status, correlation, allowed = refusal.status_code, _correlation(request), refusal.headers.get("Allow")
    if allowed == "":  # a route that API Gateway still has and this code no longer, while one replaces the other
        return problem(NotFound("There is no such address."), correlation)
    headers: Headers = {"Allow": allowed} if allowed else {}
    return _problem(status, TITLES.get(status, "Refused"), refusal.body["Message"], correlation, headers=headers)


def _correlation(request: Request) -> str:
    return str(request.context.get("requestId") or uuid.uuid4())


def _fields(error: CallerError) -> dict[str, Any]:
    if not isinstance(error, Invalid):
        return {}
    return {"errors": [{"field": each.field, "message": each.message} for each in error.fields]}


def _headers(error: CallerError) -> Headers:
    """API Gateway hands on the challenge as `x-amzn-Remapped-WWW-Authenticate`, and has no way to do otherwise:
    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html."""
    match error:
        case Unauthorized():
            return {"WWW-Authenticate": "Bearer"}
        case TooMany():
            return {"Retry-After": str(error.after_seconds)}
    return {}


def _problem(
    status: int, title: str, detail: str, correlation: str, *, headers: Headers | None = None, **more: Any
) -> Response:
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    kept: Headers = {"Content-Type": PROBLEM, "X-Correlation-Id": correlation, **(headers or {})}
    return Response(json.dumps(body, ensure_ascii=False), headers=kept, status_code=status)
