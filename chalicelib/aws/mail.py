"""SES: one bulk call, one attempt, and a verdict for each mail; and how fast the account may send."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.header import Header
from email.utils import parseaddr
from typing import Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    EndpointProviderError,
    NoCredentialsError,
    ParamValidationError,
    PartialCredentialsError,
)

from chalicelib.aws import clients
from chalicelib.aws.departure import watched
from chalicelib.aws.meter import meter
from chalicelib.aws.settings import settings
from chalicelib.canonical.delivery import Quota, Result, Verdict

AT_ONCE = 50
"""Entries a SendBulkEmail takes."""
ALL_REFUSED = 10
"""So many mails refused to the last one are the sender's fault, not the recipients'. Of fewer, a probe tells."""
PROBED = "success@simulator.amazonses.com"
"""SES's own mailbox, that takes every mail: what is refused even there is everybody's fault.
https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html
"""
LONGEST_WORD = 75
"""Characters of an encoded word (RFC 2047)."""


# https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_BulkEmailEntryResult.html
STATUSES = {
    "SUCCESS": Verdict.ACCEPTED,
    **dict.fromkeys(("TRANSIENT_FAILURE", "ACCOUNT_THROTTLED", "ACCOUNT_DAILY_QUOTA_EXCEEDED"), Verdict.LATER),
    **dict.fromkeys(("MESSAGE_REJECTED", "INVALID_PARAMETER", "FAILED"), Verdict.REFUSED),
    **dict.fromkeys(
        (
            "ACCOUNT_SUSPENDED", "ACCOUNT_SENDING_PAUSED", "CONFIGURATION_SET_SENDING_PAUSED", "TEMPLATE_NOT_FOUND",
            "CONFIGURATION_SET_NOT_FOUND", "MAIL_FROM_DOMAIN_NOT_VERIFIED", "INVALID_SENDING_POOL_NAME",
        ),
        Verdict.STOPPED,
    ),
}  # fmt: skip
THROTTLED = frozenset({"TooManyRequestsException", "ThrottlingException", "Throttling", "LimitExceededException"})
MALFORMED = frozenset({"BadRequestException", "ValidationException"})
NOT_BY_ITSELF = (ParamValidationError, NoCredentialsError, PartialCredentialsError, EndpointProviderError)
"""What keeps a request from leaving until somebody mends it; whatever else does so passes."""
PASS_THROUGH = {"Subject": "{{subject}}", "Html": "{{html}}", "Text": "{{text}}"}
"""Bodies are rendered by the hub: SES only puts them in, and escapes nothing."""


@dataclass(frozen=True)
class Mail:
    to: str
    subject: str
    html: str
    text: str
    headers: Mapping[str, str]
    tags: Mapping[str, str]


@dataclass(frozen=True)
class Sender:
    """What all mails of a call share: From, where answers go (where it is not From), and the configuration set."""

    mailbox: str
    reply_to: str
    configuration_set: str

    def fields(self) -> dict[str, object]:
        reply_to = {"ReplyToAddresses": [in_ascii(self.reply_to)]} if self.reply_to else {}
        name = settings().configuration_set(self.configuration_set)
        return {"FromEmailAddress": in_ascii(self.mailbox), "ConfigurationSetName": name, **reply_to}


def in_ascii(mailbox: str) -> str:
    """SES takes a friendly name beyond ASCII as encoded words only.

    https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendBulkEmail.html
    """
    if mailbox.isascii():
        return mailbox
    name, address = parseaddr(mailbox)
    return f"{' '.join(Header(name, 'utf-8', maxlinelen=LONGEST_WORD).encode().split())} <{address}>"


def begin() -> None:
    """Close what connections an earlier invocation kept: the network under a resting function has dropped them, and the
    reset of a dead one looks like an answer that was lost."""
    clients.ses().close()


def send_bulk(mails: Sequence[Mail], sender: Sender) -> list[Result]:
    """Send up to 50 mails in one call that is made once; results are by position, and nothing is raised."""
    return _by_whose_fault(_post(mails, sender), sender)


def _by_whose_fault(results: list[Result], sender: Sender) -> list[Result]:
    """A run must not end with everybody refused for what is wrong with its sender: that stops it, and is mended."""
    if any(each.verdict is not Verdict.REFUSED for each in results):
        return results
    if len(results) >= ALL_REFUSED:
        return [Result(Verdict.STOPPED, each.reason) for each in results]
    if results and _probed(sender) is Verdict.REFUSED:
        return [Result(Verdict.STOPPED, each.reason) for each in results]
    return results


def _probed(sender: Sender) -> Verdict:
    (result,) = _post([Mail(PROBED, "Test", "<p>Test</p>", "Test", headers={}, tags={})], sender)
    return result.verdict


def _post(mails: Sequence[Mail], sender: Sender) -> list[Result]:
    meter().called("SendBulkEmail")
    request: Any = {
        **sender.fields(),
        "DefaultContent": {"Template": {"TemplateContent": PASS_THROUGH, "TemplateData": "{}"}},
        "BulkEmailEntries": [_entry(mail) for mail in mails],
    }
    try:
        with watched(clients.ses()) as departure:
            answer = clients.ses().send_bulk_email(**request)
    except BotoCoreError as error:
        verdict = verdict_of_failure(error, may_have_left=departure.may_have_left)
        return [Result(verdict, type(error).__name__)] * len(mails)
    except ClientError as error:
        code, status = error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]
        if code in MALFORMED and len(mails) > 1:
            middle = len(mails) // 2  # nothing was accepted: one bad entry must not cost its neighbours their mail
            return [*_post(mails[:middle], sender), *_post(mails[middle:], sender)]
        return [Result(verdict_of_error(code, status), code)] * len(mails)
    results: list[Any] = list(answer.get("BulkEmailEntryResults", []))
    return [
        _result(results[at]) if at < len(results) else Result(Verdict.UNKNOWN, "no_result") for at in range(len(mails))
    ]


def send_single(mail: Mail, sender: Sender) -> Result:
    """Send one mail in one call that is made once; nothing is raised. A lost answer is this mail's alone."""
    meter().called("SendEmail")
    try:
        with watched(clients.ses()) as departure:
            answer = clients.ses().send_email(**_single(mail, sender))
    except BotoCoreError as error:
        return Result(verdict_of_failure(error, may_have_left=departure.may_have_left), type(error).__name__)
    except ClientError as error:
        refused = Result(_verdict_of_single(error), error.response["Error"]["Code"])
        return _by_whose_fault([refused], sender)[0]
    return Result(Verdict.ACCEPTED, "success", answer.get("MessageId"))


def _single(mail: Mail, sender: Sender) -> Any:
    body = {"Html": _in_utf8(mail.html), "Text": _in_utf8(mail.text)}
    headers = [{"Name": name, "Value": value} for name, value in mail.headers.items()]
    return {
        **sender.fields(),
        "Destination": {"ToAddresses": [mail.to]},
        "Content": {"Simple": {"Subject": _in_utf8(mail.subject), "Body": body, "Headers": headers}},
        "EmailTags": [{"Name": name, "Value": value} for name, value in mail.tags.items()],
    }


def _in_utf8(text: str) -> dict[str, str]:
    return {"Data": text, "Charset": "UTF-8"}


def _verdict_of_single(error: ClientError) -> Verdict:
    """A rejected mail is one recipient's; a sender that SES does not know is rejected in the same word."""
    told = error.response["Error"]
    if told["Code"] == "MessageRejected":
        return Verdict.STOPPED if "not verified" in told.get("Message", "") else Verdict.REFUSED
    return verdict_of_error(told["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"])


def verdict_of_failure(error: BotoCoreError, *, may_have_left: bool) -> Verdict:
    """What a call without an answer says about each of its mails."""
    if may_have_left:
        return Verdict.UNKNOWN
    return Verdict.STOPPED if isinstance(error, NOT_BY_ITSELF) else Verdict.LATER


def verdict_of_error(code: str, http_status: int) -> Verdict:
    """What an error of the whole call says about each of its mails."""
    if code in THROTTLED:
        return Verdict.LATER
    if http_status >= 500:
        return Verdict.UNKNOWN
    return Verdict.REFUSED if code in MALFORMED else Verdict.STOPPED


def _entry(mail: Mail) -> dict[str, Any]:
    replacement = json.dumps({"subject": mail.subject, "html": mail.html, "text": mail.text}, ensure_ascii=False)
    return {
        "Destination": {"ToAddresses": [mail.to]},
        "ReplacementEmailContent": {"ReplacementTemplate": {"ReplacementTemplateData": replacement}},
        "ReplacementHeaders": [{"Name": name, "Value": value} for name, value in mail.headers.items()],
        "ReplacementTags": [{"Name": name, "Value": value} for name, value in mail.tags.items()],
    }


def _result(entry: Mapping[str, str]) -> Result:
    status = entry.get("Status", "")
    return Result(STATUSES.get(status, Verdict.UNKNOWN), status.lower(), entry.get("MessageId"))


def quota() -> Quota:
    """Ask SES how fast and how much the account may send; an emulator that cannot say sets no limit."""
    meter().called("GetAccount")
    try:
        limits: Any = clients.ses_account().get_account().get("SendQuota", {})
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] not in {404, 501}:
            raise
        limits = {}
    rate, per_day, sent = (limits.get(name) for name in ("MaxSendRate", "Max24HourSend", "SentLast24Hours"))
    unlimited = per_day is None or per_day < 0
    return Quota(
        per_second=rate if rate and rate > 0 else None,
        left_today=None if unlimited else max(0, int(per_day - (sent or 0))),
    )
