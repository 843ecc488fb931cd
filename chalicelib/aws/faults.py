"""What can go wrong at the table: the SDK's errors as ours, named by who must act."""

from collections.abc import Sequence
from typing import Any

from botocore.exceptions import ClientError, ConnectionError, HTTPClientError  # noqa: A004 (botocore's own)

from chalicelib.canonical.errors import ROW_TOO_LARGE, Rejected, TryAgain, XeniaError

PASSING = {
    "ProvisionedThroughputExceededException",
    "ThrottlingException",
    "RequestLimitExceeded",
    "InternalServerError",
    "TransactionInProgressException",
    "ServiceUnavailable",
}
TOO_LARGE = "has exceeded the maximum allowed size"
"""In the table's words about an update that would make its row too large: only the table knows what lies there."""
CONTENDED = "TransactionConflictException"
PASSING_REASONS = {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}


class Contended(TryAgain):
    """Another transaction was at work on one of the rows: the table refused this write, whatever its conditions."""


class ConditionFailed(XeniaError):
    """A row was not as expected; `failed` holds the positions of the writes whose condition did not hold."""

    def __init__(self, failed: Sequence[int], passing: Sequence[int] = ()) -> None:
        super().__init__(f"conditions failed at {list(failed)}, conflicts at {list(passing)}")
        self.failed = tuple(failed)
        self.passing = tuple(passing)


class PassingFaults:
    """Turn the SDK's errors into ours: who must act is then plain to see."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(
            error, (HTTPClientError, ConnectionError)
        ):  # no answer, or a lost one: conditions make a repetition safe
            raise TryAgain(f"the table did not answer: {type(error).__name__}") from error
        if not isinstance(error, ClientError):
            return
        code = error.response["Error"]["Code"]
        if code == "ConditionalCheckFailedException":
            raise ConditionFailed([0]) from error
        if code == "TransactionCanceledException":
            _raise_cancelled(error)
        if code == CONTENDED:
            raise Contended("another transaction was at work on this row") from error
        if code in PASSING:
            raise TryAgain(f"the table answered {code}") from error
        if code == "ValidationException" and TOO_LARGE in error.response["Error"]["Message"]:
            raise Rejected(ROW_TOO_LARGE) from error


def _raise_cancelled(error: ClientError) -> None:
    response: Any = error.response
    codes = [reason.get("Code") for reason in response.get("CancellationReasons", [])]
    failed = [at for at, code in enumerate(codes) if code == "ConditionalCheckFailed"]
    passing = [at for at, code in enumerate(codes) if code in PASSING_REASONS]
    if failed:
        raise ConditionFailed(failed, passing) from error
    if any(TOO_LARGE in (reason.get("Message") or "") for reason in response.get("CancellationReasons", [])):
        raise Rejected(ROW_TOO_LARGE) from error
    if "TransactionConflict" in codes:
        raise Contended("another transaction was at work on these rows") from error
    if passing:
        raise TryAgain("the table was busy with these rows") from error
