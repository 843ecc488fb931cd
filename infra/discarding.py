"""Folders that are done with: gone at once for who waits, while the disk takes its time.

A local cloud unpacks the application for each of its processes: a hundred thousand files after a demo, whose removal
takes minutes on a slow disk.
"""

import subprocess
from pathlib import Path
from tempfile import mkdtemp


def discard(folder: Path) -> None:
    """Take a folder away from its name, and remove what it holds beside whatever comes next. It may be gone already."""
    if folder.exists():
        aside = Path(mkdtemp(prefix=".discarded-", dir=folder.parent))
        folder.rename(aside / folder.name)
        _remove_beside(aside)


def _remove_beside(folder: Path) -> None:
    """A process of its own goes on when ours has ended."""
    subprocess.Popen(
        ["rm", "-rf", str(folder)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
