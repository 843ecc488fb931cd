"""What the hub's clients leave out of boto3 is in the tests, so that nothing malformed is written unnoticed."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from botocore.exceptions import ParamValidationError

from chalicelib.aws import clients
from chalicelib.aws.settings import Settings

PROJECT = Path(__file__).parents[2]
ASKING = """
import json
from chalicelib.aws import clients

class Left(Exception):
    pass

def leave(request, **_):
    raise Left(request.headers["User-Agent"].decode())

def asks(call, **malformed):
    try:
        call(**malformed)
    except Exception as error:
        return [type(error).__name__, str(error)]

table, queue, mails = clients.dynamodb(), clients.sqs(), clients.ses()
for each in (table, queue, mails):
    each.meta.events.register("before-send", leave)
print(json.dumps({
    "table": asks(table.get_item, TableName="t", Key={"pk": {"S": "x"}}, ConsistentRead="yes"),
    "queue": asks(queue.send_message, QueueUrl="https://queue.example", MessageBody="x", DelaySeconds="5"),
    "mails": asks(mails.get_account, Name="x"),
}))
"""


def test_a_call_of_the_suite_with_a_malformed_argument_fails(aws: Settings) -> None:
    with pytest.raises(ParamValidationError):
        clients.dynamodb().get_item(TableName=aws.table, Key={"pk": "not an attribute"})
    with pytest.raises(ParamValidationError):
        clients.sqs().send_message(QueueUrl="https://queue.example", MessageBody=5)  # type: ignore[arg-type]


def test_what_is_called_all_day_is_not_looked_at_again_in_a_function() -> None:
    asked = {"AWS_DEFAULT_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
    told = subprocess.run(
        [sys.executable, "-c", ASKING], env=asked, capture_output=True, text=True, check=True, cwd=PROJECT
    )
    asked_of = json.loads(told.stdout)
    for each in ("table", "queue"):
        what, said = asked_of[each]
        assert (what, said.split("/")[0]) == ("Left", "xenia Botocore")
    assert asked_of["mails"][0] == "ParamValidationError"
