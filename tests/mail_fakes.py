"""SES as a test wants it: answers bulk calls at the wire, remembers what it accepted, and can misbehave."""

import json
from collections.abc import Callable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ReadTimeoutError
from moto.core.models import botocore_stubber

from chalicelib.aws import clients


class _Raw(BytesIO):
    def stream(self, amount: int = 1024) -> Iterator[bytes]:
        while piece := self.read(amount):
            yield piece


def _response(url: str, status: int, body: Mapping[str, Any], error: str = "") -> AWSResponse:
    headers = {"Content-Type": "application/json", **({"x-amzn-ErrorType": error} if error else {})}
    return AWSResponse(url, status, HTTPHeaders.from_dict(headers), _Raw(json.dumps(body).encode()))


def own_hooks(client: Any) -> Any:
    """The events of a client, to hook into for one test: `kept_clients` puts back those that it was made with."""
    events = client.meta.events
    events._emitter = copy(events._emitter)
    return events


def _success(_: str) -> str:
    return "SUCCESS"


@dataclass
class FakeSes:
    """`requests` counts every call on the wire; `accepted` holds each mail that SES took.

    `status_of` names the entry status by recipient; `error` fails whole calls with (HTTP status, code); `loses_answers`
    accepts and then times out. Each of them may be set anew between calls. `account_errors` are what GetAccount answers
    first.
    """

    requests: int = 0
    accepted: list[dict[str, Any]] = field(default_factory=list)
    status_of: Callable[[str], str] = _success
    error: tuple[int, str] | None = None
    malformed_for: str = ""
    """Whoever's entry a call may not have: SES refuses it whole."""
    loses_answers: bool = False
    per_second: float = 50
    per_day: float = 50_000
    account_requests: int = 0
    account_errors: list[tuple[int, str]] = field(default_factory=list)

    @property
    def recipients(self) -> list[str]:
        return [mail["to"] for mail in self.accepted]

    def install(self) -> "FakeSes":
        """Stand in front of the network, behind everything that botocore itself does."""
        for client in (clients.ses(), clients.ses_account()):
            events = own_hooks(client)
            events.unregister("before-send", botocore_stubber)  # moto knows no bulk call, and every hook is asked
            events.register_first("before-send.sesv2.SendBulkEmail", self._send_bulk)
            events.register_first("before-send.sesv2.SendEmail", self._send_single)
            events.register_first("before-send.sesv2.GetAccount", self._account)
        return self

    def _account(self, request: Any, **_: Any) -> AWSResponse:
        self.account_requests += 1
        if self.account_errors:
            status, code = self.account_errors.pop(0)
            return _response(request.url, status, {"message": "no"}, code)
        quota = {"Max24HourSend": self.per_day, "MaxSendRate": self.per_second, "SentLast24Hours": len(self.accepted)}
        return _response(request.url, 200, {"SendQuota": quota})

    def _send_bulk(self, request: Any, **_: Any) -> AWSResponse:
        self.requests += 1
        if self.error:
            status, code = self.error
            return _response(request.url, status, {"message": "no"}, code)
        body = json.loads(request.body)
        if self.malformed_for and self.malformed_for in str(request.body):
            return _response(request.url, 400, {"message": "no"}, "BadRequestException")
        answer = [self._take(body, entry) for entry in body["BulkEmailEntries"]]
        if self.loses_answers:
            raise ReadTimeoutError(endpoint_url=request.url)
        return _response(request.url, 200, {"BulkEmailEntryResults": answer})

    def _send_single(self, request: Any, **_: Any) -> AWSResponse:
        """As a bulk call with one entry; its answer has another shape."""
        self.requests += 1
        if self.error:
            status, code = self.error
            return _response(request.url, status, {"message": "no"}, code)
        body = json.loads(request.body)
        if self.malformed_for and self.malformed_for in str(request.body):
            return _response(request.url, 400, {"message": "no"}, "BadRequestException")
        simple = body["Content"]["Simple"]
        content = {"subject": simple["Subject"], "html": simple["Body"]["Html"], "text": simple["Body"]["Text"]}
        told = json.dumps({name: part["Data"] for name, part in content.items()})
        entry = {
            "Destination": body["Destination"],
            "ReplacementEmailContent": {"ReplacementTemplate": {"ReplacementTemplateData": told}},
            "ReplacementHeaders": simple["Headers"],
            "ReplacementTags": body["EmailTags"],
        }
        answer = self._take(body, entry)
        if self.loses_answers:
            raise ReadTimeoutError(endpoint_url=request.url)
        if answer["Status"] != "SUCCESS":
            code = "TooManyRequestsException" if answer["Status"] == "ACCOUNT_THROTTLED" else "MessageRejected"
            return _response(request.url, 400, {"message": "no"}, code)
        return _response(request.url, 200, {"MessageId": answer["MessageId"]})

    def _take(self, body: Mapping[str, Any], entry: Mapping[str, Any]) -> dict[str, str]:
        to = entry["Destination"]["ToAddresses"][0]
        status = self.status_of(to)
        if status != "SUCCESS":
            return {"Status": status, "Error": "no"}
        if to.endswith("@simulator.amazonses.com"):
            return {"Status": status, "MessageId": "ses-simulated"}
        message_id = f"ses-{len(self.accepted) + 1:04d}"
        pairs = {name: {each["Name"]: each["Value"] for each in entry[name]} for name in TAGS_AND_HEADERS}
        content = json.loads(entry["ReplacementEmailContent"]["ReplacementTemplate"]["ReplacementTemplateData"])
        self.accepted.append(
            {
                "to": to,
                "message_id": message_id,
                "sender": body["FromEmailAddress"],
                "reply_to": body.get("ReplyToAddresses", []),
                "configuration_set": body["ConfigurationSetName"],
                "tags": pairs["ReplacementTags"],
                "headers": pairs["ReplacementHeaders"],
                **content,
            }
        )
        return {"Status": "SUCCESS", "MessageId": message_id}


TAGS_AND_HEADERS = ("ReplacementTags", "ReplacementHeaders")


def mail_event(kind: str, mail: Mapping[str, Any], at: str, **about: Any) -> dict[str, Any]:
    """An event of SES about an accepted mail, in the shape of event publishing."""
    names = {"Rendering Failure": "failure", "DeliveryDelay": "deliveryDelay"}
    return {
        "eventType": kind,
        "mail": {
            "timestamp": at,
            "messageId": mail["message_id"],
            "destination": [mail["to"]],
            "tags": {name: [value] for name, value in mail["tags"].items()},
        },
        names.get(kind, kind.lower()): {"timestamp": at, **about},
    }


def wrapped(event: Mapping[str, Any]) -> str:
    """The event as SNS puts it on a queue without raw delivery."""
    return json.dumps({"Type": "Notification", "MessageId": "sns-1", "Message": json.dumps(event)})
