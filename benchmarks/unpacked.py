"""The application as Lambda unpacks it: code and layer out of the packaged zips, with boto3 of the runtime's own.

Lambda's folders cannot be written to: what the zips hold uncompiled is compiled at each cold start, here too.
"""

import os
import site
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from infra.package import package

BENCHMARKS = Path(__file__).parent
BESIDE_BOTO3 = ("boto3", "botocore", "s3transfer", "jmespath", "urllib3", "dateutil", "six.py")
"""What the runtime brings: here the development's packages, which are compiled."""


Packaging = Callable[[str, Path], object]
"""Writes a stage's zips into a folder."""


@contextmanager
def environment(package: Packaging = package) -> Iterator[Mapping[str, str]]:
    """Package the application, unpack it, and yield the environment in which `python` imports from there.

    In the order of Lambda: the code, the layer, the runtime. The benchmark itself comes last.
    """
    with TemporaryDirectory(prefix="bench-package-") as folder:
        root = Path(folder)
        package("bench", root / "packed")
        task, layer = _unzipped(root, "deployment"), _unzipped(root, "layer-deployment")
        runtime, harness = root / "runtime", root / "harness"
        _link(runtime, *(_installed(name) for name in BESIDE_BOTO3))
        _link(harness, BENCHMARKS)
        (packages,) = layer.glob("python/lib/*/site-packages")
        path = os.pathsep.join(map(str, (task, packages, runtime, harness)))
        yield {**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}


def python(environment: Mapping[str, str], *arguments: str) -> str:
    """What a process prints that finds the linked packages and no others. Raises CalledProcessError."""
    folder = environment["PYTHONPATH"].partition(os.pathsep)[0]  # the working directory is looked through first
    command = [sys.executable, "-S", *arguments]
    ended = subprocess.run(
        command, check=True, capture_output=True, text=True, timeout=120, env=environment, cwd=folder
    )
    return ended.stdout


def _unzipped(root: Path, name: str) -> Path:
    with zipfile.ZipFile(root / "packed" / f"{name}.zip") as archive:
        archive.extractall(root / name)
    return root / name


def _link(folder: Path, *targets: Path) -> None:
    folder.mkdir()
    for target in targets:
        (folder / target.name).symlink_to(target)


def _installed(name: str) -> Path:
    return next(found for folder in site.getsitepackages() if (found := Path(folder) / name).exists())
