"""What importing the application costs, and what it registers."""

import json
import subprocess
import sys
from pathlib import Path

from infra.workers import API, WORKERS

PROJECT = Path(__file__).parents[2]
EVENT_FUNCTIONS = {each.function: each.reads for each in WORKERS if each.function != API}


def in_a_fresh_process(code: str, **environment: str) -> object:
    """Import anew: what this process has loaded already says nothing."""
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, env=environment, capture_output=True, text=True, check=True
    )
    return json.loads(ended.stdout)


def test_importing_the_app_loads_neither_boto3_nor_pydantic_nor_what_renders() -> None:
    heavy = "['boto3', 'botocore', 'pydantic', 'liquid', 'babel', 'jinja2', 'markupsafe']"
    code = f"import app, sys, json; print(json.dumps([name for name in {heavy} if name in sys.modules]))"
    assert in_a_fresh_process(code) == []


def test_taking_a_webhook_needs_no_pydantic() -> None:
    code = (
        "import app, sys, json; from chalicelib.ingest import edge; edge.edge_of('mews'); edge.edge_of('canonical');"
        "print(json.dumps('pydantic' in sys.modules))"
    )
    assert in_a_fresh_process(code) is False


def test_the_word_at_the_foot_of_a_mail_needs_no_page() -> None:
    code = (
        "from chalicelib.messages.channels import foot; foot.word_for('de'); import sys, json;"
        "print(json.dumps([name for name in ('jinja2', 'babel', 'chalice') if name in sys.modules]))"
    )
    assert in_a_fresh_process(code) == []


def test_the_handlers_are_the_declared_workers_and_read_their_queues_in_the_stage_that_is_packaged() -> None:
    code = "import app, json; print(json.dumps({e.name: getattr(e, 'queue', None) for e in app.app.event_sources}))"
    expected = {name: f"xenia-prod-{queue}" if queue else None for name, queue in EVENT_FUNCTIONS.items()}
    assert in_a_fresh_process(code, XENIA_STAGE="prod") == expected


def test_every_function_can_be_found_by_the_name_that_chalice_writes_down() -> None:
    code = (
        "import app, json, importlib;"
        "names = [e.handler_string.rpartition('.') for e in app.app.event_sources];"
        "print(json.dumps([callable(getattr(importlib.import_module(m), n)) for m, _, n in names]))"
    )
    assert in_a_fresh_process(code) == [True] * len(EVENT_FUNCTIONS)
