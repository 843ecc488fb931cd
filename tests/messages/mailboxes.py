"""People and the mailboxes that they read: sources' snapshots, a run's mails, and what comes back from them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.canonical.ids import CampaignId, GuestId, Leaf, OccasionId, TemplateId, leaf_of_profile
from chalicelib.connectors.canonical.translate import read
from chalicelib.consent import actions as consents
from chalicelib.consent.model import EMAIL
from chalicelib.guests import store as guests
from chalicelib.guests.stats import Days
from chalicelib.identity.digests import digest
from chalicelib.ingest.changes import change_of
from chalicelib.messages import actions, sending
from chalicelib.messages.holds import MessageClass
from chalicelib.messages.known import Cap
from chalicelib.messages.model import Occasion, Template
from chalicelib.profiles import actions as profiles
from chalicelib.properties.model import Branding
from chalicelib.settings.model import GROUP_CONTROLLER
from chalicelib.settings.rules import MailIdentity
from tests.builders import VIENNA, guest
from tests.ids import PMS
from tests.mail_fakes import FakeSes, mail_event, wrapped

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LATER = NOW + timedelta(minutes=10)
SOON = "2026-11-23T12:05:00.000Z"
TEMPLATE = Template(id=TemplateId("t"), name="T", subject="News", html="<p>Hello</p>", text="Hello")
BRANDING = Branding(sender="news@hotel.example", postal_address="Main Street 1")


def occasion(run: str = "n1", *, origin: str = "chunk-1", mails: int = 3, **more: Any) -> Occasion:
    return Occasion(
        id=OccasionId(run),
        campaign=CampaignId("c"),
        origin=origin,
        message_class=more.pop("message_class", MessageClass.MARKETING),
        channel=EMAIL,
        template=more.pop("template", TEMPLATE),
        identity=more.pop("identity", MailIdentity(GROUP_CONTROLLER, BRANDING)),
        public_url="https://hub.example.com",
        cap=Cap(mails=mails, days=7),
        days=Days(NOW.date()),
        **more,
    )


def tell(*snapshots: dict[str, Any]) -> None:
    changes = [change_of(read(each), PMS, {VIENNA.id: VIENNA}, digest) for each in snapshots]
    assert profiles.store_changes([change for change in changes if change]) == {}


def reader(source_id: str, given: str, family: str, address: str, **more: Any) -> dict[str, Any]:
    """Somebody whose hotel says that they want news."""
    return guest(source_id, given, family, email=address, marketing_email=True, **more)


def leaf(source_id: str) -> Leaf:
    return leaf_of_profile(PMS, source_id)


def guest_of(source_id: str) -> GuestId:
    found = guests.guest(leaf(source_id))
    assert found
    return found.id


def send(occasion: Occasion, *source_ids: str, now: datetime = LATER) -> list[str]:
    """What became of each, in their order."""
    return codes(sending.send(occasion, [guest_of(each) for each in source_ids], now), source_ids)


def codes(batch: sending.Batch, source_ids: Sequence[str]) -> list[str]:
    outcomes = [batch.outcomes[guest_of(each)] for each in source_ids]
    return [each.reason if each.code == "held" else each.code for each in outcomes]


def leave_by_link(ses: FakeSes, at: datetime = LATER) -> None:
    """Through the newest mail."""
    link: str = ses.accepted[-1]["headers"]["List-Unsubscribe"]
    actions.unsubscribe(link.strip("<>").rpartition("/")[2], at)


def say(source_id: str, state: Any, at: str, basis: Any = "guest") -> None:
    consents.set_consent(leaf(source_id), EMAIL, "marketing", GROUP_CONTROLLER, state, basis, at)  # type: ignore[arg-type]


def bounce(ses: FakeSes, kind: str = "Permanent", at: str = SOON, *, tags: bool = True) -> None:
    mail = ses.accepted[-1] if tags else {**ses.accepted[-1], "tags": {}}
    told = mail_event("Bounce", mail, at, bounceType=kind, bouncedRecipients=[{"emailAddress": mail["to"]}])
    actions.record_event(wrapped(told), EMAIL)


def complain(ses: FakeSes, at: str = SOON, *, tags: bool = True, **about: Any) -> None:
    mail = ses.accepted[-1] if tags else {**ses.accepted[-1], "tags": {}}
    told = mail_event("Complaint", mail, at, complainedRecipients=[{"emailAddress": mail["to"]}], **about)
    actions.record_event(wrapped(told), EMAIL)
