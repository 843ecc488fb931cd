"""What Chalice refuses by itself, before any view is asked: API Gateway lets little of it through."""

import json
from typing import Any

import pytest

from app import app
from tests.fakes import Context


def called(resource: str, method: str, **headers: str) -> dict[str, Any]:
    """As API Gateway calls the function."""
    event = {
        "resource": resource,
        "path": resource,
        "httpMethod": method,
        "headers": headers,
        "multiValueQueryStringParameters": None,
        "pathParameters": {},
        "stageVariables": None,
        "body": "",
        "isBase64Encoded": False,
        "requestContext": {"resourcePath": resource, "httpMethod": method, "path": resource, "requestId": "r-1"},
    }
    answer: dict[str, Any] = app(event, Context())
    return answer


@pytest.mark.parametrize(
    ("resource", "method", "status", "title"),
    [
        ("/health", "DELETE", 405, "Method not allowed"),
        ("/gone-in-this-release", "GET", 404, "Not found"),
        ("/", "GET", 404, "Not found"),
    ],
)
def test_its_refusal_is_a_problem(resource: str, method: str, status: int, title: str) -> None:
    answer = called(resource, method)
    assert answer["statusCode"] == status
    assert answer["headers"]["Content-Type"] == "application/problem+json"
    assert answer["headers"]["X-Correlation-Id"] == "r-1"
    problem = json.loads(answer["body"])
    assert (problem["type"], problem["title"], problem["status"]) == ("about:blank", title, status)
    assert "Code" not in problem


def test_a_wrong_method_is_told_the_right_ones() -> None:
    assert called("/u/{token}", "PUT")["headers"]["Allow"] == "GET, HEAD, POST"


@pytest.mark.parametrize("kind", ["weird/thing", "text/xml; charset=latin-1", ""])
def test_no_route_refuses_a_type_of_content(kind: str) -> None:
    """415 would be Chalice's; which body is taken is for the views to say."""
    assert all("*/*" in entry.content_types for methods in app.routes.values() for entry in methods.values())
    assert called("/health", "GET", **{"content-type": kind})["statusCode"] == 200


def test_what_a_view_answers_passes_as_it_is() -> None:
    answer = called("/health", "GET")
    assert answer["headers"]["Content-Type"] == "application/json"
    assert json.loads(answer["body"])["status"] == "ok"
