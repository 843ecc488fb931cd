"""Deploy: the infrastructure, the application as one stack, and all of it locally."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import boto3
from botocore.exceptions import ClientError

from chalicelib.settings import installation
from infra import (
    access_keys,
    chalice_files,
    finishing,
    live_gateway,
    local_rights,
    package,
    stacks,
    stages,
    template,
    workers,
)
from infra.local_cloud import LocalCloud
from infra.stacks import Tell

LOCAL_STAGE = "dev"
LOCAL_SENDER = "hello@stay.example.com"
LOCAL_POSTAL_ADDRESS = "Example Hotels, 1 Harbour Street, 1000 Example City"
LOCAL_PARAMETERS = {"DeletionProtection": "false", "RequireTls": "false", "SaveQueries": "false"}
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
    outputs = stacks.put(stages.infra_stack(stage), body, {"Stage": stage, **parameters}, tell)
    live_gateway.may_log(outputs["GatewayLogsRoleArn"])
    stages.restored_table.cache_clear()
    stages.use(stage)
    installation.note(raw_bucket=outputs["RawNoticesBucket"])
    return outputs


def app(stage: str, packaged: Path, bucket: str, tell: Tell) -> dict[str, str]:
    """Create or update the packaged application as one stack; return the stack's outputs."""
    url = package.upload(packaged, bucket)
    return stacks.put(f"xenia-{stage}", {"TemplateURL": url}, {}, tell)


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
    finishing.finish(stage, LOCAL_AT_MOST, public_url=api_url, sender=LOCAL_SENDER, postal_address=LOCAL_POSTAL_ADDRESS)
    admin_key = access_keys.create(stage, role="admin", properties=["*"], name="local")
    return LocalHub(cloud=cloud, stage=stage, api_url=api_url, admin_key=admin_key.key)


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
