"""What a worker may do, as an IAM policy: what its declaration asks for, in its own stage, and nothing else."""

from collections.abc import Sequence
from typing import Any

from chalicelib.aws import keys, keys_of_people
from chalicelib.canonical.ids import Digest, LinkId, StaffId
from infra.workers import Worker, function_name, queues

Statement = dict[str, Any]
TAKES = [
    f"sqs:{verb}"
    for verb in ("ChangeMessageVisibility", "DeleteMessage", "GetQueueAttributes", "GetQueueUrl", "ReceiveMessage")
]

ROWS = [
    f"dynamodb:{verb}"
    for verb in ("BatchGetItem", "ConditionCheckItem", "DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem")
]
OF_SIGNING_IN = [
    keys.api_key("*").pk,
    keys.KEYS,
    keys_of_people.STAFF,
    keys_of_people.staff_address(Digest("*")).pk,
    keys_of_people.sessions(StaffId("*")),
    keys_of_people.audit_of(StaffId("*")),
    keys_of_people.link(LinkId("*")).pk,
    keys_of_people.identity(Digest("*")).pk,
    keys_of_people.PROVIDER.pk,
    keys_of_people.attempts("*", "*", 0).pk,
]
"""Partitions of API keys, of people, of how they sign in, and of what they did."""


def policy(worker: Worker, stage: str) -> dict[str, Any]:
    """The IAM policy of one worker in one stage. Account and region are left open: a role acts in its own only."""
    return {"Version": "2012-10-17", "Statement": _statements(worker, stage, f"xenia-{stage}")}


def _statements(worker: Worker, stage: str, prefix: str) -> list[Statement]:
    wanted = [
        (True, _log(function_name(worker.function, stage))),
        (True, _table(prefix)),
        (not worker.signs_in, _keeps_off(prefix)),
        (bool(worker.reads), _reads(worker.reads, prefix)),
        (worker.settles_letters, _settles(prefix)),
        (bool(worker.reads or worker.sends), _sends(worker, prefix)),
        (bool(worker.announces), _announces(worker, prefix)),
        (bool(worker.puts), _files("PutFiles", "s3:PutObject", worker.puts, prefix)),
        (bool(worker.gets), _files("GetFiles", "s3:GetObject", worker.gets, prefix)),
        (bool(worker.deletes), _files("DeleteFiles", "s3:DeleteObject", (worker.deletes,), prefix)),
        (bool(worker.lists), _lists(worker.lists, prefix)),
        (worker.identifies, _identifies(prefix)),
        (worker.encrypts or worker.decrypts, _keys(worker, prefix)),
        (worker.mails, _mails(prefix)),
        # AWS knows no resource for this one.
        (worker.asks_quota, _allow("AskQuota", ["ses:GetAccount"], "*")),
    ]
    return [statement for is_wanted, statement in wanted if is_wanted]


def _allow(sid: str, actions: list[str], *resources: str, **more: Any) -> Statement:
    return {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": list(resources), **more}


def _log(name: str) -> Statement:
    actions = ["logs:CreateLogStream", "logs:PutLogEvents"]
    return _allow("Log", actions, f"arn:aws:logs:*:*:log-group:/aws/lambda/{name}:*")


def _table(prefix: str) -> Statement:
    tables = _tables(prefix)
    return _allow("Table", ROWS, *tables, *(f"{each}/index/*" for each in tables))


def _keeps_off(prefix: str) -> Statement:
    # Each row of a batch and of a transaction is judged by its own partition key:
    # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
    leading = {"ForAnyValue:StringLike": {"dynamodb:LeadingKeys": OF_SIGNING_IN}}
    return _allow("KeepOffKeys", ROWS, *_tables(prefix), Condition=leading) | {"Effect": "Deny"}


def _tables(prefix: str) -> tuple[str, str]:
    return f"arn:aws:dynamodb:*:*:table/{prefix}", f"arn:aws:dynamodb:*:*:table/{prefix}-restored-*"


def _reads(queue: str, prefix: str) -> Statement:
    return _allow("ReadQueue", TAKES, _queue(queue, prefix))


def _settles(prefix: str) -> Statement:
    letters = [_queue(f"{each}-dlq", prefix) for each in queues()]
    return _allow("SettleDeadLetters", TAKES, *letters)


def _sends(worker: Worker, prefix: str) -> Statement:
    sends = queues() if worker.settles_letters else worker.sends
    names = [*sends, *([f"{worker.reads}-dlq"] if worker.reads else [])]
    return _allow("SendToQueues", ["sqs:GetQueueUrl", "sqs:SendMessage"], *(_queue(name, prefix) for name in names))


def _queue(name: str, prefix: str) -> str:
    return f"arn:aws:sqs:*:*:{prefix}-{name}"


def _announces(worker: Worker, prefix: str) -> Statement:
    # EventBridge gives the key with every entry; "IfExists" is for the local cloud, which does not know it.
    # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html
    only_these = {"StringEqualsIfExists": {"events:detail-type": sorted(worker.announces)}}
    return _allow(
        "Announce", ["events:PutEvents"], f"arn:aws:events:*:*:event-bus/{prefix}-facts", Condition=only_these
    )


def _files(sid: str, action: str, folders: Sequence[str], prefix: str) -> Statement:
    return _allow(sid, [action], *(f"arn:aws:s3:::{prefix}-raw-*/{each}/*" for each in folders))


def _lists(folder: str, prefix: str) -> Statement:
    only_there = {"StringLike": {"s3:prefix": f"{folder}/*"}}
    return _allow("ListFiles", ["s3:ListBucket"], f"arn:aws:s3:::{prefix}-raw-*", Condition=only_there)


def _identifies(prefix: str) -> Statement:
    # Secrets Manager adds a dash and six characters to every name.
    secret = f"arn:aws:secretsmanager:*:*:secret:{prefix}-identifiers-??????"
    return _allow("Identify", ["secretsmanager:GetSecretValue"], secret)


def _keys(worker: Worker, prefix: str) -> Statement:
    actions = [*(["kms:Decrypt"] if worker.decrypts else []), *(["kms:Encrypt"] if worker.encrypts else [])]
    # A key's id is known only once it exists: the alias in the request stands for it.
    only_ours = {"StringEquals": {"kms:RequestAlias": f"alias/{prefix}"}}
    return _allow("ConnectionSecrets", actions, "arn:aws:kms:*:*:key/*", Condition=only_ours)


def _mails(prefix: str) -> Statement:
    # AWS asks for the older API's action too: https://anymail.dev/en/stable/esps/amazon_ses/
    actions = ["ses:SendBulkEmail", "ses:SendBulkTemplatedEmail", "ses:SendEmail"]
    sets = f"arn:aws:ses:*:*:configuration-set/{prefix}-*"
    return _allow("Mail", actions, "arn:aws:ses:*:*:identity/*", sets, "arn:aws:ses:*:*:template/*")
