"""Rights that the local cloud cannot judge, granted to functions there; all others are judged by their policies.

It knows neither `kms:RequestAlias` nor the resources of a bulk mail, and takes SendMessageBatch, which AWS allows
together with SendMessage, for an action of its own.
"""

import json
from typing import Any

import boto3

from infra import policies
from infra.workers import WORKERS, function_name

ANYWHERE = {"kms:Encrypt", "kms:Decrypt", "ses:SendBulkEmail"}


def complete(stage: str) -> None:
    """Grant these rights to the functions whose policies hold them."""
    for worker in WORKERS:
        document = {"Version": "2012-10-17", "Statement": _statements(policies.policy(worker, stage)["Statement"])}
        if document["Statement"]:
            boto3.client("iam").put_role_policy(
                RoleName=_role_of(function_name(worker.function, stage)),
                PolicyName="beyond-the-local-clouds-judgement",
                PolicyDocument=json.dumps(document),
            )


def _statements(held: list[dict[str, Any]]) -> list[dict[str, Any]]:
    anywhere = sorted({action for statement in held for action in statement["Action"]} & ANYWHERE)
    sends = [statement["Resource"] for statement in held if "sqs:SendMessage" in statement["Action"]]
    return [
        *({"Effect": "Allow", "Action": [action], "Resource": "*"} for action in anywhere),
        *({"Effect": "Allow", "Action": ["sqs:SendMessageBatch"], "Resource": resources} for resources in sends),
    ]


def _role_of(function: str) -> str:
    role = boto3.client("lambda").get_function(FunctionName=function)["Configuration"]["Role"]
    return role.rpartition("/")[2]
