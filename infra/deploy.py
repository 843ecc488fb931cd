"""Deploy: the infrastructure, the application as one stack, and all of it locally."""

import json
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
    finishing,
    live_gateway,
    local_rights,
    package,
    stacks,
    stages,
    template,
    workers,
)
from infra.local_cloud import REGION, LocalCloud
from infra.stacks import Tell

LOCAL_STAGE = "dev"
LOCAL_ADDRESS = "hello@stay.example.com"
LOCAL_SENDER = f"Example Hotels <{LOCAL_ADDRESS}>"
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


def locally(
    cloud: LocalCloud, work: Path, tell: Tell, stage: str = LOCAL_STAGE, *, earlier_key: str | None = None
) -> LocalHub:
    """Deploy everything into a local cloud, as it would be on AWS. Points this process's boto3 at that cloud.

    A cloud that kept a hub gets this version of it, and leaves what is set there; its key is given on while it opens.
    """
    cloud.use_here()
    is_first = not stacks.stands(f"xenia-{stage}")
    tell("deploying the infrastructure")
    infra(stage, LOCAL_PARAMETERS, tell)
    if is_first:
        _prepare(stage)
    tell("packaging the application")
    packaged = package.package(stage, work, at_most=LOCAL_AT_MOST)
    tell("deploying the application")
    outputs = app(stage, packaged, _artifacts(stage), tell)
    local_rights.complete(stage)
    api_url = cloud.api_url(outputs["RestAPIId"], chalice_files.API_STAGE)
    sender, address = (LOCAL_SENDER, LOCAL_POSTAL_ADDRESS) if is_first else (None, None)
    finishing.finish(stage, LOCAL_AT_MOST, public_url=api_url, sender=sender, postal_address=address)
    return LocalHub(cloud=cloud, stage=stage, api_url=api_url, admin_key=_admin_key(stage, earlier_key))


def _prepare(stage: str) -> None:
    """What an account has before the application: a bucket for its zips, and a domain that SES has verified."""
    place: Any = {"LocationConstraint": REGION}
    boto3.client("s3").create_bucket(Bucket=_artifacts(stage), CreateBucketConfiguration=place)
    for identity in (LOCAL_ADDRESS.partition("@")[2], LOCAL_ADDRESS):
        boto3.client("sesv2").create_email_identity(EmailIdentity=identity)


def _artifacts(stage: str) -> str:
    return f"xenia-{stage}-artifacts"


def _admin_key(stage: str, earlier: str | None) -> str:
    if earlier and access_keys.opens(stage, earlier):
        return earlier
    return access_keys.create(stage, role="admin", properties=["*"], name="local").key


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
