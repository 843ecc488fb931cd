"""The zips that Lambda gets: what the code calls lies in them, compiled, and Chalice takes them for its own."""

import marshal
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import distribution
from pathlib import Path
from types import CodeType
from zipfile import ZipFile

import pytest

from infra import layer, zips

PROJECT = Path(__file__).parents[2]
REQUIREMENTS = PROJECT / "requirements.txt"
SDK = ("boto3", "botocore", "jmespath", "python-dateutil", "s3transfer", "six", "urllib3")
MAKE_CLIENTS = "import sys, boto3; print(boto3.__file__); [boto3.client(each, 'eu-central-1') for each in sys.argv[1:]]"
UNCHECKED_HASH = 1

Project = Callable[[str], Path]


def install_sdk(_requirements: Path, _architecture: str, folder: Path) -> None:
    """As pip does, without its network: what is installed here is what is pinned. Of hundreds of services a few."""
    few = layer.called() | {"athena", "ec2"}
    for name in SDK:
        for file in distribution(name).files or ():
            of_service = file.parts[2] if file.parts[:2] == ("botocore", "data") and len(file.parts) > 3 else "sqs"
            if ".." not in file.parts and file.suffix != ".pyc" and of_service in few:
                (folder / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(str(file.locate()), folder / file)


def install_little(_requirements: Path, _architecture: str, folder: Path) -> None:
    (folder / "small.py").write_text("IS_IN = {'one', 'two', 'three'}\n")


def install_nothing(*_: object) -> None:
    raise AssertionError("the packages are there already")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A little application in a folder of its own; each is written anew."""

    def written(name: str) -> Path:
        (tmp_path / name / "chalicelib").mkdir(parents=True)
        shutil.copy(REQUIREMENTS, tmp_path / name)
        (tmp_path / name / "app.py").write_text("from chalicelib import first\n")
        (tmp_path / name / "chalicelib" / "__init__.py").write_text('"""A package."""\n')
        (tmp_path / name / "chalicelib" / "first.py").write_text("def name() -> str:\n    return 'first'\n")
        return tmp_path / name

    return written


def place(project: Path, install: zips.Install = install_little) -> tuple[Path, Path]:
    return zips.place(project, "x86_64", install)


@pytest.fixture(scope="module")
def unpacked_sdk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The layer with the SDK alone in it, as Lambda unpacks it."""
    project = tmp_path_factory.mktemp("sdk")
    (project / "chalicelib").mkdir()
    shutil.copy(REQUIREMENTS, project)
    (project / "app.py").touch()
    with ZipFile(place(project, install_sdk)[1]) as archive:
        archive.extractall(project)
    return project / zips.LAYER_IN


@pytest.mark.exhaustive(quick=())
def test_the_layer_has_every_service_that_the_code_calls_and_no_other(unpacked_sdk: Path) -> None:
    called = sorted(layer.called())
    assert {"dynamodb", "sqs", "sesv2", "kms"} <= set(called)
    there = [sys.executable, "-S", "-c", MAKE_CLIENTS, *called]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(unpacked_sdk)}
    ended = subprocess.run(there, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert Path(ended.stdout.strip()).is_relative_to(unpacked_sdk)
    assert {each.name for each in (unpacked_sdk / "botocore" / "data").iterdir() if each.is_dir()} == set(called)


def test_a_service_more_is_asked_for_by_name_and_makes_another_layer(project: Project) -> None:
    """Chalice names its layer by requirements.txt: it cannot take one for the other."""
    assert layer.services(REQUIREMENTS) == layer.called(), "run `make lock`"
    one, more = project("one"), project("more")
    with (more / "requirements.txt").open("a") as line:
        line.write(" athena")
    assert zips.names(one, "x86_64")[1].name != zips.names(more, "x86_64")[1].name


def test_all_is_compiled_and_nothing_is_looked_at_twice(project: Project) -> None:
    code, packages = place(project("one"))
    for archive, at in ((code, "/var/task/chalicelib/first.py"), (packages, f"{zips.LAYER_AT}/small.py")):
        with ZipFile(archive) as opened:
            names = opened.namelist()
            sources = [each for each in names if each.endswith(".py")]
            assert sources
            compiled = {_source(each) for each in names if each.endswith(".pyc")}
            assert compiled == set(sources)
            found = [opened.read(each) for each in names if each.endswith(".pyc")]
        assert {int.from_bytes(each[4:8], "little") for each in found} == {UNCHECKED_HASH}
        assert at in {_code(each).co_filename for each in found}


def test_the_same_input_gives_the_same_zips_wherever_and_whenever_it_lies(project: Project) -> None:
    one, other = project("one"), project("somewhere/else")
    os.utime(other / "app.py", (1, 1))
    for first, second in zip(place(one), place(other), strict=True):
        assert first.name == second.name
        assert first.read_bytes() == second.read_bytes()


def test_chalice_takes_them_though_it_imports_the_code_first(project: Project) -> None:
    checkout = project("checkout")
    zips.settle(checkout / "chalicelib")
    placed = place(checkout)
    without = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run([sys.executable, "-c", "import app"], cwd=checkout, env=without, check=True)
    assert zips.names(checkout, "x86_64") == placed


def test_what_is_there_is_used_again_unless_another_made_it(project: Project) -> None:
    app = project("one")
    code, packages = placed = place(app)
    assert place(app, install_nothing) == placed
    ours = packages.read_bytes()
    with ZipFile(packages, "w") as archive:
        archive.writestr("small.py", "made by Chalice")
    code.write_bytes(b"half a fi")
    assert place(app) == placed
    assert packages.read_bytes() == ours
    assert {each.name for each in code.parent.iterdir()} == {code.name, packages.name}


def test_what_would_be_built_from_source_is_refused(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Chalice would build it, for minutes and for this machine, or go on without it."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    (tmp_path / "sources_only-1.0.tar.gz").write_bytes(b"")
    (project("one") / "requirements.txt").write_text(f"sources-only==1.0\n{layer.SERVICES} sqs\n")
    with pytest.raises(layer.PackagingFailed, match="sources-only"):
        place(tmp_path / "one", layer.install)
    assert list((tmp_path / "one" / ".chalice" / "deployments").glob("managed-layer-*")) == []


def _source(compiled: str) -> str:
    at = Path(compiled)
    return (at.parent.parent / f"{at.name.partition('.')[0]}.py").as_posix()


def _code(compiled: bytes) -> CodeType:
    found = marshal.loads(compiled[16:])
    assert isinstance(found, CodeType)
    return found
