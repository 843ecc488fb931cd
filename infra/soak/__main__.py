"""Start everything, push, kill, mail, compare, tell. Exit code 0 only when the hub stood it."""

import argparse
import json
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from random import SystemRandom
from tempfile import mkdtemp
from typing import Any

from rich.console import Console
from rich.progress import Progress, TaskID

from infra import deploy, discarding, local_cloud, running_hub, stages
from infra.demo import end_state
from infra.demo.api import Api
from infra.demo.compare import listed
from infra.simulator.options import positive
from infra.soak import carrier, report, soaking
from infra.soak.deaths import Reaper
from infra.soak.soaking import Soak
from infra.terminal import steps

WORK, RESULT = Path(".local") / "soak", Path(".local") / "soak.json"
"""Each soak has a folder of its own in the first: it stays, with its logs, where one failed."""
SEASON_SHARE = 0.06
"""Reservations of the third source for each webhook of the others."""


def main() -> int:
    options = _options()
    console = Console(stderr=options.json)
    console.print(f"seed {options.seed}: the same seed repeats the soak (SEED={options.seed})")
    RESULT.unlink(missing_ok=True)
    WORK.mkdir(parents=True, exist_ok=True)
    work = Path(mkdtemp(dir=WORK))
    with ExitStack() as stack:
        told = _run(options, work, stack.enter_context(steps(console)), stack)
    RESULT.write_text(json.dumps(told, indent=2) + "\n")
    if told["stood_it"]:
        discarding.discard(work)
    if options.json:
        print(json.dumps(told))
    else:
        report.show(told, console)
    return 0 if told["stood_it"] else 1


def _run(options: argparse.Namespace, work: Path, progress: Progress, stack: ExitStack) -> dict[str, Any]:
    began, tell = time.monotonic(), _teller(progress)
    reaper = Reaper(work / "deaths", deploy.LOCAL_STAGE)
    ses = stack.enter_context(carrier.Carrier(carrier.books(options.seed, 0, per_second=1, pauses_after=1)))
    environment = {**reaper.environment(), "AWS_ENDPOINT_URL_SESV2": ses.url}
    tell("starting the local cloud", 0, 0)
    running = local_cloud.running(work / "cloud.log", enforces_policies=True, environment=environment)
    local = deploy.locally(stack.enter_context(running), work / "package", lambda what: tell(what, 0, 0))
    stack.callback(tell, "putting the local cloud away", 0, 0)
    stages.use(local.stage)
    pid, pms_url = running_hub.start_pms(work, _season(options))
    stack.callback(running_hub.stop_pms, pid)
    soak = Soak(options.seed, options.limit, options.kills, local, Api(pms_url), reaper, ses, tell)
    happened = soaking.play(soak)
    differences = soaking.differences(soak, happened) + _state_differences(options, soak, happened.truths)
    return report.result(soak, happened, differences, time.monotonic() - began)


def _state_differences(options: argparse.Namespace, soak: Soak, truths: soaking.Truths) -> list[str]:
    """Write the end state, or compare it with one that was written; who is asked for neither is spared the reading."""
    if not (options.state or options.same_as):
        return []
    soak.tell("reading the end state", 0, 0)
    state = soaking.end_state(soak, truths)
    if options.state:
        end_state.write(state, options.state)
    before = json.loads(options.same_as.read_text()) if options.same_as else state
    return listed("end state", end_state.differences(before, state))


def _season(options: argparse.Namespace) -> list[str]:
    return ["--seed", str(options.seed), "--reservations", str(max(20, round(options.limit * SEASON_SHARE)))]


def _teller(progress: Progress) -> Callable[[str, int, int], None]:
    """One line for each step; what a step says of itself after a colon changes within its line. Where it has no number
    it counts nothing, and is done when the next one begins."""
    lines: dict[str, TaskID] = {}

    def tell(what: str, done: int, of: int) -> None:
        step = what.partition(":")[0]
        if step not in lines:
            for earlier in lines.values():
                progress.update(earlier, total=1, completed=1)
            lines[step] = progress.add_task(step, total=None)
        counted = f" ({done:,} of {of:,})" if of else ""
        progress.update(lines[step], description=what + counted, completed=done, total=of or None)

    return tell


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.soak", description=__doc__)
    parser.add_argument("--limit", type=positive, default=10_000, help="webhooks, beside those of a season")
    parser.add_argument("--kills", type=int, default=3, help="of every worker; 0 is a calm run")
    parser.add_argument("--seed", type=int, default=SystemRandom().randrange(1_000_000), help="else drawn, and printed")
    parser.add_argument("--state", type=Path, help="also write the hub's end state there")
    parser.add_argument("--same-as", type=Path, help="compare it with the end state of an earlier soak of this seed")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
