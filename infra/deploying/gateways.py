"""A stage's HTTP API as it stands, and the domain that leads to it.

Every stage's API has the same title, so an API is known by the function that it calls.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import boto3

from infra.chalice_files import API_STAGE
from infra.deploying.model import Domain, RestApi
from infra.workers import API, function_name

if TYPE_CHECKING:
    from mypy_boto3_apigateway import APIGatewayClient

TITLE = "xenia"
"""Chalice names an API after the application."""
ROOT = "(none)"
"""API Gateway's word for a domain's root."""


def apis(stage: str) -> tuple[RestApi, ...]:
    """All that call the stage's function; more than one stands where a record was lost."""
    client = boto3.client("apigateway")
    pages = client.get_paginator("get_rest_apis").paginate()
    named = [each for page in pages for each in page["items"] if each["name"] == TITLE]
    return tuple(
        RestApi(each["id"], each["createdDate"], _is_staged(client, each["id"]))
        for each in named
        if _calls(client, each["id"], function_name(API, stage))
    )


def domain(name: str) -> Domain | None:
    """None where the account has no such domain."""
    client = boto3.client("apigateway")
    try:
        found: Mapping[str, Any] = client.get_domain_name(domainName=name)
    except client.exceptions.NotFoundException:
        return None
    return Domain(
        name=name,
        alias=_either(found, "regionalDomainName", "distributionDomainName"),
        hosted_zone=_either(found, "regionalHostedZoneId", "distributionHostedZoneId"),
        certificate_arn=_either(found, "regionalCertificateArn", "certificateArn"),
        security_policy=str(found["securityPolicy"]),
        api_by_path=dict(_paths(client, name)),
    )


def _calls(client: "APIGatewayClient", api_id: str, function: str) -> bool:
    return any(uri.endswith(f":function:{function}/invocations") for uri in _integrations(client, api_id))


def _integrations(client: "APIGatewayClient", api_id: str) -> Iterator[str]:
    for page in client.get_paginator("get_resources").paginate(restApiId=api_id, embed=["methods"]):
        for resource in page["items"]:
            for method in resource.get("resourceMethods", {}).values():
                yield method.get("methodIntegration", {}).get("uri", "")


def _is_staged(client: "APIGatewayClient", api_id: str) -> bool:
    return any(each["stageName"] == API_STAGE for each in client.get_stages(restApiId=api_id)["item"])


def _paths(client: "APIGatewayClient", name: str) -> Iterator[tuple[str, str]]:
    for page in client.get_paginator("get_base_path_mappings").paginate(domainName=name):
        for each in page["items"]:
            yield "/" if each["basePath"] == ROOT else f"/{each['basePath']}", each["restApiId"]


def _either(found: Mapping[str, Any], regional: str, edge: str) -> str:
    return str(found.get(regional) or found.get(edge, ""))
