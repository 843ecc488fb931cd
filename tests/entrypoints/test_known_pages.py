"""What we know: the guest reads it behind the link of a mail, changes it and deletes it, and nobody else does."""

import re
from typing import get_args
from urllib.parse import urlencode

from chalicelib.aws import clients, table
from chalicelib.aws.settings import Settings
from chalicelib.canonical.ids import ConnectionId, GuestId, OccasionId, leaf_of_profile
from chalicelib.canonical.preferences import OFFERED, Kind
from chalicelib.canonical.time import Instant
from chalicelib.consent.model import MARKETING
from chalicelib.guests import store as guests
from chalicelib.guests.preferred import preferred
from chalicelib.guests.survivorship import digest_of_value
from chalicelib.identity.digests import digest
from chalicelib.languages.preferred import KINDS, OWN_NAMES, WORDS, word
from chalicelib.messages import store
from chalicelib.messages.model import Message
from chalicelib.messages.tokens import UnsubscribeLink, make_token
from tests.builders import VIENNA, guest, reservation
from tests.entrypoints.conftest import Hub, Ingest
from tests.entrypoints.test_guest_pages import visit
from tests.entrypoints.test_way_back import ANNA, anna, mailed, seen

__all__ = ["anna"]
FORM = "application/x-www-form-urlencoded"
RUN = OccasionId("n7")


def say(hub: Hub, path: str, *values: str, status: int = 200) -> str:
    body = urlencode([("values", each) for each in values]).encode()
    response = visit(hub, "POST", path, body, content_type=FORM)
    assert response.status_code == status, response.body
    html = response.body.decode() if isinstance(response.body, bytes) else str(response.body)
    assert ('role="status"' in html) is (status == 200)
    return html


def words(html: str) -> list[str]:
    return re.findall(r"<bdi>(.+?)</bdi> <a", html)


def origin(kind: str) -> tuple[tuple[str, ...], str, str]:
    guest_ = guests.guest(ANNA)
    assert guest_
    found = preferred(guests.with_records(guests.heads(guest_.members)).values())[kind]
    return found.values, found.origin, found.actor


def test_every_kind_and_every_word_has_words() -> None:
    assert [*KINDS] == [*OFFERED] == [*get_args(Kind)]
    assert {kind: (*words,) for kind, words in WORDS.items()} == {
        kind: words for kind, words in OFFERED.items() if kind != "language"
    }
    assert {*OWN_NAMES} == {*OFFERED["language"]}
    assert word("language", "el") == "Ελληνικά"


def test_the_guest_reads_in_their_language_what_staff_noted_and_changes_it(hub: Hub, anna: str) -> None:
    hub.put(f"/v1/guests/{ANNA}/preferences/pillow", {"values": ["soft"]})
    assert f'href="{anna.removeprefix("/u/")}/known"' in seen(hub, "GET", anna)
    assert words(seen(hub, "GET", f"{anna}/known")) == ["weiches Kissen"]
    form = seen(hub, "GET", f"{anna}/known/pillow")
    assert re.findall(r'value="(\w+)" checked', form) == ["soft"]
    say(hub, f"{anna}/known/pillow", "firm", "extra")
    assert origin("pillow") == (("firm", "extra"), "declared", "")
    assert words(seen(hub, "GET", f"{anna}/known")) == ["festes Kissen, zusätzliches Kissen"]


def test_what_the_guest_deletes_is_gone_whoever_said_it_and_stays_gone(hub: Hub, ingest: Ingest, anna: str) -> None:
    hub.put(f"/v1/guests/{ANNA}/preferences/floor", {"values": ["high"]})
    say(hub, f"{anna}/known/floor")
    assert origin("floor") == ((), "declared", "")
    assert words(seen(hub, "GET", f"{anna}/known")) == []
    assert hub.get(f"/v1/guests/{ANNA}")["traits"]["preferences"] is None
    assert hub.status("PUT", f"/v1/guests/{ANNA}/preferences/floor", {"values": ["low"]}) == 409


def test_a_guest_of_whom_nothing_is_known_may_say_it_and_is_spoken_to_in_the_language_they_choose(
    hub: Hub, anna: str
) -> None:
    page = seen(hub, "GET", f"{anna}/known")
    assert re.findall(r'<li><a href="known/(\w+)"', page) == [*OFFERED]
    say(hub, f"{anna}/known/language", "el")
    assert words(seen(hub, "GET", f"{anna}/known")) == ["Ελληνικά"]
    assert 'lang="el"' in seen(hub, "GET", f"{anna}/known")


def test_a_get_changes_nothing_and_a_refused_form_neither(hub: Hub, anna: str, aws: Settings) -> None:
    before = clients.dynamodb().scan(TableName=aws.table)["Items"]
    for path in ("known", "known/pillow"):
        seen(hub, "GET", f"{anna}/{path}")
    assert 'role="alert"' in say(hub, f"{anna}/known/pillow", "peanuts", status=400)
    assert 'role="alert"' in say(hub, f"{anna}/known/language", "el", "de", status=400)
    seen(hub, "GET", f"{anna}/known/allergies", 404)
    say(hub, f"{anna}/known/religion", "soft", status=404)
    assert visit(hub, "POST", f"{anna}/known/pillow", b"{}", content_type="application/json").status_code == 400
    assert clients.dynamodb().scan(TableName=aws.table)["Items"] == before


def test_a_link_whose_mailbox_is_the_guests_no_more_shows_nothing_and_takes_nothing(hub: Hub, anna: str) -> None:
    hub.put(f"/v1/guests/{ANNA}/preferences/pillow", {"values": ["soft"]})
    mailed("ben@example.com")
    assert "/known" not in seen(hub, "GET", anna)
    for path in (f"{anna}/known", f"{anna}/known/pillow", "/u/a.b/known"):
        seen(hub, "GET", path, 404)
    say(hub, f"{anna}/known/pillow", status=404)
    assert origin("pillow") == (("soft",), "noted", "key admin")


def test_what_was_said_behind_a_mail_stays_with_whose_mailbox_it_was_when_two_people_are_told_apart_again(
    hub: Hub, ingest: Ingest, anna: str
) -> None:
    ben = leaf_of_profile(ConnectionId("api"), "g2")
    first, other = sorted([ANNA, ben])
    address = {ANNA: "anna.lee@example.com", ben: "ben@example.com"}
    ingest(reservation("r2", guest("g2", "Ben", "Ray", email=address[ben]), property_id=VIENNA.id))
    pair = {"records": [ANNA, ben]}
    assert hub.status("POST", "/v1/merge-decisions", {**pair, "verdict": "join"}) == 200
    sent = Message(
        guest=GuestId(first), occasion=RUN, claim="c1", origin="o", candidate=first,
        address=digest("email", address[other]), at=Instant("2026-03-01T10:00:00.000000Z"),
    )  # fmt: skip
    table.write(table.Put(store.message_row(sent)))
    say(hub, f"/u/{make_token(UnsubscribeLink(first, MARKETING, RUN))}/known/pillow", "firm")
    assert hub.status("POST", "/v1/merge-decisions", {**pair, "verdict": "apart"}) == 200
    told = {leaf: hub.get(f"/v1/guests/{leaf}/preferences")["items"] for leaf in (first, other)}
    assert (told[first], [each["values"] for each in told[other]]) == ([], [["firm"]])


def test_who_was_erased_is_shown_nothing(hub: Hub, anna: str) -> None:
    assert hub.status("DELETE", f"/v1/guests/{ANNA}") == 200
    seen(hub, "GET", f"{anna}/known", 404)
    say(hub, f"{anna}/known/pillow", "soft", status=404)


def test_who_says_something_there_proved_that_the_mailbox_is_theirs(hub: Hub, ingest: Ingest, anna: str) -> None:
    def proofs() -> list[tuple[str, tuple[str, ...]]]:
        (head,) = guests.with_records(guests.heads([ANNA])).values()
        return [(each.about, each.values) for each in head.statements if each.about.startswith("proved.")]

    (head,) = guests.with_records(guests.heads([ANNA])).values()
    seen(hub, "GET", f"{anna}/known")
    assert proofs() == []
    say(hub, f"{anna}/known/pillow", "firm")
    assert head.record
    assert proofs() == [("proved.email", (digest_of_value(head.record.email),))]
