"""What lies in the layer: the pinned packages, boto3 among them, as wheels for Lambda, without what nobody calls.

`python -m infra.layer` prints the line of requirements.txt that names the services. It stands there because Chalice
names its layer by that file: with a service more in the line, no layer without it is taken.
"""

import ast
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

PROJECT = Path(__file__).parent.parent
SERVICES = "# Services of AWS in the layer:"
PLATFORMS = {
    "x86_64": ("manylinux2014_x86_64", "manylinux_2_17_x86_64"),
    "arm64": ("manylinux2014_aarch64", "manylinux_2_17_aarch64"),
}
"""What fits every run-time: that of Python 3.11 has glibc 2.26."""
NOT_NEEDED = (
    "bin",
    "*.dist-info/RECORD",  # says where this machine's Python lies
    "*.dist-info/INSTALLER",
    "*.dist-info/REQUESTED",
    "boto3/data",  # of boto3.resource, which the hub does not use
    "boto3/examples",
    "**/__pycache__",
)


class PackagingFailed(RuntimeError):
    """The application cannot be packaged; the message says what stands in the way."""


def install(requirements: Path, architecture: str, folder: Path) -> None:
    """Unpack the wheels that fit Lambda. What has none is refused, never built. Raises PackagingFailed."""
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
    which = ["--no-deps", "--only-binary=:all:", "--implementation", "cp"]
    where = [argument for each in PLATFORMS[architecture] for argument in ("--platform", each)]
    command = [*pip, *which, *where, "--target", str(folder), "--requirement", str(requirements)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise PackagingFailed(f"a package without a wheel for Lambda, or none to be had:\n{ended.stderr}")


def required(requirements: Path) -> bool:
    """Whether anything is: Lambda takes no empty layer."""
    lines = requirements.read_text().splitlines() if requirements.exists() else []
    return any(line.strip() and not line.startswith("#") for line in lines)


def services(requirements: Path) -> frozenset[str]:
    """Those that the layer's boto3 is to know. Raises PackagingFailed: a layer without any would be of no use."""
    for line in requirements.read_text().splitlines():
        if line.startswith(SERVICES):
            return frozenset(line.removeprefix(SERVICES).split())
    raise PackagingFailed(f"{requirements} has no line {SERVICES!r}: run `make lock`")


def called(code: Path = PROJECT / "chalicelib") -> frozenset[str]:
    """The services for which the code makes clients."""
    return frozenset(name for file in code.rglob("*.py") for name in _clients(file))


def prune(folder: Path, known: Iterable[str]) -> None:
    """Take out what the hub does not call, and what differs from machine to machine."""
    others = {each for each in folder.glob("botocore/data/*") if each.is_dir() and each.name not in set(known)}
    for each in {*others, *(found for pattern in NOT_NEEDED for found in folder.glob(pattern))}:
        shutil.rmtree(each) if each.is_dir() else each.unlink()


def _clients(file: Path) -> Iterator[str]:
    for each in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        match each:
            case ast.Call(func=ast.Attribute(attr="client"), args=[ast.Constant(value=str(name)), *_]):
                yield name


if __name__ == "__main__":
    sys.stdout.write(f"{SERVICES} {' '.join(sorted(called()))}\n")
