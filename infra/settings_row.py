"""The one row of the table that tells the functions what only the deployment knows."""

import boto3

from chalicelib.aws import keys
from chalicelib.aws.codec import to_attribute


def put(stage: str, **settings: str | int | None) -> None:
    """Set these attributes of the settings row and leave its others; None leaves an attribute as it is."""
    given = {name: value for name, value in settings.items() if value is not None}
    if not given:
        return
    boto3.client("dynamodb").update_item(
        TableName=f"xenia-{stage}",
        Key={"pk": {"S": keys.DEPLOYMENT.pk}, "sk": {"S": keys.DEPLOYMENT.sk}},
        UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in given),
        ExpressionAttributeNames={f"#{name}": name for name in given},
        ExpressionAttributeValues={f":{name}": to_attribute(value) for name, value in given.items()},
    )
