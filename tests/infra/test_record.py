"""Chalice's record is rebuilt from what stands in the account: by name, by function and queue, by integration."""

import json
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import boto3
import pytest
from chalice.config import DeployedResources

from chalicelib.aws.settings import Settings
from infra import stacks
from infra.deploying import errors, record, records
from infra.deploying.model import Domain, Function, QueueMapping, RestApi, Standing
from tests.conftest import ACCOUNT, REGION

ARN = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:xenia-test"
QUEUES = f"arn:aws:sqs:{REGION}:{ACCOUNT}:xenia-test"
NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
DOMAIN = "hub.hotel.test"


def role(name: str, service: str = "lambda.amazonaws.com") -> str:
    trust = {"Statement": [{"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}]}
    client = boto3.client("iam")
    return client.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]


def function(name: str, stage: str = "test") -> str:
    code = BytesIO()
    with ZipFile(code, "w") as archive:
        archive.writestr("app.py", "")
    made = boto3.client("lambda").create_function(
        FunctionName=name,
        Role=role(f"{name}-api_handler" if name == f"xenia-{stage}" else name),
        Code={"ZipFile": code.getvalue()},
        Handler="app.app",
        Runtime="python3.11",
        Environment={"Variables": {"XENIA_STAGE": stage}},
    )
    return made["FunctionArn"]


def api(function: str, *, title: str = "xenia", is_staged: bool = True) -> str:
    uri = f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/{function}/invocations"
    client = boto3.client("apigateway")
    api_id = client.create_rest_api(name=title)["id"]
    root = client.get_resources(restApiId=api_id)["items"][0]["id"]
    client.put_method(restApiId=api_id, resourceId=root, httpMethod="GET", authorizationType="NONE")
    client.put_integration(
        restApiId=api_id, resourceId=root, httpMethod="GET", type="AWS_PROXY", integrationHttpMethod="POST", uri=uri
    )
    if is_staged:
        client.create_deployment(restApiId=api_id, stageName="api")
    return api_id


def queue_mapping(function: str, queue: str) -> str:
    client = boto3.client("lambda")
    return client.create_event_source_mapping(FunctionName=function, EventSourceArn=f"{QUEUES}-{queue}")["UUID"]


def schedule(name: str, target: str | None) -> None:
    client = boto3.client("events")
    client.put_rule(Name=name, ScheduleExpression="rate(1 minute)")
    if target:
        client.put_targets(Rule=name, Targets=[{"Id": "1", "Arn": target}])


@pytest.fixture
def chalice(tmp_path: Path) -> Path:
    (tmp_path / "config.json").write_text(json.dumps({"stages": {"test": {}}}))
    return tmp_path


def with_domain(chalice: Path, name: str = DOMAIN) -> Path:
    config = {"stages": {"test": {"api_gateway_custom_domain": {"domain_name": name, "certificate_arn": "arn"}}}}
    (chalice / "config.json").write_text(json.dumps(config))
    return chalice


def rebuilt(chalice: Path) -> dict[str, dict[str, Any]]:
    """The record by name, as Chalice reads it."""
    records.rebuild("test", chalice)
    found = json.loads((chalice / "deployed" / "test.json").read_text())
    deployed = DeployedResources(found)
    return {name: deployed.resource_values(name) for name in deployed.resource_names()}


def test_an_empty_account_gives_an_empty_record(aws: Settings, chalice: Path) -> None:
    assert rebuilt(chalice) == {}


def test_functions_roles_queues_and_schedules_are_found_in_the_words_of_chalice(aws: Settings, chalice: Path) -> None:
    ingest, tick = function("xenia-test-ingest_notices"), function("xenia-test-tick")
    uuid = queue_mapping(ingest, "inbox")
    schedule("xenia-test-tick-event", tick)
    found = rebuilt(chalice)
    assert list(found) == [
        "ingest_notices_role", "ingest_notices", "ingest_notices-sqs-event-source", "tick_role", "tick", "tick-event",
    ]  # fmt: skip
    assert found["ingest_notices-sqs-event-source"] == {
        "name": "ingest_notices-sqs-event-source",
        "resource_type": "sqs_event",
        "queue_arn": f"{QUEUES}-inbox",
        "event_uuid": uuid,
        "queue": "xenia-test-inbox",
        "lambda_arn": ingest,
    }
    assert found["tick_role"]["role_name"] == "xenia-test-tick"
    assert found["tick"]["lambda_arn"] == tick
    assert found["tick-event"]["rule_name"] == "xenia-test-tick-event"


def test_a_role_without_its_function_and_a_schedule_without_its_target_are_found(aws: Settings, chalice: Path) -> None:
    """So a deployment that died between the two leaves them."""
    role("xenia-test-tick")
    schedule("xenia-test-run_job-event", None)
    assert list(rebuilt(chalice)) == ["run_job-event", "tick_role"]


def test_what_belongs_to_others_is_never_in_the_record(aws: Settings, chalice: Path) -> None:
    """Chalice deletes what is in its record and not in the application."""
    function("xenia-test2-tick", "test2")
    function("xenia-test2", "test2")
    elsewhere = function("xenia-test-mine", "mine")
    role("xenia-test-backup", "backup.amazonaws.com")
    role("xenia-test-night-audit")
    schedule("xenia-test-mine-event", elsewhere)
    api(elsewhere)
    assert rebuilt(chalice) == {}


def test_the_api_is_known_by_the_function_that_it_calls(aws: Settings, chalice: Path) -> None:
    handler, other = function("xenia-test"), function("xenia-test2", "test2")
    api(other)
    api(handler, title="somebody's proxy")
    ours = api(handler)
    found = rebuilt(chalice)
    assert list(found) == ["api_handler_role", "api_handler", "rest_api"]
    assert found["rest_api"]["rest_api_id"] == ours
    assert found["rest_api"]["rest_api_url"] == f"https://{ours}.execute-api.{REGION}.amazonaws.com/api/"
    assert found["api_handler"]["lambda_arn"] == handler


def test_the_newest_layer_is_the_applications_and_older_ones_go(aws: Settings, chalice: Path) -> None:
    for content in (b"one", b"two"):
        boto3.client("lambda").publish_layer_version(LayerName="xenia-test-managed-layer", Content={"ZipFile": content})
    found = rebuilt(chalice)
    assert {name: each["layer_version_arn"].rpartition(":")[2] for name, each in found.items()} == {
        "managed-layer": "2",
        "managed-layer-1": "1",
    }


def test_the_domain_and_where_it_leads_are_recorded(aws: Settings, chalice: Path) -> None:
    ours = api(function("xenia-test"))
    client = boto3.client("apigateway")
    client.create_domain_name(domainName=DOMAIN, regionalCertificateArn="arn", securityPolicy="TLS_1_2")
    client.create_base_path_mapping(domainName=DOMAIN, restApiId=ours, stage="api")
    found = rebuilt(with_domain(chalice))["api_gateway_custom_domain"]
    assert (found["domain_name"], found["api_mapping"]) == (DOMAIN, [{"key": "/"}])
    client.delete_base_path_mapping(domainName=DOMAIN, basePath="(none)")
    assert "api_mapping" not in rebuilt(chalice)["api_gateway_custom_domain"]


def test_a_domain_that_this_checkout_forgot_is_not_deployed_without(aws: Settings, chalice: Path) -> None:
    client = boto3.client("apigateway")
    client.create_domain_name(domainName=DOMAIN, regionalCertificateArn="arn", securityPolicy="TLS_1_2")
    client.create_base_path_mapping(domainName=DOMAIN, restApiId=api(function("xenia-test")), stage="api")
    rebuilt(with_domain(chalice))
    (chalice / "config.json").write_text(json.dumps({"stages": {"test": {}}}))
    with pytest.raises(errors.DomainForgotten, match=r"hub\.hotel\.test leads to this stage"):
        records.rebuild("test", chalice)
    client.delete_domain_name(domainName=DOMAIN)
    assert "api_gateway_custom_domain" not in rebuilt(chalice)


def test_the_record_is_kept_in_the_bucket_with_what_cannot_be_looked_for(
    aws: Settings, chalice: Path, tmp_path: Path
) -> None:
    group = {"name": "tick-log-group", "resource_type": "log_group", "log_group_name": "/aws/lambda/xenia-test-tick"}
    gone = {"name": "tick", "resource_type": "lambda_function", "lambda_arn": f"{ARN}-tick"}
    (chalice / "deployed").mkdir()
    (chalice / "deployed" / "test.json").write_text(json.dumps({"resources": [group, gone], "schema_version": "2.0"}))
    assert rebuilt(chalice) == {"tick-log-group": group}
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "config.json").write_text(json.dumps({"stages": {"test": {}}}))
    assert rebuilt(elsewhere) == {"tick-log-group": group}


def test_a_stage_that_a_pipeline_deployed_is_left_alone(
    aws: Settings, chalice: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    template = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}
    stacks.put("xenia-test", {"TemplateBody": json.dumps(template)}, {}, lambda _: None)
    with pytest.raises(errors.DeployedAsOneStack, match="hub infra package"):
        records.rebuild("test", chalice)
    assert not (chalice / "deployed").exists()


def test_of_several_apis_the_domains_is_chosen_then_a_deployed_one_then_the_oldest() -> None:
    old, staged, mapped = (
        RestApi("old", NOON, is_staged=False),
        RestApi("staged", NOON + timedelta(hours=1), is_staged=True),
        RestApi("mapped", NOON + timedelta(hours=2), is_staged=False),
    )
    assert record.chosen([], None) is None
    assert record.chosen([staged, old], None) == staged
    assert record.chosen([staged, RestApi("first", NOON, is_staged=True)], None) == RestApi(
        "first", NOON, is_staged=True
    )
    assert record.chosen([old, staged, mapped], domain_to("mapped")) == mapped
    assert record.surplus(Standing(REGION, apis=(old, staged, mapped))) == ("old", "mapped")


def test_a_domain_that_leads_elsewhere_stops_the_deployment() -> None:
    ours = RestApi("ours", NOON, is_staged=True)
    with pytest.raises(errors.DomainTaken, match=r"API theirs.*delete-base-path-mapping"):
        record.record(Standing(REGION, apis=(ours,), domain=domain_to("theirs")))


def test_only_our_own_paths_of_a_shared_domain_are_recorded() -> None:
    ours = RestApi("ours", NOON, is_staged=True)
    shared = Domain(DOMAIN, "alias", "zone", "arn", "TLS_1_2", {"/": "ours", "/booking": "theirs"})
    (*_, entry) = record.record(Standing(REGION, apis=(ours,), domain=shared))["resources"]
    assert entry["api_mapping"] == [{"key": "/"}]


def test_a_queue_that_a_function_no_longer_reads_goes_by_a_name_of_its_own() -> None:
    ingest = Function("ingest_notices", f"{ARN}-ingest_notices")
    old, new = QueueMapping("1", ingest, f"{QUEUES}-notices"), QueueMapping("2", ingest, f"{QUEUES}-inbox")
    found = record.record(Standing(REGION, functions=(ingest,), mappings=(old, new)))["resources"]
    assert {each["name"]: each.get("queue") for each in found} == {
        "ingest_notices": None,
        "ingest_notices-sqs-event-source": "xenia-test-inbox",
        "ingest_notices-sqs-event-source-1": "xenia-test-notices",
    }


def domain_to(api_id: str) -> Domain:
    return Domain(DOMAIN, "alias", "zone", "arn", "TLS_1_2", {"/": api_id})
