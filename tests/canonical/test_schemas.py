"""The published schemas are those of the models."""

import json

import pytest

from infra import schemas


@pytest.mark.parametrize("name", schemas.SNAPSHOTS)
def test_the_checked_in_schema_is_current(name: str) -> None:
    assert (schemas.FOLDER / f"{name}.json").read_text() == schemas.text_of(name), "run: make openapi"


@pytest.mark.parametrize("name", schemas.SNAPSHOTS)
def test_senders_cannot_set_what_only_the_hub_knows(name: str) -> None:
    schema = json.loads(schemas.text_of(name))
    assert "observed_at" not in schema["properties"]
    assert schema["additionalProperties"] is False
