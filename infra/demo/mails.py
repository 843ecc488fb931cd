"""What really lies in the mailbox, beside what the hub says it sent and what the truth lets it send."""

import json
import urllib.request
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.canonical.ids import GuestId, Leaf, OccasionId
from chalicelib.consent import store as consent
from chalicelib.consent.model import EMAIL
from chalicelib.guests import store as guests
from chalicelib.messages import store as messages
from infra.demo.api import Api
from infra.demo.campaign import code_of
from infra.demo.compare import listed

Customers = Mapping[str, frozenset[str]]
"""The source's ids of each guest of the hub: who it is, whatever id the hub gave."""
Decisions = list[dict[str, Any]]


@dataclass(frozen=True)
class Sent:
    """One mail that the hub says it sent: to whom, under which claim, and SES's id for it."""

    guest: str
    claim: str
    address: str
    message_id: str


def delivered(mailbox_url: str) -> dict[str, str]:
    """Every mail that the local cloud's SES took: message id → address."""
    with urllib.request.urlopen(mailbox_url, timeout=60) as answer:  # noqa: S310 (loopback)
        by_account: dict[str, list[dict[str, Any]]] = json.loads(answer.read())["messages"]
    return {mail["MessageId"]: mail["To"][0] for mails in by_account.values() for mail in mails}


def claimed(decisions: Decisions, run: OccasionId) -> list[Sent]:
    """The mails of a run as the hub keeps them."""
    ids = [each["guest"] for each in decisions if each["decision"] == "sent"]
    kept = messages.messages((guest, run) for guest in ids)
    heads = guests.heads(ids)
    found = []
    for (guest, _), message in kept.items():
        traits = heads[guest].traits
        address = (traits.email if traits else None) or ""
        found.append(Sent(guest, message.claim, address, message.carrier_id or ""))
    return sorted(found, key=lambda mail: mail.guest)


def differences(
    truth: dict[str, Any], decisions: Decisions, sent: list[Sent], mailbox: dict[str, str], customers: Customers
) -> list[str]:
    """Whether each guest who may be mailed got one mail at a mailbox of theirs, and each other the true reason."""
    found = _decision_differences(truth, decisions, customers)
    if len({each.guest for each in sent}) != len(sent):
        found.append("a guest was mailed twice")
    if len({each.address for each in sent}) != len(sent):
        found.append("a mailbox was mailed twice")
    if {each.message_id: each.address for each in sent} != mailbox:
        found.append(f"the mailbox has {len(mailbox)} mails, the hub says it sent {len(sent)}, or to other addresses")
    return found + _address_differences(truth, sent, mailbox, customers)


def _decision_differences(truth: dict[str, Any], decisions: Decisions, customers: Customers) -> list[str]:
    told = {frozenset(each["customers"]): expected(each) for each in truth["guests"].values() if each["stays"] >= 1}
    decided = {customers.get(each["guest"], frozenset()): code_of(each) for each in decisions}
    behind = behind_another_reader(truth["guests"].values(), [each["guest"] for each in decisions], customers)
    told |= dict.fromkeys(behind, "shared_mailbox")
    wrong = [
        f"{min(group, default='nobody')} is {decided.get(group)}, true is {told.get(group)}"
        for group in decided.keys() | told.keys()
        if decided.get(group) != told.get(group)
    ]
    twice = ["a guest has two decisions"] if len(decided) != len(decisions) else []
    return listed("decision", sorted(wrong)) + twice


def behind_another_reader(
    truth: Iterable[Mapping[str, Any]], decided: Iterable[str], customers: Customers
) -> set[frozenset[str]]:
    """Of those who read one mailbox and may be mailed, all but the guest of the hub with the smallest id, who is."""
    own = {frozenset(each["customers"]): each for each in truth}
    by_mailbox: dict[str, list[str]] = defaultdict(list)
    for guest in sorted(set(decided)):
        theirs = own.get(customers.get(guest, frozenset()))
        if theirs and expected(theirs) == "sent" and len(theirs["emails"]) == 1:
            by_mailbox[theirs["emails"][0]].append(guest)
    return {customers[guest] for _, *behind in by_mailbox.values() for guest in behind}


def _address_differences(
    truth: dict[str, Any], sent: list[Sent], mailbox: dict[str, str], customers: Customers
) -> list[str]:
    own = {frozenset(each["customers"]): each["emails"] for each in truth["guests"].values()}
    wrong = [
        f"{each.guest} was mailed at {mailbox.get(each.message_id)}"
        for each in sent
        if mailbox.get(each.message_id) not in own.get(customers.get(each.guest, frozenset()), ())
    ]
    return listed("somebody else's address", wrong)


def expected(guest: Mapping[str, Any]) -> str:
    """`sent` for who has a right to the mail, or else the reason."""
    if not guest["emails"]:
        return "no_address"
    return "sent" if guest["marketing_consent"] else "no_consent"


def mailable(truth: dict[str, Any]) -> int:
    """How many guests the truth lets be mailed."""
    return sum(each["stays"] >= 1 and expected(each) == "sent" for each in truth["guests"].values())


def reported_differences(hub: Api, sent: list[Sent], mailed: int) -> list[str]:
    """Whether the bounce of the first mail and the complaint of the second reached the timelines and stop more mail.

    Where fewer than two guests could be mailed, neither was played.
    """
    if len(sent) < 2:
        if mailed < 2:
            return []
        return [f"{len(sent)} mails were sent, and a bounce and a complaint need two"]
    found = []
    for mail, word in zip(sent, ("bounced_at", "complained_at"), strict=False):
        timeline = hub.get(f"/v1/guests/{mail.guest}/timeline")["items"]
        if not any(each["message"] and each["message"][word] for each in timeline):
            found.append(f"{word} is not on the guest's timeline")
        gate = consent.gate(GuestId(Leaf(mail.guest)), EMAIL)
        if gate is None or not gate.suppressed:
            found.append(f"no mail is held for the address that {word.removesuffix('_at')}")
    return found
