"""The hub behind HTTP, with two hotels and a key for every role."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pytest
from chalice.test import Client, HTTPResponse

from app import app
from chalicelib.access.model import ROLES
from chalicelib.access.rules import hash_of
from chalicelib.aws import keys, table
from chalicelib.aws.settings import Settings
from chalicelib.canonical.ids import EVERYWHERE
from chalicelib.entrypoints.api.openapi import document
from chalicelib.ingest import actions
from chalicelib.properties import store as properties
from tests.builders import PORTO, VIENNA, notice

NOWHERE = "/nonexistent"
"""Not the project's folder, whose configuration would set the stage to `dev` during each call."""

Key = str


@dataclass(frozen=True)
class Hub:
    """Calls of the API; `key` is the name of a role, with `@property` for a key of one hotel only."""

    client: Client
    kept: set[Key] = field(default_factory=set)

    def call(
        self, method: str, path: str, body: Any = None, *, key: Key | None = "admin", **headers: str
    ) -> HTTPResponse:
        if key and key not in self.kept:
            self.kept.add(key)
            _keep(key)
        sent = {"Content-Type": "application/json", **({"Authorization": f"Bearer xk_{key}"} if key else {})}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        response = self.client.http.request(method, path, headers=sent, body=raw)
        check_described(method, path, response)
        return response

    def get(self, path: str, *, key: Key | None = "admin") -> Any:
        response = self.call("GET", path, key=key)
        assert response.status_code == 200, response.body
        return response.json_body

    def put(self, path: str, body: Any, *, key: Key | None = "admin") -> Any:
        response = self.call("PUT", path, body, key=key)
        assert response.status_code == 200, response.body
        return response.json_body

    def status(self, method: str, path: str, body: Any = None, *, key: Key | None = "admin") -> int:
        return int(self.call(method, path, body, key=key).status_code)


Ingest = Callable[..., None]


@pytest.fixture
def hub(aws: Settings) -> Hub:
    properties.put(VIENNA)
    properties.put(PORTO)
    return Hub(Client(app, project_dir=NOWHERE))


@pytest.fixture
def ingest(hub: Hub) -> Ingest:
    def told(*snapshots: dict[str, Any]) -> None:
        failures = actions.ingest_notices([notice(*snapshots)])
        assert not failures

    return told


def check_described(method: str, path: str, response: HTTPResponse) -> None:
    """Whatever a test calls: the description of the API tells the status, and in which form it comes."""
    for described, form, operations in _paths():
        if form.fullmatch(path.partition("?")[0]) and method.lower() in operations:
            told = operations[method.lower()]["responses"]
            assert str(response.status_code) in told, f"{method} {described} answered {response.status_code}"
            kind = response.headers.get("Content-Type", "").partition(";")[0]
            assert kind in told[str(response.status_code)].get("content", {kind: None})


@cache
def _paths() -> list[tuple[str, re.Pattern[str], Any]]:
    """Each path that is described, what it stands for, and what is described of its methods."""
    described = document()["paths"].items()
    return [(path, re.compile(re.sub(r"{\w+}", "[^/]+", path)), operations) for path, operations in described]


def _keep(key: Key) -> None:
    role, _, place = key.partition("@")
    if role not in ROLES:
        return
    row = table.row(
        keys.api_key(hash_of(f"xk_{key}")),
        key_id=key.replace("@", "-at-"),
        role=role,
        properties=[place or EVERYWHERE],
        name=key,
    )
    table.write(table.Put(row))
