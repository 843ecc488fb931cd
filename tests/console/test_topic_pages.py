"""The topics of mails in the browser: what guests choose among, and what campaigns name."""

from collections.abc import Callable

import pytest

from chalicelib.campaigns import store as campaigns
from chalicelib.canonical.ids import CampaignId, ConnectionId, leaf_of_profile
from chalicelib.messages import store as templates
from chalicelib.messages.model import Template
from chalicelib.segments.model import Segment
from chalicelib.segments.store import SEGMENTS
from chalicelib.settings import legal_store
from chalicelib.settings.legal import ConsentSettings, ConsentText
from tests.builders import guest, reservation
from tests.console.conftest import Page, SignIn

AT = "/settings/topics"
SPA = {"id": "spa", "purpose": "marketing", "names.en": "Spa", "names.de": "Wellness"}
TEXT = {"id": "news", "language": "en", "text": "Yes, write to me.", "since": "2026-01-01"}


def test_a_topic_is_made_shown_changed_and_deleted_and_the_rest_of_the_settings_stays(sign_in: SignIn) -> None:
    admin = sign_in()
    legal_store.save(ConsentSettings(texts=(ConsentText.model_validate(TEXT),)))
    assert "No topic yet" in admin.open(AT).text
    for _ in range(2):
        assert admin.send(f"{AT}/new", SPA).headers["Location"] == "/console/settings/topics?done=saved"
    page = admin.open(AT)
    assert "Spa" in page.words
    assert f"/console{AT}/spa" in page.links
    admin.send(f"{AT}/spa", {"names.de": "", "names.hy": "Սպա"})
    kept = legal_store.get()
    assert [(each.id, each.purpose, each.names) for each in kept.topics] == [
        ("spa", "marketing", {"en": "Spa", "hy": "Սպա"})
    ]
    assert "Guests are not offered it any more" in admin.open(f"{AT}/spa/delete").text
    assert legal_store.get() == kept
    admin.send(f"{AT}/spa/delete")
    assert (legal_store.get().topics, [each.id for each in legal_store.get().texts]) == ((), ["news"])
    admin.open(f"{AT}/spa", 404)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"id": "Spa & more"}, "id"), ({"id": ""}, "id"), ({"names.en": "", "names.de": " "}, "names.en"),
        ({"names.de": "x" * 61}, "names.de"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_at_its_field_and_nothing_is_kept(
    sign_in: SignIn, more: dict[str, str], field: str
) -> None:
    response = sign_in().send(f"{AT}/new", {**SPA, **more})
    assert response.status_code == 400
    assert f'id="{field}-fault"' in Page(response.body.decode()).html
    assert legal_store.get().topics == ()


def test_another_topic_s_id_is_refused(sign_in: SignIn) -> None:
    admin = sign_in()
    admin.send(f"{AT}/new", SPA)
    assert admin.send(f"{AT}/new", {**SPA, "names.en": "Sport"}).status_code == 400
    assert legal_store.get().topics[0].names["en"] == "Spa"


def test_the_page_of_rules_leaves_topics_as_they_are(sign_in: SignIn) -> None:
    admin = sign_in()
    admin.send(f"{AT}/new", SPA)
    assert admin.send("/settings/consent", {"rules": "", "texts": ""}).status_code == 303
    assert [each.id for each in legal_store.get().topics] == ["spa"]


def test_marketers_open_no_topic_and_name_one_in_a_campaign(sign_in: SignIn) -> None:
    rule = {"trait": "stats.stays", "op": "gte", "value": 0}
    SEGMENTS.save(Segment.model_validate({"id": "all", "name": "All", "rule": rule}))
    hello = {"id": "hello", "name": "Hello", "subject": "Hello", "html": "<p>Hello</p>", "text": "Hello"}
    templates.TEMPLATES.save(Template.model_validate(hello))
    marketer = sign_in("marketer")
    marketer.open(AT, 403)
    asked = {"name": "Spring", "segment": "all", "template": "hello", "property_id": ""}
    assert 'name="topic"' not in marketer.open("/campaigns/new").html
    sign_in().send(f"{AT}/new", SPA)
    assert "Spa" in marketer.open("/campaigns/new").words
    at = marketer.send("/campaigns/new", {**asked, "topic": "spa"}).headers["Location"].partition("?")[0]
    campaign = CampaignId(at.rpartition("/")[2])
    assert _topic(campaign) == "spa"
    marketer.send(f"/campaigns/{campaign}/edit", {**asked, "topic": ""})
    assert _topic(campaign) is None


def test_the_front_desk_writes_down_what_a_guest_wants_less_of(sign_in: SignIn, ingest: Callable[..., None]) -> None:
    sign_in().send(f"{AT}/new", SPA)
    ingest(reservation("r1", guest("g1", email="anna@example.com"), status="checked_out"))
    at = f"/guests/{leaf_of_profile(ConnectionId('api'), 'g1')}/consents"
    desk = sign_in("front_desk")
    page = desk.open(at)
    assert "E-mail, Marketing: Spa" in page.text
    assert "E-mail, Marketing: oftener than once a month" in page.text
    assert "Topics and how often" not in page.text
    desk.send(at, {"topic": "email.marketing.spa", "state": "withdrawn", "basis": "staff"})
    desk.send(at, {"topic": "email.marketing.@month", "state": "withdrawn", "basis": "staff"})
    page = desk.open(at)
    assert "Topics and how often" in page.text
    assert "oftener than once a month" in page.words


def _topic(campaign: CampaignId) -> str | None:
    kept = campaigns.campaign(campaign)
    return kept.campaign.topic if kept else ""
