"""The floor of the cold start: one Chalice route that makes one GetItem and one SendMessage with bare clients."""

import json

import boto3
from botocore.config import Config
from chalice.app import Chalice, Response

app = Chalice(app_name="bare")
CONFIG = Config(connect_timeout=2, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 4})
QUEUE = "https://sqs.eu-central-1.amazonaws.com/123456789012/bare"


@app.route("/webhooks/{connection}", methods=["POST"], content_types=["application/json"])
def receive(connection: str) -> Response:
    key = {"pk": {"S": "CONNECTIONS"}, "sk": {"S": connection}}
    boto3.client("dynamodb", config=CONFIG).get_item(TableName="bare", Key=key)
    request = app.current_request
    assert request is not None
    boto3.client("sqs", config=CONFIG).send_message(QueueUrl=QUEUE, MessageBody=json.dumps(request.json_body))
    return Response("", status_code=200)
