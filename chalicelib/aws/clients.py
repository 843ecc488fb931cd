"""boto3 clients, made on first use and kept for the life of the process."""

from functools import cache
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sqs import SQSClient

AGENT = "xenia"
"""Who asks, in the hub's own words: the SDK would put its own together anew for each call, from ten parts and twice."""
PATIENT = Config(
    user_agent=AGENT, connect_timeout=2, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 4}
)
"""Everything that is repeatable by key may be repeated by the SDK."""
LEAN = PATIENT.merge(Config(parameter_validation=False))
"""For what is called all day, with arguments whose types are the code's: the SDK's look at each of them takes an eighth
of what a call costs, and AWS looks as well. The hub's tests keep it."""
BRIEF = LEAN.merge(Config(connect_timeout=1, read_timeout=2, retries={"total_max_attempts": 1}))
"""For what is worth no notice's time: three seconds a call, at most."""
ONCE = Config(user_agent=AGENT, connect_timeout=2, read_timeout=20, retries={"total_max_attempts": 1})
"""SES has no send token: by default the SDK itself would resend a bulk call whose answer was lost."""


@cache
def dynamodb() -> "DynamoDBClient":
    return boto3.client("dynamodb", config=LEAN)


@cache
def brief_dynamodb() -> "DynamoDBClient":
    return boto3.client("dynamodb", config=BRIEF)


@cache
def sqs() -> "SQSClient":
    return boto3.client("sqs", config=LEAN)


@cache
def events() -> "EventBridgeClient":
    return boto3.client("events", config=LEAN)


@cache
def s3() -> "S3Client":
    return boto3.client("s3", config=PATIENT)


@cache
def kms() -> "KMSClient":
    return boto3.client("kms", config=PATIENT)


@cache
def secretsmanager() -> "SecretsManagerClient":
    return boto3.client("secretsmanager", config=PATIENT)


@cache
def ses() -> "SESV2Client":
    """For what sends."""
    return boto3.client("sesv2", config=ONCE)


@cache
def ses_account() -> "SESV2Client":
    """For questions about the account, which may be asked again."""
    return boto3.client("sesv2", config=PATIENT)


def forget_all() -> None:
    """Drop every kept client; tests call it when they change the account underneath."""
    for make in (dynamodb, brief_dynamodb, sqs, events, s3, kms, secretsmanager, ses, ses_account):
        make.cache_clear()
