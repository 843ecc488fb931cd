"""A campaign in the name of one hotel: its names, its legal entity's consent, and the way out of it."""

import json
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from chalicelib.aws import keys, table
from chalicelib.aws.settings import Settings
from chalicelib.campaigns import actions, decisions, parts, store
from chalicelib.campaigns.model import Campaign, Run, RunState
from chalicelib.canonical.errors import Invalid
from chalicelib.canonical.ids import CampaignId, ControllerId, GuestId, Leaf, PropertyId, leaf_of_profile
from chalicelib.canonical.time import instant
from chalicelib.connections.model import API
from chalicelib.consent import actions as consents
from chalicelib.consent import store as gates
from chalicelib.consent.model import EMAIL, State
from chalicelib.identity import store as identity
from chalicelib.identity.digests import digest
from chalicelib.identity.model import Identifier
from chalicelib.ingest import actions as ingest
from chalicelib.messages import actions as messages
from chalicelib.messages.channels import register
from chalicelib.properties import actions as properties
from chalicelib.properties import store as hotels
from chalicelib.properties.model import Branding, Property
from chalicelib.settings import store as settings
from tests import builders
from tests.builders import PORTO, VIENNA, notice, reservation
from tests.campaigns.worlds import NOW, campaign, guest, plan_by_hand, run_to_end, tick, turn
from tests.conftest import SENDER
from tests.ids import SPRING, guest_id
from tests.mail_fakes import FakeSes, mail_event, wrapped

GROUP, ALPINE, ATLANTIC = (ControllerId(each) for each in ("group", "alpine", "atlantic"))
NAMES = Branding(
    sender="Hotel Vienna <hello@vienna.example>",
    reply_to="office@vienna.example",
    postal_address="Hotel Vienna, Ring 1, 1010 Vienna",
    legal_entity=ALPINE,
)
ANY = CampaignId("any")
ANNA, BEN, CLEO = (guest_id(each) for each in ("anna", "ben", "cleo"))
GUEST = GuestId(leaf_of_profile(API, "g1"))


@pytest.fixture
def ses(aws: Settings) -> FakeSes:
    properties.put(VIENNA.model_copy(update={"branding": NAMES}))
    properties.put(PORTO.model_copy(update={"branding": Branding(legal_entity=ATLANTIC)}))
    return FakeSes().install()


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as coordinates:
        yield coordinates


def launched(everybody: Sequence[GuestId], property_id: str | None = "vienna", name: str = "spring") -> Run:
    """A run in the name of a property whose planning is over, as if it had found these guests."""
    campaign(ANY)
    asked = {"id": name, "name": "Spring", "segment": "s-any", "template": "news", "property_id": property_id}
    run = actions.launch(actions.create_campaign(Campaign.model_validate(asked)).campaign.id)
    plan_by_hand(run, {0: everybody})
    return run


def say(leaf: Leaf, controller: ControllerId, state: State = "explicit", after: int = 0) -> None:
    consents.set_consent(leaf, EMAIL, "marketing", controller, state, "guest", instant(NOW + timedelta(after)))


def states(leaf: GuestId) -> dict[str, str]:
    gate = gates.gate(leaf, EMAIL)
    return {key: each.state for key, each in gate.answers.items()} if gate else {}


def unsubscribe(mail: Any) -> None:
    messages.unsubscribe(mail["headers"]["List-Unsubscribe"].strip("<>").rpartition("/")[2])


def carry(leaf: Leaf) -> None:
    """The address of a guest, as ingest would have listed it."""
    table.write(table.Put(identity.row_of(Identifier(digest("email", f"{leaf}@example.com"), leaves=(leaf,)))))


def test_its_mails_carry_the_hotel_s_names(clock: Any, ses: FakeSes) -> None:
    say(guest("anna"), ALPINE)
    assert run_to_end(clock, launched([ANNA])).counts == {"sent": 1}
    (mail,) = ses.accepted
    assert (mail["sender"], mail["reply_to"]) == (NAMES.sender, [NAMES.reply_to])
    assert NAMES.postal_address in mail["html"]
    assert NAMES.postal_address in mail["text"]


def test_a_campaign_without_a_property_is_the_group_s(clock: Any, ses: FakeSes) -> None:
    assert run_to_end(clock, launched([guest("anna")], None)).counts == {"sent": 1}
    assert ses.accepted[0]["sender"] == SENDER


def test_it_needs_consent_given_to_the_hotel_s_legal_entity(clock: Any, ses: FakeSes) -> None:
    """`worlds.guest` agrees to the group's mail."""
    for leaf in ("anna", "ben", "cleo", "dora"):
        guest(leaf)
    say(ANNA, ALPINE)
    say(BEN, ATLANTIC)
    say(CLEO, ALPINE, "withdrawn")
    run = run_to_end(clock, launched([ANNA, BEN, CLEO, guest_id("dora")]))
    decided = {each.guest: each.reason for each in decisions.page_of(run.id).decisions}
    assert decided == {"anna": "", "ben": "no_consent", "cleo": "withdrawn", "dora": "no_consent"}
    assert ses.recipients == ["anna@example.com"]


def test_the_way_out_leaves_the_legal_entity_whose_mail_it_was_and_no_other(clock: Any, ses: FakeSes) -> None:
    say(guest("anna"), ALPINE)
    say(ANNA, ATLANTIC)
    run_to_end(clock, launched([ANNA]))
    unsubscribe(ses.accepted[0])
    assert states(ANNA) == {
        "group:marketing": "explicit",
        "alpine:marketing": "withdrawn",
        "atlantic:marketing": "explicit",
    }
    assert run_to_end(clock, launched([ANNA], name="again")).counts == {"withdrawn": 1}
    assert run_to_end(clock, launched([ANNA], "porto", "other")).counts == {"sent": 1}
    assert run_to_end(clock, launched([ANNA], None, "third")).counts == {"sent": 1}


def test_who_leaves_between_decision_and_claim_is_not_mailed(
    clock: Any, ses: FakeSes, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(guest("anna"), ALPINE)
    run, transact = launched([ANNA]), table.transact

    def after_the_objection(writes: list[table.Write]) -> None:
        monkeypatch.setattr(table, "transact", transact)
        say(ANNA, ALPINE, "withdrawn", after=1)
        transact(writes)

    tick()
    monkeypatch.setattr(table, "transact", after_the_objection)
    assert run_to_end(clock, run).counts == {"withdrawn": 1}
    assert ses.requests == 0


def test_a_complaint_is_a_no_to_whose_mail_it_was_and_closes_the_address_for_all(clock: Any, ses: FakeSes) -> None:
    say(guest("anna"), ALPINE)
    carry(ANNA)
    run_to_end(clock, launched([ANNA]))
    complain(ses.accepted[0])
    assert states(ANNA) == {"group:marketing": "explicit", "alpine:marketing": "withdrawn"}
    assert run_to_end(clock, launched([ANNA], None, "again")).counts == {"suppressed_complaint": 1}


def test_a_complaint_of_which_the_mail_is_not_known_is_a_no_to_everybody_with_an_answer(
    clock: Any, ses: FakeSes
) -> None:
    say(guest("anna"), ALPINE)
    say(ANNA, ATLANTIC)
    carry(ANNA)
    run_to_end(clock, launched([ANNA]))
    complain({**ses.accepted[0], "tags": {}})
    assert set(states(ANNA).values()) == {"withdrawn"}
    assert set(states(ANNA)) == {"group:marketing", "alpine:marketing", "atlantic:marketing"}


def test_a_complaint_of_which_nothing_is_known_is_a_no_to_the_hotels_that_know_the_guest(ses: FakeSes) -> None:
    tell(0, marketing_email=None)
    complain({"message_id": "x", "to": "anna@mail.example", "tags": {}})
    assert states(GUEST) == {"group:marketing": "withdrawn", "alpine:marketing": "withdrawn"}


def complain(mail: Any) -> None:
    event = mail_event("Complaint", mail, "2026-11-23T13:00:00.000Z")
    messages.record_event(wrapped(event), EMAIL)


def tell(minute: int, *, marketing_email: bool | None = True) -> None:
    """A PMS's booking at Vienna, with its opt-in."""
    anna = builders.guest(email="anna@mail.example", marketing_email=marketing_email, changed_at=builders.at(minute))
    snapshot = reservation(primary=anna, status="checked_out", changed_at=builders.at(minute))
    assert ingest.ingest_notices([notice(snapshot)]) == {}


def test_who_objected_has_objected_when_the_hotel_gets_another_legal_entity(clock: Any, ses: FakeSes) -> None:
    tell(0)
    run_to_end(clock, launched([GUEST]))
    unsubscribe(ses.accepted[0])
    properties.put(VIENNA.model_copy(update={"branding": NAMES.model_copy(update={"legal_entity": "alpine-new"})}))
    assert run_to_end(clock, launched([GUEST], name="second")).counts == {"withdrawn": 1}
    tell(1)
    assert states(GUEST) == {"alpine:marketing": "withdrawn", "alpine-new:marketing": "explicit"}
    assert run_to_end(clock, launched([GUEST], name="third")).counts == {"withdrawn": 1}
    say(GUEST, ControllerId("alpine-new"), after=1)
    assert run_to_end(clock, launched([GUEST], name="fourth")).counts == {"sent": 1}


def test_who_objected_is_held_where_the_entity_changes_while_a_chunk_is_being_read(
    clock: Any, ses: FakeSes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hotel was sold after the settings were read, and before the hotel was."""
    by_id, bought = hotels.by_id, NAMES.model_copy(update={"legal_entity": ATLANTIC})

    def sold_meanwhile() -> dict[PropertyId, Property]:
        monkeypatch.setattr(hotels, "by_id", by_id)
        properties.put(VIENNA.model_copy(update={"branding": bought}))
        return by_id()

    say(guest("anna"), ATLANTIC)
    say(ANNA, ALPINE, "withdrawn", after=1)
    run = launched([ANNA])
    (chunk,) = parts.chunks(run.id, after="", limit=9)
    monkeypatch.setattr(hotels, "by_id", sold_meanwhile)
    found = store.chunk_to_send(run.id, chunk.name)
    assert found is not None
    assert found.identity is not None
    assert (found.identity.controller, found.identity.succeeds) == (ATLANTIC, frozenset({ALPINE}))
    assert run_to_end(clock, run).counts == {"withdrawn": 1}


def test_a_yes_to_the_entity_of_before_is_none_to_the_next_until_the_source_says_it_again(
    clock: Any, ses: FakeSes
) -> None:
    tell(0)
    properties.put(VIENNA.model_copy(update={"branding": NAMES.model_copy(update={"legal_entity": "alpine-new"})}))
    assert run_to_end(clock, launched([GUEST])).counts == {"no_consent": 1}
    tell(1)
    assert states(GUEST) == {"alpine-new:marketing": "explicit"}
    assert run_to_end(clock, launched([GUEST], name="again")).counts == {"sent": 1}


def test_a_run_whose_hotel_is_gone_waits_for_it_and_nobody_is_mailed_in_another_s_name(
    clock: Any, ses: FakeSes
) -> None:
    say(guest("anna"), ALPINE)
    run = launched([ANNA])
    hotel = VIENNA.model_copy(update={"branding": NAMES})
    properties.delete(hotel)
    tick()
    turn()
    assert (actions.run(run.id).state, actions.run(run.id).reason) == (RunState.PAUSED, "property_gone")
    assert ses.requests == 0
    properties.put(hotel)
    actions.resume(run.id)
    assert run_to_end(clock, run).counts == {"sent": 1}


def test_a_run_whose_hotel_is_gone_can_be_cancelled_and_ends(clock: Any, ses: FakeSes) -> None:
    run = launched([guest("anna")])
    properties.delete(VIENNA.model_copy(update={"branding": NAMES}))
    tick()
    turn()
    actions.cancel(run.id)
    assert run_to_end(clock, run).counts == {"run_cancelled": 1}


def test_a_sender_that_is_mended_while_the_run_is_paused_is_the_next_mail_s(clock: Any, ses: FakeSes) -> None:
    say(guest("anna"), ALPINE)
    run = launched([ANNA])
    actions.pause(run.id)
    properties.put(VIENNA.model_copy(update={"branding": NAMES.model_copy(update={"sender": "new@vienna.example"})}))
    actions.resume(run.id)
    run_to_end(clock, run)
    assert ses.accepted[0]["sender"] == "new@vienna.example"


def test_a_hotel_without_a_sender_or_an_address_of_its_own_or_the_group_s_cannot_launch(ses: FakeSes) -> None:
    kept = settings.get()
    settings.save(kept.model_copy(update={"group": Branding(), "version": 2}), replaces=1)
    with pytest.raises(Invalid, match=r"deployment\.sender"):
        launched([], "porto")
    assert launched([], "vienna", "other").property_id == "vienna"


@pytest.mark.parametrize(("field", "value"), [("property_id", "paris"), ("channel", "pigeon")])
def test_a_campaign_names_what_exists(ses: FakeSes, field: str, value: str) -> None:
    campaign(ANY)
    asked = {"id": "c", "name": "C", "segment": "s-any", "template": "news", field: value}
    with pytest.raises(Invalid, match=f"{field}: does not exist"):
        actions.create_campaign(Campaign.model_validate(asked))


def test_campaigns_and_runs_of_before_are_the_group_s_and_go_by_mail(ses: FakeSes) -> None:
    run = launched([])
    for key in (keys.campaign(SPRING), keys.run(run.id)):
        row = table.get(key) or {}
        told = {name: value for name, value in row.items() if name not in {"channel", "property_id", "message_class"}}
        if "campaign" in row and key == keys.campaign(SPRING):
            body = json.loads(row["campaign"])
            told["campaign"] = json.dumps({name: body[name] for name in ("id", "name", "segment", "template")})
        table.write(table.Put(told))
    kept, found = actions.campaign(SPRING).campaign, actions.run(run.id)
    for each in (kept, found):
        assert (each.channel, each.property_id, each.message_class) == ("email", None, "marketing")
    assert kept.channel in register.CHANNELS
