"""The local cloud: ministack as a child process, on loopback and a free port; several can run side by side."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from chalicelib.aws import clients
from infra import discarding, processes

REGION = "eu-central-1"
ACCOUNT = "000000000000"
STARTS_WITHIN_SECONDS = 60
PORTS_TRIED = 3
"""Somebody else may take a port between when it was found free and when the cloud binds it."""
STOPS_WITHIN_SECONDS = 30
"""It writes down what it keeps on its way out."""
PLAIN, KEPT = "ministack", "infra.kept_cloud"
"""What a local cloud runs as."""
KEPT_EVERY_SECONDS = "XENIA_KEPT_EVERY_SECONDS"
"""An environment variable: how often what is kept is written down, where not every minute."""
NOTHING_MORE: Mapping[str, str] = MappingProxyType({})
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": REGION}
"""Not secrets: the local cloud takes any."""


class LocalCloudDown(RuntimeError):
    """The local cloud did not start, or ended; the message holds the end of its log."""


@dataclass(frozen=True)
class LocalCloud:
    """A running local cloud. `pid` leads a process group of its own, in which the Lambdas' workers run too."""

    port: int
    pid: int
    log: Path

    @property
    def functions(self) -> Path:
        """Where the functions' zips are unpacked, for each process anew."""
        return functions_beside(self.log)

    @property
    def endpoint_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def mailbox_url(self) -> str:
        """Every mail that was sent, as JSON."""
        return f"{self.endpoint_url}/_ministack/ses/messages"

    def api_url(self, rest_api_id: str, stage: str) -> str:
        """By path, without a closing slash: `*.localhost` does not resolve everywhere."""
        return f"{self.endpoint_url}/_aws/execute-api/{rest_api_id}/{stage}"

    def environment(self) -> dict[str, str]:
        """What boto3, Chalice and child processes need to talk to this cloud and to no other."""
        return {**CREDENTIALS, "AWS_REGION": REGION, "AWS_ENDPOINT_URL": self.endpoint_url}

    def use_here(self) -> None:
        """Point this process's own boto3 at this cloud, and the hub's code that runs here."""
        os.environ.pop("AWS_PROFILE", None)
        os.environ.update(self.environment())
        clients.forget_all()


def start(
    log: Path,
    *,
    enforces_policies: bool = False,
    environment: Mapping[str, str] = NOTHING_MORE,
    port: int | None = None,
) -> LocalCloud:
    """Start a local cloud and wait until it answers, at `port` where that is free. Raises LocalCloudDown.

    With `enforces_policies` every call of a function is checked against the policy of its role, as on AWS; our own
    calls from outside are the account's root and may do everything. The functions inherit `environment`.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    wanted = {**environment, "AUTH": str(enforces_policies).lower()}
    for tried in _ports(port):
        try:
            return _start_at(tried, log, wanted)
        except LocalCloudDown:
            if not _is_taken(tried):
                raise
    return _start_at(free_port(), log, wanted)


def _ports(wanted: int | None) -> Iterator[int]:
    if wanted and is_free(wanted):
        yield wanted
    for _ in range(PORTS_TRIED - 1):
        yield free_port()


def _start_at(port: int, log: Path, environment: Mapping[str, str]) -> LocalCloud:
    module = KEPT if "PERSIST_STATE" in environment else PLAIN
    with log.open("wb") as out:
        child = subprocess.Popen(
            [sys.executable, "-m", module],
            env={**_server_environment(port), "TMPDIR": str(_emptied(functions_beside(log))), **environment},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    cloud = LocalCloud(port=port, pid=child.pid, log=log)
    try:
        _wait_until_ready(cloud, child)
    except BaseException:
        stop(cloud.pid)
        raise
    return cloud


def functions_beside(log: Path) -> Path:
    return log.absolute().with_suffix(".functions")


def _emptied(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


def stop(pid: int) -> None:
    """End a local cloud and its workers by the id that `start` gave; it may be gone already."""
    _signal_group(pid, signal.SIGTERM)
    deadline = time.monotonic() + STOPS_WITHIN_SECONDS
    while time.monotonic() < deadline and _is_alive(pid):
        time.sleep(0.05)
    _signal_group(pid, signal.SIGKILL)


@contextmanager
def running(
    log: Path, *, enforces_policies: bool = False, environment: Mapping[str, str] = NOTHING_MORE
) -> Iterator[LocalCloud]:
    """A local cloud for the length of a block."""
    cloud = start(log, enforces_policies=enforces_policies, environment=environment)
    try:
        yield cloud
    finally:
        end(cloud)


def end(cloud: LocalCloud) -> None:
    """Stop it, and remove what it leaves where it ends in haste: eighty megabytes for each process that ever was."""
    stop(cloud.pid)
    discarding.discard(cloud.functions)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def is_free(port: int) -> bool:
    """Whether a server could listen there. What does not answer may be taken, too: somebody may call out from it."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def runs(pid: int) -> bool:
    """Whether the process of this id is a local cloud."""
    return any(processes.runs(pid, module) for module in (PLAIN, KEPT))


def keeping(folder: Path) -> dict[str, str]:
    """What a cloud is started with to keep there, every minute and when it is stopped, all that it has, and to begin
    with it again."""
    state, files = (str(folder.absolute() / each) for each in ("state", "files"))
    return {"PERSIST_STATE": "1", "STATE_DIR": state, "S3_PERSIST": "1", "S3_DATA_DIR": files}


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _server_environment(port: int) -> dict[str, str]:
    # A caller's AWS settings must not reach the Lambdas' workers, which inherit the server's environment.
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return {
        **inherited,
        **CREDENTIALS,
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "IOT_MTLS_ENABLED": "0",
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "MINISTACK_REGION": REGION,
        "LOG_LEVEL": "WARNING",
        # The functions inherit it. One demo plays all of a group's programs by one key.
        "XENIA_CALLS_PER_SECOND": "100000",
    }


def _wait_until_ready(cloud: LocalCloud, child: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + STARTS_WITHIN_SECONDS
    while time.monotonic() < deadline:
        if child.poll() is not None:
            raise LocalCloudDown(f"the local cloud ended with code {child.returncode}:\n{_tail(cloud.log)}")
        if _answers(f"{cloud.endpoint_url}/_ministack/ready"):
            return
        time.sleep(0.05)
    raise LocalCloudDown(f"the local cloud did not answer within {STARTS_WITHIN_SECONDS} s:\n{_tail(cloud.log)}")


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - our own loopback address
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def _is_alive(pid: int) -> bool:
    try:
        reaped, _ = os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:  # started by another process (`hub up`, stopped by `hub down`)
        return _signal_group(pid, 0)
    return reaped == 0


def _signal_group(pid: int, number: int) -> bool:
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        return False
    return True


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-20:])
