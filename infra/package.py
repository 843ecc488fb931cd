"""Packaging: `chalice package` with what Chalice cannot express merged in, put where CloudFormation finds it."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import boto3

from infra.policies import NEEDS

PROJECT = Path(__file__).parent.parent
REPORTS_FAILURES = ["ReportBatchItemFailures"]

Json = dict[str, Any]


class PackagingFailed(RuntimeError):
    """`chalice package` failed; the message is its own."""


def queue_functions() -> dict[str, str]:
    """The queue that each queue function reads."""
    return {function: needs.reads for function, needs in NEEDS.items() if needs.reads}


def function_name(function: str, stage: str) -> str:
    """As `chalice deploy` names it: the API's function bears the bare name of application and stage."""
    return f"xenia-{stage}" if function == "api_handler" else f"xenia-{stage}-{function}"


def merge_template(stage: str, at_most: Mapping[str, int] | None = None) -> Json:
    """What `chalice package` must be given to merge: partial batches, the functions' names, and other limits than
    entrypoints/queues.py has, where such are wanted."""
    limits = at_most or {}
    return {
        "Resources": {_logical_id(function): {"Properties": _properties(function, stage, limits)} for function in NEEDS}
    }


def package(stage: str, out: Path, at_most: Mapping[str, int] | None = None, project: Path = PROJECT) -> Path:
    """Package the application into a folder and return its template. Raises PackagingFailed."""
    out.mkdir(parents=True, exist_ok=True)
    merge = out / "merge.json"
    merge.write_text(json.dumps(merge_template(stage, at_most), indent=2))
    chalice = Path(sys.executable).with_name("chalice")
    ended = subprocess.run(
        [chalice, "package", "--stage", stage, "--merge-template", str(merge.resolve()), str(out.resolve())],
        cwd=project,
        env={"AWS_DEFAULT_REGION": "us-east-1", **os.environ},  # the template is the same in every region
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode or not (out / "sam.json").exists():
        raise PackagingFailed(f"{ended.stdout}{ended.stderr}")
    return out / "sam.json"


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


def _put(file: Path, bucket: str) -> str:
    # The key says the content: CloudFormation sees a change only in the address.
    key = f"{hashlib.sha256(file.read_bytes()).hexdigest()[:16]}/{file.name}"
    boto3.client("s3").upload_file(str(file), bucket, key)
    return key


def _properties(function: str, stage: str, limits: Mapping[str, int]) -> Json:
    named: Json = {"FunctionName": function_name(function, stage)}
    if function not in queue_functions():
        return named
    source: Json = {"FunctionResponseTypes": REPORTS_FAILURES}
    if function in limits:
        source["ScalingConfig"] = {"MaximumConcurrency": limits[function]}
    return {**named, "Events": {f"{_logical_id(function)}SqsEventSource": {"Properties": source}}}


def _logical_id(function: str) -> str:
    if function == "api_handler":  # Chalice's own exception
        return "APIHandler"
    return "".join(word.capitalize() for word in function.split("_"))
