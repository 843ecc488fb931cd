"""Loaded by botocore into `hub` and `chalice`: ends the process right after it has made so many new things.

It also plays what the local cloud leaves out (API Gateway makes an API with its integrations, and takes changes), asks
it for none of the saved queries that it does not know, and waits for a function where Chalice would look only every
five seconds.
"""

import json
import os
import re
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

MAKES = ("Create", "Put", "Publish", "Import", "AddPermission")
PLAYED = {"CreateRestApi", "PutRestApi", "PutMethod", "PutIntegration"}
NAMES = (
    "StackName", "Bucket", "Key", "TableName", "LayerName", "RoleName", "FunctionName", "EventSourceArn", "Rule",
    "Name", "restApiId", "domainName",
)  # fmt: skip
CALLED = re.compile(r":function:([\w-]+)/invocations")
BUSY = {"CreateFunction", "UpdateFunctionCode", "UpdateFunctionConfiguration"}
LOG, RUN, AFTER = "DYING_LOG", "DYING_RUN", "DYING_AFTER"
"""The file that notes what was made (every call stands in `.asked` beside it), this run's name, and how many new things
it may make (0: any number)."""


def initialize_client_plugin(client: Any) -> None:
    """As botocore calls it for each client that is made."""

    def imported(params: Mapping[str, Any], **_: object) -> tuple[AWSResponse, dict[str, Any]]:
        return AWSResponse("", 201, HTTPHeaders(), None), _import(client, json.loads(params["body"]))

    def as_it_was(params: Mapping[str, Any], **_: object) -> tuple[AWSResponse, dict[str, Any]]:
        name = unquote(params["url_path"].rpartition("/")[2])
        is_domain = "domainnames" in params["url_path"]
        return AWSResponse("", 200, HTTPHeaders(), None), client.get_domain_name(domainName=name) if is_domain else {}

    def made(model: Any, context: Mapping[str, Any], http_response: AWSResponse, **_: object) -> None:
        if http_response.status_code < 300:
            _note(model.name, context["named"])
            if model.name in BUSY:
                _wait(client, context["named"])

    def named(model: Any, params: Mapping[str, Any], context: dict[str, Any], **_: object) -> None:
        with Path(f"{os.environ[LOG]}.asked").open("a") as asked:
            asked.write(f"{model.service_model.signing_name}:{model.name}\n")
        called = CALLED.findall(str(params.get("body", "")))[:1]
        context["named"] = " ".join([*(str(params[name]) for name in NAMES if name in params), *called])

    def without_queries(params: dict[str, Any], **_: object) -> None:
        params["Parameters"] += [{"ParameterKey": "SaveQueries", "ParameterValue": "false"}]

    client.meta.events.register("provide-client-params.cloudformation.CreateStack", without_queries)
    client.meta.events.register("before-parameter-build.*.*", named)
    client.meta.events.register("before-call.api-gateway.ImportRestApi", imported)
    client.meta.events.register("before-call.api-gateway.PutRestApi", as_it_was)
    client.meta.events.register("before-call.api-gateway.UpdateDomainName", as_it_was)
    client.meta.events.register("after-call.*.*", made)


def _import(client: Any, swagger: Mapping[str, Any]) -> dict[str, Any]:
    """One route stands for all: an API is known by the function that it calls."""
    made = client.create_rest_api(name=swagger["info"]["title"], endpointConfiguration={"types": ["REGIONAL"]})
    call = {"restApiId": made["id"], "resourceId": made["rootResourceId"], "httpMethod": "GET"}
    integrations = (method["x-amazon-apigateway-integration"] for method in swagger["paths"]["/health"].values())
    client.put_method(**call, authorizationType="NONE")
    client.put_integration(**call, type="AWS_PROXY", integrationHttpMethod="POST", uri=next(integrations)["uri"])
    return {"id": made["id"], "ResponseMetadata": {"HTTPStatusCode": 201}}


def _note(operation: str, named: str) -> None:
    log = Path(os.environ[LOG])
    lines = log.read_text().splitlines()
    what = f"{operation} {named}"
    if not operation.startswith(MAKES) or operation in PLAYED or any(line.endswith(f"\t{what}") for line in lines):
        return
    with log.open("a") as notes:
        notes.write(f"{os.environ[RUN]}\t{what}\n")
    so_far = 1 + sum(line.startswith(f"{os.environ[RUN]}\t") for line in lines)
    if so_far == int(os.environ[AFTER]):
        os._exit(137)


def _wait(client: Any, function: str) -> None:
    while True:
        found = client.get_function_configuration(FunctionName=function)
        if found["State"] != "Pending" and found["LastUpdateStatus"] != "InProgress":
            return
        time.sleep(0.05)
