"""The preference centre: what a guest chooses on its page, what that is proven by, and who may choose what."""

import re
from datetime import UTC, datetime, timedelta
from functools import partial
from html import unescape
from itertools import permutations, product
from typing import Any
from urllib.parse import urlencode

import pytest

from chalicelib.aws import clients, keys, table
from chalicelib.aws.settings import Settings
from chalicelib.canonical.ids import ConnectionId, GuestId, OccasionId, leaf_of_profile
from chalicelib.canonical.time import Instant
from chalicelib.consent import actions as consents
from chalicelib.consent import store as gates
from chalicelib.consent.model import EMAIL, MARKETING, Gate, Receipt, State
from chalicelib.guests import store as guests
from chalicelib.guests.survivorship import digest_of_value
from chalicelib.identity import store as identity
from chalicelib.identity.digests import digest
from chalicelib.languages.catalogues import Language, direction, languages
from chalicelib.messages import preferences, store
from chalicelib.messages.model import Message
from chalicelib.messages.tokens import UnsubscribeLink, make_token
from chalicelib.settings.model import GROUP_CONTROLLER
from tests.builders import guest, reservation
from tests.crashes import crash_at, points_of
from tests.entrypoints.conftest import Hub, Ingest
from tests.entrypoints.test_guest_pages import visit
from tests.exhaustive import some_of

ANNA = GuestId(leaf_of_profile(ConnectionId("api"), "g1"))
RUN = OccasionId("n1")
ADDRESS = "anna.lee@example.com"
TOPICS = [
    {"id": "spa", "purpose": "marketing", "names": {"en": "Spa", "de": "Wellness"}},
    {"id": "golf", "purpose": "marketing", "names": {"en": "Golf & more"}},
]
FORM = "application/x-www-form-urlencoded"
AS_IT_STANDS = {"shown": ["spa", "golf"], "topic": ["spa", "golf"], "frequency": "all"}


def mailed(to: str) -> None:
    """The claim of the mail that brought the link."""
    at = Instant("2026-03-01T10:00:00.000000Z")
    sent = Message(guest=ANNA, occasion=RUN, claim="c1", origin="o", candidate=ANNA, address=digest("email", to), at=at)
    table.write(table.Put(store.message_row(sent)))


def link_of(hub: Hub, ingest: Ingest, language: str) -> str:
    """The path behind the mail of a guest who agreed and speaks this language."""
    hub.put("/v1/consent-settings", {"topics": TOPICS})
    ingest(reservation("r1", guest(email=ADDRESS, marketing_email=True, language=language), status="checked_out"))
    mailed(ADDRESS)
    return f"/preferences/{make_token(UnsubscribeLink(ANNA, MARKETING, RUN))}"


@pytest.fixture
def path(hub: Hub, ingest: Ingest) -> str:
    return link_of(hub, ingest, "en")


def seen(hub: Hub, path: str, status: int = 200) -> str:
    response = visit(hub, "GET", path)
    assert response.status_code == status, response.body
    return unescape(response.body.decode())


def sent(hub: Hub, path: str, status: int = 200, **changed: Any) -> str:
    fields = {name: value for name, value in (AS_IT_STANDS | changed).items() if value is not None}
    response = visit(hub, "POST", path, urlencode(fields, doseq=True).encode(), Content_Type=FORM)
    assert response.status_code == status, response.body
    return unescape(response.body.decode())


def gate() -> Gate:
    found = gates.gate(ANNA, EMAIL)
    assert found
    return found


def said() -> dict[str, str]:
    """What the guest's own words come to, by what they are about."""
    own = {key: each.state for key, each in gate().answers.items() if each.basis == "guest"}
    return {key.removeprefix("group:"): state for key, state in own.items() if not key.endswith(":objected")}


def receipts() -> list[Receipt]:
    return [each for each in consents.history(ANNA) if each.basis == "guest"]


def checked(html: str) -> set[str]:
    return set(re.findall(r'name="(?:topic|frequency|tracked)" value="([^"]+)" checked', html))


def rows(aws: Settings) -> Any:
    return clients.dynamodb().scan(TableName=aws.table)["Items"]


def test_a_get_shows_what_is_so_and_changes_nothing(hub: Hub, path: str, aws: Settings) -> None:
    before = rows(aws)
    assert checked(seen(hub, path)) == {"spa", "golf", "all"}
    assert visit(hub, "HEAD", path).status_code == 200
    assert rows(aws) == before


def test_what_was_chosen_holds_is_shown_again_and_is_proven_in_the_words_that_were_read(hub: Hub, path: str) -> None:
    html = sent(hub, path, topic=["golf"], frequency="month", tracked="yes")
    assert "Your choice is saved." in html
    assert checked(html) == checked(seen(hub, path)) == {"golf", "month", "yes"}
    assert said() == {"marketing/spa": "withdrawn", "marketing/@month": "withdrawn", "tracking": "explicit"}
    proofs = {each.purpose.partition(":")[2]: each.proof for each in receipts()}
    assert {each["via"] for each in proofs.values()} == {"preferences"}
    assert {each["run"] for each in proofs.values()} == {RUN}
    assert proofs["marketing/spa"]["words"] == "Spa"
    assert proofs["marketing/@month"]["words"] == "At most once a month"
    assert proofs["tracking"]["words"].startswith("You may see which")
    assert gate().answers["group:marketing"].basis == "source"


def test_what_stays_as_it_is_says_nothing_and_the_same_again_is_proven_once(hub: Hub, path: str) -> None:
    sent(hub, path)
    assert receipts() == []
    for _ in range(3):
        sent(hub, path, topic=["golf"])
    assert [(each.purpose, each.state) for each in receipts()] == [("group:marketing/spa", "withdrawn")]


def test_who_saves_the_page_proved_that_the_mailbox_is_theirs_and_who_looks_or_leaves_by_it_did_not(
    hub: Hub, path: str
) -> None:
    def proved() -> list[tuple[str, ...]]:
        (head,) = guests.with_records(guests.heads([ANNA])).values()
        return [each.values for each in head.statements if each.about == "proved.email"]

    seen(hub, path)
    visit(hub, "POST", path.replace("/preferences/", "/u/"), b"List-Unsubscribe=One-Click", Content_Type=FORM)
    assert proved() == []
    mailed("elsewhere@mail.example")
    sent(hub, path, topic=[])
    assert proved() == []
    mailed(ADDRESS)
    sent(hub, path, topic=[])
    assert proved() == [(digest_of_value(ADDRESS),)]


def test_a_choice_is_taken_back_by_the_next_one(hub: Hub, path: str) -> None:
    sent(hub, path, topic=None, frequency="week")
    sent(hub, path, topic=["spa"], frequency="month")
    assert checked(sent(hub, path)) == {"spa", "golf", "all"}
    assert set(said().values()) == {"explicit"}


@pytest.mark.exhaustive
def test_after_a_crash_at_any_call_the_same_form_again_comes_to_the_same(hub: Hub, path: str, aws: Settings) -> None:
    """Each time from the beginning: everything is wanted, then one topic, once a month."""
    token = path.rpartition("/")[2]

    def chosen(topics: set[str], frequency: preferences.Frequency, at: datetime) -> None:
        shown = frozenset({"spa", "golf"})
        asked = preferences.Chosen(shown, frozenset(topics), frequency, tracked=False)
        preferences.choose(token, asked, {"spa": "Spa", "@month": "Once a month"}, "en", at)

    begun = datetime(2026, 3, 2, tzinfo=UTC)
    points = points_of(lambda: chosen({"golf"}, "month", begun))
    told = said()
    assert told == {"marketing/spa": "withdrawn", "marketing/@month": "withdrawn"}
    for number, point in enumerate(some_of(points)):
        at = begun + timedelta(days=2 * number + 1)
        chosen({"spa", "golf"}, "all", at)
        again = at + timedelta(days=1)
        assert crash_at(point, partial(chosen, {"golf"}, "month", again)), point
        for _ in range(2):
            chosen({"golf"}, "month", again + timedelta(minutes=1))
        assert said() == told, point


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
def test_choices_come_to_the_same_in_any_order(hub: Hub, path: str, order: tuple[int, ...]) -> None:
    words: list[State] = ["withdrawn", "explicit", "withdrawn"]
    for each in order:
        at = Instant(f"2026-03-0{each + 2}T10:00:00.000000Z")
        consents.set_consent(ANNA, EMAIL, MARKETING, GROUP_CONTROLLER, words[each], "guest", at, part="spa")
    assert said() == {"marketing/spa": "withdrawn"}


@pytest.mark.parametrize("frequency", ["all", "week", "month"])
def test_how_often_is_what_was_chosen_last_also_where_two_said_otherwise_before(
    hub: Hub, path: str, frequency: str
) -> None:
    for part in ("@week", "@month"):
        consents.set_consent(ANNA, EMAIL, MARKETING, GROUP_CONTROLLER, "withdrawn", "staff", part=part)
    assert "month" in checked(seen(hub, path))
    assert checked(sent(hub, path, frequency=frequency)) == {"spa", "golf", frequency}


def test_a_topic_that_the_page_did_not_show_is_not_refused(hub: Hub, path: str) -> None:
    sent(hub, path, shown=["spa"], topic=None)
    assert said() == {"marketing/spa": "withdrawn"}


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", FORM),
        (b"", ""),
        (b"List-Unsubscribe=One-Click", FORM),
        (b"frequency=daily", FORM),
        (b"frequency=week&shown=nonsense", FORM),
        (b"frequency=week&topic=nonsense", FORM),
        (b"\xff=\xff", FORM),
        (b"{}", "application/json"),
    ],
)
def test_what_the_page_does_not_send_changes_nothing(
    hub: Hub, path: str, aws: Settings, body: bytes, kind: str
) -> None:
    before = rows(aws)
    response = visit(hub, "POST", path, body, Content_Type=kind)
    assert response.status_code == 400
    assert "Nothing was changed" in response.body.decode()
    assert rows(aws) == before


def test_a_wrong_token_gets_a_neutral_page_and_changes_nothing(hub: Hub, path: str, aws: Settings) -> None:
    before, token = rows(aws), path.rpartition("/")[2]
    changed = [f"{token[:at]}{'A' if token[at] != 'A' else 'B'}{token[at + 1 :]}" for at in range(0, len(token), 9)]
    for method, wrong in product(("GET", "POST"), ("nonsense", "a.b", "%00", "x" * 5000, "zażółć", *changed)):
        body = urlencode(AS_IT_STANDS | {"topic": "golf"}, doseq=True).encode()
        response = visit(hub, method, f"/preferences/{wrong}", body, Content_Type=FORM)
        assert response.status_code == 404
        assert "This page does not exist" in response.body.decode()
        assert "<form" not in response.body.decode()
    assert rows(aws) == before


def test_whose_mail_goes_elsewhere_by_now_may_refuse_and_not_agree(hub: Hub, path: str) -> None:
    sent(hub, path, topic=["golf"])
    mailed("somebody.else@example.com")
    before = said()
    html = sent(hub, path, 409, tracked="yes", topic=None, frequency="week")
    assert "does not show who you are" in html
    assert said() == before
    sent(hub, path, topic=None, frequency="week")
    assert said() == {"marketing/spa": "withdrawn", "marketing/golf": "withdrawn", "marketing/@week": "withdrawn"}


@pytest.mark.parametrize("reads_along", [True, False])
def test_behind_a_mail_to_who_was_erased_there_is_the_way_out_and_nothing_to_choose(
    hub: Hub, path: str, ingest: Ingest, *, reads_along: bool
) -> None:
    ben = leaf_of_profile(ConnectionId("api"), "g2")
    if reads_along:
        ingest(reservation("r2", guest("g2", "Ben", "Ray", email=ADDRESS, marketing_email=True)))
    assert hub.status("DELETE", f"/v1/guests/{ANNA}") == 200
    seen(hub, path, 404)
    sent(hub, path, 404, topic=["golf"])
    assert "You are unsubscribed" in visit(hub, "POST", path.replace("preferences", "u")).body.decode()
    row = identity.identifier(digest("email", ADDRESS))
    assert row
    assert list(row.objections) == ["group:marketing"]
    known = gates.gate(GuestId(ben), EMAIL)
    assert (known.answers["group:marketing"].state if known else None) == ("withdrawn" if reads_along else None)


def test_who_left_altogether_is_told_so_and_has_the_way_back(hub: Hub, path: str) -> None:
    visit(hub, "POST", path.replace("preferences", "u"))
    html = seen(hub, path)
    assert "You have left already" in html
    assert f'action="../u/{path.rpartition("/")[2]}/back"' in html


def test_the_page_of_the_way_out_leads_to_it_and_back(hub: Hub, path: str) -> None:
    token = path.rpartition("/")[2]
    assert f'href="../preferences/{token}"' in seen(hub, f"/u/{token}")
    assert f'href="../../preferences/{token}"' in seen(hub, f"/u/{token}/back")
    assert f'href="../u/{token}"' in seen(hub, path)


@pytest.mark.parametrize("language", sorted(languages()))
def test_it_speaks_every_language_in_its_own_direction_and_names_topics_as_the_company_does(
    hub: Hub, ingest: Ingest, language: Language
) -> None:
    html = seen(hub, link_of(hub, ingest, language))
    assert f'<html lang="{language}" dir="{direction(language)}">' in html
    assert ("Save</button>" in html) is (language == "en")
    assert ("Wellness" if language == "de" else "Spa") in html
    assert "<script" not in html


def test_a_topic_s_name_is_no_html(hub: Hub, path: str) -> None:
    named = [{"id": "spa", "purpose": "marketing", "names": {"en": '<b>Spa</b> & "more"'}}]
    version = hub.get("/v1/consent-settings")["version"]
    hub.put("/v1/consent-settings", {"topics": named, "version": version})
    assert "<b>" not in visit(hub, "GET", path).body.decode()


def test_what_was_chosen_is_told_over_the_api(hub: Hub, path: str) -> None:
    sent(hub, path, topic=["golf"], frequency="week")
    told = hub.get(f"/v1/guests/{ANNA}/consents")
    parts = [(each["purpose"], each["part"], each["state"], each["basis"]) for each in told["choices"]]
    assert parts == [("marketing", "@week", "withdrawn", "guest"), ("marketing", "spa", "withdrawn", "guest")]
    assert {each["part"] for each in told["history"]} >= {"@week", "spa"}
    acts = [each["receipt"] for each in hub.get(f"/v1/guests/{ANNA}/timeline?kind=receipt")["items"]]
    assert {(each["purpose"], each["part"]) for each in acts} >= {("marketing", "@week"), ("marketing", "spa")}


def test_the_desk_writes_down_what_a_guest_wants_less_of(hub: Hub, path: str) -> None:
    put = f"/v1/guests/{ANNA}/consents/email/marketing"
    kept = hub.put(put, {"state": "withdrawn", "part": "spa"}, key="front_desk@vienna")
    assert (kept["part"], kept["state"], kept["changed"]) == ("spa", "withdrawn", ["answer", "history"])
    hub.put(put, {"state": "withdrawn", "part": "@month"}, key="front_desk@vienna")
    assert checked(seen(hub, path)) == {"golf", "month"}
    assert hub.put(put, {"state": "withdrawn", "part": "spa"}, key="front_desk@vienna")["changed"] == []


@pytest.mark.parametrize(("purpose", "part"), [("marketing", "wine"), ("tracking", "spa"), ("tracking", "@week")])
def test_what_is_no_part_of_a_purpose_is_refused(hub: Hub, path: str, aws: Settings, purpose: str, part: str) -> None:
    before = rows(aws)
    put = f"/v1/guests/{ANNA}/consents/email/{purpose}"
    response = hub.call("PUT", put, {"state": "withdrawn", "part": part})
    assert response.status_code == 400
    assert [each["field"] for each in response.json_body["errors"]] == ["part"]
    assert rows(aws) == before


def test_what_is_set_is_read_once_for_a_form_that_is_saved_and_shown_again(
    hub: Hub, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, get = list[object](), table.get

    def counted(key: Any, **how: Any) -> Any:
        asked.append(key)
        return get(key, **how)

    monkeypatch.setattr(table, "get", counted)
    sent(hub, path)  # nothing is refused, which the log of objections would ask for its bucket
    assert asked.count(keys.DEPLOYMENT) == 1
