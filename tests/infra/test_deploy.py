"""Where the hub is reached."""

import json
from pathlib import Path
from typing import Any

import pytest

from chalicelib.aws.settings import Settings
from infra import chalice_files, deploy


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / ".chalice" / "deployed").mkdir(parents=True)
    return tmp_path


def configured(project: Path, **stage: Any) -> Path:
    (project / ".chalice" / "config.json").write_text(json.dumps({"stages": {"test": stage}}))
    return project


def test_a_custom_domain_is_the_address(project: Path) -> None:
    configured(project, api_gateway_custom_domain={"domain_name": "hub.hotel.test"})
    assert deploy.public_url("test", project) == "https://hub.hotel.test"


def test_the_domain_of_the_example_is_refused_even_after_a_deployment(project: Path) -> None:
    noted = {"resources": [{"resource_type": "rest_api", "rest_api_url": "https://x.execute-api.test/api/"}]}
    (project / ".chalice" / "deployed" / "test.json").write_text(json.dumps(noted))
    configured(project, api_gateway_custom_domain={"domain_name": "hub.example.com"})
    with pytest.raises(deploy.PublicUrlUnknown, match=r"config\.json"):
        deploy.public_url("test", project)


def test_without_a_domain_it_is_what_chalice_noted(project: Path) -> None:
    noted = {"resources": [{"resource_type": "rest_api", "rest_api_url": "https://x.execute-api.test/api/"}]}
    (project / ".chalice" / "deployed" / "test.json").write_text(json.dumps(noted))
    assert deploy.public_url("test", configured(project)) == "https://x.execute-api.test/api"


def test_before_any_deployment_it_is_said_what_to_do(project: Path, aws: Settings) -> None:
    with pytest.raises(deploy.PublicUrlUnknown, match="chalice deploy --stage test"):
        deploy.public_url("test", configured(project))


def test_a_stage_that_is_not_configured_is_told_with_those_that_are(project: Path) -> None:
    with pytest.raises(chalice_files.StageUnknown, match="'nosuch' is none of test"):
        deploy.public_url("nosuch", configured(project))
