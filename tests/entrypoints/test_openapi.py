"""The description of the API is what the API does, and the one that is checked in is current."""

import json
import re
from typing import Any

import pytest

from app import app
from chalicelib.entrypoints.api.openapi import document
from infra import openapi
from tests.entrypoints.conftest import Hub


def test_the_description_that_is_checked_in_is_current() -> None:
    assert openapi.FILE.read_text() == openapi.text(), "run: make openapi"


def test_every_call_of_the_app_is_described() -> None:
    described = {(path, method.upper()) for path, methods in document()["paths"].items() for method in methods}
    served = {(path, method) for path, methods in app.routes.items() for method in methods if path.startswith("/v1/")}
    assert {pair for pair in described if pair[0].startswith("/v1/")} == served


def test_every_reference_leads_somewhere() -> None:
    text = json.dumps(document())
    known = document()["components"]["schemas"]
    assert set(re.findall(r'"#/components/schemas/([^"]+)"', text)) <= known.keys()


def test_names_are_snake_case() -> None:
    fields = [name for schema in document()["components"]["schemas"].values() for name in schema.get("properties", {})]
    assert [name for name in fields if not re.fullmatch(r"[a-z][a-z0-9_]*", name)] == []


@pytest.mark.parametrize("path", ["/v1/guests/{guest_id}", "/v1/events", "/v1/campaigns"])
def test_every_operation_says_what_it_does_and_who_may(path: str) -> None:
    for operation in document()["paths"][path].values():
        assert operation["summary"]
        assert operation["x-roles"]
        assert "401" in operation["responses"]


def test_the_description_is_served_without_a_key(hub: Hub) -> None:
    response: Any = hub.call("GET", "/openapi.json", key=None)
    assert response.status_code == 200
    assert response.json_body == json.loads(openapi.text())
