"""API keys made on the command line."""

import hashlib

import pytest

from chalicelib.aws import keys, table
from chalicelib.aws.settings import Settings
from chalicelib.canonical.ids import KeyId
from chalicelib.properties import store as hotels
from infra import access_keys
from tests.builders import VIENNA


def test_a_key_is_found_by_its_hash_and_listed_by_its_id(aws: Settings) -> None:
    hotels.put(VIENNA)
    made = access_keys.create("test", "front_desk", ["vienna"], "reception")
    by_hash = table.get(keys.api_key(hashlib.sha256(made.key.encode()).hexdigest()))
    listed = table.get(keys.api_key_listing(KeyId(made.key_id)))
    assert made.key.startswith("xk_")
    assert by_hash is not None
    assert listed is not None
    assert (by_hash["key_id"], by_hash["role"], by_hash["properties"]) == (made.key_id, "front_desk", ["vienna"])
    assert listed["name"] == "reception"


def test_the_key_itself_is_kept_nowhere(aws: Settings) -> None:
    made = access_keys.create("test", "admin", ["*"], "first")
    rows = [table.get(keys.api_key_listing(KeyId(made.key_id))), *table.query("KEYS")]
    assert made.key not in str(rows)


@pytest.mark.parametrize(
    ("role", "properties", "name", "wrong"),
    [
        ("root", ["*"], "x", "role: must be one of admin, marketer, "),
        ("admin", ["*"], "  ", "name: "),
        ("admin", [], "x", "properties: "),
        ("admin", ["Wien!"], "x", "properties: "),
        ("admin", ["vienna", "atlantis"], "x", "no such property: atlantis"),
    ],
)
def test_what_the_api_would_refuse_is_refused_here(
    aws: Settings, role: str, properties: list[str], name: str, wrong: str
) -> None:
    hotels.put(VIENNA)
    with pytest.raises(ValueError, match=wrong):
        access_keys.create("test", role, properties, name)
    assert list(table.query(keys.api_key_listing(KeyId("")).pk)) == []
