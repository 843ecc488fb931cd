"""`hub deploy` goes on, from any machine, with whatever a deployment that was killed has left."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import boto3
import pytest

from chalicelib.settings import installation
from infra import chalice_files, local_cloud, stages
from infra.deploying import records
from infra.local_cloud import LocalCloud
from tests.end_to_end.conftest import using
from tests.exhaustive import Thoroughness

pytestmark = pytest.mark.end_to_end
PLUGINS = Path(__file__).parent / "plugins"
HUB = "from infra.cli import main; main()"
ENDLESS = 0
OTHERWISE_NAMED = {"lambda:GetLayerVersionByArn": "lambda:GetLayerVersion"}
"""API Gateway's rights are named after methods of HTTP."""


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[LocalCloud]:
    with local_cloud.running(tmp_path / "cloud.log") as cloud, using(cloud):
        boto3.client("sesv2").create_email_identity(EmailIdentity="hotel.test")
        yield cloud


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """Notes each new thing that a run made in the account, as `run`, tab, what."""
    file = tmp_path / "made"
    file.touch()
    return file


def test_a_deployment_killed_after_each_resource_goes_on_from_another_checkout(
    cloud: LocalCloud, tmp_path: Path, made: Path
) -> None:
    """Every run is in a checkout that has never deployed, and dies once it has made so many new things; together they
    make what one undisturbed run makes. `make e2e` kills at every twelfth thing, `make e2e-all` at each. What a version
    before made and this one has no more, goes."""
    lives_for = 12 if Thoroughness.is_quick else 1
    whole = deploy(checkout(tmp_path, "whole"), "whole", made)
    assert whole.returncode == 0, whole.stderr
    expected = things(made)["whole"]
    assert expected > 30

    killed = [run_until_death(tmp_path, made, number, lives_for) for number in range(expected // lives_for)]
    plant_a_retired_function("killed")
    last = deploy(checkout(tmp_path, "last", "killed"), "killed", made, run="last")
    assert last.returncode == 0, last.stderr
    assert json.loads(last.stdout)["public_url"] == "https://killed.hotel.test"
    assert things(made) == Counter(
        {"whole": expected, **dict.fromkeys(killed, lives_for), "last": expected % lives_for}
    )
    assert standing("killed") == standing("whole")
    assert len(boto3.client("apigateway").get_rest_apis()["items"]) == 2
    assert {each for each in asked(made) if not any(fnmatch(each, right) for right in documented_rights())} == set()


def run_until_death(work: Path, made: Path, number: int, lives_for: int) -> str:
    run = f"run{number}"
    ended = deploy(checkout(work, run, "killed"), "killed", made, run=run, dies_after=lives_for)
    assert things(made)[run] == lives_for, f"{run} ended before its death: {ended.stderr}"
    assert ended.returncode != 0
    return run


def plant_a_retired_function(stage: str) -> None:
    """As a version before would have left it, with its role and its schedule."""
    name = f"xenia-{stage}-retired"
    (*_, like) = (
        each for each in boto3.client("lambda").list_functions()["Functions"] if stage in each["FunctionName"]
    )
    trust = boto3.client("iam").get_role(RoleName=like["Role"].rpartition("/")[2])["Role"]["AssumeRolePolicyDocument"]
    role = boto3.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]
    made = boto3.client("lambda").create_function(
        FunctionName=name,
        Role=role["Arn"],
        Code={"ZipFile": b"PK\x05\x06" + bytes(18)},
        Handler="app.retired",
        Runtime="python3.11",
        Environment={"Variables": {"XENIA_STAGE": stage}},
    )
    boto3.client("events").put_rule(Name=f"{name}-event", ScheduleExpression="rate(1 day)")
    boto3.client("events").put_targets(Rule=f"{name}-event", Targets=[{"Id": "1", "Arn": made["FunctionArn"]}])
    assert {"retired"} < {each.name for each in records.look(stage, None).functions}


def checkout(work: Path, name: str, stage: str = "") -> Path:
    """The application where nothing was ever deployed, with a small layer instead of its dependencies."""
    folder = work / name
    (folder / ".chalice").mkdir(parents=True)
    (folder / "vendor").mkdir()
    (folder / "vendor" / "dependency.py").write_text("NUMBER = 1\n")
    (folder / "requirements.txt").touch()
    for each in ("app.py", "chalicelib", "infra"):
        (folder / each).symlink_to(chalice_files.PROJECT / each)
    config = json.loads((chalice_files.CHALICE / "config.json").read_text())
    config["stages"] = {stage or name: {"api_gateway_custom_domain": domain(f"{stage or name}.hotel.test")}}
    (folder / ".chalice" / "config.json").write_text(json.dumps(config))
    return folder


def domain(name: str) -> dict[str, str]:
    client = boto3.client("acm")
    arns = {each["DomainName"]: each["CertificateArn"] for each in client.list_certificates()["CertificateSummaryList"]}
    arn = arns.get(name) or client.request_certificate(DomainName=name)["CertificateArn"]
    return {"domain_name": name, "certificate_arn": arn, "tls_version": "TLS_1_2"}


def deploy(
    folder: Path, stage: str, made: Path, *, run: str = "", dies_after: int = ENDLESS
) -> subprocess.CompletedProcess[str]:
    """`hub deploy` as a person in that checkout runs it."""
    environment = {
        **os.environ,
        "PYTHONPATH": f"{folder}:{PLUGINS}",
        "BOTOCORE_EXPERIMENTAL__PLUGINS": "dying=dying",
        "DYING_LOG": str(made),
        "DYING_RUN": run or stage,
        "DYING_AFTER": str(dies_after),
    }
    options = ["--sender", "Hotel <hello@hotel.test>", "--json"]
    return subprocess.run(
        [sys.executable, "-c", HUB, "deploy", "--stage", stage, *options],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def things(made: Path) -> Counter[str]:
    """How many new things each run made."""
    return Counter(line.partition("\t")[0] for line in made.read_text().splitlines())


def asked(made: Path) -> set[str]:
    """Every call of AWS that the deployments made, by the name of the right to make it."""
    calls = set(Path(f"{made}.asked").read_text().split())
    return {OTHERWISE_NAMED.get(each, each) for each in calls if not each.startswith("apigateway:")}


def documented_rights() -> set[str]:
    policy = json.loads((chalice_files.PROJECT / "docs" / "deploy-rights.json").read_text())
    return {action for statement in policy["Statement"] for action in statement["Action"]}


def standing(stage: str) -> dict[str, object]:
    """What stands of a stage, without what differs from one deployment to the next."""
    found = records.look(stage, f"{stage}.hotel.test")
    stages.use(stage)
    assert found.domain
    return {
        "functions": sorted(each.name for each in found.functions),
        "roles": {name: policies(role) for name, role in found.roles.items()},
        "mappings": sorted((each.function.name, each.queue.removeprefix(f"xenia-{stage}-")) for each in found.mappings),
        "reports failures": sorted(reports_failures(each.uuid) for each in found.mappings),
        "rules": sorted(found.rules),
        "permissions": sorted((each.name, permissions(each.arn)) for each in found.functions),
        "layers": len(found.layers),
        "apis": len(found.apis),
        "the domain leads to the API": list(found.domain.api_by_path.values()) == [each.api_id for each in found.apis],
        "address": installation.get().public_url == f"https://{stage}.hotel.test",
    }


def policies(role_arn: str) -> int:
    return len(boto3.client("iam").list_role_policies(RoleName=role_arn.rpartition("/")[2])["PolicyNames"])


def permissions(function_arn: str) -> int:
    client = boto3.client("lambda")
    try:
        return len(json.loads(client.get_policy(FunctionName=function_arn)["Policy"])["Statement"])
    except client.exceptions.ResourceNotFoundException:
        return 0


def reports_failures(uuid: str) -> list[str]:
    return list(boto3.client("lambda").get_event_source_mapping(UUID=uuid)["FunctionResponseTypes"])
