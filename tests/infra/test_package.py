"""Packaging: what is merged into Chalice's template fits it, and nothing that travels to Lambda must be compiled."""

import copy
import json
import re
import subprocess
import sys
import tomllib
from importlib.metadata import distribution, requires
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from infra import gateway, layer, package, workers
from infra.policies import policy
from infra.template import logical_id
from infra.workers import WORKERS, Worker
from tests.infra.test_template import resources

PROJECT = Path(__file__).parents[2]
PINNED = re.compile(r"^([^\s#=]+)==([^\s;]+)[^\n]*?((?: \\\n    --hash=sha256:[0-9a-f]{64})*)$", re.MULTILINE)
PINS = {name: version for name, version, _ in PINNED.findall((PROJECT / "requirements.txt").read_text())}
SDK = ("boto3", "botocore", "s3transfer")
FITS_GLIBC_2_26 = re.compile(r"-(any|manylinux(1|2010|2014|_2_(5|12|17))_(x86_64|aarch64))$")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The application without its dependencies, which are left out to be quick."""
    project = tmp_path_factory.mktemp("project")
    for name in ("app.py", "chalicelib", ".chalice/config.json"):
        (project / name).parent.mkdir(exist_ok=True)
        (project / name).symlink_to(PROJECT / name)
    (project / "requirements.txt").touch()
    return project


@pytest.fixture(scope="module")
def template(project: Path) -> Path:
    """Chalice's own template of the application, with ours merged in."""
    return package.package("prod", project / "out", project=project)


@pytest.fixture(scope="module")
def packaged(template: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(template.read_text())
    return found


def test_packaging_leaves_the_project_as_it_was(packaged: dict[str, Any], project: Path) -> None:
    assert (project / ".chalice" / "config.json").is_symlink()
    assert {each.name for each in project.iterdir()} == {".chalice", "app.py", "chalicelib", "out", "requirements.txt"}
    assert {each.name for each in (project / ".chalice").iterdir()} == {"config.json", "deployments"}


def test_a_packaging_that_breaks_off_leaves_nothing_for_others_to_reuse(
    template: Path, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Chalice writes its zips in place, and takes the next time what bears their name."""
    kept = project / ".chalice" / "deployments"
    before = {each.name: each.read_bytes() for each in kept.iterdir()}
    assert before

    def breaks_off(command: object, *, cwd: Path, **options: object) -> subprocess.CompletedProcess[str]:
        (cwd / ".chalice" / "deployments" / "half.zip").write_bytes(b"PK")
        return subprocess.CompletedProcess([], 1, stdout="", stderr="interrupted")

    monkeypatch.setattr(subprocess, "run", breaks_off)
    with pytest.raises(layer.PackagingFailed, match="interrupted"):
        package.package("prod", tmp_path, project=project)
    assert {each.name: each.read_bytes() for each in kept.iterdir()} == before


def test_pages_and_catalogues_travel_with_the_code(template: Path) -> None:
    with ZipFile(template.with_name("deployment.zip")) as archive:
        travelled = {name: archive.read(name) for name in archive.namelist()}
    files = [each for each in (PROJECT / "chalicelib").rglob("*") if each.suffix in {".html", ".css", ".mo"}]
    assert {each.suffix for each in files} == {".html", ".css", ".mo"}
    for each in files:
        assert travelled[each.relative_to(PROJECT).as_posix()] == each.read_bytes()


def test_the_merged_template_changes_only_what_chalice_made(packaged: dict[str, Any]) -> None:
    merged = package.merge_template("prod")["Resources"]
    for name in merged.keys() - {"RestAPI"}:
        assert packaged["Resources"][name]["Type"] == "AWS::Serverless::Function", name
    assert packaged["Resources"]["RestAPI"]["Type"] == "AWS::Serverless::Api"
    assert merged.keys() == {"RestAPI", *(_logical(each) for each in WORKERS)}


def test_one_stack_has_what_finish_sets_after_chalice_deploy(
    packaged: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In CloudFormation's own words, after its transform: throttles by method, the access log, answers as problems."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    api = transformed(packaged)["RestAPI"]["Properties"]["Body"]
    assert api["x-amazon-apigateway-gateway-responses"] == gateway.responses()
    assert "/webhooks/{connection}" in api["paths"]
    (stage,) = [each for each in transformed(packaged).values() if each["Type"] == "AWS::ApiGateway::Stage"]
    assert stage["Properties"]["MethodSettings"] == gateway.settings(gateway.routes())
    log = stage["Properties"]["AccessLogSetting"]
    assert log["Format"] == gateway.ACCESS_LOG
    assert log["DestinationArn"]["Fn::Sub"].endswith(":log-group:/aws/apigateway/xenia-prod")


def test_what_is_not_declared_by_a_method_is_set_for_all_of_them() -> None:
    set_to = {(each["ResourcePath"], each["HttpMethod"]): each for each in gateway.settings(gateway.routes())}
    webhooks, others = set_to["/~1webhooks~1{connection}", "POST"], set_to["/*", "*"]
    assert (webhooks["ThrottlingRateLimit"], webhooks["ThrottlingBurstLimit"]) == (500, 1000)
    assert (others["ThrottlingRateLimit"], others["ThrottlingBurstLimit"]) == (50, 100)


@pytest.mark.parametrize("reader", workers.readers(), ids=lambda each: each.function)
def test_every_queue_function_reports_the_failures_of_a_batch(packaged: dict[str, Any], reader: Worker) -> None:
    ((_, event),) = _made(packaged, reader)["Events"].items()
    assert event["Type"] == "SQS"
    assert event["Properties"]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert event["Properties"]["Queue"]["Fn::Sub"].endswith(f":xenia-prod-{reader.reads}")


def test_no_burst_of_messages_takes_all_of_the_accounts_lambdas(packaged: dict[str, Any]) -> None:
    limits = {each.function: _limit(packaged, each) for each in workers.readers()}
    bursts = {
        "ingest_notices": 50,
        "fetch_notices": 5,
        "award_points": 20,
        "send_chunk": 5,
        "record_mail_events": 20,
    }
    assert {name: limits[name] for name in bursts} == bursts
    assert all(limits.values())
    assert sum(limit or 0 for limit in limits.values()) < 1000 / 2


def test_what_the_handlers_ask_of_their_queues_can_be_read_back(packaged: dict[str, Any]) -> None:
    asked = workers.deliveries()
    assert {each.function: asked[each.function].maximum_concurrency for each in workers.readers()} == {
        each.function: _limit(packaged, each) for each in workers.readers()
    }
    for each in workers.readers():
        ((_, event),) = _made(packaged, each)["Events"].items()
        assert event["Properties"]["BatchSize"] == asked[each.function].batch_size


def test_the_local_cloud_has_limits_of_its_own() -> None:
    merged = package.merge_template("dev", {"plan_run": 2})["Resources"]["PlanRun"]["Properties"]["Events"]
    assert merged["PlanRunSqsEventSource"]["Properties"]["ScalingConfig"] == {"MaximumConcurrency": 2}


def test_functions_are_those_with_policies_and_bear_the_names_of_their_logs(packaged: dict[str, Any]) -> None:
    made = [each for each in packaged["Resources"].values() if each["Type"] == "AWS::Serverless::Function"]
    names = {each["Properties"]["FunctionName"] for each in made}
    assert names == {workers.function_name(each.function, "prod") for each in WORKERS}


def test_no_function_turns_off_that_lambda_ends_its_circles(packaged: dict[str, Any]) -> None:
    """`RecursiveLoop` says Terminate where nothing is said."""
    made = [each for each in packaged["Resources"].values() if each["Type"] == "AWS::Serverless::Function"]
    assert len(made) == len(WORKERS)
    assert not any("RecursiveLoop" in each["Properties"] for each in made)


def test_the_tick_comes_every_minute(packaged: dict[str, Any]) -> None:
    ((_, event),) = packaged["Resources"]["Tick"]["Properties"]["Events"].items()
    assert (event["Type"], event["Properties"]["Schedule"]) == ("Schedule", "rate(1 minute)")


def test_production_has_its_own_domain_and_answers_are_compressed(packaged: dict[str, Any]) -> None:
    assert packaged["Resources"]["ApiGatewayCustomDomain"]["Type"] == "AWS::ApiGateway::DomainName"
    assert packaged["Resources"]["RestAPI"]["Properties"]["MinimumCompressionSize"] > 0


def test_the_domain_leads_to_the_stage_only_once_it_is_there(
    packaged: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """CloudFormation makes side by side what says nothing of an order, and a mapping to no stage fails."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    mapping = packaged["Resources"]["ApiGatewayCustomDomainMapping"]
    assert mapping["Type"] == "AWS::ApiGateway::BasePathMapping"
    stage = transformed(packaged)[mapping["DependsOn"]]
    assert (stage["Type"], stage["Properties"]["StageName"]) == (
        "AWS::ApiGateway::Stage",
        mapping["Properties"]["Stage"],
    )


def test_where_there_is_no_domain_no_mapping_is_made_up() -> None:
    assert package.waiting_mapping({"api_gateway_stage": "api"}) == {}


def test_every_function_gets_its_policy_memory_and_timeout(packaged: dict[str, Any]) -> None:
    for each in WORKERS:
        made = _made(packaged, each)
        assert made["MemorySize"] == each.memory >= 256, each.function
        assert made["Timeout"] == each.timeout, each.function
        assert 29 <= made["Timeout"] <= 120, each.function
        policies = packaged["Resources"][logical_id(each.function) + "Role"]["Properties"]["Policies"]
        assert [one["PolicyDocument"] for one in policies] == [policy(each, "prod")], each.function


def test_a_queue_hides_a_message_for_six_times_the_timeout_that_is_deployed(packaged: dict[str, Any]) -> None:
    """Law 5, between the two templates: neither knows of the other."""
    for each in workers.readers():
        queue = resources()[f"{logical_id(each.reads)}Queue"]["Properties"]
        assert int(queue["VisibilityTimeout"]) == 6 * _made(packaged, each)["Timeout"], each.reads


def test_every_dependency_is_pinned_alike_for_lambda_and_for_development() -> None:
    wanted = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["dependencies"]
    assert {re.split(r"[<>=]", each)[0] for each in wanted} <= PINS.keys()
    development = PINNED.findall((PROJECT / "requirements-dev.txt").read_text())
    assert PINS.items() <= {(name, version) for name, version, _ in development}


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt", "requirements-matching.txt"])
def test_every_pin_names_the_hashes_of_its_files(file: str) -> None:
    """A file that was exchanged under its version is not installed, here and on Lambda."""
    text = (PROJECT / file).read_text()
    pins = PINNED.findall(text)
    assert len(pins) == len(re.findall(r"^\S+==", text, re.MULTILINE))
    assert [name for name, _, hashes in pins if not hashes] == []


def test_boto3_is_packaged_with_all_its_parts_and_nothing_that_packages_is() -> None:
    """The run-time's own boto3 and ours share none of them: each would have to bear the other's moves."""
    wanted = [
        re.split(r"[ <>=!~;(\[]", each)[0] for name in SDK for each in requires(name) or () if "extra" not in each
    ]
    assert {"boto3", *SDK, *wanted} <= PINS.keys()
    assert not {"chalice", "pip", "setuptools"} & PINS.keys()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere other wheels are installed than Lambda gets")
@pytest.mark.parametrize("name", PINS)
def test_nothing_is_compiled_when_packaging(name: str) -> None:
    wheel = distribution(name).read_text("WHEEL") or ""
    tags = [line.removeprefix("Tag: ") for line in wheel.splitlines() if line.startswith("Tag: ")]
    assert any(FITS_GLIBC_2_26.search(tag) for tag in tags), f"{name}: {tags} fit no python3.11 on Lambda"


def transformed(packaged: dict[str, Any]) -> dict[str, Any]:
    """What CloudFormation makes of the packaged template, by AWS's own transform."""
    from samtranslator.parser.parser import Parser  # large, and wanted here alone
    from samtranslator.translator.translator import Translator

    uploaded = copy.deepcopy(packaged)
    for each in uploaded["Resources"].values():
        for name in {"CodeUri", "ContentUri"} & each["Properties"].keys():
            each["Properties"][name] = "s3://bucket/key"
    found = Translator({}, Parser()).translate(uploaded, {})
    resources: dict[str, Any] = found["Resources"]
    return resources


def _limit(packaged: dict[str, Any], reader: Worker) -> int | None:
    ((_, event),) = _made(packaged, reader)["Events"].items()
    limit: int | None = event["Properties"].get("ScalingConfig", {}).get("MaximumConcurrency")
    return limit


def _made(packaged: dict[str, Any], worker: Worker) -> dict[str, Any]:
    found: dict[str, Any] = packaged["Resources"][_logical(worker)]["Properties"]
    return found


def _logical(worker: Worker) -> str:
    return "APIHandler" if worker.function == "api_handler" else logical_id(worker.function)
