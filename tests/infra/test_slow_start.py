"""Whoever deploys is told where Chalice zipped the code itself, without compiled files."""

import io
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import boto3
import pytest

from chalicelib.aws.settings import Settings
from infra import chalice_files, finishing, workers, zips

NAME = workers.function_name(workers.API, "test")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / ".chalice" / "deployments").mkdir(parents=True)
    return tmp_path


def deployed(comment: bytes) -> bytes:
    """A zip with this comment, and a function that runs it."""
    made = io.BytesIO()
    with ZipFile(made, "w") as archive:
        archive.writestr("app.py", "")
        archive.comment = comment
    role = boto3.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument="{}", Path="/")["Role"]["Arn"]
    about: Any = {"Runtime": "python3.13", "Handler": "app.app", "Role": role}
    boto3.client("lambda").create_function(FunctionName=NAME, Code={"ZipFile": made.getvalue()}, **about)
    return made.getvalue()


def keep(project: Path, name: str, archive: bytes) -> None:
    (project / ".chalice" / "deployments" / name).write_bytes(archive)


def test_a_zip_that_chalice_made_is_told_with_the_command_that_makes_a_better_one(aws: Settings, project: Path) -> None:
    keep(project, "code.zip", deployed(b""))
    keep(project, "no-zip.zip", b"torn")
    warning = finishing.slow_start("test", project)
    assert warning is not None
    assert "no compiled files" in warning
    assert "hub infra deploy --stage test" in warning


def test_it_is_told_at_the_end_of_finishing(aws: Settings, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chalice_files, "PROJECT", project)
    keep(project, "code.zip", deployed(b""))
    assert any("no compiled files" in each for each in finishing.finish("test").warnings)


@pytest.mark.parametrize("comment", [zips.OURS + b"of these rules", zips.OURS + b"of earlier rules"])
def test_of_a_zip_of_ours_nothing_is_told(aws: Settings, project: Path, comment: bytes) -> None:
    keep(project, "code.zip", deployed(comment))
    assert finishing.slow_start("test", project) is None


def test_of_what_was_deployed_elsewhere_or_not_at_all_nothing_is_told(aws: Settings, project: Path) -> None:
    assert finishing.slow_start("test", project) is None
    keep(project, "other.zip", b"")
    deployed(b"")
    assert finishing.slow_start("test", project) is None
