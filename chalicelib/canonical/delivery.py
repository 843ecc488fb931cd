"""What a carrier says: how much it takes, and when it is given messages to bring, one verdict for each."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What became of one message. LATER and STOPPED were not sent; UNKNOWN may have been, and is never sent again."""

    ACCEPTED = "accepted"
    LATER = "later"
    REFUSED = "refused"
    STOPPED = "stopped"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Result:
    """`carrier_id` is the carrier's own id of an accepted message, under which its events come."""

    verdict: Verdict
    reason: str = ""
    carrier_id: str | None = None


@dataclass(frozen=True)
class Quota:
    """Recipients per second, and how many are left of the rolling 24 hours; None is without limit."""

    per_second: float | None = None
    left_today: int | None = None
