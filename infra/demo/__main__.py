"""Start everything, replay a season, mail, compare, tell. Exit code 0 only when everything agrees."""

import argparse
import json
import sys
import time
from collections import Counter
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from rich.console import Console
from rich.progress import Progress

from chalicelib.canonical.ids import ConnectionId, ProgramId
from infra import deploy, discarding, layer, local_cloud, running_hub, stages
from infra.demo import arriving, campaign, compare, drain, end_state, front_desk, mails, report, season
from infra.demo.api import Api, CallFailed
from infra.errors import Refused
from infra.simulator.bookings import BookingsError, read_bookings
from infra.simulator.options import positive
from infra.stacks import StackFailed
from infra.terminal import steps

WORK = Path(".local") / "demo"
"""Each demo has a folder of its own here: several may run side by side. It stays, with its logs, where one failed."""
RESULT = Path(".local") / "demo.json"
LONGEST_DRAIN_SECONDS = 1200


BROKEN_OFF = 130
"""The exit code of what was interrupted, as a shell has it."""
EXPECTED = (
    CallFailed, campaign.CampaignFailed, drain.NotDrained, layer.PackagingFailed, local_cloud.LocalCloudDown,
    running_hub.PmsDown, season.SeasonFailed, StackFailed,
)  # fmt: skip
"""What can go wrong on the way: said in one line, without a traceback."""


def main() -> int:
    options = _options()
    console = Console(stderr=options.json)
    RESULT.unlink(missing_ok=True)  # a demo that breaks off must not leave the word of an earlier one
    try:
        _refuse_early(options)
    except (BookingsError, Refused, running_hub.AlreadyUp) as error:
        print(error, file=sys.stderr)
        return 2
    WORK.mkdir(parents=True, exist_ok=True)
    work = Path(mkdtemp(dir=WORK))
    try:
        return _play(options, work, console)
    except EXPECTED as error:
        print(f"the demo broke off: {' '.join(str(error).split())} (its logs are in {work})", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        discarding.discard(work)
        print("the demo was broken off, and what it had started has ended", file=sys.stderr)
        return BROKEN_OFF


def _play(options: argparse.Namespace, work: Path, console: Console) -> int:
    with steps(console) as progress, ExitStack() as stack:
        hub, pms = _start(options, work, progress, stack)
        result = _run(options, hub, Api(pms[1]), progress)
        left = _left(hub, pms, work, progress) if options.keep else None
        if left:
            stack.pop_all()
    _write(result, work / RESULT.name)
    if result["agrees_with_truth"] and not left:
        discarding.discard(work)
    _show(result, left, console, as_json=options.json)
    return 0 if result["agrees_with_truth"] else 1


def _left(hub: deploy.LocalHub, pms: running_hub.Pms, work: Path, progress: Progress) -> dict[str, Any]:
    """To look at: with guests who arrive today."""
    api = Api(hub.api_url, hub.admin_key)
    arriving.told(api, datetime.now(UTC))
    _drain(hub.stage, progress)
    arriving.prepared(api)
    return running_hub.note(hub, pms, work)


def _refuse_early(options: argparse.Namespace) -> None:
    """Raises BookingsError, HubJsonDamaged, and AlreadyUp where the hub could not be left running."""
    if options.bookings:
        read_bookings(options.bookings, options.limit)
    if options.keep:
        running_hub.refuse_a_second()


def _show(result: dict[str, Any], left: dict[str, Any] | None, console: Console, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(result))
    else:
        report.show(result, console)
    if left:
        report.show_left(left, console)


def _write(result: dict[str, Any], draft: Path) -> None:
    """Whole, also where another demo ends in the same moment."""
    draft.write_text(json.dumps(result, indent=2) + "\n")
    draft.replace(RESULT)


def _start(
    options: argparse.Namespace, work: Path, progress: Progress, stack: ExitStack
) -> tuple[deploy.LocalHub, running_hub.Pms]:
    """The hub and a PMS, which end with the stack."""
    step = progress.add_task("starting the local cloud", total=None)
    cloud = local_cloud.start(work / "cloud.log", enforces_policies=True)
    stack.callback(local_cloud.end, cloud)
    hub = deploy.locally(cloud, work / "package", lambda what: progress.update(step, description=what))
    stages.use(hub.stage)
    progress.update(step, description="starting the PMS simulator")
    pms = running_hub.start_pms(work, _simulator_options(options))
    stack.callback(running_hub.stop_pms, pms[0])
    progress.update(step, description="deployed", total=1, completed=1)
    return hub, pms


def _run(options: argparse.Namespace, hub: deploy.LocalHub, pms: Api, progress: Progress) -> dict[str, Any]:
    api = Api(hub.api_url, hub.admin_key)
    webhook = season.configure(api, pms)
    began = time.monotonic()
    pushed = _push(pms, webhook, hub.stage, progress)
    _drain(hub.stage, progress)
    run = _mail(api, progress)
    decided = campaign.decisions(api)
    sent = mails.claimed(decided, run["id"])
    mailbox = mails.delivered(hub.cloud.mailbox_url)
    if len(sent) >= 2:
        campaign.report_back(hub.stage, run["id"], sent[0], sent[1])
    _drain(hub.stage, progress)
    seconds = time.monotonic() - began

    check = progress.add_task("comparing with the truth", total=None)
    truth = pms.get("/simulator/truth")
    compared = compare.compare(truth, ConnectionId(season.CONNECTION), ProgramId(season.PROGRAM))
    compared.differences += mails.differences(truth, decided, sent, mailbox, compared.customers)
    compared.differences += mails.reported_differences(api, sent, mails.mailable(truth))
    compared.differences += front_desk.differences(api, truth, season.CONNECTION, season.PROGRAM)
    told = drain.told_by_functions(hub.stage)
    if options.state:
        customers = [customer for guest in truth["guests"].values() for customer in guest["customers"]]
        end_state.write(end_state.read(api, customers, season.CONNECTION, season.PROGRAM), options.state)
    progress.update(check, total=1, completed=1)
    decisions = Counter(campaign.code_of(each) for each in decided)
    return report.result(pushed, truth, compared, decisions, told, drain.dead_letters(hub.stage), seconds)


def _push(pms: Api, webhook: str, stage: str, progress: Progress) -> dict[str, Any]:
    task = progress.add_task("webhooks", total=None)

    def told(state: dict[str, Any]) -> None:
        waves = f"wave {state['waves_done']} of {state['waves']}"
        progress.update(task, description=f"webhooks: {state['webhooks']} ({waves})", completed=state["waves_done"])
        progress.update(task, total=state["waves"])

    return season.play(pms, webhook, told, lambda: _drain(stage, progress))


def _drain(stage: str, progress: Progress) -> None:
    task = progress.add_task("waiting for the queues", total=None)
    highest = 0

    def told(left: int) -> None:
        nonlocal highest
        highest = max(highest, left)
        progress.update(task, description=f"messages left: {left}", total=highest or 1, completed=highest - left)

    drain.until_drained(stage, told, LONGEST_DRAIN_SECONDS)
    progress.update(task, total=1, completed=1)


def _mail(api: Api, progress: Progress) -> dict[str, Any]:
    task = progress.add_task("campaign", total=None)
    run = campaign.run(api, lambda run: progress.update(task, description=f"campaign: {run['state']}"))
    progress.update(task, total=1, completed=1)
    return run


def _simulator_options(options: argparse.Namespace) -> list[str]:
    chosen = ["--seed", str(options.seed), "--reservations", str(options.reservations)]
    chosen += ["--bookings", str(options.bookings)] if options.bookings else []
    return chosen + (["--limit", str(options.limit)] if options.limit else [])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.demo", description=__doc__)
    parser.add_argument("--bookings", type=Path, help="CSV in the columns of hotel booking demand; else generated")
    parser.add_argument("--limit", type=positive, help="only the first rows of the CSV, or so many to generate")
    parser.add_argument("--reservations", type=positive, default=500, help="how many to generate")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--state", type=Path, help="also write the hub's end state there, to compare versions by")
    parser.add_argument("--keep", action="store_true", help="leave the hub running to look at; `make down` ends it")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
