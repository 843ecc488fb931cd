"""Processes that an earlier command started: known by what they run, for the system gives ids out again."""

import subprocess
from pathlib import Path

PROC = Path("/proc")


def runs(pid: int, module: str) -> bool:
    """Whether the process of this id is alive and is `python -m {module}`."""
    return f"-m {module} " in f"{command_of(pid)} "


def command_of(pid: int) -> str:
    """The command line of a process; empty when there is none."""
    if (PROC / "self").exists():
        return _noted(PROC / str(pid) / "cmdline")
    ended = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return ended.stdout.strip()


def _noted(cmdline: Path) -> str:
    try:
        return cmdline.read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return ""
