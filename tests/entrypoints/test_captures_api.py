"""POST /v1/guests/{guest_id}/captures: an address and a yes at the desk, in one step that may be taken again."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
import time_machine

from chalicelib.aws import queues
from chalicelib.canonical.errors import NotFound
from chalicelib.canonical.ids import ConnectionId, ControllerId, leaf_of_profile
from chalicelib.canonical.time import instant
from chalicelib.consent.model import EMAIL, Suppression
from chalicelib.identity.digests import digest
from chalicelib.messages import newcomers
from chalicelib.messages.actions import suppress
from chalicelib.settings import installation
from chalicelib.signups import actions as signups
from tests import tables
from tests.builders import PORTO, VIENNA, guest
from tests.conftest import PUBLIC_URL
from tests.crashes import beside, crash_at, points_of
from tests.entrypoints.conftest import Hub, Ingest
from tests.exhaustive import some_of
from tests.fakes import received
from tests.mail_fakes import FakeSes

API = ConnectionId("api")
ONE, OTHER = leaf_of_profile(API, "g1"), leaf_of_profile(API, "g2")
NOW = datetime(2026, 3, 1, tzinfo=UTC)
RELAY, OWN = "anna.123@guest.booking.com", "anna@lee.example"
PATH = f"/v1/guests/{ONE}/captures"
YES = {"email": OWN, "purposes": ["marketing"], "how": "asked at check-in"}
GROUP = ControllerId("group")
Meet = Callable[..., None]


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ses(hub: Hub) -> FakeSes:
    queues.url_of("send")
    return FakeSes().install()


@pytest.fixture
def meet(hub: Hub, ingest: Ingest) -> Meet:
    """Anna, whom the hotel knows by a booking site's address, and whoever else is told."""

    def told(source_id: str = "g1", **fields: Any) -> None:
        ingest(guest(source_id, **{"email": RELAY, "property_id": VIENNA.id, "language": "en", **fields}))

    return told


@pytest.fixture
def anna(meet: Meet) -> None:
    meet()


def capture(hub: Hub, key: str = "front_desk", path: str = PATH, once: str = "", **said: Any) -> dict[str, Any]:
    headers = {"Idempotency_Key": once} if once else {}
    answer = hub.call("POST", path, {**YES, **said}, key=key, **headers)
    assert answer.status_code == 200, answer.json_body
    body: dict[str, Any] = answer.json_body
    return body


def answers(hub: Hub, leaf: str = ONE, key: str = "admin") -> dict[tuple[str, str], str]:
    """What was said to whom about what; nothing of what nobody said."""
    found = hub.get(f"/v1/guests/{leaf}/consents", key=key)["consents"]
    return {(each["controller"], each["purpose"]): each["state"] for each in found if each["state"] != "none"}


def history(hub: Hub, leaf: str = ONE) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = hub.get(f"/v1/guests/{leaf}/consents")["history"]
    return found


def address(hub: Hub, leaf: str = ONE, key: str = "admin") -> str | None:
    found: str | None = hub.get(f"/v1/guests/{leaf}", key=key)["traits"]["email"]
    return found


def form(hub: Hub, key: str = "front_desk", leaf: str = ONE, query: str = "") -> dict[str, Any]:
    found: dict[str, Any] = hub.get(f"/v1/guests/{leaf}/captures/form{query}", key=key)
    return found


def refused(hub: Hub, status: int = 400, key: str = "front_desk", path: str = PATH, **said: Any) -> dict[str, str]:
    """The fields that are named, and that nothing was kept."""
    hub.get("/v1/properties", key=key)
    before = tables.rows()
    answer = hub.call("POST", path, {**YES, **said}, key=key)
    assert answer.status_code == status, answer.json_body
    assert tables.rows() == before
    return {each["field"]: each["message"] for each in answer.json_body.get("errors", [])}


def mailed(ses: FakeSes, now: datetime = NOW) -> list[str]:
    """To whom confirmations went."""
    for each in received("send")["Records"]:
        newcomers.send_to_newcomer(json.loads(each["body"]), now)
    return ses.recipients


def link_in(ses: FakeSes) -> str:
    _, _, rest = ses.accepted[-1]["text"].partition(f"{PUBLIC_URL}/confirm/")
    return str(rest.split()[0])


def test_an_address_and_a_yes_are_kept_in_one_step_with_who_asked_in_which_words(hub: Hub, anna: None) -> None:
    assert form(hub)["unreached"] == "no_address"
    assert capture(hub) == {"outcome": "granted", "until": None, "unreached": None}
    assert address(hub) == OWN
    assert answers(hub) == {(GROUP, "marketing"): "explicit"}
    (receipt,) = history(hub)
    words = "I would like to get newsletters and offers from Hotel Example by e-mail. I can leave at any time."
    assert (receipt["basis"], receipt["at"], receipt["proof"]) == ("staff", instant(NOW), {
        "key_id": "front_desk", "source": "desk", "words": words, "language": "en", "how": "asked at check-in",
    })  # fmt: skip


def test_the_words_are_the_companys_text_in_force_in_the_guests_language(hub: Hub, meet: Meet) -> None:
    def text(id_: str, language: str, since: str, purpose: str | None = "marketing") -> dict[str, Any]:
        return {"id": id_, "language": language, "text": f"{id_} {language}", "since": since, "purpose": purpose}

    texts = [
        text("n1", "de", "2026-01-01"), text("n2", "de-AT", "2026-02-01"), text("n3", "de", "2026-04-01"),
        text("n4", "fr", "2026-02-01"), text("n5", "de", "2026-02-02", None),
    ]  # fmt: skip
    hub.put("/v1/consent-settings", {"texts": texts})
    meet(language="de")
    shown = form(hub)
    assert shown["language"] == "de"
    assert (shown["sentences"][0]["words"], shown["sentences"][0]["text"]) == ("n2 de-AT", "n2")
    assert form(hub, query="?language=fr")["sentences"][0]["text"] == "n4"
    assert "boletines" in form(hub, query="?language=es")["sentences"][0]["words"]
    capture(hub, shown=shown["shown"])
    (receipt,) = history(hub)
    assert (receipt["proof"]["text"], receipt["proof"]["language"], receipt["words"]) == ("n2", "de-AT", "n2 de-AT")


def test_words_that_changed_since_they_were_read_out_are_proof_of_nothing(hub: Hub, anna: None) -> None:
    shown = form(hub)["shown"]
    text = {"id": "n1", "language": "en", "text": "I want news.", "since": "2026-01-01", "purpose": "marketing"}
    hub.put("/v1/consent-settings", {"texts": [text]})
    refused(hub, 409, shown=shown)
    capture(hub, shown=form(hub)["shown"])


def test_who_has_the_address_already_gets_no_further_record(hub: Hub, meet: Meet) -> None:
    meet(email=OWN)
    assert capture(hub)["outcome"] == "granted"
    assert len(hub.get(f"/v1/guests/{ONE}/records")["items"]) == 1
    assert history(hub)[0]["leaf"] == ONE


def test_an_address_alone_is_a_yes_to_nothing(hub: Hub, anna: None) -> None:
    assert capture(hub, purposes=[])["outcome"] == "address_only"
    assert address(hub) == OWN
    assert (answers(hub), history(hub)) == ({}, [])


def test_of_topics_those_that_were_not_chosen_are_refused_and_who_chose_none_wants_all(
    hub: Hub, anna: None, clock: time_machine.Traveller
) -> None:
    topics = [{"id": each, "purpose": "marketing", "names": {"en": each}} for each in ("spa", "golf")]
    hub.put("/v1/consent-settings", {"topics": topics})
    capture(hub)
    assert hub.get(f"/v1/guests/{ONE}/consents")["choices"] == []
    capture(hub, topics=["spa"])
    chosen = {each["part"]: each["state"] for each in hub.get(f"/v1/guests/{ONE}/consents")["choices"]}
    assert chosen == {"golf": "withdrawn"}
    clock.shift(60)
    capture(hub, topics=["golf"])
    chosen = {each["part"]: each["state"] for each in hub.get(f"/v1/guests/{ONE}/consents")["choices"]}
    assert chosen == {"golf": "explicit", "spa": "withdrawn"}
    assert refused(hub, topics=["ski"]) == {"topics": "names one that there is not"}


def test_that_it_is_followed_what_is_read_is_a_yes_of_its_own(hub: Hub, anna: None) -> None:
    capture(hub, purposes=["tracking"])
    assert answers(hub) == {(GROUP, "tracking"): "explicit"}
    assert "which of your e-mails I open" in history(hub)[0]["proof"]["words"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("anna", "one e-mail address"),
        ("a@b.example, c@d.example", "one e-mail address"),
        (RELAY, "for one booking alone"),
        ("info@firma.example", "read by an office"),
        ("noemail@example.com", "where there is none"),
        ("anna@vienna.example", "a hotel's own"),
        ("änna@lee.example", "letters that no mail"),
    ],
)
def test_an_address_that_is_nobodys_own_is_refused_with_what_is_wrong(
    hub: Hub, anna: None, typed: str, said: str
) -> None:
    assert said in refused(hub, email=typed)["email"]


def test_who_is_under_age_is_asked_for_nothing(hub: Hub, meet: Meet) -> None:
    meet(birth_date="2010-05-05")
    assert form(hub)["refused"] == "minor"
    refused(hub, 409)


def test_who_was_erased_is_nobody_to_ask(hub: Hub, anna: None) -> None:
    hub.call("DELETE", f"/v1/guests/{ONE}")
    refused(hub, 404)
    assert hub.status("GET", f"/v1/guests/{ONE}/captures/form", key="front_desk") == 404


def test_another_hotels_desk_finds_nobody_and_no_desk_speaks_for_another_hotel(hub: Hub, anna: None) -> None:
    refused(hub, 404, "front_desk@porto")
    assert refused(hub, key="front_desk@vienna", property_id="porto").keys() == {"property_id"}
    refused(hub, 403, "marketer")


def test_what_a_hotel_captures_is_its_word_and_another_hotel_sees_nothing_of_it(hub: Hub, meet: Meet) -> None:
    meet()
    meet("g2", property_id=PORTO.id, email="anna@old.example", birth_date="1980-01-01")
    hub.call("POST", "/v1/merge-decisions", {"records": [ONE, OTHER], "verdict": "join", "reason": "same card"})
    capture(hub, "front_desk@vienna")
    assert address(hub, key="front_desk@vienna") == OWN
    assert address(hub, OTHER, key="front_desk@porto") == "anna@old.example"


# What a country, a mailbox or somebody else says against it.


def test_where_double_opt_in_is_asked_for_the_yes_is_given_by_the_link_of_a_mail(
    hub: Hub, meet: Meet, ses: FakeSes
) -> None:
    meet(country="DE")
    assert form(hub)["to_confirm"]
    kept = capture(hub)
    assert (kept["outcome"], kept["until"]) == ("to_confirm", instant(NOW + timedelta(days=7)))
    assert (address(hub), answers(hub), mailed(ses)) == (OWN, {}, [OWN])
    signups.confirm(link_in(ses), "192.0.2.1", NOW + timedelta(hours=1))
    assert answers(hub) == {(GROUP, "marketing"): "confirmed"}
    (receipt,) = history(hub)
    told = {"via": "signup_desk", "source": "desk", "how": "asked at check-in", "key_id": "front_desk"}
    assert told.items() <= receipt["proof"].items()
    assert "newsletters" in receipt["proof"]["words"]
    (law,) = [each for each in hub.get(f"/v1/guests/{ONE}/consents")["laws"] if each["purpose"] == "marketing"]
    assert (law["law"], law["allowed"]) == ("de.confirmed", True)


def test_the_link_grants_it_to_the_record_that_has_the_address_wherever_that_went(
    hub: Hub, meet: Meet, ses: FakeSes
) -> None:
    meet(country="DE")
    meet("g2", given_name="Ann", email=None)
    capture(hub)
    mailed(ses)
    hub.call("POST", "/v1/merge-decisions", {"records": [ONE, OTHER], "verdict": "join", "reason": "same card"})
    signups.confirm(link_in(ses), "", NOW + timedelta(hours=1))
    assert answers(hub, OTHER) == {(GROUP, "marketing"): "confirmed"}
    hub.call("POST", f"/v1/guests/{ONE}/unmerge", {"records": [OTHER], "reason": "two"})
    assert (answers(hub), answers(hub, OTHER)) == ({(GROUP, "marketing"): "confirmed"}, {})


def test_who_was_erased_confirms_nothing_and_comes_back_by_no_link(hub: Hub, meet: Meet, ses: FakeSes) -> None:
    meet(country="DE")
    capture(hub)
    mailed(ses)
    hub.call("DELETE", f"/v1/guests/{ONE}")
    with pytest.raises(NotFound):
        signups.confirm(link_in(ses), "", NOW + timedelta(hours=1))
    assert hub.get(f"/v1/guests?email={OWN}")["items"] == []


def test_what_is_kept_until_it_is_confirmed_has_no_address_of_a_guest(hub: Hub, meet: Meet, ses: FakeSes) -> None:
    meet(country="DE")
    capture(hub)
    (kept,) = [row for key, row in tables.rows().items() if key.pk.startswith("SIGNUP#")]
    assert OWN not in repr(kept)


def test_a_link_is_over_once_the_address_is_the_guests_no_more(hub: Hub, meet: Meet, ses: FakeSes) -> None:
    meet(country="DE")
    capture(hub)
    mailed(ses)
    token = link_in(ses)
    assert signups.shown(token, NOW).leaf
    hub.call("PATCH", f"/v1/guests/{ONE}", {"email": "anna@new.example"})
    with pytest.raises(NotFound):
        signups.confirm(token, "", NOW)
    assert answers(hub) == {}


def test_nobody_is_asked_to_confirm_where_nobody_could_be_mailed_and_nothing_is_kept(hub: Hub, meet: Meet) -> None:
    meet(country="DE")
    installation.note(public_url="")
    refused(hub, 409)


def test_a_no_that_somebody_else_said_at_the_mailbox_is_taken_back_by_its_reader_alone(
    hub: Hub, anna: None, meet: Meet, ses: FakeSes
) -> None:
    meet("g2", given_name="Bob", family_name="Ray", email=OWN)
    hub.put(f"/v1/guests/{OTHER}/consents/email/marketing", {"state": "withdrawn"})
    assert capture(hub)["outcome"] == "to_confirm"
    assert answers(hub).get((GROUP, "marketing")) != "explicit"
    assert mailed(ses) == [OWN]
    hub.call("DELETE", f"/v1/guests/{OTHER}")  # the no stays with the mailbox, and with who took it over
    assert capture(hub)["outcome"] == "to_confirm"
    assert answers(hub).get((GROUP, "marketing")) != "explicit"


def test_the_guests_own_no_is_taken_back_at_the_desk_as_ever(hub: Hub, meet: Meet) -> None:
    meet(email="anna@old.example")
    hub.put(f"/v1/guests/{ONE}/consents/email/marketing", {"state": "withdrawn", "at": "2026-02-01T00:00:00Z"})
    capture(hub)
    assert answers(hub) == {(GROUP, "marketing"): "explicit"}


def test_an_address_at_which_mail_came_back_is_told_and_stays_held(hub: Hub, meet: Meet) -> None:
    meet(email="anna@old.example")
    held = Suppression(reason="bounce", at=instant(NOW))
    list(suppress(digest("email", "anna@old.example"), held, EMAIL, []))
    assert form(hub)["unreached"] == "bounce"
    assert capture(hub, email="anna@old.example")["unreached"] == "bounce"
    assert capture(hub)["unreached"] is None
    assert form(hub)["unreached"] is None


def test_a_restriction_holds_whatever_is_said_at_the_desk(hub: Hub, anna: None) -> None:
    hub.put(f"/v1/guests/{ONE}/restriction", {"restricted": True})
    capture(hub)
    assert hub.get(f"/v1/guests/{ONE}/consents")["restricted"]


def test_a_hotels_desk_takes_back_no_refusal_that_was_said_to_another_hotel(hub: Hub, anna: None, meet: Meet) -> None:
    meet("g2", property_id=PORTO.id, email="anna@old.example")
    hub.call("POST", "/v1/merge-decisions", {"records": [ONE, OTHER], "verdict": "join", "reason": "same card"})
    withdrawn = {"state": "withdrawn", "at": "2026-02-01T00:00:00Z", "property_id": PORTO.id}
    kept = hub.call("PUT", f"/v1/guests/{OTHER}/consents/email/marketing", withdrawn, key="front_desk@porto")
    assert kept.status_code == 200
    capture(hub, "front_desk@vienna")
    assert answers(hub) == {(GROUP, "marketing"): "withdrawn"}


def test_a_complaint_is_lifted_by_no_tick_at_the_desk(hub: Hub, meet: Meet) -> None:
    meet(email=OWN)
    list(suppress(digest("email", OWN), Suppression(reason="complaint", at=instant(NOW)), EMAIL, []))
    assert capture(hub)["unreached"] == "complaint"


def test_an_address_of_another_guest_joins_nobody(hub: Hub, anna: None, meet: Meet) -> None:
    meet("g2", given_name="Bob", family_name="Ray", email=OWN)
    capture(hub)
    assert hub.get(f"/v1/guests/{ONE}")["id"] == ONE
    assert hub.get(f"/v1/guests/{OTHER}")["id"] == OTHER
    assert hub.get(f"/v1/guests/{OTHER}")["traits"]["family_name"] == "Ray"


def test_a_merge_takes_it_along_and_a_split_leaves_it_with_its_record(hub: Hub, anna: None, meet: Meet) -> None:
    meet("g2", given_name="Ann", email=None)
    capture(hub)
    records = {"records": [ONE, OTHER]}
    hub.call("POST", "/v1/merge-decisions", {**records, "verdict": "join", "reason": "same card"})
    assert answers(hub, OTHER) == {(GROUP, "marketing"): "explicit"}
    hub.call("POST", f"/v1/guests/{ONE}/unmerge", {"records": [OTHER], "reason": "two"})
    assert (answers(hub), answers(hub, OTHER)) == ({(GROUP, "marketing"): "explicit"}, {})
    assert (address(hub), address(hub, OTHER)) == (OWN, None)


# Again, beside each other, and after a crash.


def test_the_same_request_twice_is_one_record_and_one_receipt(hub: Hub, anna: None) -> None:
    first = capture(hub, once="k1")
    assert capture(hub, once="k1") == first
    assert len(history(hub)) == 1
    assert len(hub.get(f"/v1/guests/{ONE}/records")["items"]) == 2


@pytest.mark.exhaustive(quick=())
def test_whatever_crashes_the_same_key_again_completes_it_once(hub: Hub, meet: Meet) -> None:
    meet("g0", email="anna0@booking.example")
    hub.get("/v1/properties", key="front_desk")
    points = points_of(lambda: capture(hub, path=f"/v1/guests/{leaf_of_profile(API, 'g0')}/captures", once="k"))
    for number, point in enumerate(some_of(points)):
        leaf = leaf_of_profile(API, f"c{number}")
        meet(f"c{number}", given_name=f"Anna{number}", email=None)
        said = {"path": f"/v1/guests/{leaf}/captures", "once": f"k{number}", "email": f"anna{number}@lee.example"}
        crash_at(point, partial(capture, hub, **said))
        half = answers(hub, leaf)
        assert not half or address(hub, leaf), point
        assert capture(hub, **said)["outcome"] == "granted"
        assert len(history(hub, leaf)) == 1, point
        assert (address(hub, leaf), len(hub.get(f"/v1/guests/{leaf}/records")["items"])) == (said["email"], 2), point


@pytest.mark.parametrize("number", range(0, 40, 5))
def test_of_two_desks_at_once_one_address_stands_with_one_yes(hub: Hub, anna: None, number: int) -> None:
    """The later one is told that somebody else was faster, or is the newer word."""
    statuses: list[int] = []

    def at_desk(email: str, key: str) -> None:
        statuses.append(hub.call("POST", PATH, {**YES, "email": email}, key=key).status_code)

    hub.get("/v1/properties", key="front_desk")
    beside(number, lambda: at_desk(OWN, "front_desk"), lambda: at_desk("anna@new.example", "front_desk"))
    assert set(statuses) <= {200, 409, 503}
    assert 200 in statuses
    assert address(hub) in {OWN, "anna@new.example"}
    assert answers(hub) == {(GROUP, "marketing"): "explicit"}
    assert len(hub.get(f"/v1/guests/{ONE}/records")["items"]) == 2


@pytest.mark.parametrize("number", range(60))
def test_whoever_is_erased_meanwhile_is_nobody_afterwards(hub: Hub, anna: None, number: int) -> None:
    hub.get("/v1/properties", key="front_desk")

    def erase() -> None:
        hub.call("DELETE", f"/v1/guests/{ONE}")

    statuses: list[int] = []
    beside(number, lambda: statuses.append(hub.call("POST", PATH, YES, key="front_desk").status_code), erase)
    erase()
    assert statuses[0] in {200, 404, 409, 503}
    assert hub.status("GET", f"/v1/guests/{ONE}") == 404
    assert hub.get(f"/v1/guests?email={OWN}")["items"] == []
