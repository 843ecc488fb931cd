"""Signing up: nobody is known before they confirm, and whoever confirms is a guest who agreed, once."""

import json
import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from chalicelib.aws import keys_of_newcomers as keys
from chalicelib.aws import queues, table
from chalicelib.aws.settings import Settings
from chalicelib.canonical.errors import Conflict, Invalid, NotFound, TooMany
from chalicelib.canonical.ids import ConnectionId, ControllerId, PropertyId, SignupId, leaf_of_profile, signup_of
from chalicelib.canonical.time import instant
from chalicelib.consent import actions as consents
from chalicelib.consent import store as gates
from chalicelib.consent.model import EMAIL, MARKETING, Consent, Receipt, Suppression
from chalicelib.guests import store as guests
from chalicelib.guests.model import Guest
from chalicelib.identity import actions as identities
from chalicelib.identity.digests import digest
from chalicelib.ingest import actions as ingest
from chalicelib.jobs import store as jobs
from chalicelib.jobs.model import Part
from chalicelib.languages.catalogues import languages
from chalicelib.messages import newcomers
from chalicelib.messages.actions import record_event, suppress
from chalicelib.privacy import actions as privacy
from chalicelib.properties import store as properties
from chalicelib.properties.model import Branding
from chalicelib.settings import actions as settings
from chalicelib.settings import legal_store
from chalicelib.settings.legal import ConsentSettings, MailTopic
from chalicelib.settings.model import HubSettings
from chalicelib.signups import actions, store
from chalicelib.signups.actions import Typed
from chalicelib.signups.model import LASTS, Signup
from tests.builders import PORTO, VIENNA, at, guest, notice, reservation
from tests.conftest import PUBLIC_URL, SENDER
from tests.crashes import beside, crash_at, points_of, watching
from tests.exhaustive import some_of
from tests.fakes import received
from tests.mail_fakes import FakeSes, mail_event, wrapped

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SOON = NOW + timedelta(minutes=5)
HERE, ELSEWHERE = "192.0.2.1", "2001:db8:1:2:3::4"
IDA = Typed("Ida.Berg@Example.com", "Ida", "Berg", "de", "I would like to get newsletters.", "/signup/vienna", HERE)
ADDRESS = "ida.berg@example.com"
FIRST = signup_of("first")
PART = Part(number=0)


@pytest.fixture(autouse=True)
def ses(aws: Settings) -> FakeSes:
    properties.put(VIENNA)
    properties.put(PORTO)
    queues.url_of("send")
    return FakeSes().install()


def ask(typed: Typed = IDA, signup: SignupId = FIRST, now: datetime = NOW) -> None:
    actions.ask(signup, typed, actions.form(VIENNA.id), "form", now)


def mailed(now: datetime = NOW) -> None:
    for each in received("send")["Records"]:
        newcomers.send_to_newcomer(json.loads(each["body"]), now)


def link_in(mail: dict[str, Any]) -> str:
    (token,) = re.findall(rf"^{re.escape(PUBLIC_URL)}/confirm/(\S+)$", mail["text"], re.MULTILINE)
    return str(token)


def link(ses: FakeSes, typed: Typed = IDA, signup: SignupId = FIRST) -> str:
    """Of the mail that who signs up gets."""
    ask(typed, signup)
    mailed()
    return link_in(ses.accepted[-1])


def known(address: str = ADDRESS) -> list[Guest]:
    """Who has the address."""
    leaves = guests.one_leaf_each(identities.carriers("email", address))
    return [found for each in leaves if (found := guests.guest(each))]


def answer(one: Guest) -> Consent | None:
    gate = gates.gate(one.id, EMAIL)
    return gate.answer_to(MARKETING, ControllerId("group")) if gate else None


def yes(one: Guest) -> list[Receipt]:
    return [each for each in consents.history(one.id) if each.state == "confirmed"]


def test_who_signs_up_is_nobody_before_they_confirm_and_then_a_guest_who_agreed(ses: FakeSes) -> None:
    token = link(ses)
    assert known() == []
    actions.confirm(token, ELSEWHERE, SOON)
    (ida,) = known()
    assert (ida.traits.given_name, ida.traits.family_name, ida.traits.language) == ("Ida", "Berg", "de")
    assert ida.properties == (VIENNA.id,)
    said = answer(ida)
    assert said
    assert (said.state, said.basis, said.at) == ("confirmed", "guest", instant(SOON))


def test_the_receipt_says_in_which_words_where_and_from_where(ses: FakeSes) -> None:
    actions.confirm(link(ses), ELSEWHERE, SOON)
    (proof,) = yes(known()[0])
    assert proof.proof == {
        "via": "signup_form", "words": IDA.words, "language": "de", "page": "/signup/vienna",
        "asked_at": instant(NOW), "asked_from": HERE, "confirmed_from": "2001:db8:1:2::/64",
    }  # fmt: skip


def test_the_mail_speaks_the_persons_language_in_the_hotels_names_and_offers_nothing(ses: FakeSes) -> None:
    link(ses)
    (mail,) = ses.accepted
    assert (mail["to"], mail["sender"], mail["configuration_set"]) == (ADDRESS, SENDER, "xenia-test-service-untracked")
    assert VIENNA.name in mail["subject"]
    assert 'lang="de"' in mail["html"]
    assert "ses:no-track" in mail["html"]
    assert "Vienna" in mail["text"].splitlines()[-1]


@pytest.mark.parametrize("language", sorted(languages()))
def test_the_mail_has_its_link_and_its_names_in_every_language(ses: FakeSes, language: str) -> None:
    ask(replace(IDA, language=language))
    mailed()
    (mail,) = ses.accepted
    assert link_in(mail)
    assert VIENNA.name in mail["subject"]
    assert "{" not in mail["text"] + mail["subject"]


def test_confirming_again_says_nothing_new_and_brings_nobody_back_who_left_since(ses: FakeSes) -> None:
    token = link(ses)
    actions.confirm(token, HERE, SOON)
    (ida,) = known()
    consents.set_consent(
        ida.id, EMAIL, MARKETING, ControllerId("group"), "withdrawn", "guest", instant(SOON + LASTS / 9)
    )
    for later in (timedelta(hours=1), timedelta(days=3)):
        actions.confirm(token, ELSEWHERE, SOON + later)
    said = answer(known()[0])
    assert said
    assert said.state == "withdrawn"
    assert len(yes(known()[0])) == 1


def test_who_is_a_guest_already_agrees_as_that_guest(ses: FakeSes) -> None:
    told = reservation("r1", guest("g1", "Ida", "Berg", email=ADDRESS, marketing_email=None), status="checked_out")
    assert not ingest.ingest_notices([notice(told)])
    actions.confirm(link(ses), HERE, SOON)
    (ida,) = known()
    assert len(ida.members) == 2
    assert ida.traits.stats.stays == 1
    said = answer(ida)
    assert said
    assert said.state == "confirmed"


def test_who_calls_themselves_otherwise_at_the_same_address_is_another_guest(ses: FakeSes) -> None:
    told = reservation("r1", guest("g1", "Otto", "Lang", email=ADDRESS), status="checked_out")
    assert not ingest.ingest_notices([notice(told)])
    actions.confirm(link(ses), HERE, SOON)
    otto = guests.guest(leaf_of_profile(ConnectionId("api"), "g1"))
    assert otto
    assert len(otto.members) == 1
    assert answer(otto) is None


def test_the_same_work_is_done_whoever_has_the_address(ses: FakeSes) -> None:
    told = reservation("r1", guest("g1", "Ida", "Berg", email=ADDRESS), status="checked_out")
    assert not ingest.ingest_notices([notice(told)])
    done = []
    for address in (ADDRESS, "nobody@example.com"):
        with watching() as calls:
            ask(Typed(address, words="w", network=HERE), signup_of(address))
        done.append(Counter(calls.made))
    assert done[0] == done[1]


def test_what_nobody_confirms_in_seven_days_is_over_and_its_row_goes(ses: FakeSes) -> None:
    token = link(ses)
    with pytest.raises(NotFound):
        actions.confirm(token, HERE, NOW + LASTS)
    row = table.get(keys.signup(FIRST)) or {}
    assert row["expires_at"] == int((NOW + LASTS).timestamp())
    assert known() == []


@pytest.mark.parametrize("token", ["", "x", "su.x", "x" * 5000])
def test_a_link_that_the_hub_did_not_make_is_none(token: str) -> None:
    with pytest.raises(NotFound):
        actions.confirm(token, HERE, SOON)


@pytest.mark.parametrize(
    "typed",
    ["", "ida", "ida@", "a@b.example, c@d.example", "x@guest.booking.com", "noemail@example.com", "ida@vienna.example"],
)
def test_an_address_that_is_no_persons_own_is_refused_with_its_field_and_keeps_nothing(typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        ask(Typed(typed, words="w"))
    assert [each.field for each in refused.value.fields] == ["email"]
    assert store.get(FIRST) is None


def test_what_is_asked_again_under_one_id_is_mailed_where_it_was_asked_first(ses: FakeSes) -> None:
    ask()
    ask(replace(IDA, email="other@example.com"))
    mailed()
    assert ses.recipients == [ADDRESS]


@pytest.mark.parametrize("typed", ["ida.bérg@example.com", "イダ@example.com"])
def test_an_address_that_no_mail_can_be_sent_to_yet_is_refused_when_it_is_typed(ses: FakeSes, typed: str) -> None:
    """Else every passer-by fills the dead letters by the form."""
    with pytest.raises(Invalid) as refused:
        ask(Typed(typed))
    assert [each.field for each in refused.value.fields] == ["email"]
    mailed()
    assert ses.accepted == []


def test_an_address_is_mailed_three_times_an_hour_at_most(ses: FakeSes) -> None:
    for number in range(3):
        ask(IDA, signup_of(str(number)))
    with pytest.raises(TooMany):
        ask(IDA, signup_of("fourth"))
    ask(IDA, signup_of("later"), NOW + timedelta(hours=1))
    assert store.get(signup_of("fourth")) is None


def test_from_one_network_so_many_sign_up_and_no_more() -> None:
    for number in range(actions.FROM_NETWORK.most):
        ask(Typed(f"a{number}@example.com", words="w", network=HERE), signup_of(str(number)))
    with pytest.raises(TooMany):
        ask(Typed("last@example.com", words="w", network=HERE), signup_of("last"))
    ask(Typed("last@example.com", words="w", network=ELSEWHERE), signup_of("last"))


@pytest.mark.parametrize("reason", ["complaint", "bounce"])
def test_an_address_that_no_mail_may_reach_gets_none(ses: FakeSes, reason: str) -> None:
    told = reservation("r1", guest("g1", "Ida", "Berg", email=ADDRESS), status="checked_out")
    assert not ingest.ingest_notices([notice(told)])
    held = Suppression.model_validate({"reason": reason, "at": instant(NOW)})
    list(suppress(digest("email", ADDRESS), held, EMAIL, []))
    ask()
    mailed()
    assert ses.accepted == []


def test_a_mail_that_comes_late_or_twice_is_sent_once_or_not_at_all(ses: FakeSes) -> None:
    ask()
    (told,) = [json.loads(each["body"]) for each in received("send")["Records"]]
    newcomers.send_to_newcomer(told, NOW + LASTS)
    assert ses.accepted == []
    for _ in range(3):
        newcomers.send_to_newcomer(told, NOW)
    assert len(ses.accepted) == 1


def test_a_bounce_of_the_mail_is_known_and_holds_the_address(ses: FakeSes) -> None:
    told = reservation("r1", guest("g1", "Ida", "Berg", email=ADDRESS, marketing_email=True), status="checked_out")
    assert not ingest.ingest_notices([notice(told)])
    link(ses)
    (mail,) = ses.accepted
    assert mail["tags"] == {"signup": FIRST}
    event = mail_event("Bounce", mail, instant(SOON), bounceType="Permanent")
    for _ in range(2):
        assert record_event(wrapped(event), EMAIL)
    assert (table.get(keys.signup_mail(FIRST)) or {})["reason"] == "bounced"
    gate = gates.gate(known()[0].id, EMAIL)
    assert gate
    assert gate.suppression_of(digest("email", ADDRESS)) == "bounce"


def test_nobody_can_sign_up_where_nobody_could_be_mailed() -> None:
    settings.save(HubSettings(group=Branding(sender=None)))
    with pytest.raises(Conflict):
        ask()
    with pytest.raises(NotFound):
        actions.form(PropertyId("nowhere"))


def test_whatever_crashes_who_confirms_again_is_a_guest_who_agreed_once(ses: FakeSes) -> None:
    token = link(ses)
    for number, point in enumerate(some_of(points_of(lambda: actions.confirm(token, HERE, SOON)))):
        signup, address = signup_of("crash", number), f"ida{number}@example.com"
        typed = Typed(address, "Ida", f"Berg{number}", words="w")
        each = link(ses, typed, signup)
        crash_at(point, partial(actions.confirm, each, HERE, SOON))
        actions.confirm(each, HERE, SOON + timedelta(minutes=1))
        (ida,) = known(address)
        assert len(yes(ida)) == 1, point
        said = answer(ida)
        assert said
        assert said.state == "confirmed"


def test_whatever_crashes_the_tick_goes_on_and_nobody_need_press_again(ses: FakeSes) -> None:
    token = link(ses)
    for number, point in enumerate(some_of(points_of(lambda: actions.confirm(token, HERE, SOON)))):
        signup, address = signup_of("crash", number), f"ida{number}@example.com"
        each = link(ses, Typed(address, "Ida", f"Berg{number}", words="w"), signup)
        crash_at(point, partial(actions.confirm, each, HERE, SOON))
        kept = store.get(signup)
        assert kept
        waiting = [waits.id for waits in jobs.waiting()]
        assert (store.job_of(kept).id in waiting) == (kept.confirmed_at is not None and not is_over(kept)), point
        assert [step.position for step in actions.work_on(store.job_of(kept), PART)] == ["done"]
        assert [len(yes(ida)) for ida in known(address)] == ([1] if kept.confirmed_at else []), point


def test_who_confirms_in_the_last_moment_is_known_though_the_work_goes_on_later(ses: FakeSes) -> None:
    """DynamoDB takes a row at its own time, once that is over."""
    token, last = link(ses), NOW + LASTS - timedelta(seconds=1)
    store.confirm(replace(actions.shown(token, last), confirmed_at=instant(last)))
    row = table.get(keys.signup(FIRST))
    assert row
    assert row["expires_at"] >= (last + timedelta(days=1)).timestamp()


def is_over(signup: Signup) -> bool:
    job = jobs.job(store.job_of(signup).id)
    return job is not None and job.is_over


def test_who_was_erased_before_it_went_on_is_confirmed_by_nobody(ses: FakeSes) -> None:
    token = link(ses)
    actions.confirm(token, HERE, SOON)
    privacy.erase(known()[0], "key admin", instant(SOON + timedelta(minutes=1)))
    kept = store.get(FIRST)
    assert kept
    assert [step.position for step in actions.work_on(store.job_of(kept), PART)] == ["done"]
    assert known() == []


TOPICS = tuple(MailTopic(id=each, purpose=MARKETING, names={"en": each.title()}) for each in ("spa", "golf", "wine"))


def parts(one: Guest) -> dict[str, tuple[str, str]]:
    """What was said of parts of the purpose: state, and the words beside it."""
    found = (each for each in consents.history(one.id) if "/" in each.purpose)
    return {each.purpose.partition("/")[2]: (each.state, each.proof["words"]) for each in found}


def test_what_was_not_ticked_is_refused_and_how_often_and_each_has_its_receipt(ses: FakeSes) -> None:
    legal_store.save(ConsentSettings(topics=TOPICS))
    typed = replace(IDA, topics=frozenset({"spa"}), frequency="month", often="Once a month")
    actions.confirm(link(ses, typed), HERE, SOON)
    (ida,) = known()
    assert parts(ida) == {
        "spa": ("explicit", "Spa"), "golf": ("withdrawn", "Golf"), "wine": ("withdrawn", "Wine"),
        "@month": ("withdrawn", "Once a month"),
    }  # fmt: skip
    assert [each.proof["words"] for each in yes(ida)] == [IDA.words]
    before = consents.history(ida.id)
    actions.confirm(link(ses, typed), HERE, SOON + timedelta(hours=1))
    assert consents.history(ida.id) == before


def test_who_ticks_nothing_refuses_nothing_and_one_that_there_is_not_is_refused(ses: FakeSes) -> None:
    legal_store.save(ConsentSettings(topics=TOPICS))
    actions.confirm(link(ses), HERE, SOON)
    assert parts(known()[0]) == {}
    with pytest.raises(Invalid, match="topics"):
        ask(replace(IDA, topics=frozenset({"tennis"})), signup_of("second"))


def test_nobody_has_agreed_to_more_than_they_wanted_wherever_it_dies(ses: FakeSes) -> None:
    legal_store.save(ConsentSettings(topics=TOPICS))
    wanted = frozenset({"spa"})
    token = link(ses, replace(IDA, topics=wanted))
    for number, point in enumerate(some_of(points_of(lambda: actions.confirm(token, HERE, SOON)))):
        address = f"ida{number}@example.com"
        each = link(ses, Typed(address, words="w", topics=wanted), signup_of("crash", number))
        crash_at(point, partial(actions.confirm, each, HERE, SOON))
        for ida in known(address):
            agreed = answer(ida)
            assert agreed is None or {name for name, said in parts(ida).items() if said[0] == "withdrawn"} == {
                "golf", "wine",
            }, point  # fmt: skip


@pytest.mark.parametrize("number", range(0, 24, 3))
def test_two_who_confirm_at_once_are_one_guest_who_agreed_once(ses: FakeSes, number: int) -> None:
    token = link(ses)
    act, other = (partial(actions.confirm, token, each, SOON) for each in (HERE, ELSEWHERE))
    beside(number, act, other)
    (ida,) = known()
    assert len(yes(ida)) == 1


def erased(one: Guest) -> None:
    privacy.erase(one, "staff st1", instant(SOON + timedelta(hours=1)))


def test_who_was_erased_and_signs_up_again_is_a_new_guest_without_history_who_agreed(ses: FakeSes) -> None:
    told = reservation("r1", guest("g1", "Ida", "Berg", email=ADDRESS), status="checked_out")
    assert not ingest.ingest_notices([notice(told)])
    actions.confirm(link(ses), HERE, SOON)
    (before,) = known()
    erased(before)
    assert known() == []
    again = link(ses, IDA, signup_of("again"))
    for _ in range(2):
        actions.confirm(again, HERE, SOON + timedelta(days=1))
    (ida,) = known()
    assert ida.id not in before.members
    assert ida.traits.stats.stays == 0
    said = answer(ida)
    assert said
    assert said.state == "confirmed"
    assert len(yes(ida)) == 1
    gate = gates.gate(ida.id, EMAIL)
    assert gate
    assert gate.suppression_of(digest("email", ADDRESS)) is None
    assert not ingest.ingest_notices([notice(told | {"changed_at": at(90)})])
    assert [each.id for each in known()] == [ida.id]


def test_a_link_that_was_followed_before_an_erasure_brings_nobody_back(ses: FakeSes) -> None:
    token = link(ses)
    actions.confirm(token, HERE, SOON)
    erased(known()[0])
    with pytest.raises(NotFound):
        actions.confirm(token, HERE, SOON + timedelta(days=1))
    assert known() == []
