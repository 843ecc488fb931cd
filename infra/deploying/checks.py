"""What is asked of an account before anything is changed in it; all of it reads only."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError

from infra import chalice_files, hub_settings, outside, stacks
from infra.deploying import functions, verdicts
from infra.deploying.verdicts import Certificate, Finding, Grade, Mailing
from infra.workers import WORKERS

DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError"}


@dataclass(frozen=True)
class Asked:
    """What is to be deployed: `sender` where it is about to be set, `chalice` the folder of the configuration."""

    stage: str
    chalice: Path
    sender: str | None = None


def run(asked: Asked) -> list[Finding]:
    """Everything that can be known before; without region or credentials, only that."""
    found = [_region(), *(_credentials() if boto3.Session().region_name else [])]
    if verdicts.stops(found):
        return found
    return [
        *found,
        *(finding for each in (_stack, _domain, _mail, _functions, _roles) for finding in _told(each, asked)),
    ]


def _told(check: Callable[[Asked], Iterator[Finding]], asked: Asked) -> list[Finding]:
    """A check that may not look stops nobody: those who deploy need not have every right to read."""
    try:
        return list(check(asked))
    except ClientError as error:
        code = error.response["Error"]["Code"]
        why = f"these credentials may not ask {error.operation_name}" if code in DENIED else str(error)
        return [Finding(check.__name__.strip("_"), Grade.WARNING, f"could not be looked at: {why}")]


def _region() -> Finding:
    session = boto3.Session()
    region = session.region_name
    if not region:
        return Finding("region", Grade.STOP, f"none is set: {outside.SET_A_REGION}")
    if region not in session.get_available_regions("sesv2"):
        return Finding("region", Grade.STOP, f"{region} has no SES: choose a region that has")
    return Finding("region", Grade.FINE, region)


def _credentials() -> list[Finding]:
    try:
        who = boto3.client("sts").get_caller_identity()
    except (*outside.NO_CREDENTIALS, ClientError) as error:
        said = f"{error}: {outside.SIGN_IN}"
        return [Finding("credentials", Grade.STOP, said)]
    return [Finding("credentials", Grade.FINE, f"account {who['Account']} as {who['Arn']}")]


def _stack(asked: Asked) -> Iterator[Finding]:
    if stacks.stands(f"xenia-{asked.stage}"):
        said = f"a pipeline deployed this stage as the stack xenia-{asked.stage}: update it with `hub infra package`"
        yield Finding("stage", Grade.STOP, said)


def _domain(asked: Asked) -> Iterator[Finding]:
    config = chalice_files.merged(asked.stage, asked.chalice)
    named: Mapping[str, str] = config.get("api_gateway_custom_domain", {})
    if not named:
        yield Finding(
            "domain", Grade.WARNING, f"none: links in mails will break when the API is made anew ({verdicts.IN_CONFIG})"
        )
        return
    domain, arn = named.get("domain_name", ""), named.get("certificate_arn", "")
    endpoint_type = config.get("api_gateway_endpoint_type", "EDGE")
    region = verdicts.certificate_region(endpoint_type, boto3.Session().region_name or "")
    found = None if verdicts.is_placeholder(domain) else _certificate(arn, region)
    yield verdicts.certificate(domain, arn, region, found)


def _certificate(arn: str, region: str) -> Certificate | None:
    if f":acm:{region}:" not in arn:
        return None
    try:
        found: Mapping[str, Any] = boto3.client("acm", region_name=region).describe_certificate(CertificateArn=arn)[
            "Certificate"
        ]
    except ClientError as error:
        if error.response["Error"]["Code"] not in {"ResourceNotFoundException", "ValidationException"}:
            raise
        return None
    records = [each["ResourceRecord"] for each in found.get("DomainValidationOptions", []) if "ResourceRecord" in each]
    return Certificate(
        arn,
        str(found["Status"]),
        tuple(found.get("SubjectAlternativeNames") or [found["DomainName"]]),
        tuple(f"{each['Name']} {each['Type']} {each['Value']}" for each in records),
    )


def _mail(asked: Asked) -> Iterator[Finding]:
    client = boto3.client("sesv2")
    account = client.get_account()
    quota = int(account.get("SendQuota", {}).get("Max24HourSend", 0))
    yield verdicts.mailing(Mailing(account["ProductionAccessEnabled"], account["SendingEnabled"], quota))
    address = parseaddr(asked.sender or _known_sender(asked.stage) or "")[1]
    wanted = verdicts.identities(address) if address else ()
    yield verdicts.sender(address, wanted, [each for each in wanted if _is_verified(each)])


def _known_sender(stage: str) -> str | None:
    """What the stage sends as already; a first deployment has no table."""
    try:
        return hub_settings.shown(stage).group.sender
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
        return None


def _is_verified(identity: str) -> bool:
    client = boto3.client("sesv2")
    try:
        return client.get_email_identity(EmailIdentity=identity)["VerifiedForSendingStatus"]
    except client.exceptions.NotFoundException:
        return False


def _functions(_: Asked) -> Iterator[Finding]:
    account = boto3.client("lambda").get_account_settings()
    yield verdicts.at_once(account["AccountLimit"]["UnreservedConcurrentExecutions"])
    yield verdicts.code_storage(account["AccountUsage"]["TotalCodeSize"], account["AccountLimit"]["TotalCodeSize"])


def _roles(asked: Asked) -> Iterator[Finding]:
    summary = boto3.client("iam").get_account_summary()["SummaryMap"]
    missing = {each.function for each in WORKERS} - functions.roles(asked.stage).keys()
    yield verdicts.roles(summary["Roles"], summary["RolesQuota"], len(missing))
