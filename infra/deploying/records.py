"""Chalice's record of a stage, rebuilt from the account, and kept in the stage's bucket and in this checkout."""

import json
from dataclasses import dataclass
from pathlib import Path

import boto3

from infra import chalice_files, stacks
from infra.deploying import functions, gateways, record
from infra.deploying.errors import DeployedAsOneStack, DomainForgotten
from infra.deploying.model import Standing
from infra.deploying.record import Record
from infra.replay import bucket

KEY = "deployment/chalice.json"
"""Beside the notices' folders, and unlike them not expiring."""


@dataclass(frozen=True)
class Rebuilt:
    """How many resources the record names, and which APIs call the stage's function beside the one in the record."""

    resources: int
    surplus_apis: tuple[str, ...]


def rebuild(stage: str, chalice: Path) -> Rebuilt:
    """Write the record into a `.chalice` folder and into the bucket.

    Raises DeployedAsOneStack, DomainForgotten, DomainTaken.
    """
    if stacks.stands(f"xenia-{stage}"):
        raise DeployedAsOneStack(
            f"the stack xenia-{stage} has deployed this stage: update it with `hub infra package` (docs/deploy.md), "
            "or delete that stack first"
        )
    before = _kept(stage) or _noted(stage, chalice)
    domain = chalice_files.domain_of(stage, chalice)
    _refuse_a_forgotten_domain(stage, domain, before)
    standing = look(stage, domain)
    found = record.record(standing, before)
    file = _file(stage, chalice)
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(found, indent=2) + "\n")
    keep(stage, chalice)
    return Rebuilt(len(found["resources"]), record.surplus(standing))


def keep(stage: str, chalice: Path) -> None:
    """Put the record of this checkout into the stage's bucket."""
    body = _file(stage, chalice).read_bytes()
    boto3.client("s3").put_object(Bucket=bucket(stage), Key=KEY, Body=body, ContentType="application/json")


def look(stage: str, domain: str | None) -> Standing:
    standing = functions.functions(stage)
    return Standing(
        region=boto3.client("lambda").meta.region_name,
        functions=standing,
        roles=functions.roles(stage),
        mappings=functions.mappings(standing),
        rules=functions.rules(stage, standing),
        layers=functions.layers(stage),
        apis=gateways.apis(stage),
        domain=gateways.domain(domain) if domain else None,
    )


def _refuse_a_forgotten_domain(stage: str, wanted: str | None, before: Record | None) -> None:
    """config.json is written by hand: in another checkout the domain may be missing, and links in mails would break."""
    had = record.domain_of(before)
    if had and not wanted and gateways.domain(had):
        raise DomainForgotten(
            f"{had} leads to this stage, and .chalice/config.json of this checkout does not name it: write it into "
            f"api_gateway_custom_domain of the stage {stage}, or delete the domain in API Gateway first"
        )


def _file(stage: str, chalice: Path) -> Path:
    return chalice / "deployed" / f"{stage}.json"


def _noted(stage: str, chalice: Path) -> Record | None:
    file = _file(stage, chalice)
    return dict(json.loads(file.read_text())) if file.exists() else None


def _kept(stage: str) -> Record | None:
    client = boto3.client("s3")
    try:
        return dict(json.loads(client.get_object(Bucket=bucket(stage), Key=KEY)["Body"].read()))
    except client.exceptions.NoSuchKey:
        return None
