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


def test_no_two_models_share_a_name() -> None:
    """Models of one name would stand there under the paths of their modules."""
    names = document()["components"]["schemas"]
    assert [name for name in names if "__" in name or "." in name] == []


def test_every_route_of_the_app_is_described_and_nothing_else() -> None:
    described = {(path, method.upper()) for path, methods in document()["paths"].items() for method in methods}
    assert described == {(path, method) for path, methods in app.routes.items() for method in methods}


def test_every_id_in_a_path_is_told_with_its_shape() -> None:
    for path, methods in document()["paths"].items():
        for operation in methods.values():
            told = [each for each in operation.get("parameters", []) if each["in"] == "path"]
            assert [each["name"] for each in told] == re.findall(r"{(\w+)}", path)
            assert all("pattern" in each["schema"] for each in told if each["name"] != "token")


def test_every_operation_tells_how_it_fails() -> None:
    for path, methods in document()["paths"].items():
        for operation in methods.values():
            expected = {"500", "503", *(["413"] if path.startswith("/v1/") and "requestBody" in operation else [])}
            assert expected <= operation["responses"].keys(), path
            for status, response in operation["responses"].items():
                if status >= "400" and not path.startswith("/u/"):
                    assert list(response["content"]) == ["application/problem+json"]


def test_what_can_conflict_says_so() -> None:
    paths = document()["paths"]
    told = {f"{method} {path}" for path in paths for method in paths[path] if "409" in paths[path][method]["responses"]}
    assert told >= {
        "put /v1/programs/{program_id}",
        "put /v1/templates/{template_id}",
        "put /v1/segments/{segment_id}",
        "put /v1/connections/{connection_id}",
        *(f"post /v1/campaigns/{{campaign_id}}/{verb}" for verb in ("launch", "pause", "resume", "cancel")),
    }


def test_how_long_an_idempotency_key_is_remembered_is_told() -> None:
    launch = document()["paths"]["/v1/campaigns/{campaign_id}/launch"]["post"]
    (header,) = [each for each in launch["parameters"] if each["in"] == "header"]
    assert "24 hours" in header["description"]
    assert "24 hours" in launch["description"]


def test_health_is_what_it_is_described_as(hub: Hub) -> None:
    schema = document()["components"]["schemas"]["Health"]
    assert hub.get("/health", key=None).keys() == schema["properties"].keys()


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
