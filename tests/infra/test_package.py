"""Packaging: what is merged into Chalice's template fits it, and nothing that travels to Lambda must be compiled."""

import json
import re
import sys
import tomllib
from importlib.metadata import distribution
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from infra import package
from infra.policies import NEEDS

PROJECT = Path(__file__).parents[2]
PINS = dict(line.split("==") for line in (PROJECT / "requirements.txt").read_text().splitlines() if "==" in line)
FITS_GLIBC_2_26 = re.compile(r"-(any|manylinux(1|2010|2014|_2_(5|12|17))_(x86_64|aarch64))$")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Chalice's own template of the application, with ours merged in; the dependencies are left out to be quick."""
    project = tmp_path_factory.mktemp("project")
    for name in ("app.py", "chalicelib", ".chalice/config.json", *(f".chalice/{each.name}" for each in _policies())):
        (project / name).parent.mkdir(exist_ok=True)
        (project / name).symlink_to(PROJECT / name)
    (project / "requirements.txt").touch()
    return package.package("prod", project / "out", project=project)


@pytest.fixture(scope="module")
def packaged(template: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(template.read_text())
    return found


def _policies() -> list[Path]:
    return list((PROJECT / ".chalice").glob("policy-*.json"))


def test_pages_and_catalogues_travel_with_the_code(template: Path) -> None:
    with ZipFile(template.with_name("deployment.zip")) as archive:
        travelled = {name: archive.read(name) for name in archive.namelist()}
    files = [each for each in (PROJECT / "chalicelib").rglob("*") if each.suffix in {".html", ".css", ".mo"}]
    assert {each.suffix for each in files} == {".html", ".css", ".mo"}
    for each in files:
        assert travelled[each.relative_to(PROJECT).as_posix()] == each.read_bytes()


def test_the_merged_template_changes_only_what_chalice_made(packaged: dict[str, Any]) -> None:
    for name in package.merge_template("prod")["Resources"]:
        assert packaged["Resources"][name]["Type"] == "AWS::Serverless::Function", name


@pytest.mark.parametrize("function", package.queue_functions())
def test_every_queue_function_reports_the_failures_of_a_batch(packaged: dict[str, Any], function: str) -> None:
    ((_, event),) = packaged["Resources"][_logical(function)]["Properties"]["Events"].items()
    assert event["Type"] == "SQS"
    assert event["Properties"]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert event["Properties"]["Queue"]["Fn::Sub"].endswith(f":xenia-prod-{package.queue_functions()[function]}")


def test_no_burst_of_messages_takes_all_of_the_accounts_lambdas(packaged: dict[str, Any]) -> None:
    limits = {name: _limit(packaged, name) for name in package.queue_functions()}
    assert {name: limit for name, limit in limits.items() if limit} == {
        "ingest_notices": 50,
        "fetch_notices": 5,
        "award_points": 20,
        "send_chunk": 5,
        "record_mail_events": 20,
    }
    assert sum(limit or 0 for limit in limits.values()) < 1000 / 2


def test_the_local_cloud_has_limits_of_its_own() -> None:
    merged = package.merge_template("dev", {"plan_run": 2})["Resources"]["PlanRun"]["Properties"]["Events"]
    assert merged["PlanRunSqsEventSource"]["Properties"]["ScalingConfig"] == {"MaximumConcurrency": 2}


def test_functions_are_those_with_policies_and_bear_the_names_of_their_logs(packaged: dict[str, Any]) -> None:
    made = [each for each in packaged["Resources"].values() if each["Type"] == "AWS::Serverless::Function"]
    names = {each["Properties"]["FunctionName"] for each in made}
    assert names == {package.function_name(function, "prod") for function in NEEDS}


def test_the_tick_comes_every_fifteen_minutes(packaged: dict[str, Any]) -> None:
    ((_, event),) = packaged["Resources"]["Tick"]["Properties"]["Events"].items()
    assert (event["Type"], event["Properties"]["Schedule"]) == ("Schedule", "rate(15 minutes)")


def test_production_has_its_own_domain_and_answers_are_compressed(packaged: dict[str, Any]) -> None:
    assert packaged["Resources"]["ApiGatewayCustomDomain"]["Type"] == "AWS::ApiGateway::DomainName"
    assert packaged["Resources"]["RestAPI"]["Properties"]["MinimumCompressionSize"] > 0


def test_every_function_gets_its_policy_memory_and_timeout(packaged: dict[str, Any]) -> None:
    for function in NEEDS:
        made = packaged["Resources"][_logical(function)]["Properties"]
        assert made["MemorySize"] >= 512, function
        assert 29 <= made["Timeout"] <= 120, function


def test_every_dependency_is_pinned_alike_for_lambda_and_for_development() -> None:
    wanted = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["dependencies"]
    assert {re.split(r"[<>=]", each)[0] for each in wanted} <= PINS.keys()
    development = (PROJECT / "requirements-dev.txt").read_text().splitlines()
    assert {f"{name}=={version}" for name, version in PINS.items()} <= set(development)


def test_chalice_and_boto3_are_not_packaged() -> None:
    assert not {"chalice", "boto3", "botocore", "pip", "setuptools"} & PINS.keys()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere other wheels are installed than Lambda gets")
@pytest.mark.parametrize("name", PINS)
def test_nothing_is_compiled_when_packaging(name: str) -> None:
    wheel = distribution(name).read_text("WHEEL") or ""
    tags = [line.removeprefix("Tag: ") for line in wheel.splitlines() if line.startswith("Tag: ")]
    assert any(FITS_GLIBC_2_26.search(tag) for tag in tags), f"{name}: {tags} fit no python3.11 on Lambda"


def _limit(packaged: dict[str, Any], function: str) -> int | None:
    ((_, event),) = packaged["Resources"][_logical(function)]["Properties"]["Events"].items()
    limit: int | None = event["Properties"].get("ScalingConfig", {}).get("MaximumConcurrency")
    return limit


def _logical(function: str) -> str:
    return package._logical_id(function)
