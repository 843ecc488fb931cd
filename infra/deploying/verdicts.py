"""What is known of an account before a deployment, judged: what stops it, what is worth a warning, and what to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from infra import concurrency

ROOM_FOR_CODE = 500 * 1024 * 1024
"""Bytes; one deployment takes a tenth of it."""
EXAMPLE = "example.com"
IN_CONFIG = "api_gateway_custom_domain in .chalice/config.json"


class Grade(StrEnum):
    FINE = "fine"
    WARNING = "warning"
    STOP = "stop"


@dataclass(frozen=True)
class Finding:
    """`said` is what is the case; unless that is fine, also what to do."""

    about: str
    grade: Grade
    said: str


@dataclass(frozen=True)
class Certificate:
    """`missing_records` are the DNS records that prove the domain to ACM, `name type value`."""

    arn: str
    status: str
    domains: tuple[str, ...]
    missing_records: tuple[str, ...] = ()


@dataclass(frozen=True)
class Mailing:
    """What SES grants the account."""

    is_in_production: bool
    is_enabled: bool
    mails_a_day: int


def is_placeholder(domain: str) -> bool:
    return domain == EXAMPLE or domain.endswith(f".{EXAMPLE}")


def certificate_region(endpoint_type: str, region: str) -> str:
    """An edge endpoint takes its certificate from one region, wherever the stage is.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-custom-domains-prerequisites.html
    """
    return "us-east-1" if endpoint_type == "EDGE" else region


def certificate(domain: str, arn: str, wanted_region: str, found: Certificate | None) -> Finding:
    """Of a stage with a custom domain; `found` is None where ACM knows no such certificate."""
    fault = _fault(domain, arn, wanted_region, found)
    if fault:
        return Finding("certificate", Grade.STOP, f"{fault} ({IN_CONFIG})")
    return Finding("certificate", Grade.FINE, f"for {domain}, issued in {wanted_region}")


def _fault(domain: str, arn: str, wanted_region: str, found: Certificate | None) -> str | None:
    if is_placeholder(domain):
        return f"{domain} is a placeholder: put your domain and its certificate there, or take that part out"
    if f":acm:{wanted_region}:" not in arn:
        return f"{arn} is no certificate of {wanted_region}: make one there, and put its ARN in"
    if found is None:
        return f"ACM has no {arn}: put the ARN of the certificate for {domain} in"
    if found.status != "ISSUED":
        return f"the certificate is {found.status}, not ISSUED: {_proof(found)}"
    if not any(covers(name, domain) for name in found.domains):
        return f"the certificate is for {', '.join(found.domains)}: make one for {domain}"
    return None


def _proof(found: Certificate) -> str:
    if found.missing_records:
        return f"publish {'; '.join(found.missing_records)} in DNS and wait until ACM has seen it"
    return "see it in ACM, and ask for it again if it failed"


def covers(name: str, domain: str) -> bool:
    """Whether a certificate's name holds for a domain; a star stands for one label."""
    return name == domain or (name.startswith("*.") and domain.partition(".")[2] == name[2:])


def mailing(account: Mailing) -> Finding:
    if not account.is_enabled:
        return Finding("mail", Grade.WARNING, "SES has paused sending: see the reputation dashboard of SES")
    if not account.is_in_production:
        return Finding(
            "mail",
            Grade.WARNING,
            f"SES is in its sandbox: it mails only verified addresses, {account.mails_a_day:,} a day; "
            "ask for production access on the account dashboard of SES",
        )
    return Finding("mail", Grade.FINE, f"SES sends {account.mails_a_day:,} mails a day")


def sender(address: str | None, identities: Sequence[str], verified: Sequence[str]) -> Finding:
    """`identities` are those that may stand for the address, the nearest first; `verified`, those that do."""
    if not address:
        return Finding("sender", Grade.WARNING, "no mail is sent until there is a sender: say --sender")
    if not verified:
        names = " or ".join(identities)
        return Finding("sender", Grade.WARNING, f"{address} cannot send: verify {names} in SES and publish its records")
    return Finding("sender", Grade.FINE, f"{address} sends as {verified[0]}")


def identities(address: str) -> tuple[str, ...]:
    """`a@mail.hotel.example`, `mail.hotel.example`, `hotel.example`: each may be verified for all below it."""
    labels = address.rpartition("@")[2].split(".")
    return (address, *(".".join(labels[at:]) for at in range(len(labels) - 1)))


def at_once(limit: int) -> Finding:
    """How many functions the account may run at once."""
    warning = concurrency.warning(limit)
    return Finding("functions at once", Grade.WARNING if warning else Grade.FINE, warning or f"{limit:,}")


def code_storage(used: int, limit: int) -> Finding:
    """Bytes of all functions and layers of the region."""
    if limit - used >= ROOM_FOR_CODE:
        return Finding("code storage", Grade.FINE, f"{used / limit:.0%} taken")
    return Finding("code storage", Grade.STOP, f"{used:,} of {limit:,} bytes are taken: delete old functions or layers")


def roles(used: int, limit: int, missing: int) -> Finding:
    """`missing` are those that the deployment has yet to make."""
    if limit - used >= missing:
        return Finding("roles", Grade.FINE, f"{used:,} of {limit:,}")
    return Finding(
        "roles",
        Grade.STOP,
        f"{used:,} of {limit:,} are taken, {missing} are needed: delete some, or ask for more in Service Quotas, IAM",
    )


def stops(findings: Sequence[Finding]) -> bool:
    return any(each.grade is Grade.STOP for each in findings)
