"""A connection is tried without keeping anything: what fails is said in words, and nothing of a guest or a secret."""

import json
import socket
from typing import Any

import pytest

from chalicelib.aws import http
from chalicelib.canonical.errors import Refused, Rejected, TryAgain
from chalicelib.connections import actions as connections
from chalicelib.connectors import vendors
from chalicelib.connectors.canonical import translate
from chalicelib.ingest import trials
from tests import fake_mews, tables
from tests.builders import PORTO, VIENNA
from tests.entrypoints.conftest import Hub
from tests.entrypoints.test_connections import OWN, PATH, SIGNING
from tests.fake_mews import FakeMews
from tests.fakes import waiting

MEWS_PATH = "/v1/connections/mews-vienna"
CALLS = ["reservations/getAll/2023-06-06", "orderItems/getAll", "customers/getAll"]


@pytest.fixture
def mews(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> FakeMews:
    fake_mews.connect()
    mews = FakeMews().install(monkeypatch)
    mews.keep(fake_mews.reservation(), fake_mews.customer(), fake_mews.item())
    return mews


def tried(hub: Hub, path: str = PATH, key: str = "admin") -> Any:
    """What it says; the hub is as it was before."""
    hub.call("GET", "/v1/properties", key=key)  # the key is there
    before = tables.state()
    answer = hub.call("POST", f"{path}/test", key=key)
    assert answer.status_code == 200, answer.body
    assert tables.state() == before
    assert [waiting(queue) for queue in ("inbox", "fetch")] == [0, 0]
    for secret in (SIGNING.removeprefix("whsec_"), *fake_mews.CREDENTIALS.values(), fake_mews.SECRET):
        assert f'"{secret}' not in answer.body.decode()
    return answer.json_body


def words(told: Any) -> dict[str, str]:
    return {each["name"].rpartition("/v1/")[2]: each["words"] for each in told["steps"] if not each["works"]}


# Vendors that are asked


def test_a_vendor_that_answers_each_call_works_and_nothing_of_its_guests_is_told(hub: Hub, mews: FakeMews) -> None:
    told = tried(hub, MEWS_PATH)
    assert (told["works"], told["became"]) == (True, [])
    assert [each["name"].rpartition("/v1/")[2] for each in told["steps"]] == mews.asked == CALLS
    assert "@" not in json.dumps(told)


def test_the_call_that_these_credentials_may_not_make_is_named_and_the_others_are_made(
    hub: Hub, mews: FakeMews
) -> None:
    mews.refused = frozenset({"orderItems/getAll"})
    told = tried(hub, MEWS_PATH)
    assert not told["works"]
    assert words(told) == {
        "orderItems/getAll": "the vendor does not let these credentials ask: the vendor answered 403"
    }
    assert mews.asked == CALLS


@pytest.mark.parametrize(
    "error",
    [
        TryAgain("the vendor did not answer: ConnectTimeoutError"),
        TryAgain("the vendor's name does not resolve"),
        Refused("the vendor answered 401"),
        Rejected("vendor_refused", "the vendor answered 404"),
        Rejected("vendor_address_inside", "the vendor's name leads to a private address"),
    ],
)
def test_whatever_fails_is_said_in_words(hub: Hub, mews: FakeMews, error: Any) -> None:
    mews.refuse = error
    told = words(tried(hub, MEWS_PATH))
    assert list(told) == CALLS
    assert all(str(error) in each for each in told.values())


def test_a_vendor_whose_name_leads_inside_is_not_called(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_mews.connect()
    inside = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("169.254.169.254", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: inside)
    told = words(tried(hub, MEWS_PATH))
    assert set(told.values()) == {"vendor_address_inside: the vendor's name leads to a private address"}


def test_a_slow_vendor_is_asked_no_longer_than_the_caller_waits(
    hub: Hub, mews: FakeMews, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[float] = []
    clock = [0.0]

    def slow(method: str, url: str, body: Any, seconds: float) -> Any:
        given.append(seconds)
        clock[0] += min(seconds, http.LONGEST_SECONDS)
        raise TryAgain("the vendor did not answer: ReadTimeoutError")

    monkeypatch.setattr(http, "call", slow)
    monkeypatch.setattr(trials, "monotonic", lambda: clock[0])
    told = words(tried(hub, MEWS_PATH))
    assert list(told.values())[-1] == "was not asked: the time was over"
    assert (given, clock[0]) == ([20.0, 10.0], trials.MOST_SECONDS)


def test_of_a_chain_five_hotels_are_asked_for(hub: Hub, mews: FakeMews) -> None:
    connections.put(fake_mews.connection(properties={f"e-{number}": VIENNA.id for number in range(40)}))
    assert len(tried(hub, MEWS_PATH)["steps"]) == trials.MOST_HOTELS * len(CALLS)


def test_a_connection_without_credentials_or_hotels_is_told_so_and_nobody_is_asked(hub: Hub, mews: FakeMews) -> None:
    connections.delete(fake_mews.LINK.connection)
    connections.put(fake_mews.connection(credentials={}))
    assert list(words(tried(hub, MEWS_PATH))) == ["credentials"]
    connections.put(fake_mews.connection(properties={}))
    assert list(words(tried(hub, MEWS_PATH))) == ["properties"]
    assert mews.asked == []


def test_an_answer_of_another_shape_is_said_to_be_one(
    hub: Hub, mews: FakeMews, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "call", lambda *_, **__: ["Anna Lee"])
    told = words(tried(hub, MEWS_PATH))
    assert list(told.values()) == ["unreadable_answer: reservations/getAll/2023-06-06: Reservations is no list"]


# Sources that push


def test_a_notice_of_nobody_passes_the_edge_and_shows_what_it_would_have_become(hub: Hub) -> None:
    hub.put(PATH, OWN)
    told = tried(hub)
    assert told["works"]
    assert [(each["name"], each["works"]) for each in told["steps"]] == [("secret 1", True), ("notice", True)]
    (became,) = told["became"]
    assert (became["kind"], became["property_id"], became["said"]["status"]) == ("reservation", VIENNA.id, "confirmed")
    assert became["subject"].startswith("r")


def test_both_secrets_are_tried_while_two_are_valid(hub: Hub) -> None:
    other = SIGNING[:-4] + "AAA="
    hub.put(PATH, {**OWN, "secrets": [SIGNING, other]})
    assert [each["name"] for each in tried(hub)["steps"]] == ["secret 1", "secret 2", "notice"]


def test_a_secret_that_was_made_just_now_is_tried_though_this_process_knew_the_older_one(hub: Hub) -> None:
    hub.put(PATH, OWN)
    assert len(tried(hub)["steps"]) == 2
    hub.call("POST", f"{PATH}/secrets")
    assert [each["works"] for each in tried(hub)["steps"]] == [True] * 3


def test_a_connection_without_a_secret_or_a_hotel_is_told_so(hub: Hub) -> None:
    hub.put(PATH, {**OWN, "secrets": []})
    assert list(words(tried(hub))) == ["secrets"]
    hub.put(PATH, {**OWN, "properties": {}})
    assert tried(hub)["works"]
    for each in (VIENNA, PORTO):
        assert hub.status("DELETE", f"/v1/properties/{each.id}") == 204
    assert list(words(tried(hub))) == ["properties"]


def test_what_the_edge_or_the_translation_does_not_take_is_said(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.put(PATH, OWN)

    def broken(*_: object) -> None:
        raise Rejected("not_canonical", "snapshots: a list is required")

    monkeypatch.setattr(translate, "translate", broken)
    assert words(tried(hub)) == {"notice": "not_canonical: snapshots: a list is required"}


def test_every_vendor_whose_notices_hold_the_truth_has_a_notice_to_try() -> None:
    assert vendors.SAMPLES.keys() == vendors.FAT.keys()


def test_a_hotel_tries_its_own_connection_alone(hub: Hub) -> None:
    hub.put(PATH, OWN)
    assert tried(hub, key="admin@vienna")["works"]
    assert hub.status("POST", f"{PATH}/test", key="admin@porto") == 404
