"""Segments, templates and campaigns over the API."""

from typing import Any

import pytest

from chalicelib.aws import keys, table
from chalicelib.campaigns import store as campaigns
from chalicelib.canonical.ids import CampaignId, ConnectionId, KeyId, OccasionId, RunId, leaf_of_profile
from chalicelib.canonical.time import Instant
from chalicelib.consent.model import EMAIL
from tests.builders import guest, reservation
from tests.entrypoints.conftest import Hub, Ingest
from tests.entrypoints.test_access import fields, problem
from tests.fakes import received
from tests.mail_fakes import FakeSes

SEGMENT = {"name": "Everybody", "rule": {"trait": "stats.stays", "op": "gte", "value": 1}}
TEMPLATE = {
    "name": "Hello",
    "subject": "Hello",
    "html": "<p>Hello {{ guest.given_name | default: 'guest' }}</p>",
    "text": "Hello {{ guest.given_name | default: 'guest' }}",
}
CAMPAIGN = {"name": "Spring", "segment": "everybody", "template": "hello"}


@pytest.fixture
def campaign(hub: Hub) -> str:
    FakeSes().install()
    hub.put("/v1/segments/everybody", SEGMENT, key="marketer")
    hub.put("/v1/templates/hello", TEMPLATE, key="marketer")
    response = hub.call("POST", "/v1/campaigns", CAMPAIGN, key="marketer")
    assert response.status_code == 201, response.body
    return str(response.json_body["id"])


def test_versions_grow_with_every_change(hub: Hub) -> None:
    assert [hub.put("/v1/segments/everybody", SEGMENT)["version"] for _ in range(2)] == [1, 1]
    assert hub.put("/v1/segments/everybody", {**SEGMENT, "name": "All"})["version"] == 2
    assert hub.get("/v1/segments/everybody", key="analyst")["rule"] == SEGMENT["rule"]
    assert [each["id"] for each in hub.get("/v1/segments")["items"]] == ["everybody"]
    assert hub.put("/v1/templates/hello", TEMPLATE)["version"] == 1
    assert [each["id"] for each in hub.get("/v1/templates")["items"]] == ["hello"]


def test_what_a_template_must_not_have_is_named(hub: Hub) -> None:
    wrong = {**TEMPLATE, "html": "<p>{{ guest.given_name", "subject": ""}
    assert fields(hub.call("PUT", "/v1/templates/hello", wrong)) == ["subject"]
    assert fields(hub.call("PUT", "/v1/templates/hello", {**wrong, "subject": "Hello"})) == ["html"]


def test_what_is_too_large_in_bytes_is_refused_with_its_field(hub: Hub) -> None:
    html = f"{{% if guest.language == 'zh' %}}{'王' * 90_000}{{% endif %}}"
    assert fields(hub.call("PUT", "/v1/templates/hello", {**TEMPLATE, "html": html})) == ["html"]
    rule = {"trait": "family_name", "op": "in", "value": ["王" * 200] * 200}
    assert fields(hub.call("PUT", "/v1/segments/everybody", {**SEGMENT, "rule": rule})) == ["rule"]


def test_a_campaign_names_what_exists(hub: Hub) -> None:
    assert fields(hub.call("POST", "/v1/campaigns", CAMPAIGN)) == ["segment", "template"]


@pytest.mark.parametrize("channel", ["fax", "E-MAIL", ""])
def test_a_channel_that_is_not_there_is_refused_with_those_that_are(hub: Hub, campaign: str, channel: str) -> None:
    wrong = {"channel": channel}
    for method, path in (("POST", "/v1/campaigns"), ("PATCH", f"/v1/campaigns/{campaign}")):
        refused = hub.call(method, path, {**CAMPAIGN, **wrong} if method == "POST" else wrong)
        assert problem(refused)["detail"] == "channel: does not exist; there is email"


def test_a_campaign_that_was_not_launched_has_no_run(hub: Hub, campaign: str) -> None:
    shown = hub.get(f"/v1/campaigns/{campaign}")
    assert (shown["launches"], shown["run"]) == (0, None)
    for call in ("pause", "resume", "cancel"):
        assert hub.status("POST", f"/v1/campaigns/{campaign}/{call}") == 409
    assert hub.status("GET", f"/v1/campaigns/{campaign}/decisions") == 409
    assert hub.status("POST", "/v1/campaigns/unknown/launch") == 404
    assert [each["id"] for each in hub.get("/v1/campaigns", key="analyst")["items"]] == [campaign]


def test_the_same_campaign_under_the_same_key_is_one(hub: Hub, campaign: str) -> None:
    answers = [hub.call("POST", "/v1/campaigns", CAMPAIGN, Idempotency_Key="c") for _ in range(2)]
    assert answers[0].body == answers[1].body
    assert len(hub.get("/v1/campaigns")["items"]) == 2


def test_campaigns_mail_the_guests_of_all_hotels_and_ask_for_a_key_to_all(hub: Hub, campaign: str) -> None:
    assert hub.status("POST", "/v1/campaigns", CAMPAIGN, key="marketer@vienna") == 403
    assert hub.status("GET", f"/v1/campaigns/{campaign}/decisions", key="marketer@vienna") == 403


def test_a_repeated_launch_does_not_begin_a_second_run_after_the_first(hub: Hub, campaign: str) -> None:
    def launch(key: str) -> Any:
        return hub.call("POST", f"/v1/campaigns/{campaign}/launch", Idempotency_Key=key)

    first = launch("spring")
    assert first.status_code == 202, first.body
    end(first.json_body["run"]["id"])
    assert launch("spring").body == first.body
    assert hub.get(f"/v1/campaigns/{campaign}")["launches"] == 1
    assert launch("summer").json_body["run"]["id"] != first.json_body["run"]["id"]


def test_a_launch_repeated_after_a_crash_shows_the_run_it_began(hub: Hub, campaign: str) -> None:
    path = f"/v1/campaigns/{campaign}/launch"
    first = hub.call("POST", path, Idempotency_Key="spring").json_body["run"]
    forget_answer(KeyId("admin"), "spring")
    end(first["id"])
    again = hub.call("POST", path, Idempotency_Key="spring").json_body
    assert (again["run"]["id"], again["run"]["state"], again["launches"]) == (first["id"], "finished", 1)


def end(run_id: RunId) -> None:
    run = campaigns.run(run_id)
    assert run is not None
    campaigns.end_run(run, run.finished({}, run.at))


def forget_answer(key_id: KeyId, idempotency_key: str) -> None:
    """As if the function had ended between its work and its answer."""
    row = table.get(keys.idempotency(key_id, idempotency_key))
    assert row is not None
    table.write(table.Put({name: value for name, value in row.items() if name not in ("status", "text")}))


def test_one_idempotency_key_launches_one_campaign(hub: Hub, campaign: str) -> None:
    other = hub.call("POST", "/v1/campaigns", CAMPAIGN).json_body["id"]
    launches = [hub.call("POST", f"/v1/campaigns/{each}/launch", Idempotency_Key="l") for each in (campaign, other)]
    assert [each.status_code for each in launches] == [202, 409]


def test_one_idempotency_key_is_not_a_launch_and_the_same_again_to_everybody(hub: Hub, campaign: str) -> None:
    path = f"/v1/campaigns/{campaign}/launch"
    asked = (path, path, f"{path}?again=true")
    assert [hub.call("POST", each, Idempotency_Key="l").status_code for each in asked] == [202, 202, 409]


def test_what_a_call_would_not_read_of_a_body_is_refused_and_nothing_is_done(hub: Hub, campaign: str) -> None:
    path = f"/v1/campaigns/{campaign}/launch"
    refused = hub.call("POST", path, {"again": True})
    assert fields(refused) == ["body"]
    assert "behind its address, as again" in problem(refused)["detail"]
    assert fields(hub.call("POST", f"/v1/campaigns/{campaign}/pause", {"for": "an hour"})) == ["body"]
    assert hub.get(f"/v1/campaigns/{campaign}")["launches"] == 0
    assert hub.call("POST", path, {}).status_code == 202


def test_a_launch_says_plainly_whether_everybody_gets_it_again(hub: Hub, campaign: str) -> None:
    path = f"/v1/campaigns/{campaign}/launch"
    assert fields(hub.call("POST", f"{path}?again=perhaps")) == ["again"]
    assert hub.get(f"/v1/campaigns/{campaign}")["launches"] == 0
    earlier = []
    for query in ("", "", "?again=false", "?again=true"):
        run = campaigns.run(hub.call("POST", path + query).json_body["run"]["id"])
        assert run
        earlier.append(len(run.earlier))
        end(run.id)
    assert earlier == [0, 1, 2, 0]


def test_a_launch_says_what_was_seen_and_is_refused_where_another_thing_would_be_sent(hub: Hub, campaign: str) -> None:
    path = f"/v1/campaigns/{campaign}/launch"
    assert fields(hub.call("POST", f"{path}?segment_version=newest")) == ["segment_version"]
    hub.put("/v1/templates/hello", {**TEMPLATE, "subject": "Good day"}, key="marketer")
    stale = hub.call("POST", f"{path}?template_version=1")
    assert stale.status_code == 409
    assert "You saw version 1 of this template; version 2 is kept now, changed at" in problem(stale)["detail"]
    assert hub.call("POST", f"{path}?segment_version=7").status_code == 409
    assert hub.call("POST", path, If_Match='"7"').status_code == 409
    assert hub.get(f"/v1/campaigns/{campaign}")["launches"] == 0
    launched = hub.call("POST", f"{path}?segment_version=1&template_version=2", If_Match='"1"', Idempotency_Key="l")
    assert launched.status_code == 202, launched.body
    hub.put("/v1/templates/hello", TEMPLATE, key="marketer")
    forget_answer(KeyId("admin"), "l")
    again = hub.call("POST", f"{path}?segment_version=1&template_version=2", If_Match='"1"', Idempotency_Key="l")
    assert again.json_body["run"]["id"] == launched.json_body["run"]["id"]
    assert hub.get(f"/v1/campaigns/{campaign}")["launches"] == 1


def test_a_launch_that_meets_a_run_shows_how_far_it_is(hub: Hub, campaign: str, ingest: Ingest) -> None:
    from chalicelib.campaigns import planning

    ingest(reservation("r1", guest(email="anna.lee@example.com"), status="checked_out"))
    run = hub.call("POST", f"/v1/campaigns/{campaign}/launch").json_body["run"]
    assert (run["total"], run["planned"]) == (0, False)
    for part in range(16):
        planning.plan_run({"run": run["id"], "part": part})
    met = hub.call("POST", f"/v1/campaigns/{campaign}/launch").json_body["run"]
    assert (met["id"], met["total"], met["planned"]) == (run["id"], 1, True)


def test_a_campaign_is_launched_and_every_candidate_has_a_decision(hub: Hub, campaign: str, ingest: Ingest) -> None:
    from chalicelib.campaigns import planning

    ingest(reservation("r1", guest(email="anna.lee@example.com"), status="checked_out"))
    launched = hub.call("POST", f"/v1/campaigns/{campaign}/launch", key="marketer")
    assert launched.status_code == 202, launched.body
    run = launched.json_body["run"]
    assert (run["state"], launched.json_body["launches"]) == ("active", 1)
    again = hub.call("POST", f"/v1/campaigns/{campaign}/launch").json_body
    assert again["run"]["id"] == run["id"]
    for part in range(16):
        planning.plan_run({"run": run["id"], "part": part})
    (decision,) = hub.get(f"/v1/campaigns/{campaign}/decisions", key="analyst")["items"]
    assert decision["decision"] == "waiting"
    assert hub.status("GET", f"/v1/campaigns/{campaign}/decisions?run=unknown") == 404
    for call, state in (("pause", "paused"), ("resume", "active"), ("cancel", "cancelled")):
        assert hub.call("POST", f"/v1/campaigns/{campaign}/{call}").json_body["run"]["state"] == state
    assert len(received("plan")["Records"]) > 0


def test_a_claim_without_an_outcome_is_unknown_and_later_lost_on_the_timeline(hub: Hub, ingest: Ingest) -> None:
    from chalicelib.aws import table
    from chalicelib.canonical.ids import Digest
    from chalicelib.messages.model import Message
    from chalicelib.messages.store import message_row

    ingest(reservation("r1", guest(email="anna.lee@example.com"), status="checked_out"))
    (anna,) = (each["id"] for each in hub.get("/v1/guests?email=anna.lee@example.com")["items"])
    for occasion, at in (("old", "2020-01-01T00:00:00.000000Z"), ("young", "2999-01-01T00:00:00.000000Z")):
        claim = Message(
            guest=anna, occasion=OccasionId(occasion), claim=f"m-{occasion}", campaign=CampaignId("c"), origin="o",
            candidate=anna, address=Digest("d"), at=Instant(at),
        )  # fmt: skip
        table.write(table.Put(message_row(claim)))
    happenings = hub.get(f"/v1/guests/{anna}/timeline")["items"]
    states = {each["message"]["occasion"]: each["message"]["state"] for each in happenings if each["message"]}
    assert states == {"old": "lost", "young": "unknown"}


def test_an_answer_that_is_held_is_told_with_reason_and_rule_on_the_timeline(hub: Hub, ingest: Ingest) -> None:
    from chalicelib.canonical.ids import TemplateId, occasion_of
    from chalicelib.messages import actions, queued, single
    from chalicelib.messages.model import Template
    from chalicelib.messages.queued import SendToGuest

    ingest(reservation("r1", guest(member_number="M-1"), status="checked_out"))
    (anna,) = (each["id"] for each in hub.get("/v1/guests?member=M-1")["items"])
    actions.save_template(Template(id=TemplateId("welcome"), name="W", subject="W", html="<p>W</p>", text="W"))
    act = occasion_of(Instant("2026-01-01T00:00:00.000000Z"), "enrolled", anna)
    single.send_to_guest(queued.body_of(SendToGuest(anna, act, TemplateId("welcome"), EMAIL)))
    found = [each["message"] for each in hub.get(f"/v1/guests/{anna}/timeline")["items"] if each["message"]]
    assert [(each["occasion"], each["state"], each["reason"], each["rule"]) for each in found] == [
        (act, "held", "no_address", "The guest has no e-mail address of their own that mail can reach.")
    ]


def test_those_who_missed_a_mail_are_mailed_once_and_the_risk_is_told(hub: Hub, campaign: str) -> None:
    first = hub.call("POST", f"/v1/campaigns/{campaign}/launch").json_body["run"]
    asked = f"/v1/campaigns/{campaign}/runs/{first['id']}/mail-missed"
    assert problem(hub.call("POST", asked))["detail"] == "The run is still on."
    run = campaigns.run(first["id"])
    assert run
    campaigns.end_run(run, run.finished({"sent": 1}, run.at))
    assert problem(hub.call("POST", asked))["detail"] == "The fate of every mail of the run is known."
    ended = campaigns.run(first["id"])
    assert ended
    campaigns.change_run(ended, ended.finished({"unknown": 1}, Instant("2026-01-01T00:00:00.000000Z")))
    begun = hub.call("POST", asked, key="marketer")
    assert begun.status_code == 202, begun.body
    answer = begun.json_body
    assert answer["instead_of"] == answer["run"]["instead_of"] == first["id"]
    assert answer["run"]["state"] == "active"
    assert "second one" in answer["risk"]
    assert hub.call("POST", asked).json_body["run"]["id"] == answer["run"]["id"]
    assert hub.get(f"/v1/campaigns/{campaign}")["run"]["id"] == answer["run"]["id"]
    assert hub.status("POST", f"/v1/campaigns/{campaign}/runs/unknown/mail-missed") == 404
    assert hub.status("POST", asked, key="analyst") == 403


def test_the_guests_behind_a_figure_are_named_and_one_is_asked_for(hub: Hub, campaign: str, ingest: Ingest) -> None:
    from chalicelib.campaigns import planning

    stayed = {"status": "checked_out"}
    ingest(reservation("r1", guest(email="anna.lee@example.com"), **stayed), guest("g3", "Cy", "Fox"))
    run = hub.call("POST", f"/v1/campaigns/{campaign}/launch").json_body["run"]["id"]
    for part in range(16):
        planning.plan_run({"run": run, "part": part})
    hub.call("POST", f"/v1/campaigns/{campaign}/cancel")
    path = f"/v1/campaigns/{campaign}/decisions"
    (held,) = hub.get(f"{path}?decision=held&reason=run_cancelled", key="analyst")["items"]
    assert (held["given_name"], held["family_name"], held["reason"]) == ("Anna", "Lee", "run_cancelled")
    assert hub.get(f"{path}?reason=no_consent")["items"] == []
    assert hub.get(f"{path}/{held['guest']}?run={run}", key="analyst") == held
    assert hub.get(f"{path}/{held['guest']}") == held
    refused = hub.call("GET", f"{path}?decision=maybe")
    assert (refused.status_code, fields(refused)) == (400, ["decision"])
    assert hub.status("GET", f"{path}/{leaf_of_profile(ConnectionId('api'), 'g3')}") == 404
    assert hub.status("GET", f"{path}/nobody") == 404
    assert hub.status("GET", f"{path}/{held['guest']}", key="analyst@vienna") == 403
