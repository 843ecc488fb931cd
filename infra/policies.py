"""What each function may do, on one page; `python -m infra.policies` writes it to .chalice/ as IAM policies."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CHALICE = Path(__file__).parent.parent / ".chalice"
STAGES = ("dev", "prod")
Statement = dict[str, Any]


@dataclass(frozen=True)
class Needs:
    """What one function needs. Every function reads and writes the table and its own log."""

    reads: str = ""
    """The queue that triggers it; it may delete, postpone, and set aside on that queue's dead-letter queue."""
    sends: tuple[str, ...] = ()
    announces: bool = False
    puts: str = ""
    """The folder of the raw-notice bucket that it writes to."""
    gets: str = ""
    identifies: bool = False
    """Reads the key of identifiers, links and cursors."""
    encrypts: bool = False
    decrypts: bool = False
    mails: bool = False
    asks_quota: bool = False


NEEDS = {
    "api_handler": Needs(
        sends=("inbox", "fetch", "loyalty", "plan", "pace"),
        announces=True,
        puts="large",
        identifies=True,
        encrypts=True,
        decrypts=True,
        asks_quota=True,
    ),
    "ingest_notices": Needs("inbox", announces=True, puts="raw", gets="large", identifies=True, decrypts=True),
    "fetch_notices": Needs("fetch", announces=True, puts="raw", gets="large", identifies=True, decrypts=True),
    "award_points": Needs("loyalty", sends=("loyalty",), announces=True),
    "plan_run": Needs("plan", sends=("plan",)),
    "pace_run": Needs("pace", sends=("pace", "plan", "send"), asks_quota=True),
    "send_chunk": Needs("send", sends=("send",), identifies=True, mails=True),
    "record_mail_events": Needs("mail-events", announces=True, identifies=True),
    "run_job": Needs("jobs", sends=("fetch",), decrypts=True),
    "tick": Needs(sends=("jobs", "pace")),
}


def policy(function: str, stage: str) -> dict[str, Any]:
    """The IAM policy of one function in one stage. Account and region are left open: a role acts in its own only."""
    return {"Version": "2012-10-17", "Statement": _statements(function, NEEDS[function], f"xenia-{stage}")}


def file_of(function: str, stage: str) -> Path:
    return CHALICE / f"policy-{function}-{stage}.json"


def text_of(function: str, stage: str) -> str:
    return json.dumps(policy(function, stage), indent=2) + "\n"


def _statements(function: str, needs: Needs, prefix: str) -> list[Statement]:
    wanted = [
        (True, _log(function, prefix)),
        (True, _table(prefix)),
        (bool(needs.reads), _reads(needs.reads, prefix)),
        (bool(needs.reads or needs.sends), _sends(needs, prefix)),
        (needs.announces, _allow("Announce", ["events:PutEvents"], f"arn:aws:events:*:*:event-bus/{prefix}-facts")),
        (bool(needs.puts), _allow("PutFiles", ["s3:PutObject"], f"arn:aws:s3:::{prefix}-raw-*/{needs.puts}/*")),
        (bool(needs.gets), _allow("GetFiles", ["s3:GetObject"], f"arn:aws:s3:::{prefix}-raw-*/{needs.gets}/*")),
        (needs.identifies, _identifies(prefix)),
        (needs.encrypts or needs.decrypts, _keys(needs, prefix)),
        (needs.mails, _mails(prefix)),
        # AWS knows no resource for this one.
        (needs.asks_quota, _allow("AskQuota", ["ses:GetAccount"], "*")),
    ]
    return [statement for is_wanted, statement in wanted if is_wanted]


def _allow(sid: str, actions: list[str], *resources: str, **more: Any) -> Statement:
    return {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": list(resources), **more}


def _log(function: str, prefix: str) -> Statement:
    name = prefix if function == "api_handler" else f"{prefix}-{function}"
    actions = ["logs:CreateLogStream", "logs:PutLogEvents"]
    return _allow("Log", actions, f"arn:aws:logs:*:*:log-group:/aws/lambda/{name}:*")


def _table(prefix: str) -> Statement:
    verbs = ("BatchGetItem", "ConditionCheckItem", "DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem")
    return _allow("Table", [f"dynamodb:{verb}" for verb in verbs], f"arn:aws:dynamodb:*:*:table/{prefix}")


def _reads(queue: str, prefix: str) -> Statement:
    verbs = ("ChangeMessageVisibility", "DeleteMessage", "GetQueueAttributes", "GetQueueUrl", "ReceiveMessage")
    return _allow("ReadQueue", [f"sqs:{verb}" for verb in verbs], _queue(queue, prefix))


def _sends(needs: Needs, prefix: str) -> Statement:
    names = [*needs.sends, *([f"{needs.reads}-dlq"] if needs.reads else [])]
    return _allow("SendToQueues", ["sqs:GetQueueUrl", "sqs:SendMessage"], *(_queue(name, prefix) for name in names))


def _queue(name: str, prefix: str) -> str:
    return f"arn:aws:sqs:*:*:{prefix}-{name}"


def _identifies(prefix: str) -> Statement:
    # Secrets Manager adds a dash and six characters to every name.
    secret = f"arn:aws:secretsmanager:*:*:secret:{prefix}-identifiers-??????"
    return _allow("Identify", ["secretsmanager:GetSecretValue"], secret)


def _keys(needs: Needs, prefix: str) -> Statement:
    actions = [*(["kms:Decrypt"] if needs.decrypts else []), *(["kms:Encrypt"] if needs.encrypts else [])]
    # A key's id is known only once it exists: the alias in the request stands for it.
    only_ours = {"StringEquals": {"kms:RequestAlias": f"alias/{prefix}"}}
    return _allow("ConnectionSecrets", actions, "arn:aws:kms:*:*:key/*", Condition=only_ours)


def _mails(prefix: str) -> Statement:
    # AWS asks for the older API's action too: https://anymail.dev/en/stable/esps/amazon_ses/
    actions = ["ses:SendBulkEmail", "ses:SendBulkTemplatedEmail"]
    sets = f"arn:aws:ses:*:*:configuration-set/{prefix}-*"
    return _allow("Mail", actions, "arn:aws:ses:*:*:identity/*", sets, "arn:aws:ses:*:*:template/*")


def main() -> None:
    for stage in STAGES:
        for function in NEEDS:
            file_of(function, stage).write_text(text_of(function, stage))


if __name__ == "__main__":
    main()
