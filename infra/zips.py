"""The two zips that Lambda gets, built where Chalice looks for them: wheels only, pruned, compiled, alike each time.

Chalice takes whatever bears the name that it would give its own: a hash of the code in one, of requirements.txt in the
other. So `chalice deploy` takes these, too; where there are none it makes its own, which run, and start half as fast.
"""

import hashlib
import inspect
import os
import shutil
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable, Iterable
from importlib.util import MAGIC_NUMBER
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

import chalice
import chalice.app
from chalice.deploy.packager import (
    AppOnlyDeploymentPackager,
    BaseLambdaDeploymentPackager,
    DependencyBuilder,
    LayerDeploymentPackager,
)
from chalice.utils import UI, OSUtils

from infra import layer

PYTHON = f"python{sys.version_info.major}.{sys.version_info.minor}"
"""The run-time on Lambda is the Python that runs Chalice."""
CODE_AT = "/var/task"
LAYER_IN = f"python/lib/{PYTHON}/site-packages"
LAYER_AT = f"/opt/{LAYER_IN}"
FIRST_INSTANT = (1980, 1, 1, 0, 0, 0)
"""The earliest that a zip can say: when a file was written is no part of what it is."""
OURS = b"xenia "
MADE_BY = (Path(__file__), Path(layer.__file__))

Install = Callable[[Path, str, Path], None]
"""(requirements, architecture, folder): unpack what is required into the folder."""


def place(project: Path, architecture: str, install: Install = layer.install) -> tuple[Path, Path]:
    """Put the zips of code and layer into .chalice/deployments of a project, unless they are there; say where.

    Raises layer.PackagingFailed.
    """
    (project / ".chalice" / "deployments").mkdir(parents=True, exist_ok=True)
    code, packages = names(project, architecture)
    if not _is_ours(code):
        _build(code, lambda folder: _gather(project, folder), CODE_AT)
    if not _is_ours(packages) and layer.required(project / "requirements.txt"):
        _build(packages, lambda folder: _packages(project, architecture, folder, install), LAYER_AT, LAYER_IN)
    return code, packages


def names(project: Path, architecture: str) -> tuple[Path, Path]:
    """Where Chalice looks for code and layer, by its own reckoning."""
    tools = OSUtils()
    given = (tools, DependencyBuilder(tools), UI(), architecture)
    code, packages = AppOnlyDeploymentPackager(*given), LayerDeploymentPackager(*given)
    return _name(code, project), _name(packages, project)


def _name(packager: BaseLambdaDeploymentPackager, project: Path) -> Path:
    return Path(str(packager.deployment_package_filename(str(project), PYTHON)))


def made_by_chalice(project: Path, digest: str) -> bool:
    """Whether the zip with this digest, as Lambda tells it, is one that Chalice made here because there was none."""
    made = (project / ".chalice" / "deployments").glob("*.zip")
    return any(_digest(each) == digest and not _comment(each).startswith(OURS) for each in made)


def _digest(archive: Path) -> str:
    return b64encode(hashlib.sha256(archive.read_bytes()).digest()).decode()


def settle(code: Path) -> None:
    """Before `names` of a checkout: Chalice counts what Python compiled
    beside the sources, and imports them first: it must find nothing to add."""
    subprocess.run([sys.executable, "-m", "compileall", "-q", str(code)], check=False, capture_output=True)


def _gather(project: Path, folder: Path) -> None:
    """As Chalice does: its own run-time, app.py and chalicelib."""
    (folder / "chalice").mkdir()
    for module in (chalice, chalice.app):
        source = Path(inspect.getfile(module))
        copy(source, folder / "chalice" / source.name)
    for name in ("app.py", "chalicelib"):
        copy(project / name, folder / name)


def copy(source: Path, to: Path) -> None:
    """A file or a folder, if there is one, without what Python compiled there; a folder is added to what is there."""
    if source.is_dir():
        shutil.copytree(source, to, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
    elif source.exists():
        shutil.copyfile(source, to)


def _packages(project: Path, architecture: str, folder: Path, install: Install) -> None:
    requirements = project / "requirements.txt"
    install(requirements, architecture, folder)
    layer.prune(folder, layer.services(requirements))
    copy(project / "vendor", folder)


def _build(archive: Path, gather: Callable[[Path], None], at: str, within: str = "") -> None:
    with TemporaryDirectory(prefix="xenia-zip-") as name:
        folder = Path(name)
        gather(folder)
        _compile(folder, at)
        _write(archive, folder, within)


def _compile(folder: Path, at: str) -> None:
    """Lambda cannot keep what it compiles. Unchecked: there sources have other times, and never change.

    Tracebacks name the files as Lambda has them; the fixed seed orders sets alike.
    """
    without = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    command = [sys.executable, "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash"]
    ended = subprocess.run(
        [*command, "-s", str(folder), "-p", at, str(folder)],
        env={**without, "PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode:
        raise layer.PackagingFailed(f"not all could be compiled: {ended.stdout}{ended.stderr}")


def _write(archive: Path, folder: Path, within: str) -> None:
    """Whole or not at all: Chalice takes what bears the name."""
    beside = archive.with_name(f".{archive.name}.{os.getpid()}")
    with ZipFile(beside, "w", ZIP_DEFLATED) as written:
        for file in _files(folder):
            entry = ZipInfo((Path(within) / file.relative_to(folder)).as_posix(), FIRST_INSTANT)
            entry.compress_type, entry.external_attr = ZIP_DEFLATED, 0o100644 << 16
            written.writestr(entry, file.read_bytes())
        written.comment = _mark()
    beside.replace(archive)


def _files(folder: Path) -> Iterable[Path]:
    return sorted(each for each in folder.rglob("*") if each.is_file())


def _mark() -> bytes:
    """Stands in each zip of ours: by whose rules, and for which Python, it was made."""
    made_by = hashlib.sha256(MAGIC_NUMBER + b"".join(each.read_bytes() for each in MADE_BY))
    return OURS + made_by.hexdigest().encode()


def _is_ours(archive: Path) -> bool:
    """False of one that Chalice made, or that was made by other rules: its name is the same."""
    return _comment(archive) == _mark()


def _comment(archive: Path) -> bytes:
    try:
        with ZipFile(archive) as found:
            return found.comment
    except (FileNotFoundError, BadZipFile):
        return b""
