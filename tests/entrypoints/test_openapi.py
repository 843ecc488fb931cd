"""The description of the API is what the API does, and the one that is checked in is current."""

import json
import re
from typing import Any

import pytest
from pydantic import create_model

from app import app
from chalicelib.canonical.ids import ConnectionId, leaf_of_profile
from chalicelib.entrypoints.api.openapi import Health, document
from chalicelib.entrypoints.api.shapes import shapes_of
from infra import openapi
from tests.builders import guest
from tests.entrypoints.conftest import Hub, Ingest

PAGES = ("/u/", "/preferences/", "/signup", "/confirm/", "/capture/")
"""Where the paths of the guests' pages begin: what they refuse is a page, too."""


def test_the_description_that_is_checked_in_is_current() -> None:
    assert openapi.FILE.read_text() == openapi.text(), "run: make openapi"


def test_no_two_models_share_a_name() -> None:
    """Models of one name would stand there under the paths of their modules."""
    names = document()["components"]["schemas"]
    assert [name for name in names if "__" in name or "." in name] == []


def test_every_schema_is_named_as_its_title_says() -> None:
    schemas = document()["components"]["schemas"]
    assert {name: each["title"] for name, each in schemas.items()} == {name: name for name in schemas}
    assert all(re.fullmatch(r"[A-Z][A-Za-z]+", name) for name in schemas)


def test_two_shapes_of_one_name_are_refused() -> None:
    inner = create_model("Health", answer=(int, ...))
    with pytest.raises(TypeError, match="Health names two shapes"):
        shapes_of([], [Health, create_model("Outer", health=(inner, ...))], [])


def test_who_sends_a_snapshot_must_say_its_kind_and_an_id_of_the_path_is_not_asked_twice() -> None:
    schemas = document()["components"]["schemas"]
    for name in ("GuestSnapshot", "ReservationSnapshot", "ChargeSnapshot"):
        assert "kind" in schemas[name]["required"]
        assert "default" not in schemas[name]["properties"]["kind"]
    for name in ("Property", "Connection", "Program", "Segment", "Template"):
        assert "id" not in schemas[f"{name}Asked"]["required"]
    assert "id" in schemas["Property"]["required"]


def operations() -> list[tuple[str, str, Any]]:
    paths = document()["paths"]
    return [(method, path, each) for path, methods in paths.items() for method, each in methods.items()]


def test_every_operation_has_an_id_of_its_own_and_a_server_to_ask() -> None:
    ids = [each["operationId"] for _, _, each in operations()]
    assert len(set(ids)) == len(ids)
    assert document()["servers"][0]["url"].startswith("https://")


def test_every_parameter_body_and_answer_has_an_example() -> None:
    for method, path, operation in operations():
        assert all(each.get("example") is not None for each in operation.get("parameters", [])), (method, path)
        bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
        for kind, content in [pair for each in bodies for pair in each.get("content", {}).items()]:
            assert content.get("example") or kind == "application/problem+json", (method, path)
    assert document()["components"]["schemas"]["Problem"]["examples"]


@pytest.mark.parametrize(
    ("shape", "field", "one"),
    [
        ("ConsentShown", "channel", "email"),
        ("CampaignAsked", "channel", "email"),
        ("KeyShown", "role", "front_desk"),
        ("DecisionShown", "decision", "held"),
        ("ConsentAct", "basis", "complaint"),
    ],
)
def test_what_is_one_of_a_few_words_says_which(shape: str, field: str, one: str) -> None:
    assert one in document()["components"]["schemas"][shape]["properties"][field]["enum"]


def example_of(operation: Any) -> Any:
    (content,) = operation["requestBody"]["content"].values()
    return dict(content["example"])


def test_the_examples_are_a_season_that_can_be_sent(hub: Hub, ingest: Ingest) -> None:
    """From the first hotel to a campaign, word for word as the description shows it."""
    ingest(guest("1001"))
    told = {each["operationId"]: (method.upper(), path, each) for method, path, each in operations()}
    ids = {each["name"]: each["example"] for _, _, op in told.values() for each in op.get("parameters", [])}
    ids["guest_id"] = leaf_of_profile(ConnectionId("api"), "1001")
    for name in (
        "properties_put", "connections_put", "access_create", "settings_put", "events_accept", "consents_put",
        "programs_put", "membership_enrol", "segments_put", "templates_put", "campaigns_create",
    ):  # fmt: skip
        method, path, operation = told[name]
        asked = example_of(operation)
        if name == "settings_put":
            asked["version"] = hub.get("/v1/settings")["version"]
        response = hub.call(method, path.format(**ids), asked)
        assert response.status_code < 300, (name, response.json_body)
        (status, answer), *_ = operation["responses"].items()
        assert status == str(response.status_code)
        (content,) = answer["content"].values()
        assert content["example"].keys() >= {key for key, value in response.json_body.items() if value}, name


def test_every_route_of_the_app_is_described_and_nothing_else() -> None:
    """But for the console, which is for eyes."""
    described = {(path, method.upper()) for path, methods in document()["paths"].items() for method in methods}
    served = {
        (path, method) for path, methods in app.routes.items() for method in methods if not path.startswith("/console")
    }
    assert described == {(path, method) for path, method in served if method != "HEAD"}


def test_what_can_be_read_can_be_asked_for_without_its_body_and_nothing_answers_browsers_elsewhere() -> None:
    """A HEAD wherever there is a GET; no OPTIONS, for no page of another origin may call the hub yet."""
    for path, methods in app.routes.items():
        assert ("HEAD" in methods) == ("GET" in methods), path
        assert "OPTIONS" not in methods
        assert not any(entry.cors for entry in methods.values())


def test_every_id_in_a_path_is_told_with_its_shape() -> None:
    for path, methods in document()["paths"].items():
        for operation in methods.values():
            told = [each for each in operation.get("parameters", []) if each["in"] == "path"]
            assert [each["name"] for each in told] == re.findall(r"{(\w+)}", path)
            assert all({"pattern", "enum"} & each["schema"].keys() for each in told if each["name"] != "token")


def test_every_operation_tells_how_it_fails() -> None:
    for path, methods in document()["paths"].items():
        for operation in methods.values():
            expected = {"500", "503", *(["413"] if path.startswith("/v1/") and "requestBody" in operation else [])}
            assert expected <= operation["responses"].keys(), path
            for status, response in operation["responses"].items():
                if status >= "400" and not path.startswith(PAGES):
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
    (header,) = [each for each in launch["parameters"] if each["name"] == "Idempotency-Key"]
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
