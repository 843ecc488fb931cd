"""A channel that only this test knows goes the whole way: decide, claim, send, event, and out."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
import time_machine

from chalicelib.aws import table
from chalicelib.aws.settings import Settings
from chalicelib.campaigns import actions as campaigns
from chalicelib.campaigns import decisions
from chalicelib.campaigns.model import Campaign
from chalicelib.canonical.delivery import Quota, Result, Verdict
from chalicelib.canonical.errors import Invalid
from chalicelib.canonical.ids import CampaignId, ChannelName, Leaf, OccasionId, TemplateId
from chalicelib.canonical.time import instant
from chalicelib.consent import actions as consents
from chalicelib.consent import model as consent
from chalicelib.consent import store as gates
from chalicelib.consent.model import EMAIL
from chalicelib.consent.rules import counted_since
from chalicelib.guests.model import Head, Traits
from chalicelib.guests.records import Record
from chalicelib.guests.stats import Days, Stats
from chalicelib.guests.store import head_row
from chalicelib.identity import store as identity
from chalicelib.identity.digests import digest
from chalicelib.identity.model import Identifier
from chalicelib.messages import actions, sending, store
from chalicelib.messages.channels.contract import Channel, DeliveryEvent, EventKind, Written
from chalicelib.messages.channels.register import CHANNELS, heard_on
from chalicelib.messages.holds import MessageClass
from chalicelib.messages.known import Cap, Words
from chalicelib.messages.model import Occasion, State, Template
from chalicelib.properties.model import Branding
from chalicelib.settings import store as settings
from chalicelib.settings.model import GROUP_CONTROLLER
from chalicelib.settings.rules import MailIdentity
from tests.campaigns.worlds import campaign, run_to_end
from tests.ids import PMS, SPRING, guest_id, run_id
from tests.mail_fakes import FakeSes

N1 = OccasionId("n1")

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
GA = guest_id("ga")
FLOWN, MAILED = CampaignId("flown"), CampaignId("mailed")
BRANDING = Branding(postal_address="Main Street 1")
PIGEON = ChannelName("pigeon")
PIGEON_WORDS = Words(address="loft", message="pigeon post")
NUMBER = "+4315880000"
TEMPLATE = Template(id=TemplateId("t"), name="T", subject="News", html="<p>Hi</p>", text="Dear {{ guest.given_name }}")


@dataclass
class Pigeons:
    """Carry a strip of text to a telephone number, one at a time."""

    name: ChannelName = PIGEON
    identifier: str = "phone"
    words: Words = PIGEON_WORDS
    needs: tuple[str, ...] = ()
    events_from: str = "pigeon-events"
    at_once: int = 1
    carried: list[Written] = field(default_factory=list)
    verdict: Verdict = Verdict.ACCEPTED

    def address_of(self, traits: Traits) -> str | None:
        return traits.phone

    def normalised(self, address: str) -> str | None:
        return address or None

    def quota(self) -> Quota:
        return Quota(per_second=1)

    def writer(self, occasion: Occasion, now: datetime) -> "Pigeons":
        del occasion, now
        return self

    def write(self, to: str, traits: Traits, way_out: str | None, tags: Mapping[str, str]) -> Written:
        return Written(to, {"strip": f"Coo, {traits.given_name}. {way_out or ''}"}, {}, tags)

    def begin(self) -> None:
        """A pigeon rests between its flights."""

    def send(self, occasion: Occasion, messages: Sequence[Written]) -> list[Result]:
        assert occasion.channel == self.name
        assert len(messages) == self.at_once
        self.carried += messages
        return [Result(self.verdict, "weather", f"ring-{len(self.carried)}")]

    def event_of(self, body: str) -> DeliveryEvent | None:
        told = json.loads(body)
        return DeliveryEvent(
            EventKind(told["kind"]), instant(NOW), "ring-1", told.get("run"), told.get("guest"), (NUMBER,)
        )


@pytest.fixture
def pigeons(aws: Settings, monkeypatch: pytest.MonkeyPatch) -> Pigeons:
    birds = Pigeons()
    channel: Channel = birds
    monkeypatch.setitem(CHANNELS, channel.name, channel)
    monkeypatch.setitem(cast("dict[ChannelName, str]", consent.CHANNELS), channel.name, channel.identifier)
    return birds


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as coordinates:
        yield coordinates


def occasion(message_class: MessageClass = MessageClass.MARKETING, run: str = "n1") -> Occasion:
    return Occasion(
        id=OccasionId(run),
        campaign=SPRING,
        origin="chunk-1",
        message_class=message_class,
        channel=PIGEON,
        template=TEMPLATE,
        identity=MailIdentity(GROUP_CONTROLLER, BRANDING),
        public_url="https://hub.example.com",
        cap=Cap(mails=3, days=7),
        days=Days(NOW.date()),
    )


def guest(leaf: Leaf = GA, number: str | None = NUMBER, stays: int = 0) -> Leaf:
    traits = Traits(given_name="Anna", phone=number, email="anna@mail.example", stats=Stats(stays=stays))
    table.write(table.Put(head_row(Head(leaf=leaf, record=Record(source=PMS), members=(leaf,), traits=traits))))
    if number:
        table.write(table.Put(identity.row_of(Identifier(digest=digest("phone", number), leaves=(leaf,)))))
    return leaf


def agree(leaf: Leaf, channel: ChannelName = PIGEON) -> None:
    consents.set_consent(leaf, channel, "marketing", GROUP_CONTROLLER, "explicit", "guest", instant(NOW))


def flown(pigeons: Pigeons) -> None:
    """A campaign over the second channel, to whom the campaign over the first would go."""
    named = {"id": FLOWN, "name": "Flown", "segment": "s-mailed", "template": "news", "channel": pigeons.name}
    campaigns.create_campaign(Campaign.model_validate(named))


def codes(batch: sending.Batch) -> dict[str, str]:
    return {
        str(who): outcome.reason if outcome.code == "held" else outcome.code for who, outcome in batch.outcomes.items()
    }


def test_a_message_goes_the_whole_way_on_a_second_channel(pigeons: Pigeons) -> None:
    agree(Leaf(guest()))
    assert codes(sending.send(occasion(), [guest_id("ga")], NOW)) == {"ga": "sent"}
    assert codes(sending.send(occasion(), [guest_id("ga")], NOW)) == {"ga": "sent"}
    (strip,) = pigeons.carried
    assert strip.parts["strip"].startswith("Coo, Anna. https://hub.example.com/u/")
    message = store.message(guest_id("ga"), N1)
    assert message
    assert (message.state, message.carrier_id, message.address) == (State.SENT, "ring-1", digest("phone", NUMBER))
    assert actions.record_event(json.dumps({"kind": "delivery", "run": "n1", "guest": "ga"}), PIGEON)
    message = store.message(guest_id("ga"), N1)
    assert message
    assert message.delivered_at == instant(NOW)


def test_a_campaign_goes_the_whole_way_on_a_second_channel(clock: Any, pigeons: Pigeons) -> None:
    """Plan, pace, decide, claim, send, events, the way out, and why the others got nothing, in the channel's words."""
    campaign(MAILED)
    flown(pigeons)
    agree(guest(stays=1))
    guest(Leaf("gb"), NUMBER + "1", stays=1)
    guest(Leaf("gc"), None, stays=1)
    assert run_to_end(clock, campaigns.launch(FLOWN)).counts == {"sent": 1, "no_consent": 1, "no_address": 1}
    (strip,) = pigeons.carried
    assert strip.to == NUMBER
    event = json.dumps({"kind": "delivery", "run": strip.tags["run"], "guest": "ga"})
    assert actions.record_event(event, heard_on("pigeon-events").name)
    decided = {each.guest: each.rule for each in decisions.page_of(run_id(strip.tags["run"])).decisions}
    assert decided == {
        "ga": "",
        "gb": "The guest never agreed to marketing pigeon post.",
        "gc": "The guest has no loft of their own that pigeon post can reach.",
    }
    actions.unsubscribe(strip.parts["strip"].rpartition("/")[2])
    assert run_to_end(clock, campaigns.launch(FLOWN)).counts["withdrawn"] == 1


def test_a_campaign_on_a_second_channel_needs_none_of_the_names_of_a_mail(pigeons: Pigeons) -> None:
    kept = settings.get()
    settings.save(kept.model_copy(update={"group": Branding(), "version": 2}), replaces=1)
    campaign(MAILED)
    with pytest.raises(Invalid, match=r"deployment\.sender"):
        campaigns.launch(MAILED)
    flown(pigeons)
    assert campaigns.launch(FLOWN).channel == "pigeon"


def test_who_hears_a_queue_is_the_channel_that_says_so(pigeons: Pigeons) -> None:
    assert [heard_on(queue).name for queue in ("mail-events", "pigeon-events")] == ["email", "pigeon"]
    with pytest.raises(LookupError):
        heard_on("inbox")


def test_a_consent_to_one_channel_is_none_to_another(pigeons: Pigeons) -> None:
    agree(Leaf(guest()), EMAIL)
    assert codes(sending.send(occasion(), [guest_id("ga")], NOW)) == {"ga": "no_consent"}


def test_the_way_out_leaves_the_channel_that_brought_it(pigeons: Pigeons) -> None:
    agree(Leaf(guest()))
    agree(guest_id("ga"), EMAIL)
    sending.send(occasion(), [guest_id("ga")], NOW)
    actions.unsubscribe(pigeons.carried[0].parts["strip"].rpartition("/")[2])
    assert codes(sending.send(occasion(run="n2"), [guest_id("ga")], NOW)) == {"ga": "withdrawn"}
    assert [each.state for each in consents.history(guest_id("ga")) if each.channel == "email"] == ["explicit"]


def test_a_bounce_suppresses_the_address_on_its_channel_alone(pigeons: Pigeons) -> None:
    agree(Leaf(guest()))
    actions.record_event(json.dumps({"kind": "bounce"}), PIGEON)
    assert codes(sending.send(occasion(), [guest_id("ga")], NOW)) == {"ga": "suppressed_bounce"}
    assert gates.gate(guest_id("ga"), EMAIL) is None


def test_what_the_carrier_did_not_take_is_given_back(pigeons: Pigeons) -> None:
    agree(Leaf(guest()))
    pigeons.verdict = Verdict.LATER
    assert codes(sending.send(occasion(), [guest_id("ga")], NOW)) == {"ga": "again"}
    assert store.message(guest_id("ga"), N1) is None


def test_an_answer_to_the_guest_s_own_act_needs_no_consent_has_no_way_out_and_counts_for_no_cap(
    pigeons: Pigeons,
) -> None:
    batch = sending.send(occasion(MessageClass.TRANSACTIONAL), [Leaf(guest())], NOW)
    assert codes(batch) == {"ga": "sent"}
    assert pigeons.carried[0].parts["strip"] == "Coo, Anna. "
    gate = gates.gate(guest_id("ga"), PIGEON)
    assert gate
    assert (gate.rev, len(gate.sends), counted_since(gate, instant(NOW - timedelta(days=1)))) == (1, 1, 0)


def test_a_mail_that_nobody_can_leave_has_no_header_that_says_so(pigeons: Pigeons) -> None:
    ses = FakeSes().install()
    mail = occasion(MessageClass.SERVICE).model_copy(update={"channel": "email"})
    assert codes(sending.send(mail, [Leaf(guest())], NOW)) == {"ga": "sent"}
    (sent,) = ses.accepted
    assert (sent["headers"], sent["configuration_set"]) == ({}, "xenia-test-service-untracked")
    assert "Main Street 1" in sent["text"]
    assert "/u/" not in sent["html"] + sent["text"]
