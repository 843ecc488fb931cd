"""What can go wrong, named by who must act.

XeniaError
├── CallerError            the caller must change the request: 4xx
│   ├── Unauthorized       401, always the same words
│   ├── Forbidden          403
│   ├── NotFound           404, also for what another property owns
│   ├── Conflict           409
│   ├── TooLarge           413
│   ├── TooMany            429, with the seconds to wait
│   └── Invalid            400, with the fields
├── TryAgain               the sender, or the queue, repeats it later: 503, or back to the queue
│   ├── Refused            a vendor does not let these credentials ask
│   └── AskLess            a vendor was asked for more at once than it can answer
└── Rejected               nobody can repeat it into success: dead-letter queue with the reason
"""

from dataclasses import dataclass


class XeniaError(Exception):
    """Everything the hub raises on purpose."""


class CallerError(XeniaError):
    status = 400
    title = "Bad request"


class Unauthorized(CallerError):
    status = 401
    title = "Unauthorized"

    def __init__(self) -> None:
        super().__init__(
            "The credentials are missing or wrong. An API key is sent as `Authorization: Bearer <key>`; a webhook is "
            "signed as its vendor signs, and not long ago."
        )


class Forbidden(CallerError):
    status = 403
    title = "Forbidden"


class NotFound(CallerError):
    status = 404
    title = "Not found"


class Conflict(CallerError):
    status = 409
    title = "Conflict"


class TooLarge(CallerError):
    status = 413
    title = "Too large"


class TooMany(CallerError):
    """One key asks more than its share, or somebody tries too often to sign in."""

    status = 429
    title = "Too many requests"

    def __init__(self, after_seconds: int, words: str = "") -> None:
        super().__init__(words or "This key asks too much at once: the seconds to wait are in Retry-After.")
        self.after_seconds = after_seconds


@dataclass(frozen=True)
class FieldError:
    """One thing wrong with one field; `field` is a dotted path such as `snapshots.0.arrival`.

    `log_as` is the same path without what its sender made up, such as the name of a field that there is not.
    """

    field: str
    message: str
    log_as: str = ""


class Invalid(CallerError):
    """The request is not what the hub takes; names each field."""

    title = "Invalid request"

    def __init__(self, *fields: FieldError) -> None:
        super().__init__("; ".join(f"{each.field}: {each.message}" for each in fields))
        self.fields = fields


class TryAgain(XeniaError):
    """A passing fault: throttling, a conflict, a vendor that is down."""

    def __init__(self, reason: str, after_seconds: int | None = None) -> None:
        super().__init__(reason)
        self.after_seconds = after_seconds


class Refused(TryAgain):
    """A vendor does not let these credentials ask: an operator's to mend, and until then the work waits."""


class AskLess(TryAgain):
    """A vendor gave up on a question: a smaller one may be answered."""


ROW_TOO_LARGE = "row_too_large"
"""Why something is rejected for which its row of the table has no room."""


class Rejected(XeniaError):
    """A permanent fault of one message; `reason` is a code, and never holds personal data."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
