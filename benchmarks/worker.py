"""One worker's peak memory: `python -m benchmarks.worker PARTS CHUNKS` plans and sends for a million guests.

The table's answers are made in the same process, so the figure is more than a worker of the hub alone would have.
"""

import json
import resource
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from benchmarks.figures import OF_MEASURED, Figure

GUESTS = 1_000_000


def figures(parts: int, chunks: int) -> list[Figure]:
    ran = subprocess.run(
        [sys.executable, "-m", "benchmarks.worker", str(parts), str(chunks)], check=True, capture_output=True, text=True
    )
    told = json.loads(ran.stdout.splitlines()[-1])
    what = f"{parts} of 16 parts planned, {told['mails']:,} mails sent"
    name = f"1,000,000-guest campaign: peak memory of a worker ({what})"
    return [Figure(name, "MB", told["megabytes"], None, 256, OF_MEASURED)]


def _work(parts: int, chunks: int) -> None:
    from benchmarks import hub
    from benchmarks.campaign import launched
    from benchmarks.population import Population
    from chalicelib.campaigns import store, tending
    from chalicelib.canonical.time import now

    hub.wire()
    cloud = launched(Population(GUESTS))
    for body in cloud.take("plan")[:parts]:
        hub.run("plan_run", hub.delivery([body]))
    sent, minute = 0, now()
    while sent < chunks:
        queued = cloud.take("send")
        if not queued:
            minute += timedelta(minutes=1)
            if not tending.tend_all(store.active_runs(), minute):
                break
            continue
        for body in queued[: chunks - sent]:
            sent += 1
            hub.run("send_chunk", hub.delivery([body]))
            cloud.table.forget("LEAF#")
            cloud.table.forget("GATE#")
    print(json.dumps({"megabytes": peak_megabytes(), "mails": cloud.mails}))


def peak_megabytes() -> float:
    """Linux's own mark; `ru_maxrss` of a child begins with what its parent had."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / 1024


if __name__ == "__main__":
    _work(int(sys.argv[1]), int(sys.argv[2]))
