"""Today's lines of what failed, fell silent or is on its way: each there when it should be, and not otherwise."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from chalicelib.campaigns import actions as campaigns
from chalicelib.campaigns import store as runs
from chalicelib.campaigns.model import Campaign
from chalicelib.canonical.batch import Message
from chalicelib.canonical.ids import CampaignId, ConnectionId, PropertyId, SegmentId, TemplateId
from chalicelib.canonical.time import instant, now
from chalicelib.connections import actions as connections
from chalicelib.connections import store
from chalicelib.connections.health import Outcome, Told
from chalicelib.dead_letters import actions as dead_letters
from chalicelib.jobs import store as jobs
from chalicelib.jobs import work
from chalicelib.messages.model import Template
from chalicelib.messages.store import TEMPLATES
from chalicelib.segments.model import Segment
from chalicelib.segments.store import SEGMENTS
from tests.builders import DAY_ONE
from tests.console.conftest import Page, SignIn
from tests.fake_mews import connection
from tests.mail_fakes import FakeSes

LATER = DAY_ONE + timedelta(days=4)


@pytest.fixture(autouse=True)
def clock(nobody: object) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(LATER, tick=False) as traveller:
        yield traveller


def connect(name: str, hotel: str, *outcomes: Outcome, hours: int) -> None:
    """A connection whose newest notice came so many hours after the first of January."""
    connections.put(connection(id=ConnectionId(name), properties={"h": PropertyId(hotel)}))
    at = instant(DAY_ONE + timedelta(hours=hours))
    store.add_to_health(ConnectionId(name), [Told(at, each) for each in outcomes], DAY_ONE)


def letter(number: int = 0) -> None:
    body = {"request": f"q{number}", "connection": "pms-vienna"}
    dead_letters.set_aside("inbox", Message(f"m{number}", body), reason="not_json", archived=True)


def bad(page: Page) -> list[str]:
    """The attributes of what stands out because something is wrong."""
    return [told for tag, each in page.elements if tag == "div" and (told := each.get("class", "")) == "told bad"]


def test_where_all_is_well_nothing_is_told(sign_in: SignIn) -> None:
    connect("pms-vienna", "vienna", Outcome.STORED, hours=95)
    page = sign_in().open("/")
    assert bad(page) == []
    for words in ("Fell silent", "Could not be processed", "Campaigns on their way", "Long work"):
        assert words not in page.text


def test_a_connection_is_told_that_fell_silent_or_fails_to_whom_it_is_of(sign_in: SignIn) -> None:
    connect("pms-vienna", "vienna", Outcome.STORED, hours=0)
    connect("pms-porto", "porto", *[Outcome.SET_ASIDE] * 3, hours=95)
    connect("spa", "vienna", Outcome.STORED, hours=95)
    page = sign_in().open("/")
    assert bad(page) == ["told bad"]
    assert {"/console/connections/pms-vienna", "/console/connections/pms-porto"} <= set(page.links)
    assert "/console/connections/spa" not in page.links
    assert "Fell silent (4 days ago)" in page.text
    assert "Most of its notices fail" in page.text
    assert "Could not be processed" not in page.text
    of_porto = sign_in("admin", "porto").open("/")
    assert "Most of its notices fail" in of_porto.text
    assert "pms-vienna" not in of_porto.html
    for role in ("marketer", "front_desk", "analyst"):
        assert bad(sign_in(role).open("/")) == []


def test_dead_letters_are_counted_until_they_are_settled(sign_in: SignIn) -> None:
    letter()
    letter(1)
    admin = sign_in()
    page = admin.open("/")
    assert "Could not be processed: 2" in page.text
    assert "/console/connections/dead-letters" in page.links
    assert "Fell silent" not in page.text
    assert "Could not be processed" not in sign_in("front_desk").open("/").text
    for number in range(2):
        admin.send(f"/connections/dead-letters/q{number}/purge")
    assert "Could not be processed" not in admin.open("/").text


def test_more_dead_letters_than_are_counted_are_more(sign_in: SignIn) -> None:
    for number in range(101):
        letter(number)
    assert "Could not be processed: 100+" in sign_in().open("/").text


def campaign() -> CampaignId:
    told: dict[str, Any] = {"id": "all", "name": "All", "rule": {"trait": "stats.stays", "op": "gte", "value": 1}}
    SEGMENTS.save(Segment.model_validate(told))
    TEMPLATES.save(Template(id=TemplateId("hello"), name="Hello", subject="Hello", html="<p>Hello</p>", text="Hello"))
    asked = Campaign(id=CampaignId("spring"), name="Spring", segment=SegmentId("all"), template=TemplateId("hello"))
    return campaigns.create_campaign(asked).campaign.id


def test_a_run_is_told_by_its_campaigns_name_until_it_is_over(sign_in: SignIn) -> None:
    FakeSes().install()
    marketer = sign_in("marketer")
    run = campaigns.launch(campaign())
    page = marketer.open("/")
    assert "Campaigns on their way" in page.words
    assert "Spring" in page.words
    assert "/console/campaigns/spring" in page.links
    assert "Campaigns on their way" not in sign_in("front_desk").open("/").words
    campaigns.pause(run.id)
    assert "Campaigns on their way" in marketer.open("/").words
    ended = runs.run(run.id)
    assert ended
    runs.end_run(ended, ended.finished({}, ended.at))
    assert "Campaigns on their way" not in marketer.open("/").words


def test_long_work_is_told_in_words_until_it_has_ended(sign_in: SignIn) -> None:
    job = work.start(work.job_of("follow_programme", "club", now(), 1))
    desk = sign_in("front_desk")
    page = desk.open("/")
    assert {"Long work", "Ledgers follow a programme", "club"} <= set(page.words)
    assert f"/console/jobs/{job.id}" in page.links
    assert "Long work" not in sign_in("front_desk", "vienna").open("/").words
    jobs.end(job, now())
    assert "Long work" not in desk.open("/").words
