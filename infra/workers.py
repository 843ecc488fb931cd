"""Every worker of the hub, declared once: from this page come configuration, policies, queues, alarms and dashboard.

What a queue delivers at once (`batch_size`) and how many of a function may run (`maximum_concurrency`) stand with the
handlers in chalicelib/entrypoints/queues.py, where Chalice reads them; `deliveries` reads them back from there.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.canonical.facts import FactType

API = "api_handler"
"""Chalice's own name for the one function that answers HTTP."""
RESERVATIONS_AND_GUESTS = frozenset({
    FactType.RESERVATION_BOOKED, FactType.RESERVATION_CHANGED, FactType.RESERVATION_CANCELLED,
    FactType.GUEST_CHECKED_IN, FactType.STAY_COMPLETED, FactType.STAY_REOPENED, FactType.NO_SHOW_RECORDED,
    FactType.GUEST_CHANGED, FactType.GUEST_MERGED, FactType.GUEST_UNMERGED, FactType.GUEST_ERASED,
    FactType.MEMBER_NUMBER_CHANGED, FactType.CONSENT_CHANGED,
})  # fmt: skip
"""What a change from a source may bring about."""
MAIL = frozenset({
    FactType.MESSAGE_CLICKED, FactType.MESSAGE_BOUNCED, FactType.MESSAGE_COMPLAINED, FactType.CONSENT_CHANGED,
})  # fmt: skip
"""What mailbox providers tell; whoever complains has withdrawn."""
MEMBERSHIPS = frozenset({
    FactType.GUEST_CHANGED, FactType.GUEST_MERGED, FactType.GUEST_UNMERGED, FactType.MEMBER_NUMBER_CHANGED,
})  # fmt: skip
"""What follows where people enrol a guest, give another number, or end a membership."""
POINTS = frozenset({FactType.POINTS_AWARDED, FactType.POINTS_REVERSED})


@dataclass(frozen=True)
class Worker:
    """One Lambda function: its size, what wakes it, and its rights. All may use the table, without what people and keys
    sign in with, and write their own log."""

    function: str
    timeout: int
    """Seconds."""
    memory: int
    """Megabytes, unless .chalice/config.json has another number."""
    reads: str = ""
    """The queue that wakes it; it may delete, postpone, and set aside on that queue's dead-letter queue."""
    sends: tuple[str, ...] = ()
    """The queues that it sends to."""
    announces: frozenset[FactType] = frozenset()
    """The types of facts that it puts on the bus."""
    puts: tuple[str, ...] = ()
    """The folders of the raw-notice bucket that it writes to."""
    gets: tuple[str, ...] = ()
    """The folders that it reads from."""
    deletes: str = ""
    """The folder that it takes files away from."""
    lists: str = ""
    """The folder whose files it lists."""
    identifies: bool = False
    """Reads the key of identifiers, links and cursors."""
    encrypts: bool = False
    decrypts: bool = False
    signs_in: bool = False
    """Reads and writes API keys, the staff and its sessions, which to all others are as if they were not there."""
    settles_letters: bool = False
    """Takes from every dead-letter queue what its caller puts away or sends back, to whichever queue it came from."""
    mails: bool = False
    asks_quota: bool = False

    @property
    def visibility(self) -> int:
        """Seconds for which the queue hides a message; AWS asks for six times the timeout of who reads it.

        https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
        """
        return 6 * self.timeout


@dataclass(frozen=True)
class Delivery:
    """How a queue's messages are handed to its function."""

    batch_size: int
    maximum_concurrency: int


class Unbounded(ValueError):
    """A queue's function without a limit; the message names it."""


WORKERS = (
    Worker(
        API,
        timeout=29,
        memory=512,
        sends=("inbox", "fetch", "jobs", "plan", "send"),
        announces=POINTS | MEMBERSHIPS | {FactType.CONSENT_CHANGED, FactType.GUEST_ERASED},
        puts=("large", "objections", "imports", "uploads"),  # uploads: a form that it gives is signed by its own rights
        gets=("large", "imports", "uploads"),
        lists="imports",
        signs_in=True,
        settles_letters=True,
        identifies=True,
        encrypts=True,
        decrypts=True,
        asks_quota=True,
    ),
    Worker(
        "ingest_notices",
        timeout=30,
        memory=1024,
        reads="inbox",
        announces=RESERVATIONS_AND_GUESTS,
        puts=("raw",),
        gets=("large",),
        identifies=True,
        decrypts=True,
    ),
    Worker(
        "fetch_notices",
        timeout=60,
        memory=288,  # it mostly waits for the PMS, and each megabyte waits along
        reads="fetch",
        announces=RESERVATIONS_AND_GUESTS,
        puts=("raw",),
        gets=("large",),
        identifies=True,
        decrypts=True,
    ),
    Worker("award_points", timeout=30, memory=512, reads="loyalty", announces=POINTS),
    Worker("plan_run", timeout=60, memory=1024, reads="plan", sends=("send",), asks_quota=True),
    Worker("send_chunk", timeout=60, memory=1024, reads="send", identifies=True, mails=True),
    Worker(
        "record_mail_events",
        timeout=30,
        memory=512,
        reads="mail-events",
        announces=MAIL,
        puts=("objections",),
        identifies=True,
    ),
    Worker(
        "run_job",
        timeout=120,
        memory=1024,
        reads="jobs",
        sends=("fetch",),
        announces=POINTS | RESERVATIONS_AND_GUESTS,
        puts=("imports", "objections"),
        gets=("imports", "uploads"),
        deletes="uploads",
        identifies=True,
        decrypts=True,
    ),
    Worker("tick", timeout=60, memory=512, sends=("jobs", "plan", "send"), asks_quota=True),
)


def readers(workers: Sequence[Worker] = WORKERS) -> list[Worker]:
    """Those that a queue wakes."""
    return [each for each in workers if each.reads]


def queues(workers: Sequence[Worker] = WORKERS) -> tuple[str, ...]:
    """The hub's queues; each has one reader and a dead-letter queue."""
    return tuple(each.reads for each in readers(workers))


def worker(function: str) -> Worker:
    """Raises KeyError."""
    return {each.function: each for each in WORKERS}[function]


def function_name(function: str, stage: str) -> str:
    """As `chalice deploy` names it: the API's function bears the bare name of application and stage."""
    return f"xenia-{stage}" if function == API else f"xenia-{stage}-{function}"


def deliveries() -> dict[str, Delivery]:
    """What the handlers ask of their queues, by function. Raises Unbounded."""
    from chalice.app import SQSEventConfig

    from app import app

    asked = [each for each in app.event_sources if isinstance(each, SQSEventConfig)]
    return {each.name: Delivery(each.batch_size, _bounded(each.name, each.maximum_concurrency)) for each in asked}


def _bounded(function: str, maximum_concurrency: int | None) -> int:
    if not maximum_concurrency:
        raise Unbounded(f"{function}: give it a maximum_concurrency, or a burst takes all Lambdas of the account")
    return maximum_concurrency


def concurrency() -> dict[str, int]:
    """How many of each queue's function may run at once, where the account has enough."""
    return {name: each.maximum_concurrency for name, each in deliveries().items()}
