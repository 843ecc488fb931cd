"""`python -m benchmarks [--full]` measures, prints the table and writes .local/bench.json; `--markdown` prints that."""

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from benchmarks import (
    campaign,
    cold,
    console,
    cost,
    growth,
    hub,
    instructions,
    planning,
    resolution,
    stage,
    webhook_cost,
    webhook_cpu,
    webhooks,
    worker,
)
from benchmarks.figures import Figure, markdown, save
from infra.plain_lines import spoken

RESULTS = Path(__file__).resolve().parent.parent / ".local" / "bench.json"
Part = tuple[str, Callable[[], list[Figure]]]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--full", action="store_true", help="also what takes longer than ten minutes")
    parser.add_argument("--markdown", action="store_true", help="print the last results as docs/benchmarks.md has them")
    asked = parser.parse_args()
    if asked.markdown:
        print(_measured_when(), markdown(json.loads(RESULTS.read_text(encoding="utf-8"))), sep="\n\n")
        return
    figures = []
    for name, measure in _parts(full=asked.full):
        _say(name)
        with spoken(partial(_say, name)):
            figures += measure()
        save(figures, RESULTS)
    print(markdown(figure.row() for figure in figures))
    missed = sum(figure.holds is False for figure in figures)
    print(f"{missed} bounds missed; written to .local/bench.json" if missed else "every bound holds")


def _say(name: str) -> None:
    print(f"measuring: {name}", file=sys.stderr, flush=True)


def _measured_when() -> str:
    day = datetime.fromtimestamp(RESULTS.stat().st_mtime, UTC).date().isoformat()
    return f"Measured on {day}, Python {platform.python_version()}, {os.cpu_count()} CPUs."


def _parts(*, full: bool) -> Iterator[Part]:
    """In the order of docs/benchmarks.md."""
    rounds = 41 if full else 11
    hub.wire()
    yield "cold starts", lambda: cold.figures(25 if full else 9)
    yield "CPU of webhooks", lambda: webhook_cpu.figures(4 * rounds)
    if full:
        yield "instructions", instructions.figures
    yield "units and calls of webhooks", lambda: [*webhooks.first_booking(), *webhooks.moved_far(), *webhooks.units()]
    yield "pages of the console", lambda: console.figures(rounds)
    yield "growth", growth.figures
    yield "who is new", lambda: list(resolution.figures(full=full))
    yield "a season's bill", lambda: webhook_cost.figures(500 if full else 60, 3 if full else 1)
    yield "a stage's bill", stage.figures
    yield "planning", lambda: planning.figures(rounds, 160_000 if full else 32_000)
    yield "a campaign", lambda: _campaign(rounds)
    yield "memory of a worker", lambda: worker.figures(16, 1250) if full else worker.figures(1, 40)


def _campaign(rounds: int) -> list[Figure]:
    measured = campaign.cpu(rounds)
    ran, of_two = campaign.send_all(800), campaign.send_all(800, records=2)
    shared = campaign.send_all(800, shares=True)
    events_ms = campaign.event_milliseconds(ran, 3)
    return [*measured, *campaign.units(ran, of_two, shared), *cost.figure(ran, measured[0].measured, events_ms)]


if __name__ == "__main__":
    main()
