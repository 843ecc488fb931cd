"""Which worker is killed at which of its AWS calls: drawn from the seed, and told by those who died."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from random import Random
from typing import NamedTuple

from infra.soak.plugins import mortal
from infra.workers import API, WORKERS, function_name

PLUGINS = Path(__file__).parent / "plugins"
FEW = (3, 30)
"""The first and the last call that may be drawn of a worker that works little."""
BY_WEBHOOKS = {
    API: (0.05, 0.6),
    "ingest_notices": (0.02, 0.3),
    "fetch_notices": (0.01, 0.05),
    "award_points": (0.02, 0.2),
    "record_mail_events": (0.005, 0.02),
}
"""The same, as a part of the webhooks' number, for those that work more the more webhooks come."""


@dataclass(frozen=True)
class Death:
    """One that took place. `held` are the partition keys of the claims that were made and have no outcome."""

    function: str
    at: int
    moment: str
    operation: str
    held: tuple[str, ...]


class Fatal(NamedTuple):
    """A worker dies at its first call of this kind, from that number on."""

    at: int
    moment: str
    kind: str


Drawn = Mapping[str, Sequence[Fatal]]
"""By worker."""
SPEECH, EFFECT, ANYWHERE = ("before", "speech"), ("after", "effect"), ("before", "any")
"""Before others are told of what was written, after something was changed, and wherever it is."""
TACITURN = {"record_mail_events", "tick"}
"""A delivered mail is announced to nobody; a tick tells only what it finds."""


def drawn(seed: int, kills: int, webhooks: int) -> Drawn:
    """The same for the same seed."""
    return {each.function: _drawn_for(each.function, seed, kills, webhooks) for each in WORKERS}


def _drawn_for(function: str, seed: int, kills: int, webhooks: int) -> list[Fatal]:
    chance = Random(f"deaths:{seed}:{function}")  # noqa: S311 (invented, and to be repeated)
    first, last = window(function, webhooks)
    speech = ("before", "effect") if function in TACITURN else SPEECH
    kinds = list(islice(cycle((speech, EFFECT, ANYWHERE)), kills))
    chance.shuffle(kinds)
    numbers = sorted(chance.sample(range(first, last + 1), kills))
    return [Fatal(at, *kind) for at, kind in zip(numbers, kinds, strict=True)]


def window(function: str, webhooks: int) -> tuple[int, int]:
    """From which to which of its calls a worker may die: in the middle of its work, whatever the soak's size."""
    first, last = (round(share * webhooks) for share in BY_WEBHOOKS.get(function, (0, 0)))
    return max(FEW[0], first), max(FEW[1], last)


class Reaper:
    """The folder over which the drawn calls reach the functions, and through which those who died tell of it."""

    def __init__(self, folder: Path, stage: str) -> None:
        self._folder = folder.absolute()
        self._stage = stage
        self._armed: dict[str, list[Fatal]] = {}
        folder.mkdir(parents=True, exist_ok=True)

    def environment(self) -> dict[str, str]:
        """What the functions inherit."""
        named = {"BOTOCORE_EXPERIMENTAL__PLUGINS": "mortal=mortal", "PYTHONPATH": str(PLUGINS)}
        return {mortal.FOLDER: str(self._folder), **named}

    def arm(self, deaths: Drawn) -> None:
        """Count from now on: calls are numbered from the first that is made after this."""
        for worker, its in deaths.items():
            function = function_name(worker, self._stage)
            made = self._calls(function)
            self._armed.setdefault(function, []).extend(each._replace(at=made + each.at) for each in its)
        draft = self._folder / f"{mortal.DRAWN}.part"
        draft.write_text(json.dumps(self._armed))
        draft.replace(self._folder / mortal.DRAWN)

    def _calls(self, function: str) -> int:
        log = self._folder / f"{function}{mortal.CALLS}"
        return log.stat().st_size if log.exists() else 0

    def calls(self) -> dict[str, int]:
        """AWS calls of each worker so far."""
        return {each.function: self._calls(function_name(each.function, self._stage)) for each in WORKERS}

    def died(self) -> list[Death]:
        """In the order in which they died, by the workers' names."""
        log = self._folder / mortal.DIED
        told = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
        workers = {function_name(each.function, self._stage): each.function for each in WORKERS}
        return [Death(workers[each.pop("function")], held=tuple(each.pop("held")), **each) for each in told]

    def deaths(self) -> Counter[str]:
        return Counter(each.function for each in self.died())
