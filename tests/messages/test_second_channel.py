"""A channel that only this test knows goes the whole way: decide, claim, send, event, and out."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from chalicelib.aws import table
from chalicelib.aws.settings import Settings
from chalicelib.canonical.delivery import Result, Verdict
from chalicelib.canonical.ids import Leaf, OccasionId, TemplateId
from chalicelib.canonical.time import instant
from chalicelib.consent import actions as consents
from chalicelib.consent import store as gates
from chalicelib.guests.model import Head, Record, Traits
from chalicelib.guests.store import head_row
from chalicelib.identity import store as identity
from chalicelib.identity.digests import digest
from chalicelib.identity.model import Identifier
from chalicelib.messages import actions, sending, store
from chalicelib.messages.channels.contract import Channel, DeliveryEvent, EventKind, Written
from chalicelib.messages.channels.register import CHANNELS
from chalicelib.messages.holds import MessageClass
from chalicelib.messages.model import Deployment, Occasion, State, Template
from tests.ids import PMS, SPRING, guest_id
from tests.mail_fakes import FakeSes

N1 = OccasionId("n1")

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
GA = guest_id("ga")
NUMBER = "+4315880000"
TEMPLATE = Template(id=TemplateId("t"), name="T", subject="News", html="<p>Hi</p>", text="Dear {{ guest.given_name }}")


@dataclass
class Pigeons:
    """Carry a strip of text to a telephone number, one at a time."""

    name: str = "pigeon"
    identifier: str = "phone"
    at_once: int = 1
    carried: list[Written] = field(default_factory=list)
    verdict: Verdict = Verdict.ACCEPTED

    def address_of(self, traits: Traits) -> str | None:
        return traits.phone

    def normalised(self, address: str) -> str | None:
        return address or None

    def writer(self, occasion: Occasion) -> "Pigeons":
        del occasion
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
    return birds


def occasion(message_class: MessageClass = MessageClass.MARKETING, run: str = "n1") -> Occasion:
    return Occasion(
        id=OccasionId(run),
        campaign=SPRING,
        origin="chunk-1",
        message_class=message_class,
        channel="pigeon",
        template=TEMPLATE,
        deployment=Deployment(public_url="https://hub.example.com", postal_address="Main Street 1"),
    )


def guest(leaf: Leaf = GA) -> str:
    traits = Traits(given_name="Anna", phone=NUMBER, email="anna@mail.example")
    table.write(table.Put(head_row(Head(leaf=leaf, record=Record(source=PMS), members=(leaf,), traits=traits))))
    table.write(table.Put(identity.row_of(Identifier(digest=digest("phone", NUMBER), leaves=(leaf,)))))
    return leaf


def agree(leaf: Leaf, channel: str = "pigeon") -> None:
    consents.set_consent(leaf, channel, "marketing", "explicit", "guest", instant(NOW))


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
    assert actions.record_event(json.dumps({"kind": "delivery", "run": "n1", "guest": "ga"}), "pigeon")
    message = store.message(guest_id("ga"), N1)
    assert message
    assert message.delivered_at == instant(NOW)


def test_a_consent_to_one_channel_is_none_to_another(pigeons: Pigeons) -> None:
    agree(Leaf(guest()), "email")
    assert codes(sending.send(occasion(), [guest_id("ga")], NOW)) == {"ga": "no_consent"}


def test_the_way_out_leaves_the_channel_that_brought_it(pigeons: Pigeons) -> None:
    agree(Leaf(guest()))
    agree(guest_id("ga"), "email")
    sending.send(occasion(), [guest_id("ga")], NOW)
    actions.unsubscribe(pigeons.carried[0].parts["strip"].rpartition("/")[2])
    assert codes(sending.send(occasion(run="n2"), [guest_id("ga")], NOW)) == {"ga": "withdrawn"}
    assert [each.state for each in consents.history(guest_id("ga")) if each.channel == "email"] == ["explicit"]


def test_a_bounce_suppresses_the_address_on_its_channel_alone(pigeons: Pigeons) -> None:
    agree(Leaf(guest()))
    actions.record_event(json.dumps({"kind": "bounce"}), "pigeon")
    assert codes(sending.send(occasion(), [guest_id("ga")], NOW)) == {"ga": "suppressed_bounce"}
    assert gates.gate(guest_id("ga"), "email") is None


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
    gate = gates.gate(guest_id("ga"), "pigeon")
    assert gate
    assert (gate.rev, gate.sends) == (1, ())


def test_a_mail_that_nobody_can_leave_has_no_header_that_says_so(pigeons: Pigeons) -> None:
    ses = FakeSes().install()
    mail = occasion(MessageClass.SERVICE).model_copy(update={"channel": "email"})
    assert codes(sending.send(mail, [Leaf(guest())], NOW)) == {"ga": "sent"}
    (sent,) = ses.accepted
    assert (sent["headers"], sent["configuration_set"]) == ({}, "xenia-test-service")
    assert "Main Street 1" in sent["text"]
    assert "/u/" not in sent["html"] + sent["text"]
