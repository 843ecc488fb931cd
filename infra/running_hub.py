"""`hub up` and `hub down`: a local cloud with the hub and a PMS beside it, kept running; .local/hub.json says where.

A command finds it from any folder below the one where it was started.
"""

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
from urllib.parse import urlsplit

from infra import deploy, discarding, local_cloud, processes
from infra.errors import Refused
from infra.stacks import Tell

LOCAL = Path(".local")
HUB_JSON = LOCAL / "hub.json"
HUB_ENV = LOCAL / "hub.env"
CLOUD_LOG = LOCAL / "cloud.log"
KEPT = LOCAL / "kept"
"""What the hub of `up` has, for its next start: that of when it ended, or of at most a minute before it was killed."""
BEFORE = KEPT / "before.json"
PMS_STARTS_WITHIN_SECONDS = 30

Json = dict[str, Any]
Pms = tuple[int, str]
"""The process and the address of a PMS simulator."""


OURS_ALONE = 0o600
"""What holds a key of the hub is for nobody else of this machine."""


class AlreadyUp(RuntimeError):
    """A hub runs already; `make down` ends it."""


class PmsDown(RuntimeError):
    """The PMS simulator did not start; its log says why."""


class HubJsonDamaged(Refused):
    """.local/hub.json does not say where a hub runs; `make down` removes it."""


def up(tell: Tell, *, fresh: bool = False) -> Json:
    """Start everything and write .local/hub.json: with the data and at the addresses of before, unless `fresh`.

    Raises AlreadyUp.
    """
    refuse_a_second()
    if fresh or not BEFORE.exists():  # what a first start began that broke off is no hub to go on with
        shutil.rmtree(KEPT, ignore_errors=True)
    before = _before()
    cloud = local_cloud.start(CLOUD_LOG, environment=local_cloud.keeping(KEPT), port=before.get("cloud_port"))
    try:
        hub = deploy.locally(cloud, LOCAL / "package", tell, earlier_key=before.get("admin_key"))
        tell("starting the PMS simulator")
        pms = start_pms(LOCAL, port=before.get("pms_port"))
    except BaseException:
        local_cloud.end(cloud)
        raise
    at = {"cloud_port": cloud.port, "pms_port": urlsplit(pms[1]).port, "admin_key": hub.admin_key}
    _write(BEFORE, at)
    return note(hub, pms, cloud.functions)


def refuse_a_second() -> None:
    """What is left of a hub that ended by itself is cleared away. Raises AlreadyUp, HubJsonDamaged."""
    hub = running()
    if hub:
        raise AlreadyUp(f"a hub runs already, at {hub.get('api_url')}; `make down` ends it")
    if noted():
        down()


def running() -> Json | None:
    """The hub that runs here; None where there is none, or what was noted has ended. Raises HubJsonDamaged."""
    hub = noted()
    return hub if hub and local_cloud.runs(hub["cloud_pid"]) else None


def note(hub: deploy.LocalHub, pms: Pms, goes_with_it: Path) -> Json:
    """Write .local/hub.json for a hub that is left running; `down` ends it and removes the folder."""
    state = {
        "api_url": hub.api_url,
        "admin_key": hub.admin_key,
        "aws_endpoint_url": hub.cloud.endpoint_url,
        "pms_url": pms[1],
        "mailbox_url": hub.cloud.mailbox_url,
        "stage": hub.stage,
        "region": local_cloud.REGION,
        "cloud_pid": hub.cloud.pid,
        "pms_pid": pms[0],
        "goes_with_it": str(goes_with_it.absolute()),
    }
    _write_for_us(HUB_ENV, for_a_shell(hub))
    _write(HUB_JSON, state)
    return state


def for_a_shell(hub: deploy.LocalHub) -> str:
    """What `. .local/hub.env` sets: the hub's address and a key of it."""
    return f"export HUB={hub.api_url} KEY={hub.admin_key}\n"


def _before() -> Json:
    """Where the hub was that left its data; nothing where none did, or where that cannot be read any more."""
    try:
        found = json.loads(BEFORE.read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _write(path: Path, state: Json) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    _write_for_us(path, json.dumps(state, indent=2) + "\n")


def _write_for_us(path: Path, text: str) -> None:
    path.touch(OURS_ALONE)
    path.chmod(OURS_ALONE)
    path.write_text(text)


def noted() -> Json | None:
    """What `up` wrote down; None without a hub. Raises HubJsonDamaged."""
    try:
        found: Json = json.loads((_home() / HUB_JSON).read_text())
        return {**found, "cloud_pid": int(found["cloud_pid"]), "pms_pid": int(found["pms_pid"])}
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise HubJsonDamaged(f"{HUB_JSON} cannot be read; `make down` removes it") from error


def down() -> str:
    """End what `up` started, and say what there was."""
    try:
        hub = noted()
    except HubJsonDamaged:
        _forget()
        return f"{HUB_JSON} could not be read and is removed; what it told of, if anything, was left alone"
    if hub is None:
        return "no local cloud runs here"
    ended = _end(hub)
    _forget()
    return "the local cloud has ended" if ended else f"{HUB_JSON} was an old one and is removed; nothing of it runs"


def _forget() -> None:
    home = _home()
    (home / HUB_ENV).unlink(missing_ok=True)
    (home / HUB_JSON).unlink()


def _home() -> Path:
    """The nearest folder, from here upwards, where a hub is noted; this one where there is none."""
    here = Path.cwd()
    return next((each for each in (here, *here.parents) if (each / HUB_JSON).exists()), here)


def _end(hub: Json) -> bool:
    """Only what still is what was started: after a crash or a restart the ids may be somebody else's."""
    cloud_runs = local_cloud.runs(hub["cloud_pid"])
    if processes.runs(hub["pms_pid"], "infra.simulator"):
        stop_pms(hub["pms_pid"])
    if cloud_runs:
        local_cloud.stop(hub["cloud_pid"])
    if hub.get("goes_with_it"):
        discarding.discard(Path(hub["goes_with_it"]))
    return cloud_runs


def start_pms(folder: Path, options: Sequence[str] = (), *, port: int | None = None) -> Pms:
    """Start the PMS simulator, at `port` where that is free. Raises PmsDown."""
    at = port if port and local_cloud.is_free(port) else 0
    ready = folder / "pms.ready.json"
    ready.unlink(missing_ok=True)
    log = folder / "pms.log"
    with log.open("wb") as out:
        child = subprocess.Popen(
            [sys.executable, "-m", "infra.simulator", "--port", str(at), "--ready-file", str(ready), *options],
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
