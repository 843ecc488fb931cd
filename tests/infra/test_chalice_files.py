"""What Chalice reads of a stage is written from the workers, around what a person wrote."""

import json
from pathlib import Path
from typing import Any

import pytest
from chalice.config import Config

from infra import chalice_files, policies
from infra.workers import WORKERS, Worker

PROJECT = Path(__file__).parents[2]
DOMAIN = {"domain_name": "hub.hotel.test", "certificate_arn": "arn:aws:acm:eu-central-1:1:certificate/1"}


@pytest.fixture
def chalice(tmp_path: Path) -> Path:
    """A folder with a configuration as it was before the first deployment."""
    config = {"version": "2.0", "app_name": "xenia", "autogen_policy": False, "stages": {"dev": {}, "prod": {}}}
    (tmp_path / "config.json").write_text(json.dumps(config))
    return tmp_path


def config(chalice: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((chalice / "config.json").read_text())
    return found


def edit(chalice: Path, **values: Any) -> None:
    """As a person would, over what stands there."""
    (chalice / "config.json").write_text(json.dumps({**config(chalice), **values}))


def as_chalice_reads(chalice: Path, stage: str, function: str) -> Config:
    return Config(chalice_stage=stage, function_name=function, config_from_disk=config(chalice))


@pytest.mark.parametrize("stage", ["prod", "staging"])
def test_chalice_finds_everything_about_every_function_of_a_stage(chalice: Path, stage: str) -> None:
    chalice_files.write(stage, chalice)
    for each in WORKERS:
        found = as_chalice_reads(chalice, stage, each.function)
        assert (found.lambda_timeout, found.lambda_memory_size) == (each.timeout, each.memory)
        assert found.environment_variables == {"XENIA_STAGE": stage}
        assert found.api_gateway_stage == "api"
        assert json.loads((chalice / found.iam_policy_file).read_text()) == policies.policy(each, stage)


def test_every_function_has_its_own_policy_file(chalice: Path) -> None:
    chalice_files.write("staging", chalice)
    files = {as_chalice_reads(chalice, "staging", each.function).iam_policy_file for each in WORKERS}
    assert len(files) == len(WORKERS)
    assert {each.name for each in chalice.iterdir()} == {"config.json", *files}


def test_a_second_time_changes_nothing(chalice: Path) -> None:
    chalice_files.write("staging", chalice)
    first = {each.name: each.read_bytes() for each in chalice.iterdir()}
    chalice_files.write("staging", chalice)
    assert {each.name: each.read_bytes() for each in chalice.iterdir()} == first


def test_a_stage_leaves_the_others_alone(chalice: Path) -> None:
    chalice_files.write("prod", chalice)
    before = config(chalice)["stages"]["prod"]
    chalice_files.write("staging", chalice)
    assert config(chalice)["stages"]["prod"] == before
    assert list(config(chalice)["stages"]) == ["dev", "prod", "staging"]


def test_domain_certificate_architecture_and_settings_of_a_persons_own_survive(chalice: Path) -> None:
    chalice_files.write("prod", chalice)
    stages = config(chalice)["stages"]
    own = {
        "api_gateway_custom_domain": DOMAIN,
        "api_gateway_stage": "v1",
        "lambda_architecture": "arm64",
        "tags": {"cost-centre": "crm"},
        "environment_variables": {"LOG_LEVEL": "DEBUG", "XENIA_STAGE": "a slip"},
    }
    edit(chalice, stages={**stages, "prod": {**stages["prod"], **own}}, xray=True)
    chalice_files.write("prod", chalice)
    found = as_chalice_reads(chalice, "prod", "tick")
    assert found.api_gateway_custom_domain == DOMAIN
    assert (found.api_gateway_stage, found.lambda_architecture, found.xray_enabled) == ("v1", "arm64", True)
    assert found.tags["cost-centre"] == "crm"
    assert found.environment_variables == {"LOG_LEVEL": "DEBUG", "XENIA_STAGE": "prod"}


def test_a_memory_survives_where_it_stands_for_all_stages(chalice: Path) -> None:
    chalice_files.write("prod", chalice)
    sizes = config(chalice)["lambda_functions"]
    edit(chalice, lambda_functions={**sizes, "tick": {**sizes["tick"], "lambda_memory_size": 3008}})
    chalice_files.write("prod", chalice)
    chalice_files.write("staging", chalice)
    assert as_chalice_reads(chalice, "staging", "tick").lambda_memory_size == 3008


@pytest.mark.parametrize(
    "own", [{"lambda_memory_size": 3008}, {"lambda_functions": {"tick": {"lambda_memory_size": 3008}}}]
)
def test_a_memory_of_one_stage_survives_and_is_that_stages_only(chalice: Path, own: dict[str, Any]) -> None:
    edit(chalice, stages={**config(chalice)["stages"], "prod": own})
    for stage in ("prod", "staging", "prod"):
        chalice_files.write(stage, chalice)
    assert as_chalice_reads(chalice, "prod", "tick").lambda_memory_size == 3008
    assert as_chalice_reads(chalice, "staging", "tick").lambda_memory_size == 512


def test_a_memory_that_nobody_edited_follows_the_declaration(chalice: Path) -> None:
    before = Worker("tick", timeout=30, memory=512)
    after = Worker("tick", timeout=60, memory=1024)
    chalice_files.write("prod", chalice, [before])
    chalice_files.write("prod", chalice, [after])
    found = as_chalice_reads(chalice, "prod", "tick")
    assert (found.lambda_memory_size, found.lambda_timeout) == (1024, 60)


def test_a_timeout_of_a_stages_own_is_refused_before_anything_is_written(chalice: Path) -> None:
    """The queue would hide messages for too short a time, and hand them out twice."""
    for own in ({"lambda_timeout": 300}, {"lambda_functions": {"plan_run": {"lambda_timeout": 300}}}):
        edit(chalice, stages={"prod": own})
        with pytest.raises(chalice_files.TimeoutChanged, match=r"infra/workers\.py"):
            chalice_files.write("prod", chalice)
        assert config(chalice)["stages"] == {"prod": own}


def test_a_worker_that_is_gone_leaves_nothing_behind(chalice: Path) -> None:
    chalice_files.write("prod", chalice)
    chalice_files.write("prod", chalice, [each for each in WORKERS if each.function != "tick"])
    assert "tick" not in (chalice / "config.json").read_text()
    assert not list(chalice.glob("policy-tick-*"))


def test_no_policy_is_guessed_by_chalice_or_kept_in_git() -> None:
    assert config(PROJECT / ".chalice")["autogen_policy"] is False
    assert ".chalice/policy-*.json" in (PROJECT / ".gitignore").read_text().splitlines()


def test_what_is_kept_in_git_is_what_the_workers_declare() -> None:
    kept = config(PROJECT / ".chalice")["lambda_functions"]
    assert {name: (each["lambda_timeout"], each["declared_memory_size"]) for name, each in kept.items()} == {
        each.function: (each.timeout, each.memory) for each in WORKERS
    }
