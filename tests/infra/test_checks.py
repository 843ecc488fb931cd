"""Before a deployment it is said what would stop it, what is worth a warning, and what to do."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ClientError

from chalicelib.aws.settings import Settings
from infra import stacks
from infra.deploying import checks, verdicts
from infra.deploying.checks import Asked
from infra.deploying.verdicts import Certificate, Grade, Mailing
from infra.workers import WORKERS
from tests.conftest import REGION

DOMAIN = "hub.hotel.test"
HERE = f"arn:aws:acm:{REGION}:123456789012:certificate/a"
PROOF = "_x.hub.hotel.test CNAME _y.acm-validations.aws"
ISSUED = Certificate(HERE, "ISSUED", (DOMAIN,))


@pytest.fixture
def chalice(tmp_path: Path) -> Path:
    return configured(tmp_path)


def configured(folder: Path, **stage: Any) -> Path:
    config = {"api_gateway_endpoint_type": "REGIONAL", "stages": {"test": stage}}
    (folder / "config.json").write_text(json.dumps(config))
    return folder


def grades(chalice: Path, sender: str | None = None) -> dict[str, Grade]:
    return {each.about: each.grade for each in checks.run(Asked("test", chalice, sender))}


def said(chalice: Path, about: str) -> str:
    (found,) = [each for each in checks.run(Asked("test", chalice)) if each.about == about]
    return found.said


@contextmanager
def hooked(operation: str, hook: Callable[..., Any]) -> Iterator[None]:
    events = boto3._get_default_session().events
    events.register(f"before-call.{operation}", hook)
    try:
        yield
    finally:
        events.unregister(f"before-call.{operation}", hook)


def refused(operation: str, code: str) -> AbstractContextManager[None]:
    def refuse(**_: object) -> None:
        raise ClientError({"Error": {"Code": code, "Message": code}}, operation.rpartition(".")[2])

    return hooked(operation, refuse)


def answered(operation: str, answer: Mapping[str, object]) -> AbstractContextManager[None]:
    return hooked(operation, lambda **_: (AWSResponse("", 200, HTTPHeaders(), None), answer))


@pytest.fixture
def account(aws: Settings) -> Iterator[None]:
    """moto does not know what SES grants an account."""
    ses = {"ProductionAccessEnabled": True, "SendingEnabled": True, "SendQuota": {"Max24HourSend": 50_000.0}}
    with answered("sesv2.GetAccount", ses):
        yield


@pytest.mark.parametrize(
    ("domain", "arn", "found", "what"),
    [
        ("hub.example.com", HERE, ISSUED, "is a placeholder"),
        (DOMAIN, HERE.replace(REGION, "us-east-1"), ISSUED, f"no certificate of {REGION}: make one there"),
        (DOMAIN, HERE, None, "ACM has no arn"),
        (DOMAIN, HERE, Certificate(HERE, "PENDING_VALIDATION", (DOMAIN,), (PROOF,)), f"not ISSUED: publish {PROOF}"),
        (DOMAIN, HERE, Certificate(HERE, "FAILED", (DOMAIN,)), "not ISSUED: see it in ACM"),
        (DOMAIN, HERE, Certificate(HERE, "ISSUED", ("hotel.test", "*.eu.hotel.test")), f"make one for {DOMAIN}"),
    ],
)
def test_a_domain_without_its_certificate_stops(domain: str, arn: str, found: Certificate | None, what: str) -> None:
    told = verdicts.certificate(domain, arn, REGION, found)
    assert told.grade is Grade.STOP
    assert what in told.said
    assert ".chalice/config.json" in told.said


@pytest.mark.parametrize("name", [DOMAIN, "*.hotel.test"])
def test_a_certificate_of_the_domain_or_of_all_beside_it_is_fine(name: str) -> None:
    assert verdicts.certificate(DOMAIN, HERE, REGION, Certificate(HERE, "ISSUED", (name,))).grade is Grade.FINE


def test_an_edge_endpoint_takes_its_certificate_from_one_region() -> None:
    assert verdicts.certificate_region("EDGE", REGION) == "us-east-1"
    assert verdicts.certificate_region("REGIONAL", REGION) == REGION


@pytest.mark.parametrize(
    ("account", "grade", "what"),
    [
        (Mailing(is_in_production=True, is_enabled=True, mails_a_day=50_000), Grade.FINE, "50,000 mails a day"),
        (Mailing(is_in_production=False, is_enabled=True, mails_a_day=200), Grade.WARNING, "sandbox"),
        (Mailing(is_in_production=True, is_enabled=False, mails_a_day=200), Grade.WARNING, "paused"),
    ],
)
def test_mail_that_would_not_arrive_is_a_warning(account: Mailing, grade: Grade, what: str) -> None:
    told = verdicts.mailing(account)
    assert (told.grade, what in told.said) == (grade, True)


def test_a_sender_may_be_verified_as_address_or_by_a_domain_above_it() -> None:
    address = "news@mail.hotel.test"
    wanted = verdicts.identities(address)
    assert wanted == (address, "mail.hotel.test", "hotel.test")
    assert verdicts.sender(address, wanted, ["hotel.test"]).grade is Grade.FINE
    assert "verify news@mail.hotel.test or mail.hotel.test" in verdicts.sender(address, wanted, []).said
    assert "say --sender" in verdicts.sender(None, (), []).said


def test_a_new_account_is_told_how_to_run_more_than_ten_functions() -> None:
    assert verdicts.at_once(1000).grade is Grade.FINE
    told = verdicts.at_once(10)
    assert (told.grade, "L-B99A9384" in told.said) == (Grade.WARNING, True)


def test_what_has_no_room_left_stops_before_the_half_of_it_is_made() -> None:
    limit = 75 * 1024**3
    assert verdicts.code_storage(0, limit).grade is Grade.FINE
    assert verdicts.code_storage(limit - 1, limit).grade is Grade.STOP
    assert verdicts.roles(990, 1000, 10).grade is Grade.FINE
    assert verdicts.roles(991, 1000, 10).grade is Grade.STOP
    assert verdicts.roles(1000, 1000, 0).grade is Grade.FINE


def test_without_a_region_or_credentials_nothing_else_is_asked(
    aws: Settings, chalice: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with refused("sts.GetCallerIdentity", "ExpiredToken"):
        assert grades(chalice) == {"region": Grade.FINE, "credentials": Grade.STOP}
        assert "aws sso login" in said(chalice, "credentials")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "mars-north-1")
    assert "no SES" in said(chalice, "region")
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    assert grades(chalice) == {"region": Grade.STOP}


def test_a_certificate_is_asked_of_acm(account: None, tmp_path: Path) -> None:
    arn = boto3.client("acm").request_certificate(DomainName=DOMAIN, ValidationMethod="DNS")["CertificateArn"]
    chalice = configured(tmp_path, api_gateway_custom_domain={"domain_name": DOMAIN, "certificate_arn": arn})
    assert "PENDING_VALIDATION, not ISSUED: publish" in said(chalice, "certificate")
    gone = {"domain_name": DOMAIN, "certificate_arn": f"{arn[:-1]}x"}
    assert "ACM has no" in said(configured(tmp_path, api_gateway_custom_domain=gone), "certificate")


def test_a_stage_without_a_domain_is_a_warning(account: None, chalice: Path) -> None:
    assert grades(chalice)["domain"] is Grade.WARNING


def test_the_sender_is_the_one_that_is_about_to_be_set_or_was(account: None, chalice: Path) -> None:
    assert "news@hotel.example cannot send" in said(chalice, "sender")
    with answered("sesv2.GetEmailIdentity", {"VerifiedForSendingStatus": True}):
        assert grades(chalice, "Hotel <news@hotel.test>")["sender"] is Grade.FINE


def test_what_these_credentials_may_not_ask_stops_nobody(account: None, chalice: Path) -> None:
    with refused("iam.GetAccountSummary", "AccessDenied"):
        assert "may not ask GetAccountSummary" in said(chalice, "roles")
        assert not verdicts.stops(checks.run(Asked("test", chalice)))


def test_a_stage_that_a_pipeline_deployed_is_not_deployed_over(account: None, chalice: Path) -> None:
    template = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}
    stacks.put("xenia-test", {"TemplateBody": json.dumps(template)}, {}, lambda _: None)
    assert grades(chalice)["stage"] is Grade.STOP


def test_all_workers_still_need_a_role_at_first(account: None, chalice: Path) -> None:
    with answered("iam.GetAccountSummary", {"SummaryMap": {"Roles": 1000, "RolesQuota": 1000}}):
        (*_, roles) = checks.run(Asked("test", chalice))
    assert roles.grade is Grade.STOP
    assert f"{len(WORKERS)} are needed" in roles.said
