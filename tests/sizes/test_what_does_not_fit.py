"""What would not fit its row or an answer: refused before anything is written, cut by a rule, or a dead letter."""

import json
from dataclasses import replace
from typing import Any

import pytest
from chalice.test import HTTPResponse

from chalicelib.access import store as access
from chalicelib.access.model import ApiKey
from chalicelib.aws import keys, table
from chalicelib.aws.codec import item_size
from chalicelib.aws.keys import Key
from chalicelib.aws.settings import Settings
from chalicelib.canonical.errors import Rejected, TooLarge
from chalicelib.canonical.ids import ConnectionId, ControllerId, GuestId, KeyId, leaf_of_profile
from chalicelib.canonical.time import Instant
from chalicelib.connections import store as connections
from chalicelib.connections.asked import LARGEST_MAP
from chalicelib.connections.health import UNHEARD
from chalicelib.connections.model import KeptConnection
from chalicelib.connections.store import Reached
from chalicelib.consent import store as consents
from chalicelib.consent.model import EMAIL, MARKETING, Gate, key_of
from chalicelib.entrypoints.api import consents as api_consents
from chalicelib.entrypoints.queues import ingest_notices
from chalicelib.guests import store as guests
from chalicelib.settings import store as settings
from chalicelib.settings.model import Succession
from tests import tables
from tests.builders import VIENNA, at, guest, notice, reservation
from tests.entrypoints.conftest import Hub, Ingest
from tests.entrypoints.test_access import problem
from tests.fakes import Context, delivery, received, waiting
from tests.ids import PMS
from tests.sizes.inputs import FOUR, ID, LATEST, SIGNS, SIX, filled, longest_map, many_ids
from tests.sizes.rows_of_guests import NO, change, person, stayed, tell

API = ConnectionId("api")
ANNA = GuestId(leaf_of_profile(API, "g1"))
LARGEST_ANSWER = 6_000_000
"""Bytes that Lambda hands on."""


def refused(hub: Hub, method: str, path: str, body: dict[str, Any]) -> str:
    """Ask for what does not fit: 413, and every row is as it was. Returns what the problem says."""
    hub.call("GET", "/v1/settings")
    before = tables.rows()
    answer = hub.call(method, path, body)
    assert answer.status_code == 413, answer.body
    assert tables.rows() == before
    return str(problem(answer)["detail"])


# Rows that grow


def note_all_that_is_remembered() -> None:
    pairs = settings.LARGEST_SUCCESSIONS // (2 * 64 + 2)
    settings.note({Succession(ControllerId(f"{number:064}"), ControllerId(ID)) for number in range(pairs)})


def test_a_change_of_a_legal_entity_that_cannot_be_remembered_is_not_made(hub: Hub) -> None:
    note_all_that_is_remembered()
    vienna = {**VIENNA.model_dump(mode="json"), "branding": {"legal_entity": "e" * 64}}
    assert "Legal entities were changed so often" in refused(hub, "PUT", "/v1/properties/vienna", vienna)
    group = {"group": {"legal_entity": "e" * 64}}
    assert "Legal entities were changed so often" in refused(hub, "PUT", "/v1/settings", group)
    assert hub.status("PUT", "/v1/settings", {"cap_mails": 1}) == 200, "what changes no entity is"


def test_a_restore_remembers_beyond_that(aws: Settings) -> None:
    """Who objected comes before who changes names: only the row's end stops it."""
    note_all_that_is_remembered()
    more = Succession(ControllerId("e" * 64), ControllerId(ID))
    with pytest.raises(TooLarge):
        settings.note({more})
    settings.note({more}, table.LARGEST_ROW)
    assert more in settings.with_successions()[1]


def test_a_connection_of_more_hotels_than_its_row_can_list_is_refused(hub: Hub) -> None:
    everywhere = frozenset(many_ids(table.LARGEST_ROW // 65 - 3))
    connections.save(KeptConnection(PMS, "mews"), Reached(), everywhere)
    asked = {
        "vendor": "mews",
        "secrets": ["s" * 32],
        "credentials": {"client_token": "c", "access_token": "a"},
        "base_url": "https://api.mews.com",
        "properties": {"e-1": ID, "e-2": "j" * 64, "e-3": "k" * 64},
    }
    for named in asked["properties"].values():  # type: ignore[attr-defined]
        hub.put(f"/v1/properties/{named}", {**VIENNA.model_dump(mode="json"), "id": named})
    assert "400 KB" in refused(hub, "PUT", f"/v1/connections/{PMS}", asked)


def test_a_word_of_consent_to_more_legal_entities_than_a_row_can_hold_is_refused(
    hub: Hub, ingest: Ingest, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest(reservation("r1", guest("g1", email="anna@lee.example")))
    topics = [key_of(MARKETING, ControllerId(each)) for each in many_ids(500)]
    acts = consents.acts_row(ANNA, EMAIL, dict.fromkeys(topics, NO))
    table.write(table.Put(acts))
    monkeypatch.setattr(table, "LARGEST_ROW", item_size(acts) + 50)
    gate = consents.gate(ANNA, EMAIL) or Gate(guest=ANNA, channel=EMAIL)
    table.write(table.Put(consents.gate_row(gate.with_answers({topics[0]: NO}).at_rev(gate.rev + 1))))
    path = f"/v1/guests/{ANNA}/consents/email/marketing"
    assert "400 KB" in refused(hub, "PUT", path, {"state": "explicit", "how": "x" * 200})


FULL = table.row(Key("KIND#of-somebody", "ROW"), text="x" * 400_000)


@pytest.mark.parametrize("write", ["alone", "in a transaction"])
def test_an_update_that_would_make_its_row_too_large_is_rejected(write: str, aws: Settings) -> None:
    """Only the table knows what lies there."""
    table.write(table.Put(FULL))
    update = table.Update(table.key_of(FULL), "SET more = :more", {":more": "x" * 10_000})
    with pytest.raises(Rejected, match="row_too_large"):
        table.write(update) if write == "alone" else table.transact([update])
    assert table.get(table.key_of(FULL)) == FULL


# What a vendor pushes


def test_a_record_at_more_hotels_than_its_row_can_list_is_a_dead_letter_and_its_neighbours_are_stored(
    hub: Hub, ingest: Ingest, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest(guest("g1"))
    known = guests.head(ANNA)
    assert known
    everywhere = tuple(sorted(many_ids(500)))
    full = guests.head_row(replace(known, seen_at=everywhere, properties=everywhere))
    table.write(table.Put(full))
    monkeypatch.setattr(table, "LARGEST_ROW", item_size(full) + 10)
    somewhere_else = {**guest("g1", changed_at=at(1)), "property_id": many_ids(501)[-1]}
    ingest_notices(delivery("inbox", [notice(each).body for each in (somewhere_else, guest("g2", "Ben"))]), Context())
    assert waiting("inbox-dlq") == 1
    (letter,) = received("inbox-dlq")["Records"]
    assert letter["messageAttributes"]["reason"]["stringValue"].startswith("row_too_large")
    assert table.get(keys.head(ANNA)) == full
    assert guests.guest(leaf_of_profile(API, "g2"))


@pytest.mark.parametrize("signs", [FOUR, SIX])
def test_the_largest_reservation_is_stored_and_ties_its_primary_guest_and_the_others_with_their_own_profiles(
    signs: str, aws: Settings
) -> None:
    """Twenty people with all that tells them are more than one transaction: nineteen are kept, and tied to nobody."""
    tell(stayed(SIGNS[signs]))
    told = change(stayed(SIGNS[signs]))
    heads = guests.with_records(guests.heads(each.leaf for each in told.people))
    assert len(heads) == 20
    primary = heads.pop(told.people[0].leaf)
    assert primary.leaf == told.stay_leaf
    assert {each.partition(":")[0] for each in primary.identifiers} >= {"email", "phone"}
    assert primary.record
    assert primary.record.email_kind == "own"
    assert not any(head.identifiers for head in heads.values())
    later = change({**person(SIGNS[signs], 7), "changed_at": at(5), "merged_into": None})
    tell({**person(SIGNS[signs], 7), "changed_at": at(5), "merged_into": None})
    (own,) = guests.with_records(guests.heads([later.people[0].leaf])).values()
    assert {each.partition(":")[0] for each in own.identifiers} >= {"email", "phone"}
    assert own.record
    assert own.record.email_kind == "own"


# Answers


def answered(response: HTTPResponse) -> int:
    """Bytes in Lambda's own JSON: the body is a text in it."""
    return len(json.dumps({"statusCode": response.status_code, "body": response.body.decode()}))


def all_items(hub: Hub, path: str) -> list[Any]:
    """Over all pages, each of which Lambda hands on."""
    items, cursor = [], ""
    while True:
        response = hub.call("GET", f"{path}limit=200{cursor}")
        assert answered(response) < LARGEST_ANSWER
        items += response.json_body["items"]
        if response.json_body["next_cursor"] is None:
            return items
        cursor = f"&cursor={response.json_body['next_cursor']}"


@pytest.mark.exhaustive(quick=())
def test_pages_of_the_largest_stays_are_answers_that_lambda_takes(hub: Hub, ingest: Ingest) -> None:
    ingest(reservation("r1", guest("g1"), status="checked_out"))
    told = change(stayed(SIGNS[SIX])).stay
    assert told
    for number in range(200):
        more = told.model_copy(update={"reservation": f"r{number:024}", "property_id": VIENNA.id})
        table.write(table.Put(guests.stay_row(ANNA, more, f"{LATEST}##d")))
    for kind in ("stays", "timeline"):
        assert len(all_items(hub, f"/v1/guests/{ANNA}/{kind}?")) == 201, kind


def test_pages_of_keys_of_many_hotels_are_answers_that_lambda_takes(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    name, hotels = filled(SIGNS[SIX], 200), tuple(many_ids(500))
    made = [ApiKey(KeyId(f"k{number:024}"), "h" * 64, name, "analyst", hotels) for number in range(200)]
    monkeypatch.setattr(access, "listed", lambda after: (each for each in made if each.key_id > (after or "")))
    assert len(all_items(hub, "/v1/keys?")) == 200


def test_pages_of_the_largest_connections_are_answers_that_lambda_takes(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = longest_map(LARGEST_MAP, ID)
    options = dict.fromkeys(names, ("o" * 64,))
    made = [
        KeptConnection(
            ConnectionId(f"c{number:03}"),
            "mews",
            "",
            names,
            channels=dict.fromkeys(names, "wholesale"),
            options=options,
        )
        for number in range(60)
    ]
    monkeypatch.setattr(connections, "listed_with_health", lambda: [(each, UNHEARD) for each in made])
    assert len(all_items(hub, "/v1/connections?")) == 60


def test_the_history_of_consents_ends_with_the_newest_and_the_timeline_has_all(
    hub: Hub, ingest: Ingest, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest(reservation("r1", guest("g1")))
    topic = key_of(MARKETING, ControllerId("group"))
    for second in range(12):
        said = NO.model_copy(update={"at": Instant(f"2026-01-01T00:00:{second:02d}.000000Z"), "again": None})
        proof = {"key_id": "k" * 25, "how": filled(SIGNS[SIX], 200)}
        table.write(table.Put(consents.receipt_row(ANNA, EMAIL, topic, said, proof)))
    one = answered(hub.call("GET", f"/v1/guests/{ANNA}/consents")) / 12
    assert one * api_consents.MOST_RECEIPTS < LARGEST_ANSWER
    monkeypatch.setattr(api_consents, "MOST_RECEIPTS", 10)
    history = hub.get(f"/v1/guests/{ANNA}/consents")["history"]
    assert [each["at"][17:19] for each in history] == [f"{second:02d}" for second in range(2, 12)]
    happened = all_items(hub, f"/v1/guests/{ANNA}/timeline?")
    assert sum(each["kind"] == "receipt" for each in happened) == 12
