"""SES as a soak wants it, over HTTP on loopback: it throttles, loses answers and pauses, and knows what it accepted."""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import SimpleQueue
from random import Random
from threading import Lock, Thread
from typing import Any, Self

Json = dict[str, Any]
BULK, ACCOUNT = "/v2/email/outbound-bulk-emails", "/v2/email/account"
THROTTLED_SHARE = 0.005
"""Of the mails in calls that are taken."""
UNTOLD, UNTOLD_WITHOUT_ANSWER = 0.1, 0.5
"""Share of the mails of which SES never tells by an event: of those it answered for, and of the others."""


class Fate(StrEnum):
    """What becomes of one call."""

    TAKEN = "taken"
    THROTTLED = "throttled"
    ANSWER_LOST = "answer_lost"
    """Accepted, and the connection ends without an answer."""
    SWALLOWED = "swallowed"
    """The request arrived, nothing was accepted, and nobody says so."""
    PAUSED = "paused"


DECK = (Fate.THROTTLED,) * 3 + (Fate.ANSWER_LOST,) * 3 + (Fate.SWALLOWED,)


def deck(seed: int, calls: int) -> dict[int, Fate]:
    """By the number of a call, from 0, what befalls it; whatever is not named is taken. Each kind comes."""
    chance = Random(f"carrier:{seed}")  # noqa: S311 (invented, and to be repeated)
    at = chance.sample(range(max(calls, len(DECK))), len(DECK))
    return dict(zip(sorted(at), chance.sample(DECK, len(DECK)), strict=True))


@dataclass(frozen=True)
class Accepted:
    """One mail that SES took: whether it said so in its answer, and whether it tells by an event, too."""

    message_id: str
    to: str
    run: str
    guest: str
    claim: str
    is_answered: bool = True
    is_told: bool = True

    @property
    def is_lost(self) -> bool:
        """Nobody will ever hear of it."""
        return not (self.is_answered or self.is_told)


@dataclass
class Books:
    """Everything the carrier knows, and how it misbehaves next. One call at a time."""

    fates: Mapping[int, Fate]
    chance: Random
    per_second: float
    pauses_after: int
    """Accepted mails after which the account's sending is paused, once."""
    accepted: list[Accepted] = field(default_factory=list)
    swallowed: list[str] = field(default_factory=list)
    """Guests whose mail arrived and was neither accepted nor refused."""
    calls: int = 0
    met: Counter[str] = field(default_factory=Counter)
    is_paused: bool = False
    pauses: int = 0
    events: SimpleQueue[Accepted | None] = field(default_factory=SimpleQueue)
    """Mails of which an event is to tell; None ends them."""

    def pause_if_due(self) -> None:
        if not self.pauses and len(self.accepted) >= self.pauses_after:
            self.is_paused, self.pauses = True, self.pauses + 1

    def resume(self) -> None:
        self.is_paused = False

    def account(self) -> Json:
        quota = {"Max24HourSend": 1_000_000, "MaxSendRate": self.per_second, "SentLast24Hours": len(self.accepted)}
        return {"SendQuota": quota, "SendingEnabled": not self.is_paused}

    def send(self, entries: Sequence[Json]) -> tuple[Fate, list[Json]]:
        """The fate of the call, and the results of its entries."""
        self.pause_if_due()
        fate = Fate.PAUSED if self.is_paused else self._next_fate()
        self.met[fate] += 1
        if fate is Fate.PAUSED:
            return fate, [{"Status": "ACCOUNT_SENDING_PAUSED", "Error": "paused"} for _ in entries]
        if fate is Fate.SWALLOWED:
            self.swallowed += [_tags(entry)["guest"] for entry in entries]
        if fate in {Fate.SWALLOWED, Fate.THROTTLED}:
            return fate, []
        return fate, [self._take(entry, fate) for entry in entries]

    def _next_fate(self) -> Fate:
        number, self.calls = self.calls, self.calls + 1
        return self.fates.get(number, Fate.TAKEN)

    def _take(self, entry: Json, fate: Fate) -> Json:
        if fate is Fate.TAKEN and self.chance.random() < THROTTLED_SHARE:
            self.met["throttled_mail"] += 1
            return {"Status": "ACCOUNT_THROTTLED", "Error": "too fast"}
        tags, (to,) = _tags(entry), entry["Destination"]["ToAddresses"]
        is_answered = fate is Fate.TAKEN
        is_told = self.chance.random() >= (UNTOLD if is_answered else UNTOLD_WITHOUT_ANSWER)
        told = (to, tags["run"], tags["guest"], tags["claim"], is_answered, is_told)
        mail = Accepted(f"soak-{len(self.accepted):06d}", *told)
        self.accepted.append(mail)
        if is_told:
            self.events.put(mail)
        return {"Status": "SUCCESS", "MessageId": mail.message_id}


def books(seed: int, calls: int, per_second: float, pauses_after: int) -> Books:
    chance = Random(f"mails:{seed}")  # noqa: S311 (invented, and to be repeated)
    return Books(deck(seed, calls), chance, per_second, pauses_after)


def _tags(entry: Json) -> dict[str, str]:
    return {each["Name"]: each["Value"] for each in entry["ReplacementTags"]}


class Carrier(ThreadingHTTPServer):
    """The carrier on a free port of 127.0.0.1; `books` may be opened anew before the first mail."""

    daemon_threads = True

    def __init__(self, kept: Books) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.books = kept
        self.lock = Lock()
        self._thread = Thread(target=self.serve_forever, args=(0.05,), name="carrier", daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: Carrier
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        known: dict[str, Callable[[], Json]] = {ACCOUNT: self.server.books.account}
        answer = known.get(self.path)
        self._answer(200 if answer else 404, answer() if answer else {"message": "no"})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path != BULK:
            self._answer(404, {"message": "no"})
            return
        with self.server.lock:
            fate, results = self.server.books.send(body["BulkEmailEntries"])
        if fate is Fate.THROTTLED:
            self._answer(429, {"message": "too fast"}, "TooManyRequestsException")
        elif fate in {Fate.ANSWER_LOST, Fate.SWALLOWED}:
            self.close_connection = True
        else:
            self._answer(200, {"BulkEmailEntryResults": results})

    def _answer(self, status: int, body: Json, error: str = "") -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        if error:
            self.send_header("x-amzn-ErrorType", error)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """Quiet."""
