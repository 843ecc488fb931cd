"""Carry out what a vendor's folder asks of the vendor's API; the folder itself does no I/O."""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from math import inf

from chalicelib.aws import http
from chalicelib.aws.meter import meter
from chalicelib.canonical.errors import AskLess, Refused, Rejected, TryAgain
from chalicelib.connectors.contract import Answered, Call, Conversation, Json

KEPT_SECONDS = 15.0
"""Of a function's time, for storing what the vendor answers."""
KNOWN_FOR = 3600.0
"""Seconds that the answer to a look-up, or that it was refused, is remembered."""
MOST_KNOWN = 50
"""Answers, each of up to a thousand rows: a hotel has as many rooms as one page holds."""

MOST_REMEMBERED = 16 * 1024 * 1024
MOST_ANSWERED = 64 * 1024 * 1024
"""Bytes of memory for the answers of one conversation: a vendor may have a further page for ever."""

SecondsLeft = Callable[[], float]


@dataclass
class LookUps:
    """Answers of this process to look-ups, with until when they may be believed. `taken` is their memory."""

    known: dict[str, tuple[float, Json]] = field(default_factory=dict)
    taken: int = 0

    def find(self, question: str, ask: Callable[[], Json]) -> Json:
        seen = self.known.get(question)
        if seen and seen[0] > time.monotonic():
            return seen[1]
        before, answer = meter().answered, ask()
        self._keep(question, answer, meter().answered - before)
        return answer

    def _keep(self, question: str, answer: Json, takes: int) -> None:
        """`takes` is more where others were answered at the same time: then it may be asked once more."""
        if takes > MOST_REMEMBERED:
            return
        if len(self.known) >= MOST_KNOWN or self.taken + takes > MOST_REMEMBERED:
            self.known.clear()
            self.taken = 0
        self.known[question] = (time.monotonic() + KNOWN_FOR, answer)
        self.taken += takes


@cache
def look_ups() -> LookUps:
    return LookUps()


def shared(seconds_left: SecondsLeft, still_to_come: int) -> SecondsLeft:
    """What is left for one of a batch's connections: the others, which are asked after it, keep their equal parts."""
    left = seconds_left() - KEPT_SECONDS
    if not still_to_come or left == inf:
        return seconds_left
    kept_for_others = max(0.0, left) * still_to_come / (still_to_come + 1)
    return lambda: seconds_left() - kept_for_others


def converse(talk: Conversation[Answered], base_url: str, seconds_left: SecondsLeft = lambda: float("inf")) -> Answered:
    """Carry a vendor's calls out. Raises TryAgain when time runs out, AskLess where the answers are too much."""
    answers: Sequence[Json] | None = None
    before = meter().answered
    while True:
        try:
            calls = talk.send(answers)  # type: ignore[arg-type]  # a generator is begun with None
        except StopIteration as done:
            answered: Answered = done.value
            return answered
        left = seconds_left() - KEPT_SECONDS
        if left < 1:
            raise TryAgain("too little time was left to ask the vendor", after_seconds=1)
        answers = _answers(calls, base_url.rstrip("/"), left)
        if meter().answered - before > MOST_ANSWERED:
            raise AskLess("the vendor's answers are too large together")


def _answers(calls: Sequence[Call], base_url: str, seconds: float) -> list[Json]:
    """What waits for the vendor waits beside the others of its turn."""
    return http.at_once([partial(_answer, call, base_url, seconds) for call in calls])


def _answer(call: Call, base_url: str, seconds: float) -> Json:
    url = base_url + call.path

    def ask() -> Json:
        return http.call(call.method, url, call.body, seconds=seconds)

    if not call.is_look_up:
        return ask()
    return look_ups().find(f"{call.method} {url} {json.dumps(call.body)}", lambda: _unless_refused(ask))


def _unless_refused(ask: Callable[[], Json]) -> Json:
    """A look-up that the vendor does not answer must not hold up what it would have been about."""
    try:
        return ask()
    except (Refused, Rejected, AskLess):
        meter().called("look_up_refused")
        return None
