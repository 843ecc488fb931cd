"""Packaging: `chalice package` with what Chalice cannot express merged in, put where CloudFormation finds it.

It packages a folder of its own, with a copy of the application: packaging a stage writes nothing into the checkout but
its zips for the next time, each whole or not at all, so that several may be packaged side by side.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import boto3

from infra import chalice_files, gateway, zips
from infra.layer import PackagingFailed
from infra.template import logical_id
from infra.workers import API, WORKERS, Worker, function_name

PROJECT = chalice_files.PROJECT
APPLICATION = ("app.py", "chalicelib", "requirements.txt", "vendor")
"""All that travels to Lambda."""
REPORTS_FAILURES = ["ReportBatchItemFailures"]

Json = dict[str, Any]


def merge_template(stage: str, at_most: Mapping[str, int] | None = None, workers: Sequence[Worker] = WORKERS) -> Json:
    """What `chalice package` must be given to merge: partial batches, the functions' names, other limits than
    entrypoints/queues.py has, where such are wanted, and what the API needs."""
    limits = at_most or {}
    functions = {_resource(each): {"Properties": _properties(each, stage, limits)} for each in workers}
    return {"Resources": {**functions, "RestAPI": {"Properties": _api(stage)}}}


def waiting_mapping(config: Json) -> Json:
    """The domain leads to the API's stage, which Chalice's template does not say: made first, the mapping would fail.

    The stage is named as SAM names it: https://github.com/aws/serverless-application-model/blob/develop/docs/internals/generated_resources.rst
    """
    if "api_gateway_custom_domain" not in config:
        return {}
    stage = config.get("api_gateway_stage", chalice_files.API_STAGE)
    return {"ApiGatewayCustomDomainMapping": {"DependsOn": f"RestAPI{stage}Stage"}}


def package(stage: str, out: Path, at_most: Mapping[str, int] | None = None, project: Path = PROJECT) -> Path:
    """Package the application into a folder and return its template. Raises PackagingFailed."""
    out.mkdir(parents=True, exist_ok=True)
    merge = out / "merge.json"
    merge.write_text(json.dumps(_merged(stage, project / ".chalice", at_most), indent=2))
    chalice = Path(sys.executable).with_name("chalice")
    folder = _copied(stage, out / "project", project)
    zips.place(folder, chalice_files.architecture(stage, folder / ".chalice"))
    ended = subprocess.run(
        [chalice, "package", "--stage", stage, "--merge-template", str(merge.resolve()), str(out.resolve())],
        cwd=folder,
        # The template is the same in every region. Compiled beside the sources, the code would be another to Chalice.
        env={"AWS_DEFAULT_REGION": "us-east-1", **os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode or not (out / "sam.json").exists():
        raise PackagingFailed(f"{ended.stdout}{ended.stderr}")
    _keep(folder / ".chalice" / "deployments", project / ".chalice" / "deployments")
    return out / "sam.json"


def ready(stage: str, project: Path = PROJECT) -> tuple[Path, Path]:
    """Put the zips of code and layer where `chalice deploy` takes them; say where. Raises PackagingFailed."""
    zips.settle(project / "chalicelib")
    return zips.place(project, chalice_files.architecture(stage, project / ".chalice"))


def upload(template: Path, bucket: str) -> str:
    """Put the zips, and the template that points at them, into a bucket; return the template's URL."""
    s3 = boto3.client("s3")
    document = json.loads(template.read_text())
    uris = {archive.name: f"s3://{bucket}/{_put(archive, bucket)}" for archive in template.parent.glob("*.zip")}
    for resource in document["Resources"].values():
        for name in {"CodeUri", "ContentUri"} & resource.get("Properties", {}).keys():
            resource["Properties"][name] = uris[Path(resource["Properties"][name]).name]
    remote = template.with_name("template.json")
    remote.write_text(json.dumps(document, separators=(",", ":")))
    return f"{s3.meta.endpoint_url}/{bucket}/{_put(remote, bucket)}"


def _merged(stage: str, chalice: Path, at_most: Mapping[str, int] | None) -> Json:
    resources = merge_template(stage, at_most)["Resources"]
    return {"Resources": {**resources, **waiting_mapping(chalice_files.merged(stage, chalice))}}


def _put(file: Path, bucket: str) -> str:
    # The key says the content: CloudFormation sees a change only in the address.
    key = f"{hashlib.sha256(file.read_bytes()).hexdigest()[:16]}/{file.name}"
    boto3.client("s3").upload_file(str(file), bucket, key)
    return key


def _copied(stage: str, folder: Path, project: Path) -> Path:
    """A folder in which Chalice finds the application, and a configuration in which the stage is complete."""
    shutil.rmtree(folder, ignore_errors=True)
    chalice = folder / ".chalice"
    (chalice / "deployments").mkdir(parents=True)
    for name in APPLICATION:
        zips.copy(project / name, folder / name)
    for before in (project / ".chalice" / "deployments").glob("*.zip"):
        (chalice / "deployments" / before.name).symlink_to(before.resolve())
    shutil.copy(project / ".chalice" / "config.json", chalice)
    chalice_files.write(stage, chalice)
    return folder


def _keep(made: Path, packages: Path) -> None:
    """For the next packaging, which reuses by its name whatever it finds: a file there must never be half a file."""
    packages.mkdir(exist_ok=True)
    for each in made.glob("*.zip"):
        if not each.is_symlink():
            beside = packages / f".{each.name}.{os.getpid()}"
            shutil.copy(each, beside)
            beside.replace(packages / each.name)


def _properties(worker: Worker, stage: str, limits: Mapping[str, int]) -> Json:
    named: Json = {"FunctionName": function_name(worker.function, stage)}
    if not worker.reads:
        return named
    source: Json = {"FunctionResponseTypes": REPORTS_FAILURES}
    if worker.function in limits:
        source["ScalingConfig"] = {"MaximumConcurrency": limits[worker.function]}
    return {**named, "Events": {f"{_resource(worker)}SqsEventSource": {"Properties": source}}}


def _api(stage: str) -> Json:
    log = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:" + gateway.log_group(stage)
    return {
        "MethodSettings": gateway.settings(gateway.routes()),
        "AccessLogSetting": {"DestinationArn": {"Fn::Sub": log}, "Format": gateway.ACCESS_LOG},
        "DefinitionBody": {"x-amazon-apigateway-gateway-responses": gateway.responses()},
    }


def _resource(worker: Worker) -> str:
    """As Chalice's template names the function."""
    return "APIHandler" if worker.function == API else logical_id(worker.function)
