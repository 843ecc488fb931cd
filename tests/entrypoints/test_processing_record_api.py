"""/v1/processing-record tells of the hotels, companies and connections that are there."""

import pytest

from chalicelib.aws import settings as environment
from tests.builders import PORTO, VIENNA
from tests.entrypoints.conftest import Hub
from tests.entrypoints.test_access import PROGRAM


def test_it_is_made_from_hotels_companies_connections_programmes_and_settings(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = hub.get("/v1/processing-record")
    assert [each["id"] for each in bare["controllers"]] == ["group"]
    assert {each["role"] for each in bare["recipients"]} == {"processor"}
    assert "loyalty" not in {each["category"] for each in bare["categories"]}
    hub.put(f"/v1/properties/{VIENNA.id}", {**VIENNA.model_dump(mode="json"), "branding": {"legal_entity": "alpine"}})
    connection = {"id": "pms", "vendor": "canonical", "properties": {"H1": PORTO.id}}
    assert hub.call("PUT", "/v1/connections/pms", connection).status_code == 200
    hub.put("/v1/programs/club", PROGRAM)
    hub.put("/v1/settings", {"retention_months": 24, "retention_erases": True})
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    environment.settings.cache_clear()
    told = hub.get("/v1/processing-record")
    environment.settings.cache_clear()
    answering = {each["id"]: each["properties"] for each in told["controllers"]}
    assert answering == {"alpine": [VIENNA.id], "group": [PORTO.id]}
    assert [(each["name"], each["properties"]) for each in told["recipients"] if each["role"] == "source"] == [
        ("pms", [PORTO.id])
    ]
    assert "loyalty" in {each["category"] for each in told["categories"]}
    identity = next(each for each in told["categories"] if each["category"] == "identity")
    assert identity["kept"].startswith("24 months")
    assert told["region"] == "eu-central-1"
