"""What an identity audit brings to the hub: pairs that wait for an answer, and how good each source's records are."""

from typing import Any

import pytest

from chalicelib.aws import table
from chalicelib.canonical.ids import ConnectionId, leaf_of_profile
from chalicelib.entrypoints.api import merge_candidates
from tests import tables
from tests.builders import VIENNA, at, guest
from tests.entrypoints.conftest import Hub, Ingest

API = ConnectionId("api")
HOME = {"street": "Ermou 12", "postal_code": "105 63", "city": "Athina", "country": "GR"}
REPORT: dict[str, Any] = {
    "began_at": "2026-01-01T00:00:00.000000Z",
    "guests": 2,
    "records": 3,
    "sources": [{"source": "api", "records": 3, "duplicates": 1, "reachable": 2, "masked": 1, "no_consent": 2}],
    "weights": {"born": {"same": 12.5}},
}


def leaf(source_id: str) -> str:
    return str(leaf_of_profile(API, source_id))


PAIR = sorted([leaf("g1"), leaf("g2")])


def maria(source_id: str, **fields: Any) -> dict[str, Any]:
    known = {"birth_date": "1980-05-17", "address": HOME, "property_id": VIENNA.id, **fields}
    return guest(source_id, "Maria", "Papadopoulou", **known)


def set_(hub: Hub, **matching: Any) -> None:
    assert hub.put("/v1/settings", {"guests": {"matching": matching}})


def propose(hub: Hub, *pairs: list[str]) -> list[dict[str, Any]]:
    return list(hub.call("POST", "/v1/merge-candidates", {"pairs": pairs or [PAIR]}).json_body["items"])


def listed(hub: Hub) -> list[list[str]]:
    return [each["records"] for each in hub.get("/v1/merge-candidates", key="front_desk")["items"]]


@pytest.fixture
def apart(hub: Hub, ingest: Ingest) -> Hub:
    """Two who are much alike, and came while the company asked for more."""
    set_(hub, review_from=90, auto_from=90)
    ingest(maria("g1"), maria("g2"))
    set_(hub, review_from=20, auto_from=31)
    assert listed(hub) == []
    return hub


def test_a_proposed_pair_waits_with_what_speaks_for_it_and_nobody_is_joined(apart: Hub) -> None:
    (answered,) = propose(apart)
    assert (answered["records"], answered["outcome"]) == (PAIR, "proposed")
    assert {"field": "born", "level": "same", "bits": 13} in answered["evidence"]
    assert answered["score"] > 31
    assert listed(apart) == [PAIR]


def test_a_pair_that_is_proposed_again_changes_nothing(apart: Hub) -> None:
    propose(apart)
    before = tables.state()
    assert propose(apart)[0]["outcome"] == "proposed"
    assert tables.state() == before
    assert listed(apart) == [PAIR]


@pytest.mark.parametrize("verdict", ["join", "apart"])
def test_what_a_person_decided_is_not_asked_again(apart: Hub, verdict: str) -> None:
    propose(apart)
    apart.call("POST", "/v1/merge-decisions", {"records": PAIR, "verdict": verdict}, key="front_desk")
    assert listed(apart) == []
    assert not [key for key in tables.rows() if key.sk.startswith("PROPOSAL#")]
    assert propose(apart)[0]["outcome"] == "settled"
    assert listed(apart) == []


def test_who_is_born_on_another_day_is_never_proposed_by_any_of_the_records(hub: Hub, ingest: Ingest) -> None:
    """The second guest's other record has the birthday, and the mailbox that makes the two one."""
    set_(hub, review_from=90, auto_from=90)
    mail = {"email": "m@mail.example"}
    ingest(maria("g1"), maria("g2", **mail, birth_date=None), maria("g3", **mail, birth_date="1955-11-30"))
    set_(hub, review_from=15, auto_from=60)
    assert propose(hub, sorted([leaf("g1"), leaf("g2")]))[0]["outcome"] == "contradicted"
    assert listed(hub) == []


def test_a_junior_and_a_senior_are_never_proposed(hub: Hub, ingest: Ingest) -> None:
    set_(hub, review_from=90, auto_from=90)
    ingest(maria("g1", generation="Jr"), maria("g2", generation="Sr"))
    set_(hub, review_from=15, auto_from=60)
    assert propose(hub)[0]["outcome"] == "contradicted"


def test_who_is_below_what_is_set_or_nobody_is_left(hub: Hub, ingest: Ingest) -> None:
    ingest(maria("g1"), guest("g2", "Ines", "Lima", property_id=VIENNA.id))
    assert [each["outcome"] for each in propose(hub, PAIR, ["g0", leaf("g1")])] == ["unlike", "nobodys"]


def test_who_waits_by_ingest_is_not_noted_twice(hub: Hub, ingest: Ingest) -> None:
    ingest(maria("g1"), guest("g2", "Marisa", "Papadopoulou", birth_date="1980-05-17", address=HOME))
    assert listed(hub) == [PAIR]
    assert propose(hub)[0]["outcome"] == "waiting"
    assert listed(hub) == [PAIR]


def test_a_proposal_that_becomes_a_candidate_by_itself_is_shown_once_on_all_pages(
    apart: Hub, ingest: Ingest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merge_candidates, "SPARE", 0)
    propose(apart)  # 47 bits
    set_(apart, review_from=20, auto_from=90)
    lima = {"birth_date": "1990-03-04", "address": {"postal_code": "1000"}, "property_id": VIENNA.id}
    ingest(guest("g3", "Ines", "Lima", **lima), guest("g4", "Ines", "Lima", **lima))  # 36.5 bits
    ingest(maria("g1", address={"city": "Athina", "country": "GR"}, changed_at=at(1)))  # 32.5 bits
    shown: list[list[str]] = []
    cursor: str | None = ""
    while cursor is not None:
        page = apart.get(f"/v1/merge-candidates?limit=1{cursor and f'&cursor={cursor}'}")
        shown += [each["records"] for each in page["items"]]
        cursor = page["next_cursor"]
    assert shown == [PAIR, sorted([leaf("g3"), leaf("g4")])]


def test_an_erasure_takes_away_what_was_proposed_of_the_guest(apart: Hub) -> None:
    propose(apart)
    assert apart.status("DELETE", f"/v1/guests/{PAIR[0]}") == 200
    assert not [key for key in tables.rows() if key.sk.startswith("PROPOSAL#")]


def test_a_record_beside_itself_is_refused_where_it_stands(hub: Hub) -> None:
    answer = hub.call("POST", "/v1/merge-candidates", {"pairs": [PAIR, [PAIR[0], PAIR[0]]]})
    assert answer.status_code == 400
    assert answer.json_body["errors"][0]["field"] == "pairs.1"


def test_audits_are_told_the_newest_first_and_each_once(hub: Hub) -> None:
    later = {**REPORT, "began_at": "2026-01-02T00:00:00.000000Z"}
    for told in (REPORT, later, {**REPORT, "guests": 1}):
        assert hub.call("POST", "/v1/identity-audits", told).status_code == 201
    first = hub.get("/v1/identity-audits?limit=1", key="analyst")
    assert [each["began_at"] for each in first["items"]] == [later["began_at"]]
    (second,) = hub.get(f"/v1/identity-audits?cursor={first['next_cursor']}", key="analyst")["items"]
    assert (second["began_at"], second["guests"]) == (REPORT["began_at"], 1)
    assert second["sources"][0]["duplicates"] == 1
    assert second["weights"] == {"born": {"same": 12.5}}


@pytest.mark.parametrize("began_at", ["2999-01-01T00:00:00.000000Z", "2026-13-01T00:00:00.000000Z", "2026-01-01"])
def test_an_audit_that_began_at_no_time_is_refused(hub: Hub, began_at: str) -> None:
    answer = hub.call("POST", "/v1/identity-audits", {**REPORT, "began_at": began_at})
    assert (answer.status_code, answer.json_body["errors"][0]["field"]) == (400, "began_at")
    assert list(table.query("IDENTITY_AUDITS")) == []
