"""Instructions of hub and floor, counted by valgrind's callgrind: steady, whatever else the machine does.

`python -m benchmarks.instructions NAME SIDE` is one side of one figure; it runs under callgrind, which counts from when
the work is warm until it is done.
"""

import gc
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import partial

from benchmarks import campaign, hub, webhook_cpu
from benchmarks.figures import Figure
from benchmarks.stopwatch import Sides

RUNS = 1
"""Counted, after one that is not: a second one differs by less than a thousandth."""
CALLGRIND = ("valgrind", "--tool=callgrind", "--instr-atstart=no", "--callgrind-out-file=/dev/null")
RECIPIENT = "recipient"
ABSENT = "instructions (callgrind): valgrind is not installed here, nothing was counted"


def figures() -> list[Figure]:
    """In millions; an installation without valgrind goes without them."""
    if shutil.which(CALLGRIND[0]) is None:
        return [Figure(ABSENT, "million", 0)]
    webhooks = [
        Figure(f"instructions (callgrind) {webhook_cpu.NAME}: {name}", "million", *_counted(name), 1.25)
        for name in webhook_cpu.KINDS
    ]
    name = f"instructions (callgrind) {campaign.NAME}, SendBulkEmail and DynamoDB calls bare"
    return [*webhooks, Figure(name, "million", *_counted(RECIPIENT))]


def _counted(name: str) -> tuple[float, float]:
    """Hub and floor, each in a process of its own, with the same hashes of strings in both."""
    hub_side, floor = (_collected(name, side) for side in ("hub", "floor"))
    return hub_side, floor


def _collected(name: str, side: str) -> float:
    """Millions of instructions per unit of work, as the process and callgrind tell them."""
    command = [*CALLGRIND, sys.executable, "-m", "benchmarks.instructions", name, side]
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    ran = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    collected = re.search(r"Collected : (\d+)", ran.stderr)
    assert collected, ran.stderr
    return int(collected[1]) / int(ran.stdout) / 1e6


@contextmanager
def _recipient() -> Iterator[Sides]:
    yield campaign.sides()


MEASURED: Mapping[str, Callable[[], AbstractContextManager[Sides]]] = {
    **{name: partial(webhook_cpu.sides, name) for name in webhook_cpu.KINDS},
    RECIPIENT: _recipient,
}


def _work(name: str, side: str) -> None:
    hub.wire()
    with MEASURED[name]() as sides:
        run = sides.hub if side == "hub" else sides.floor
        run()
        gc.collect()
        gc.freeze()
        _switch("on")
        for _ in range(RUNS):
            run()
        _switch("off")
    print(RUNS * sides.each)


def _switch(counting: str) -> None:
    command = ["callgrind_control", f"--instr={counting}", str(os.getpid())]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    _work(sys.argv[1], sys.argv[2])
