"""`chalice deploy` as a child process: the same command that anybody may run by hand."""

import subprocess
import sys
from pathlib import Path

from infra.deploying.errors import ChaliceFailed
from infra.stacks import Tell

LINES_KEPT = 30


def deploy(stage: str, project: Path, tell: Tell) -> None:
    """Tell each line that Chalice says, as it says it. Raises ChaliceFailed."""
    said: list[str] = []
    with subprocess.Popen(
        [Path(sys.executable).with_name("chalice"), "deploy", "--stage", stage],
        cwd=project,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as child:
        for line in child.stdout or ():
            said = [*said, line.rstrip()][-LINES_KEPT:]
            tell(said[-1])
    if child.returncode:
        raise ChaliceFailed("\n".join([*said, "What was made is kept: correct this and run the command again."]))
