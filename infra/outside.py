"""What went wrong outside, in words for who ran a command: AWS and its SDK say what happened, and not what to do."""

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
)

SET_A_REGION = "set AWS_DEFAULT_REGION, or a region in the AWS profile"
SIGN_IN = "sign in, for example with `aws sso login` or `aws configure`, and set AWS_PROFILE"
NO_CREDENTIALS = (NoCredentialsError, PartialCredentialsError, CredentialRetrievalError)
NOT_THERE = {
    "AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist", "ResourceNotFoundException",
}  # fmt: skip
"""What AWS answers of a queue or a table that this account does not have in this region."""


def told(error: Exception) -> str:
    """One line or more: what is wrong, and what to do where that is known."""
    match error:
        case NoRegionError():
            return f"no AWS region is set: {SET_A_REGION}"
        case EndpointConnectionError():
            return f"nothing answers at {error.kwargs['endpoint_url']}: is it up, and can it be reached from here?"
        case BotoCoreError() if isinstance(error, NO_CREDENTIALS):
            return f"{error}: {SIGN_IN}"
        case ClientError() if error.response["Error"]["Code"] in NOT_THERE:
            return (
                f"this account has no such stage in this region, or not the whole of it: `hub deploy` makes it. {error}"
            )
    return str(error)
