"""`hub up` and `hub down`: a local cloud with the hub and a PMS beside it, kept running; .local/hub.json says where."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from infra import deploy, local_cloud, processes
from infra.errors import Refused
from infra.stacks import Tell

LOCAL = Path(".local")
HUB_JSON = LOCAL / "hub.json"
CLOUD_LOG = LOCAL / "cloud.log"
PMS_STARTS_WITHIN_SECONDS = 30

Json = dict[str, Any]


class AlreadyUp(RuntimeError):
    """A hub runs already; `hub down` ends it."""


class PmsDown(RuntimeError):
    """The PMS simulator did not start; its log says why."""


class HubJsonDamaged(Refused):
    """.local/hub.json does not say where a hub runs; `hub down` removes it."""


def up(tell: Tell) -> Json:
    """Start everything and write .local/hub.json. Raises AlreadyUp."""
    if HUB_JSON.exists():
        raise AlreadyUp(f"{HUB_JSON} is there: a hub runs already, or ended badly; `hub down` clears both")
    cloud = local_cloud.start(CLOUD_LOG)
    try:
        hub = deploy.locally(cloud, LOCAL / "package", tell)
        tell("starting the PMS simulator")
        pms_pid, pms_url = start_pms(LOCAL)
    except BaseException:
        local_cloud.stop(cloud.pid)
        raise
    state = {
        "api_url": hub.api_url,
        "admin_key": hub.admin_key,
        "aws_endpoint_url": cloud.endpoint_url,
        "pms_url": pms_url,
        "mailbox_url": cloud.mailbox_url,
        "stage": hub.stage,
        "region": local_cloud.REGION,
        "cloud_pid": cloud.pid,
        "pms_pid": pms_pid,
    }
    HUB_JSON.write_text(json.dumps(state, indent=2) + "\n")
    return state


def noted() -> Json | None:
    """What `up` wrote down; None without a hub. Raises HubJsonDamaged."""
    try:
        found: Json = json.loads(HUB_JSON.read_text())
        return {**found, "cloud_pid": int(found["cloud_pid"]), "pms_pid": int(found["pms_pid"])}
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise HubJsonDamaged(f"{HUB_JSON} cannot be read; `hub down` removes it") from error


def down() -> str:
    """End what `up` started, and say what there was."""
    try:
        hub = noted()
    except HubJsonDamaged:
        HUB_JSON.unlink()
        return f"{HUB_JSON} could not be read and is removed; what it told of, if anything, was left alone"
    if hub is None:
        return "no local cloud runs here"
    ended = _end(hub)
    HUB_JSON.unlink()
    return "the local cloud has ended" if ended else f"{HUB_JSON} was an old one and is removed; nothing of it runs"


def _end(hub: Json) -> bool:
    """Only what still is what was started: after a crash or a restart the ids may be somebody else's."""
    cloud_runs = processes.runs(hub["cloud_pid"], "ministack")
    if processes.runs(hub["pms_pid"], "infra.simulator"):
        stop_pms(hub["pms_pid"])
    if cloud_runs:
        local_cloud.stop(hub["cloud_pid"])
        shutil.rmtree(local_cloud.functions_beside(CLOUD_LOG), ignore_errors=True)
    return cloud_runs


def start_pms(folder: Path, options: Sequence[str] = ()) -> tuple[int, str]:
    """Start the PMS simulator on a free port; return its process id and address. Raises PmsDown."""
    ready = folder / "pms.ready.json"
    ready.unlink(missing_ok=True)
    log = folder / "pms.log"
    with log.open("wb") as out:
        child = subprocess.Popen(
            [sys.executable, "-m", "infra.simulator", "--port", "0", "--ready-file", str(ready), *options],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    deadline = time.monotonic() + PMS_STARTS_WITHIN_SECONDS
    while time.monotonic() < deadline and child.poll() is None:
        if ready.exists():
            return child.pid, str(json.loads(ready.read_text())["url"])
        time.sleep(0.05)
    stop_pms(child.pid)
    raise PmsDown(f"the PMS simulator did not start; {log} says why")


def stop_pms(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGTERM)
    except ProcessLookupError:
        return
