"""The application as Lambda unpacks it: code and layer out of the packaged zips, the pinned boto3 among them.

Lambda's folders cannot be written to: what the zips hold uncompiled would be compiled at each cold start, here too.
"""

import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from infra.package import package

BENCHMARKS = Path(__file__).parent
PACKED = "packed"

Packaging = Callable[[str, Path], object]
"""Writes a stage's zips into a folder."""


@contextmanager
def environment(package: Packaging = package) -> Iterator[Mapping[str, str]]:
    """Package the application, unpack it, and yield the environment in which `python` imports from there.

    In the order of Lambda: the code, then the layer. The benchmark itself comes last, compiled as it is here.
    """
    with TemporaryDirectory(prefix="bench-package-") as folder:
        root = Path(folder)
        package("bench", root / PACKED)
        task, layer = _unzipped(root, "deployment"), _unzipped(root, "layer-deployment")
        harness = root / "harness"
        _link(harness, BENCHMARKS)
        (packages,) = layer.glob("python/lib/*/site-packages")
        path = os.pathsep.join(map(str, (task, packages, harness)))
        yield {**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}


def python(environment: Mapping[str, str], *arguments: str) -> str:
    """What a process prints that finds the linked packages and no others. Raises CalledProcessError."""
    folder = environment["PYTHONPATH"].partition(os.pathsep)[0]  # the working directory is looked through first
    command = [sys.executable, "-S", *arguments]
    ended = subprocess.run(
        command, check=True, capture_output=True, text=True, timeout=120, env=environment, cwd=folder
    )
    return ended.stdout


def zips(environment: Mapping[str, str]) -> Mapping[str, Path]:
    """The zips of code and layer, as they lie beside what was unpacked from them."""
    packed = Path(environment["PYTHONPATH"].partition(os.pathsep)[0]).parent / PACKED
    return {"code": packed / "deployment.zip", "layer": packed / "layer-deployment.zip"}


def _unzipped(root: Path, name: str) -> Path:
    with zipfile.ZipFile(root / PACKED / f"{name}.zip") as archive:
        archive.extractall(root / name)
    return root / name


def _link(folder: Path, target: Path) -> None:
    folder.mkdir()
    (folder / target.name).symlink_to(target)
