"""Chalice's record of what it deployed, made anew from what stands.

Chalice updates what its record names, makes what it does not name, and deletes what it names and the application does
not have any more. The format is that of `.chalice/deployed/{stage}.json`:
https://aws.github.io/chalice/topics/stages.html
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from infra.chalice_files import API_STAGE
from infra.deploying.errors import DomainTaken
from infra.deploying.model import Domain, QueueMapping, RestApi, Standing
from infra.workers import WORKERS

Entry = dict[str, Any]
Record = dict[str, Any]

API_NAME = "rest_api"
DOMAIN_NAME = "api_gateway_custom_domain"
LAYER_NAME = "managed-layer"
LOOKED_FOR = {"iam_role", "lambda_function", "sqs_event", "cloudwatch_event", "lambda_layer", "rest_api", "domain_name"}
"""What stands in the account is the truth about these types; of any other the record before is believed."""


def record(standing: Standing, before: Record | None = None) -> Record:
    """Chalice's record of what stands, with what the record before says of types that are not looked for here.

    Raises DomainTaken: Chalice would leave the domain as it is, and the deployment would answer nobody.
    """
    api = chosen(standing.apis, standing.domain)
    entries = [*_layers(standing.layers), *_functions(standing), *_api(api, standing)]
    return {"resources": [*entries, *_others(before)], "schema_version": "2.0", "backend": "api"}


def chosen(apis: Sequence[RestApi], domain: Domain | None) -> RestApi | None:
    """Of several APIs that call one function: the one that the domain leads to, else one that was deployed, else the
    oldest, whose address is known the longest."""
    reached = set(domain.api_by_path.values()) if domain else set()
    by_rank = sorted(apis, key=lambda each: (each.api_id not in reached, not each.is_staged, each.created))
    return by_rank[0] if by_rank else None


def surplus(standing: Standing) -> tuple[str, ...]:
    """Ids of APIs that call the stage's function beside the chosen one."""
    api = chosen(standing.apis, standing.domain)
    return tuple(each.api_id for each in standing.apis if each != api)


def domain_of(record: Record | None) -> str | None:
    """The custom domain that a record names."""
    named = (each for each in _resources(record) if each["resource_type"] == "domain_name")
    return next((str(each["domain_name"]) for each in named), None)


def _layers(arns: Sequence[str]) -> Iterator[Entry]:
    # Older versions under a name that no application has: Chalice deletes them, and functions that use one keep it.
    for age, arn in enumerate(arns):
        name = LAYER_NAME if age == 0 else f"{LAYER_NAME}-{arn.rpartition(':')[2]}"
        yield _entry(name, "lambda_layer", layer_version_arn=arn)


def _functions(standing: Standing) -> Iterator[Entry]:
    """Each with its role before it and what wakes it after it: Chalice deletes from the end."""
    arns = {each.name: each.arn for each in standing.functions}
    for name in sorted(arns.keys() | standing.roles.keys() | standing.rules.keys()):
        if role := standing.roles.get(name):
            yield _entry(f"{name}_role", "iam_role", role_arn=role, role_name=role.rpartition("/")[2])
        if arn := arns.get(name):
            yield _entry(name, "lambda_function", lambda_arn=arn)
        yield from _mappings(name, [each for each in standing.mappings if each.function.name == name])
        if rule := standing.rules.get(name):
            yield _entry(f"{name}-event", "cloudwatch_event", rule_name=rule)


def _mappings(function: str, mappings: Iterable[QueueMapping]) -> Iterator[Entry]:
    """A function has one queue; a mapping of another one is left over, and goes by a name that no application has."""
    declared = {each.function: each.reads for each in WORKERS}.get(function, "")
    first_is_ours = sorted(mappings, key=lambda each: not each.queue.endswith(f"-{declared}"))
    for at, each in enumerate(first_is_ours):
        name = f"{function}-sqs-event-source" + (f"-{each.uuid}" if at else "")
        values = {"queue_arn": each.queue_arn, "event_uuid": each.uuid, "queue": each.queue}
        yield _entry(name, "sqs_event", **values, lambda_arn=each.function.arn)


def _api(api: RestApi | None, standing: Standing) -> Iterator[Entry]:
    if api:
        url = f"https://{api.api_id}.execute-api.{standing.region}.{_suffix(standing.region)}/{API_STAGE}/"
        yield _entry(API_NAME, "rest_api", rest_api_id=api.api_id, rest_api_url=url)
    if standing.domain:
        yield _domain(standing.domain, api)


def _domain(domain: Domain, api: RestApi | None) -> Entry:
    root = domain.api_by_path.get("/")
    if root and (api is None or root != api.api_id):
        raise DomainTaken(
            f"{domain.name} leads to the API {root}, which does not call this stage's function: if nobody needs that, "
            f"run `aws apigateway delete-base-path-mapping --domain-name {domain.name} --base-path '(none)'`"
        )
    ours = [{"key": path} for path, api_id in domain.api_by_path.items() if api and api_id == api.api_id]
    return _entry(
        DOMAIN_NAME,
        "domain_name",
        hosted_zone_id=domain.hosted_zone,
        alias_domain_name=domain.alias,
        certificate_arn=domain.certificate_arn,
        security_policy=domain.security_policy,
        domain_name=domain.name,
        **({"api_mapping": ours} if ours else {}),
    )


def _others(before: Record | None) -> Iterator[Entry]:
    return (each for each in _resources(before) if each["resource_type"] not in LOOKED_FOR)


def _resources(record: Record | None) -> list[Entry]:
    return list(record["resources"]) if record else []


def _entry(name: str, resource_type: str, **values: Any) -> Entry:
    return {"name": name, "resource_type": resource_type, **values}


def _suffix(region: str) -> str:
    return "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
