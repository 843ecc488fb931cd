"""The API's reference at /docs: complete, light, open to all, and its examples run."""

import gzip
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from html import unescape
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from chalicelib.aws.meter import meter
from chalicelib.entrypoints.api.openapi import document
from chalicelib.entrypoints.console import static
from chalicelib.entrypoints.reference import asking, kinds, reading, rendering
from chalicelib.entrypoints.reference.reading import Operation, Resource
from tests.browser.conftest import clock, world
from tests.browser.worlds import World
from tests.entrypoints.conftest import Hub, hub
from tests.served import served
from tests.tools import needed

__all__ = ["clock", "hub", "world"]
RESOURCES = reading.resources(document())
MOST_BYTES = 60 * 1024
SHEETS = ("pico.min.css", "console.css")
by_resource = pytest.mark.parametrize("resource", RESOURCES, ids=lambda each: each.name)


def opened(hub: Hub, path: str) -> str:
    response = hub.call("GET", path, key=None)
    assert response.status_code == 200, response.body
    assert response.headers["Content-Type"].startswith("text/html")
    return str(response.body.decode())


@by_resource
def test_a_resources_page_tells_each_of_its_calls(hub: Hub, resource: Resource) -> None:
    html = opened(hub, f"/docs/{resource.name}")
    text = unescape(html)
    for call in resource.operations:
        assert f'id="{call.anchor}"' in html
        assert f"{call.method} {call.path}" in text
        assert call.summary.split("`")[0] in text
        for each in call.parameters:
            assert f"<code>{each['name']}</code>" in html
        if call.roles:
            assert asking.curl(call) in text
            assert asking.python(call) in text


def test_every_call_of_the_document_has_a_page(hub: Hub) -> None:
    told = {(call.method.lower(), call.path) for each in RESOURCES for call in each.operations}
    assert told == {(method, path) for path, calls in document()["paths"].items() for method in calls}
    index = unescape(opened(hub, "/docs"))
    assert all(f"{method.upper()} {path}" in index for method, path in told)


def test_every_link_leads_somewhere(hub: Hub) -> None:
    pages = {path: opened(hub, path) for path in ("/docs", *(f"/docs/{each.name}" for each in RESOURCES))}
    ids = {path: set(re.findall(r'id="([^"]+)"', html)) for path, html in pages.items()}
    assert all(len(found) == len(re.findall(r'id="', pages[path])) for path, found in ids.items())
    for path, html in pages.items():
        for link in re.findall(r'href="([^"]+)"', html):
            page, _, anchor = link.partition("#")
            if page in pages or not page:
                assert not anchor or anchor in ids[page or path], link
            else:
                assert page in {"/openapi.json", "data:,"} or page.startswith("/console/static/"), link


@by_resource
def test_a_page_with_its_files_is_light(hub: Hub, resource: Resource) -> None:
    texts = [opened(hub, f"/docs/{resource.name}"), *((static.STATIC / each).read_text() for each in SHEETS)]
    assert sum(len(gzip.compress(each.encode(), 6)) for each in texts) <= MOST_BYTES


def test_a_page_is_made_once_and_asks_nothing_of_aws(hub: Hub) -> None:
    meter().take()
    opened(hub, "/docs/guests")
    assert meter().take() == ({}, 0)
    assert rendering.resource("", "guests") is rendering.resource("", "guests")


def test_what_is_no_resource_has_no_page(hub: Hub) -> None:
    assert hub.status("GET", "/docs/nothing", key=None) == 404


def test_a_page_needs_no_script_and_lets_in_nothing_from_elsewhere(hub: Hub) -> None:
    response = hub.call("GET", "/docs", key=None)
    assert "script-src" not in response.headers["Content-Security-Policy"]
    assert "<script" not in response.body.decode()


def test_no_field_is_told_as_anything_at_all() -> None:
    """But where a model takes anything: an example, and what a letter holds."""
    shapes = document()["components"]["schemas"]
    vague = {name for name in shapes for _, kind, _ in kinds.fields(shapes[name]) if "anything" in str(kind)}
    assert vague <= {"DeadLetterOpened", "Fault", "Problem"}


NOT_THERE = {
    "/v1/identity-provider",
    "/v1/erasures/{erasure_id}",
    "/v1/privacy-requests/{request_id}",
    "/v1/guests/{guest_id}/capture-codes/{code_id}",
}
"""What this world has none of, or has it of another's: it is answered by a 404."""


def asked_of(world: World) -> Iterator[Operation]:
    """The calls that only look, about what there is."""
    for call in chain.from_iterable(each.operations for each in RESOURCES):
        if call.method == "GET" and call.roles and call.path not in NOT_THERE:
            known = [{**each, "example": _there(each, world.names)} for each in call.parameters]
            yield Operation(call.method, call.path, {**call.told, "parameters": known})


def _there(parameter: Mapping[str, Any], names: Mapping[str, str]) -> Any:
    """An id in place of the made up one."""
    short = {"run": "run_id", "connection": "connection_id", "guest": "guest_id", "actor": "staff_id"}
    return names.get(short.get(parameter["name"], parameter["name"]), parameter["example"])


def ran(command: str, program: str, address: str, folder: Path) -> str:
    environment = {**os.environ, "HUB": address, "KEY": "xk_admin", "PYTHONPATH": ""}
    asked = [command, "-c", program]
    ended = subprocess.run(asked, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout[-3000:] + ended.stderr[-3000:]
    return ended.stdout


def test_the_examples_of_calls_that_look_run_in_a_shell(world: World, tmp_path: Path) -> None:
    needed("curl")
    examples = [asking.curl(each) for each in asked_of(world)]
    with served(tmp_path) as address:
        program = "\necho\n".join(["set -e", asking.SHELL, *examples])
        told = [json.loads(each) for each in ran("bash", program, address, tmp_path).splitlines() if each.strip()]
    assert len(told) == len(examples)


def test_the_examples_of_calls_that_look_run_in_python(world: World, tmp_path: Path) -> None:
    examples = [asking.python(each) for each in asked_of(world)]
    with served(tmp_path) as address:
        told = ran(sys.executable, "\n".join([asking.PYTHON, *examples]), address, tmp_path).splitlines()
    assert len(told) == len(examples)


def test_without_an_environment_the_examples_ask_the_hub_of_make_up(hub: Hub, tmp_path: Path) -> None:
    (tmp_path / ".local").mkdir()
    with served(tmp_path / "none") as address:
        kept = {"api_url": address, "admin_key": "xk_admin"}
        (tmp_path / ".local" / "hub.json").write_text(json.dumps(kept))
        hub.get("/v1/properties")
        environment = {name: value for name, value in os.environ.items() if name not in {"HUB", "KEY"}}
        (call,) = (each for each in _calls() if each.anchor == "properties_listed")
        for command in (
            ["bash", "-c", asking.SHELL + asking.curl(call)],
            [sys.executable, "-c", asking.PYTHON + asking.python(call)],
        ):
            ended = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
            assert "vienna" in ended.stdout, ended.stderr


def _calls() -> Iterator[Operation]:
    yield from chain.from_iterable(each.operations for each in RESOURCES)
