"""Where the hub is reached, and what `finish` sets."""

import json
from pathlib import Path
from typing import Any

import pytest

from chalicelib.aws.settings import Settings
from chalicelib.properties.model import Branding
from chalicelib.settings import installation, store
from infra import chalice_files, deploy
from tests.conftest import PUBLIC_URL, SENDER


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


def test_finishing_without_functions_counts_none_and_keeps_other_settings(aws: Settings) -> None:
    assert deploy.finish("test", public_url="https://hub.hotel.test", sender=None) == 0
    assert installation.get().public_url == "https://hub.hotel.test"
    assert installation.get().raw_bucket
    assert store.get().group.sender == SENDER


def test_finishing_sets_the_groups_sender_and_postal_address_and_no_other_setting(aws: Settings) -> None:
    before = store.get()
    deploy.finish("test", sender="Haus <info@haus.example>", postal_address="Gasse 2, Wien")
    assert store.get().group == Branding(sender="Haus <info@haus.example>", postal_address="Gasse 2, Wien")
    assert store.get().numbered(before.version or 0).model_copy(update={"group": before.group}) == before
    assert installation.get().public_url == PUBLIC_URL


def test_a_sender_that_is_no_address_finishes_nothing(aws: Settings) -> None:
    with pytest.raises(ValueError, match=r"group\.sender"):
        deploy.finish("test", public_url="https://hub.hotel.test", sender="Haus")
    assert installation.get().public_url == PUBLIC_URL
