"""What happened to a guest, what sources say and what the ledger has, filtered: the same pages, of less."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, get_args

import pytest

from chalicelib.aws import table
from chalicelib.canonical.ids import RUN, ConnectionId, GuestId, OccasionId, leaf_of_profile, timed_id
from chalicelib.canonical.time import instant
from chalicelib.entrypoints.api.membership import ORIGINS
from chalicelib.loyalty import programs
from chalicelib.loyalty.model import Origin, Redemption
from chalicelib.loyalty.settling import settle
from chalicelib.loyalty.spending import spend
from chalicelib.loyalty.store import PROGRAMS
from chalicelib.messages import store as messages
from chalicelib.messages.model import Message
from chalicelib.timeline import rules
from tests.builders import DAY_ONE, EUR_PROGRAM, PORTO, VIENNA, at, guest, reservation
from tests.entrypoints.conftest import Hub, Ingest
from tests.entrypoints.test_access import problem

ANNA = leaf_of_profile(ConnectionId("api"), "g1")
AT = f"/v1/guests/{ANNA}"
PERSON = guest(email="anna@mail.example")
STATES = ("checked_out", "cancelled", "confirmed")


@pytest.fixture(autouse=True)
def anna(hub: Hub, ingest: Ingest) -> None:
    """Reservations at two hotels in three states, a stay shared, a word about mails, a mail, two records, points."""
    programs.keep(EUR_PROGRAM.model_copy(update={"auto_enrol": True}), DAY_ONE.date())
    for number in range(12):
        hotel = PORTO if number % 4 == 3 else VIENNA
        ingest(stay(number, property_id=hotel.id, status=STATES[number % 3]))
    ingest(reservation("shared", guest("g9", "Ben", "Roth"), companions=[PERSON], status="checked_out"))
    ingest(guest("g2", email="anna@mail.example", property_id=VIENNA.id))
    hub.put(f"{AT}/consents/email/marketing", {"state": "withdrawn", "how": "at the desk"})
    settle([ANNA], PROGRAMS.required(EUR_PROGRAM.id), instant(DAY_ONE))
    _mail(GuestId(ANNA))
    spend(GuestId(ANNA), EUR_PROGRAM.id, 10, Redemption(act="night-1"))


def _mail(to: GuestId) -> None:
    claimed = instant(DAY_ONE)
    occasion = OccasionId(timed_id(RUN, claimed, "spring"))
    told: dict[str, Any] = {
        "claim": "m",
        "campaign": "c",
        "origin": "o",
        "candidate": to,
        "address": "d",
        "at": claimed,
    }
    table.write(table.Put(messages.message_row(Message(guest=to, occasion=occasion, **told))))


def stay(number: int, **told: Any) -> dict[str, Any]:
    arrival = date(2025, 1, 1) + timedelta(weeks=number)
    days = {"arrival": arrival.isoformat(), "departure": (arrival + timedelta(2)).isoformat()}
    return reservation(f"r{number}", PERSON, changed_at=at(number), **days, **told)


def walked(hub: Hub, path: str, query: str, key: str = "admin") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        part = hub.get(f"{AT}{path}?{query}{cursor}", key=key)
        found += part["items"]
        if part["next_cursor"] is None:
            return found
        cursor = f"&cursor={part['next_cursor']}"


Kept = Callable[[dict[str, Any]], bool]
FILTERS: dict[str, tuple[str, str, Kept]] = {
    "stays of a state": ("/stays", "status=cancelled", lambda each: each["status"] == "cancelled"),
    "stays at a hotel": ("/stays", "property_id=porto", lambda each: each["property_id"] == "porto"),
    "stays of a state at a hotel": (
        "/stays",
        "property_id=vienna&status=checked_out",
        lambda each: (each["property_id"], each["status"]) == ("vienna", "checked_out"),
    ),
    "stays in the timeline": ("/timeline", "kind=stay", lambda each: each["kind"] == "stay"),
    "receipts in the timeline": ("/timeline", "kind=receipt", lambda each: each["kind"] == "receipt"),
    "messages in the timeline": ("/timeline", "kind=message", lambda each: each["kind"] == "message"),
    "records of a source": ("/records", "source=api", lambda each: each["source"] == "api"),
    "what stays earned": ("/ledger", "origin=stay_earned", lambda each: each["origin"] == "stay_earned"),
    "what was redeemed": ("/ledger", "origin=redemption", lambda each: each["origin"] == "redemption"),
}


@pytest.mark.parametrize("key", ["admin", "front_desk@vienna", "front_desk@porto"])
@pytest.mark.parametrize("limit", [1, 2, 50])
@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_leaves_out_what_is_something_else_and_pages_lead_through_the_rest(
    hub: Hub, name: str, limit: int, key: str
) -> None:
    path, query, keeps = FILTERS[name]
    everything = walked(hub, path, "limit=200", key)
    assert walked(hub, path, f"{query}&limit={limit}", key) == [each for each in everything if keeps(each)]


def test_each_filter_finds_something_and_leaves_something_out(hub: Hub) -> None:
    for path, query, keeps in FILTERS.values():
        kept = [keeps(each) for each in walked(hub, path, "limit=200")]
        assert True in kept, query
        assert False in kept or path == "/records", query


def test_a_stay_that_was_shared_is_filtered_like_an_own_one(hub: Hub) -> None:
    told = walked(hub, "/stays", "status=checked_out&property_id=vienna")
    assert {each["role"] for each in told} == {"guest", "companion"}


def test_another_source_has_no_record(hub: Hub) -> None:
    assert walked(hub, "/records", "source=pms") == []


@pytest.mark.parametrize("path", ["/stays?status=gone", "/timeline?kind=stays", "/ledger?origin=earned"])
def test_a_filter_by_what_there_is_not_names_what_there_is(hub: Hub, path: str) -> None:
    refused = hub.call("GET", f"{AT}{path}")
    assert refused.status_code == 400
    (told,) = problem(refused)["errors"]
    assert told["field"] == path.partition("?")[2].partition("=")[0]
    assert "there is" in told["message"]


def test_what_is_far_between_is_found_behind_pages_that_are_short(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page looks at so many lines: where none of them is wanted it is empty, and leads on."""
    monkeypatch.setattr(rules, "LOOKED_AT", 2)
    first = hub.get(f"{AT}/stays?status=checked_out&property_id=porto")
    assert (first["items"], bool(first["next_cursor"])) == ([], True)
    told = walked(hub, "/stays", "status=checked_out&property_id=porto")
    assert [(each["property_id"], each["status"]) for each in told] == [("porto", "checked_out")]


def test_a_hotel_that_is_not_in_sight_has_no_stay_to_show(hub: Hub) -> None:
    assert walked(hub, "/stays", "property_id=vienna", "front_desk@porto") == []
    assert walked(hub, "/stays", "property_id=nowhere", "front_desk@porto") == []


def test_every_origin_of_an_entry_can_be_asked_for() -> None:
    """By the words that entries are kept with."""
    (kinds, _) = get_args(Origin)
    assert sorted(ORIGINS) == sorted(each.model_fields["kind"].default for each in get_args(kinds))
