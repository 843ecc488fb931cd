"""`hub names rebuild` starts the listing of names, once at a time."""

import json

import pytest
from typer.testing import CliRunner

from chalicelib.aws.settings import Settings
from chalicelib.canonical.time import moment_of
from chalicelib.jobs import store, work
from infra.cli import hub
from tests.fakes import waiting


def rebuild() -> dict[str, object]:
    result = CliRunner().invoke(hub, ["names", "rebuild", "--stage", "test", "--json"])
    assert result.exit_code == 0, result.output
    told: dict[str, object] = json.loads(result.stdout)
    return told


@pytest.fixture(autouse=True)
def stage(aws: Settings) -> None:
    assert store.waking().jobs == []


def test_a_rebuild_is_long_work_whose_parts_are_queued_at_once() -> None:
    told = rebuild()
    (job,) = work.under_way()
    assert (job.job.id, job.job.kind, len(job.parts)) == (told["job"], "name_index", 16)
    assert waiting("jobs") == 16


def test_a_rebuild_that_is_under_way_is_not_begun_beside_itself_and_one_that_ended_is() -> None:
    first = rebuild()
    assert rebuild()["job"] == first["job"]
    (job,) = work.under_way()
    store.end(job.job, moment_of(job.job.at))
    assert rebuild()["job"] != first["job"]
