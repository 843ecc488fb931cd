"""One campaign to everybody who stayed, and what mailbox providers say of two of its mails."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import boto3

from infra.demo.api import Api

if TYPE_CHECKING:
    from infra.demo.mails import Sent

CAMPAIGN = "come-back"
SEGMENT = {"name": "Stayed with us", "rule": {"trait": "stats.stays", "op": "gte", "value": 1}}
TEMPLATE = {
    "name": "Come back",
    "subject": "{{ guest.given_name | default: 'Hello' }}, your next stay is on us to plan",
    "html": "<h1>Dear {{ guest.given_name | default: 'guest' }} {{ guest.family_name | default: '' }}</h1>"
    "<p>Thank you for staying with us. We would love to see you again.</p>",
    "text": "Dear {{ guest.given_name | default: 'guest' }},\n\nThank you for staying with us. "
    "We would love to see you again.",
}
LONGEST_SECONDS = 300


class CampaignFailed(RuntimeError):
    """The campaign did not end."""


def run(hub: Api, told: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    """Write segment, template and campaign, launch, and wait for its end; return the run. Raises CampaignFailed."""
    hub.put(f"/v1/segments/{CAMPAIGN}", SEGMENT)
    hub.put(f"/v1/templates/{CAMPAIGN}", TEMPLATE)
    asked = {"id": CAMPAIGN, "name": "Come back", "segment": CAMPAIGN, "template": CAMPAIGN}
    hub.post("/v1/campaigns", asked, once=CAMPAIGN)
    hub.post(f"/v1/campaigns/{CAMPAIGN}/launch", once=f"{CAMPAIGN}-launch")
    deadline = time.monotonic() + LONGEST_SECONDS
    while time.monotonic() < deadline:
        found: dict[str, Any] = hub.get(f"/v1/campaigns/{CAMPAIGN}")["run"]
        told(found)
        if found["state"] == "finished":
            return found
        time.sleep(0.5)
    raise CampaignFailed(f"the run is {found['state']} after {LONGEST_SECONDS} s: {found}")


def decisions(hub: Api) -> list[dict[str, Any]]:
    """Every candidate's decision."""
    return hub.listed(f"/v1/campaigns/{CAMPAIGN}/decisions")


def code_of(decision: dict[str, Any]) -> str:
    """`sent`, or the reason."""
    return "sent" if decision["decision"] == "sent" else str(decision["reason"] or decision["decision"])


def report_back(stage: str, run: str, bounced: "Sent", complained: "Sent") -> None:
    """Publish what SES would of two mails: one bounced, one was complained of."""
    told = [
        _event("Bounce", run, bounced, {"bounceType": "Permanent", "bounceSubType": "General"}),
        _event("Complaint", run, complained, {"complaintFeedbackType": "abuse"}),
    ]
    sns = boto3.client("sns")
    topics = [topic["TopicArn"] for page in sns.get_paginator("list_topics").paginate() for topic in page["Topics"]]
    (topic,) = [arn for arn in topics if arn.endswith(f":xenia-{stage}-mail-events")]
    for event in told:
        for _ in range(2):  # SNS delivers at least once
            sns.publish(TopicArn=topic, Message=json.dumps(event))


def _event(kind: str, run: str, mail: "Sent", detail: dict[str, str]) -> dict[str, Any]:
    at = datetime.now(UTC).isoformat()
    name, recipients = ("bounce", "bouncedRecipients") if kind == "Bounce" else ("complaint", "complainedRecipients")
    return {
        "eventType": kind,
        name: {**detail, recipients: [{"emailAddress": mail.address}], "timestamp": at, "feedbackId": mail.message_id},
        "mail": {
            "timestamp": at,
            "messageId": mail.message_id,
            "destination": [mail.address],
            "tags": {"run": [run], "guest": [mail.guest], "claim": [mail.claim]},
        },
    }
