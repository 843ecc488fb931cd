"""Deploy: the infrastructure, the application as one stack, what `chalice deploy` cannot set, and all of it locally."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError

from chalicelib.settings import installation
from infra import (
    access_keys,
    chalice_files,
    hub_settings,
    local_rights,
    mappings,
    package,
    stacks,
    stages,
    template,
    workers,
)
from infra.local_cloud import LocalCloud
from infra.mappings import Pause
from infra.stacks import Tell

LOCAL_STAGE = "dev"
LOCAL_SENDER = "hello@stay.example.com"
LOCAL_POSTAL_ADDRESS = "Example Hotels, 1 Harbour Street, 1000 Example City"
LOCAL_PARAMETERS = {"DeletionProtection": "false", "RequireTls": "false"}
LOCAL_AT_MOST = dict.fromkeys((each.function for each in workers.readers()), 2)
"""Each concurrent function is a process on this machine; two is the least that AWS allows."""


class PublicUrlUnknown(RuntimeError):
    """The address at which the hub is reached cannot be found; the message says where it is looked for."""


@dataclass(frozen=True)
class LocalHub:
    """A hub that runs on a local cloud."""

    cloud: LocalCloud
    stage: str
    api_url: str
    admin_key: str


def infra(stage: str, parameters: Mapping[str, str], tell: Tell) -> dict[str, str]:
    """Create or update what Chalice does not create; return the stack's outputs."""
    body = {"TemplateBody": template.text()}
    outputs = stacks.put(f"xenia-{stage}-infra", body, {"Stage": stage, **parameters}, tell)
    stages.use(stage)
    installation.note(raw_bucket=outputs["RawNoticesBucket"])
    return outputs


def app(stage: str, packaged: Path, bucket: str, tell: Tell) -> dict[str, str]:
    """Create or update the packaged application as one stack; return the stack's outputs."""
    url = package.upload(packaged, bucket)
    return stacks.put(f"xenia-{stage}", {"TemplateURL": url}, {}, tell)


def finish(
    stage: str,
    at_most: Mapping[str, int] | None = None,
    *,
    public_url: str | None = None,
    sender: str | None = None,
    postal_address: str | None = None,
    pause: Pause = time.sleep,
) -> int:
    """Set what `chalice deploy` cannot: partial batches on every queue, and what is given. Count the queues.

    The public address, the group's sender and its postal address stay as they are where they are None. So do the limits
    of concurrency, which Chalice sets, unless `at_most` has others. Raises ValueError for a sender that is none.
    """
    hub_settings.change(stage, {}, {"sender": sender, "postal_address": postal_address})
    installation.note(public_url=public_url)
    client = boto3.client("lambda")
    count = 0
    for each in workers.readers():
        name = workers.function_name(each.function, stage)
        for mapping in client.list_event_source_mappings(FunctionName=name)["EventSourceMappings"]:
            mappings.change(client, mapping["UUID"], _mapping_settings((at_most or {}).get(each.function)), pause)
            count += 1
    return count


def public_url(stage: str, project: Path = package.PROJECT) -> str:
    """The stage's custom domain, or else the address of the deployed API. Raises PublicUrlUnknown, StageUnknown."""
    domain = (
        chalice_files.config_of(stage, project / ".chalice").get("api_gateway_custom_domain", {}).get("domain_name")
    )
    if domain and not domain.endswith("example.com"):
        return f"https://{domain}"
    found = None if domain else _noted_url(project / ".chalice" / "deployed" / f"{stage}.json") or _stack_url(stage)
    if not found:
        raise PublicUrlUnknown(
            f"set api_gateway_custom_domain of the stage {stage} in .chalice/config.json, "
            f"or run `chalice deploy --stage {stage}` first, or say --public-url"
        )
    return found.rstrip("/")


def locally(cloud: LocalCloud, work: Path, tell: Tell, stage: str = LOCAL_STAGE) -> LocalHub:
    """Deploy everything into a local cloud, as it would be on AWS. Points this process's boto3 at that cloud."""
    cloud.use_here()
    tell("deploying the infrastructure")
    infra(stage, LOCAL_PARAMETERS, tell)
    tell("packaging the application")
    packaged = package.package(stage, work, at_most=LOCAL_AT_MOST)
    artifacts = f"xenia-{stage}-artifacts"
    boto3.client("s3").create_bucket(Bucket=artifacts, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    tell("deploying the application")
    outputs = app(stage, packaged, artifacts, tell)
    local_rights.complete(stage)
    api_url = cloud.api_url(outputs["RestAPIId"], chalice_files.API_STAGE)
    boto3.client("sesv2").create_email_identity(EmailIdentity=LOCAL_SENDER.partition("@")[2])
    boto3.client("sesv2").create_email_identity(EmailIdentity=LOCAL_SENDER)
    finish(stage, LOCAL_AT_MOST, public_url=api_url, sender=LOCAL_SENDER, postal_address=LOCAL_POSTAL_ADDRESS)
    admin_key = access_keys.create(stage, role="admin", properties=["*"], name="local")
    return LocalHub(cloud=cloud, stage=stage, api_url=api_url, admin_key=admin_key.key)


def _mapping_settings(at_most: int | None) -> Any:
    scaling = {"ScalingConfig": {"MaximumConcurrency": at_most}} if at_most else {}
    return {"FunctionResponseTypes": package.REPORTS_FAILURES, **scaling}


def _noted_url(deployed: Path) -> str | None:
    """What `chalice deploy` noted."""
    noted = json.loads(deployed.read_text())["resources"] if deployed.exists() else []
    return next((str(each["rest_api_url"]) for each in noted if each["resource_type"] == "rest_api"), None)


def _stack_url(stage: str) -> str | None:
    """What a pipeline deployed as one stack."""
    try:
        return stacks.outputs(f"xenia-{stage}").get("EndpointURL")
    except ClientError as error:
        if "does not exist" not in str(error):
            raise
        return None
