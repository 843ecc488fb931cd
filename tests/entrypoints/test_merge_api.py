"""/v1/merge-candidates, /v1/merge-decisions, unmerge and decisions: who may be one person, and what people decide."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from chalicelib.canonical.ids import ConnectionId, leaf_of_profile
from chalicelib.identity.model import MOST_DECISIONS
from chalicelib.settings.matching import REVIEW_FROM
from tests.builders import PORTO, VIENNA, at, guest, reservation
from tests.crashes import watching
from tests.entrypoints.conftest import Hub, Ingest

API = ConnectionId("api")
HOME = {"street": "Ermou 12", "postal_code": "105 63", "city": "Athina", "country": "GR"}
PASSPORT = "The same passport, shown at the desk."


def leaf(source_id: str) -> str:
    return str(leaf_of_profile(API, source_id))


def maria(source_id: str, given: str = "Maria", hotel: str = VIENNA.id, **fields: Any) -> dict[str, Any]:
    known = {"birth_date": "1980-05-17", "address": HOME, "property_id": hotel, **fields}
    return guest(source_id, given, "Papadopoulou", **known)


ONE, OTHER = sorted([leaf("g1"), leaf("g2")])
NEARLY = maria("g1"), maria("g2", "Marisa")
"""A slip in the given name: rather one person than two."""


def waiting(hub: Hub, key: str = "front_desk", query: str = "") -> dict[str, Any]:
    return dict(hub.get(f"/v1/merge-candidates{query}", key=key))


def pairs(hub: Hub, key: str = "front_desk") -> list[set[str]]:
    return [set(each["records"]) for each in waiting(hub, key)["items"]]


def decide(hub: Hub, verdict: str, one: str = ONE, other: str = OTHER, key: str = "front_desk", **headers: str) -> Any:
    body = {"records": [one, other], "verdict": verdict, "reason": PASSPORT}
    return hub.call("POST", "/v1/merge-decisions", body, key=key, **headers)


def unmerge(hub: Hub, guest_id: str, *records: str, key: str = "front_desk", **headers: str) -> Any:
    body = {"records": list(records), "reason": "Another passport."}
    return hub.call("POST", f"/v1/guests/{guest_id}/unmerge", body, key=key, **headers)


def parties(hub: Hub, *source_ids: str) -> list[set[str]]:
    """The guests of some profiles, by the source's ids."""
    ids = {leaf(each): each for each in source_ids}
    found = {each: hub.get(f"/v1/guests/{each}") for each in ids}
    guests = {each["id"]: {each["id"], *each["merged_ids"]} for each in found.values()}
    return sorted(({ids[member] for member in members} for members in guests.values()), key=sorted)


def test_who_may_be_one_person_is_listed_with_what_speaks_for_it(hub: Hub, ingest: Ingest) -> None:
    ingest(*NEARLY)
    (found,) = waiting(hub)["items"]
    assert [each["traits"]["given_name"] for each in found["guests"]] in (["Maria", "Marisa"], ["Marisa", "Maria"])
    assert [each["id"] for each in found["guests"]] == found["records"]
    evidence = {each["field"]: (each["level"], each["bits"]) for each in found["evidence"]}
    assert evidence["given"] == ("alike", 5)
    assert evidence["born"] == ("same", 13)
    assert found["score"] >= REVIEW_FROM
    assert found["may_decide"] is True


def test_a_number_in_common_speaks_for_one_person(hub: Hub, ingest: Ingest) -> None:
    mailbox = {"email": "lee@mail.example", "property_id": VIENNA.id}
    ingest(guest("g1", "Maria", "Lee", **mailbox), guest("g2", "Marisa", "Lee", **mailbox))
    (found,) = waiting(hub)["items"]
    assert {"field": "email", "level": "same", "bits": 12} in found["evidence"]


def test_the_likeliest_come_first_and_page_by_page(hub: Hub, ingest: Ingest) -> None:
    ines = {"birth_date": "1990-03-04", "country": "PT", "property_id": VIENNA.id}
    ingest(*NEARLY, guest("g3", "Ines", "Lima", **ines), guest("g4", "Ines", "Lima", **ines))
    first = waiting(hub, query="?limit=1")
    rest = waiting(hub, query=f"?limit=1&cursor={first['next_cursor']}")
    scores = [each["score"] for each in (*first["items"], *rest["items"])]
    assert scores == sorted(scores, reverse=True)
    assert [len(first["items"]), len(rest["items"]), rest["next_cursor"]] == [1, 1, None]


@pytest.mark.parametrize("verdict", ["join", "apart"])
def test_who_was_decided_about_waits_no_more_and_a_decision_taken_back_waits_again(
    verdict: str, hub: Hub, ingest: Ingest
) -> None:
    ingest(*NEARLY)
    answer = decide(hub, verdict)
    assert (answer.status_code, answer.json_body["verdict"]) == (200, verdict)
    assert answer.json_body["guests"] == ([ONE] if verdict == "join" else [ONE, OTHER])
    assert pairs(hub) == []
    assert decide(hub, "withdrawn").json_body["guests"] == [ONE, OTHER]
    assert pairs(hub) == [{ONE, OTHER}]
    assert decide(hub, "withdrawn").status_code == 200  # the same again


def test_who_says_something_else_by_now_is_not_shown_whatever_the_index_has(hub: Hub, ingest: Ingest) -> None:
    ingest(*NEARLY)
    ingest(maria("g2", "Georg", birth_date="1951-02-04", changed_at=at(1)))
    assert pairs(hub) == []


def test_two_guests_are_decided_about_with_all_of_their_records(hub: Hub, ingest: Ingest) -> None:
    """Maria is known by two records: to keep Marisa apart from her keeps her from both; to join, takes that back."""
    ingest(*NEARLY, maria("g3"))
    assert parties(hub, "g1", "g2", "g3") == [{"g1", "g3"}, {"g2"}]
    assert decide(hub, "apart", leaf("g1"), leaf("g2")).status_code == 200
    assert pairs(hub) == []
    ingest(maria("g2", changed_at=at(1)))  # the slip is put right, and would join them
    assert parties(hub, "g1", "g2", "g3") == [{"g1", "g3"}, {"g2"}]
    assert decide(hub, "join", leaf("g3"), leaf("g2")).status_code == 200
    assert parties(hub, "g1", "g2", "g3") == [{"g1", "g2", "g3"}]


def test_nothing_decided_is_nothing_to_take_back(hub: Hub, ingest: Ingest) -> None:
    ingest(*NEARLY)
    assert decide(hub, "withdrawn").status_code == 409


def test_records_leave_a_guest_for_good(hub: Hub, ingest: Ingest) -> None:
    ingest(maria("g1"), maria("g2"), maria("g3"))
    assert parties(hub, "g1", "g2", "g3") == [{"g1", "g2", "g3"}]
    whole = hub.get(f"/v1/guests/{leaf('g1')}")["id"]
    answer = unmerge(hub, whole, leaf("g2"))
    assert answer.json_body == {"stayed": min(leaf("g1"), leaf("g3")), "left": [leaf("g2")]}
    assert parties(hub, "g1", "g2", "g3") == [{"g1", "g3"}, {"g2"}]
    ingest(
        maria("g2", phone="+30 210 1234567", changed_at=at(1)), maria("g1", phone="+30 210 1234567", changed_at=at(1))
    )
    assert parties(hub, "g1", "g2", "g3") == [{"g1", "g3"}, {"g2"}]
    assert pairs(hub) == []


@pytest.mark.parametrize("leaving", ["g1", "g2"])
def test_the_same_unmerge_again_ends_in_the_same(leaving: str, hub: Hub, ingest: Ingest) -> None:
    """Also where the id that is asked for is the record's that left, and the answer was lost."""
    ingest(maria("g1"), maria("g2"))
    whole = hub.get(f"/v1/guests/{leaf('g1')}")["id"]
    first = unmerge(hub, whole, leaf(leaving), Idempotency_Key="once").json_body
    again = unmerge(hub, whole, leaf(leaving), Idempotency_Key="once").json_body
    assert first == again
    decided = hub.get(f"/v1/guests/{leaf(leaving)}/decisions")["items"]
    without = unmerge(hub, str(first["stayed"]), leaf(leaving)).json_body
    assert without == first
    assert hub.get(f"/v1/guests/{leaf(leaving)}/decisions")["items"] == decided


def test_one_record_stays_and_another_guest_s_is_not_taken_off(hub: Hub, ingest: Ingest) -> None:
    ingest(*NEARLY)
    assert unmerge(hub, ONE, ONE).status_code == 409
    refused = unmerge(hub, ONE, OTHER)
    assert (refused.status_code, refused.json_body["errors"][0]["field"]) == (400, "records")


def test_what_was_decided_is_told_with_who_and_why_the_newest_first(hub: Hub, ingest: Ingest) -> None:
    ingest(maria("g1"), maria("g2", "Marisa"), maria("g3", "Marisa", birth_date="1980-05-18"))
    decide(hub, "join", leaf("g1"), leaf("g2"))
    decide(hub, "apart", leaf("g1"), leaf("g3"))
    found = hub.get(f"/v1/guests/{leaf('g1')}/decisions", key="analyst")["items"]
    assert [each["verdict"] for each in found] == ["apart", "apart", "join"]
    assert found[2]["records"] == [ONE, OTHER]
    assert (found[2]["actor"], found[2]["reason"]) == ("key front_desk", PASSPORT)
    instants = [each["decided_at"] for each in found]
    assert instants == sorted(instants, reverse=True)
    first = hub.get(f"/v1/guests/{leaf('g1')}/decisions?limit=2")
    rest = hub.get(f"/v1/guests/{leaf('g1')}/decisions?limit=2&cursor={first['next_cursor']}")
    assert [*first["items"], *rest["items"]] == found


def test_a_decision_too_many_is_refused_and_changes_nothing(hub: Hub, ingest: Ingest) -> None:
    others = [
        guest(f"p{number:02}", "Ben", f"N{number}", property_id=VIENNA.id) for number in range(MOST_DECISIONS + 1)
    ]
    ingest(maria("g1"), *others)
    for number in range(MOST_DECISIONS):
        assert decide(hub, "apart", leaf("g1"), leaf(f"p{number:02}")).status_code == 200
    refused = decide(hub, "join", leaf("g1"), leaf(f"p{MOST_DECISIONS:02}"))
    assert refused.status_code == 409
    assert "more was decided than the 40" in refused.json_body["detail"]
    assert parties(hub, "g1") == [{"g1"}]
    assert decide(hub, "join", leaf("g1"), leaf("p00")).status_code == 200


@pytest.mark.exhaustive(quick=())
def test_a_guest_of_too_many_records_is_refused_and_changes_nothing(hub: Hub, ingest: Ingest) -> None:
    ben = [
        guest(f"p{number:02}", "Ben", "Ray", email="ben@mail.example", property_id=VIENNA.id) for number in range(25)
    ]
    many = [maria(f"m{number:02}") for number in range(20)]
    for each in (*ben, *many):
        ingest(each)
    refused = decide(hub, "join", leaf("p00"), leaf("m00"))
    assert (refused.status_code, "40" in refused.json_body["detail"]) == (409, True)
    assert hub.get(f"/v1/guests/{leaf('p00')}/decisions")["items"] == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"records": [ONE, ONE], "verdict": "join"}, "records"),
        ({"records": [ONE], "verdict": "join"}, "records"),
        ({"records": [ONE, OTHER], "verdict": "maybe"}, "verdict"),
        ({"records": [ONE, OTHER], "verdict": "join", "reason": "x" * 201}, "reason"),
    ],
    ids=["one record twice", "one record", "no verdict", "a long reason"],
)
def test_what_is_no_decision_is_refused_at_its_field(
    body: dict[str, Any], field: str, hub: Hub, ingest: Ingest
) -> None:
    ingest(*NEARLY)
    refused = hub.call("POST", "/v1/merge-decisions", body)
    assert (refused.status_code, refused.json_body["errors"][0]["field"]) == (400, field)


def test_any_two_guests_are_shown_beside_each_other(hub: Hub, ingest: Ingest) -> None:
    ingest(*NEARLY, guest("g3", "Ben", "Ray", property_id=VIENNA.id))
    nearly = hub.get(f"/v1/merge-candidates/{ONE}/{OTHER}")
    assert [each["id"] for each in nearly["said"]] == nearly["records"] == [ONE, OTHER]
    assert nearly["waits"] is True
    strangers = hub.get(f"/v1/merge-candidates/{leaf('g1')}/{leaf('g3')}")
    assert (strangers["waits"], [each["given_name"] for each in strangers["said"]]) == (False, ["Maria", "Ben"])
    decide(hub, "apart")
    assert hub.get(f"/v1/merge-candidates/{ONE}/{OTHER}")["waits"] is False
    decide(hub, "join")
    assert hub.status("GET", f"/v1/merge-candidates/{ONE}/{OTHER}") == 400


def test_of_guests_of_several_records_none_is_shown_of_whom_any_two_are_kept_apart(hub: Hub, ingest: Ingest) -> None:
    """The index has Marisa beside the newer of Maria's records, whichever of them somebody decided about."""
    ingest(*NEARLY)
    decide(hub, "apart")
    ingest(maria("g3"))
    assert parties(hub, "g1", "g2", "g3") == [{"g1", "g3"}, {"g2"}]
    assert pairs(hub) == []


def test_a_hotel_sees_pairs_of_its_own_guests_and_decides_where_no_other_hotel_knows_them(
    hub: Hub, ingest: Ingest
) -> None:
    ingest(*NEARLY)
    assert pairs(hub, "front_desk@vienna") == [{ONE, OTHER}]
    assert pairs(hub, "front_desk@porto") == []
    assert decide(hub, "join", key="front_desk@porto").status_code == 404
    ingest(reservation("r1", NEARLY[0] | {"changed_at": at(1)}, property_id=PORTO.id))
    (shared,) = waiting(hub, "front_desk@vienna")["items"]
    assert shared["may_decide"] is False
    refused = decide(hub, "join", key="front_desk@vienna")
    assert (refused.status_code, "Other hotels" in refused.json_body["detail"]) == (403, True)
    assert unmerge(hub, leaf("g1"), leaf("g2"), key="front_desk@vienna").status_code == 403
    assert decide(hub, "join", key="front_desk").status_code == 200


@pytest.mark.parametrize(
    ("said", "joined", "split"),
    [
        (("explicit", "withdrawn"), "withdrawn", ["withdrawn", "withdrawn"]),
        (("explicit", None), "explicit", ["explicit", "none"]),
    ],
)
def test_the_stricter_consent_holds_while_joined_and_a_yes_is_its_own_side_s_afterwards(
    said: tuple[str | None, ...], joined: str, split: list[str], hub: Hub, ingest: Ingest
) -> None:
    """A no that was said to the same company goes along with whoever is split off (decision 0057)."""
    ingest(*NEARLY)
    for who, state in zip((ONE, OTHER), said, strict=True):
        if state:
            hub.put(f"/v1/guests/{who}/consents/email/marketing", {"state": state, "how": "said so"})
    decide(hub, "join")
    assert answers(hub) == [joined, joined]
    unmerge(hub, ONE, OTHER)
    assert answers(hub) == split


def answers(hub: Hub) -> list[str]:
    """What holds of marketing by e-mail, for each."""
    return [hub.get(f"/v1/guests/{each}/consents")["consents"][0]["state"] for each in (ONE, OTHER)]


def calls(act: Callable[[], object]) -> int:
    with watching() as seen:
        act()
    return len(seen.made)


def sharing_a_mailbox(number: int) -> list[dict[str, Any]]:
    family, shared = f"P{chr(97 + number)}kos", {"email": f"m{number}@mail.example", "property_id": VIENNA.id}
    return [guest(f"{given}{number}", given, family, **shared) for given in ("Maria", "Marisa")]


def test_a_page_of_twenty_pairs_makes_as_many_calls_as_one_of_one(hub: Hub, ingest: Ingest) -> None:
    """One to sign in, the index, how guests are recognised, and batches: heads, records, and identifiers that two have
    in common."""
    ingest(*sharing_a_mailbox(0))
    waiting(hub)
    alone = calls(partial(waiting, hub))
    for number in range(1, 20):
        ingest(*sharing_a_mailbox(number))
    assert len(pairs(hub)) == 20
    assert calls(partial(waiting, hub)) == alone == 7
    one, other = (leaf(f"{given}0") for given in ("Maria", "Marisa"))
    assert calls(partial(hub.get, f"/v1/merge-candidates/{one}/{other}", key="front_desk")) == 7
    assert decide(hub, "apart", one, other).status_code == 200
    assert calls(partial(hub.get, f"/v1/guests/{one}/decisions", key="front_desk")) == 4
