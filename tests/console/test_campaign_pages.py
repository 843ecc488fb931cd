"""Campaigns in the browser: made, launched with open eyes, watched, and answered for."""

from collections.abc import Callable
from typing import Any

import pytest
import time_machine

from chalicelib.campaigns import actions, planning
from chalicelib.campaigns.model import PARTS
from chalicelib.canonical import time
from chalicelib.canonical.ids import CampaignId, ConnectionId, leaf_of_profile
from chalicelib.entrypoints.console.pages.campaigns import OUTCOMES
from chalicelib.messages import store as templates
from chalicelib.messages.model import Template
from chalicelib.messages.reasons import Reason
from chalicelib.segments.model import Segment
from chalicelib.segments.store import SEGMENTS
from tests.builders import guest, reservation
from tests.campaigns.worlds import run_to_end
from tests.console.conftest import Browser, Page, SignIn
from tests.mail_fakes import FakeSes

NEW = {"name": "Spring <b>", "segment": "everybody", "template": "hello", "property_id": ""}


@pytest.fixture
def marketer(sign_in: SignIn, ingest: Callable[..., None]) -> Browser:
    """Of a hub with a segment, a template, and two guests of whom one agreed."""
    FakeSes().install()
    told: dict[str, Any] = {"id": "everybody", "name": "All", "rule": {"trait": "stats.stays", "op": "gte", "value": 0}}
    SEGMENTS.save(Segment.model_validate(told))
    hello = {"id": "hello", "name": "Hello", "subject": "Hello", "html": "<p>Hello</p>", "text": "Hello"}
    templates.TEMPLATES.save(Template.model_validate(hello))
    for number, agreed in (("1", True), ("2", None)):
        who = guest(f"g{number}", email=f"g{number}@example.com", marketing_email=agreed)
        ingest(reservation(f"r{number}", who, status="checked_out"))
    return sign_in("marketer")


def created(browser: Browser) -> str:
    response = browser.send("/campaigns/new", NEW)
    assert response.status_code == 303, response.body
    return str(response.headers["Location"]).removeprefix("/console").partition("?")[0]


def test_a_campaign_is_made_once_however_often_its_form_is_sent(marketer: Browser) -> None:
    page = marketer.open("/campaigns/new")
    first, second = (marketer.send("/campaigns/new", NEW, page) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert len(actions.campaigns()) == 1
    assert "Spring <b>" in marketer.open("/campaigns").text


def test_what_is_missing_is_told_at_its_field(marketer: Browser) -> None:
    response = marketer.send("/campaigns/new", {**NEW, "name": "", "segment": "nobody"})
    page = Page(response.body.decode())
    assert response.status_code == 400
    assert set(page.attributes("input", "aria-describedby")) == {"name-fault"}
    assert actions.campaigns() == []


def test_a_launch_shows_what_will_happen_and_does_it_once(marketer: Browser) -> None:
    path = created(marketer)
    asked = marketer.open(f"{path}/launch")
    assert "what was sent cannot be called back" in asked.text
    assert "Hello" in asked.text
    assert actions.campaign(CampaignId(path.rpartition("/")[2])).launches == 0
    for _ in range(2):
        assert marketer.send(f"{path}/launch", {}, asked).headers["Location"].endswith("?done=launched")
    assert actions.campaign(CampaignId(path.rpartition("/")[2])).launches == 1
    page = marketer.open(path)
    assert "On its way" in page.text
    assert page.attributes("div", "hx-trigger") == ["every 3s"]


def test_a_run_is_paused_resumed_and_cancelled_from_pages_that_say_what_it_means(marketer: Browser) -> None:
    path = created(marketer)
    marketer.send(f"{path}/launch")
    for act, says, state in (
        ("pause", "Nobody is left out", "Paused"),
        ("resume", "from the next minute on", "On its way"),
        ("cancel", "cannot be resumed", "Cancelled"),
    ):
        assert says in marketer.open(f"{path}/{act}").text
        assert marketer.send(f"{path}/{act}").status_code == 303
        assert state in marketer.open(path).text
    refused = marketer.send(f"{path}/pause")
    assert refused.status_code == 409
    assert "Nothing was changed" not in refused.body.decode()


def test_every_outcome_has_a_name() -> None:
    assert {*Reason} <= OUTCOMES.keys()


def test_who_only_reads_has_no_button(marketer: Browser, sign_in: SignIn) -> None:
    path = created(marketer)
    analyst = sign_in("analyst")
    page = analyst.open(path)
    assert not {f"/console{path}/launch", f"/console{path}/edit"} & set(page.links)
    assert analyst.open(f"{path}/launch", 403).links
    assert "/console/campaigns" not in sign_in("front_desk").open("/").links
    sign_in("marketer", "vienna").open("/campaigns", 403)


def test_a_change_keeps_what_the_form_shows(marketer: Browser) -> None:
    path = created(marketer)
    marketer.send(
        f"{path}/edit", {"name": "Summer", "segment": "everybody", "template": "hello", "property_id": "vienna"}
    )
    assert "vienna" in marketer.open(path).text
    marketer.send(f"{path}/edit", {"name": "Summer", "segment": "everybody", "template": "hello", "property_id": ""})
    assert "the whole group" in marketer.open(path).text


def test_each_figure_leads_to_the_guests_behind_it(marketer: Browser) -> None:
    path = created(marketer)
    marketer.send(f"{path}/launch")
    run = actions.campaign(CampaignId(path.rpartition("/")[2])).run
    for part in range(PARTS):
        planning.plan_run({"run": run, "part": part})
    marketer.send(f"{path}/cancel")
    (address,) = [each for each in marketer.open(path).links if "reason=run_cancelled" in each]
    held = marketer.open(address.removeprefix("/console"))
    assert "cancelled before this guest's turn" in held.text
    assert len([each for each in held.links if "/console/guests/" in each]) == 2
    nobody = marketer.open(f"{path}/decisions?decision=sent")
    assert [each for each in nobody.links if "/console/guests/" in each] == []


@pytest.mark.parametrize(
    ("path_of", "change", "called"),
    [
        ("{}/edit", {"name": "Another", "as_planned": "yes"}, "this campaign"),
        ("/segments/everybody/edit", {"rule.value": "1"}, "this segment"),
        ("/templates/hello", {"subject": "Good day"}, "this template"),
    ],
    ids=["campaign", "segment", "template"],
)
def test_what_was_changed_after_somebody_read_it_is_not_launched(
    marketer: Browser, sign_in: SignIn, path_of: str, change: dict[str, str], called: str
) -> None:
    path = created(marketer)
    asked, where = marketer.open(f"{path}/launch"), path_of.format(path)
    assert sign_in("admin").send(where, change).status_code == 303
    refused = marketer.send(f"{path}/launch", {}, asked)
    shown = Page(refused.body.decode())
    assert refused.status_code == 409
    assert f"You saw version 1 of {called}; version 2 is kept now, changed at" in shown.text
    assert "by staff " in shown.text
    assert "Nothing was started." in shown.text
    assert "What you typed" not in shown.text
    assert actions.campaign(CampaignId(path.rpartition("/")[2])).launches == 0
    if called == "this template":
        assert "Good day" in shown.text
    assert marketer.send(f"{path}/launch", {}, shown).status_code == 303, "read again, it is launched"
    assert actions.campaign(CampaignId(path.rpartition("/")[2])).launches == 1


def test_a_launch_whose_form_is_sent_again_after_a_later_change_is_the_one_it_was(marketer: Browser) -> None:
    path = created(marketer)
    asked = marketer.open(f"{path}/launch")
    answers = []
    for subject in ("Good day", "Good evening"):
        answers.append(marketer.send(f"{path}/launch", {}, asked).headers["Location"])
        marketer.send("/templates/hello", {"subject": subject})
    assert answers == [f"/console{path}?done=launched"] * 2
    assert actions.campaign(CampaignId(path.rpartition("/")[2])).launches == 1


def test_a_campaign_leads_to_its_segment_and_its_template(marketer: Browser) -> None:
    page = marketer.open(created(marketer))
    assert {"/console/segments/everybody", "/console/templates/hello"} <= set(page.links)


def test_a_campaign_is_called_by_its_name_and_for_who_may_not_see_it_by_none(
    marketer: Browser, sign_in: SignIn
) -> None:
    path = created(marketer)
    with time_machine.travel(time.now(), tick=False) as clock:
        launched = actions.launch(CampaignId(path.rpartition("/")[2]))
        assert NEW["name"] in marketer.open("/").words
        run_to_end(clock, launched)
        mailed = f"/guests/{leaf_of_profile(ConnectionId('api'), 'g1')}/timeline"
        assert "Mail of the campaign Spring <b>" in marketer.open(mailed).words
        seen = sign_in("front_desk").open(mailed)
    assert "Mail of a campaign" in seen.words
    assert path.rpartition("/")[2] not in seen.html
