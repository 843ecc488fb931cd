"""Segments in the browser: put together without a script, counted, and explained."""

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.canonical.ids import SegmentId
from chalicelib.segments.store import SEGMENTS
from tests.builders import guest, reservation
from tests.console.conftest import Browser, Page, SignIn

RULE = {"rule.kind": "and", "rule.and.0.trait": "stats.stays", "rule.and.0.op": "gte", "rule.and.0.value": "1"}
NEW = {"id": "loyal", "name": "Loyal", **RULE}


@pytest.fixture
def marketer(sign_in: SignIn, ingest: Callable[..., None]) -> Browser:
    ingest(reservation("r1", guest("g1", email="g1@example.com", marketing_email=True), status="checked_out"))
    return sign_in("marketer")


def shown(response: Any) -> Page:
    return Page(response.body.decode())


def test_a_segment_is_put_together_with_buttons_alone_and_saved(marketer: Browser) -> None:
    page = shown(marketer.send("/segments/new", {**NEW, "act": "add:rule"}))
    assert SEGMENTS.listed() == []
    form = page.form("/segments/new")
    assert (form["rule.and.0.value"], form["rule.and.1.trait"], form["name"]) == ("1", "", "Loyal")
    more = {"rule.and.1.trait": "member", "rule.and.1.op": "exists", "rule.and.1.value": "false"}
    response = marketer.send("/segments/new", more, page)
    assert response.headers["Location"] == "/console/segments/loyal?done=saved", shown(response).text
    assert SEGMENTS.required(SegmentId("loyal")).rule.model_dump(mode="json", by_alias=True) == {
        "and": [
            {"trait": "stats.stays", "op": "gte", "value": 1},
            {"trait": "member", "op": "exists", "value": False},
        ]
    }


def test_a_fault_stands_at_the_condition_it_is_of_and_the_rule_stays_as_typed(marketer: Browser) -> None:
    wrong = {**NEW, "rule.and.0.value": "many"}
    page = shown(marketer.send("/segments/new", wrong))
    assert page.attributes("input", "aria-describedby") == ["id-help", "rule.and.0.value-fault"]
    assert page.form("/segments/new")["rule.and.0.value"] == "many"
    assert "whole number" in page.text


def test_a_rule_that_is_not_saved_is_counted(marketer: Browser) -> None:
    page = shown(marketer.send("/segments/new", {**NEW, "act": "preview"}))
    (address,) = [each for each in page.links if "/segments/preview/" in each]
    assert SEGMENTS.listed() == []
    counted = marketer.open(address.removeprefix("/console"))
    assert "Counting" in counted.text
    assert counted.attributes("div", "hx-trigger") == ["every 2s"]
    assert page.form("/segments/new")["name"] == "Loyal"


def test_why_somebody_is_in_is_told_part_by_part(marketer: Browser) -> None:
    marketer.send("/segments/new", NEW)
    (address,) = [each for each in marketer.open("/guests?email=g1@example.com").links if "/guests/" in each]
    page = marketer.open(f"/segments/loyal?guest={address.rpartition('/')[2]}")
    assert "This guest is in" in page.text
    assert "known is 1" in page.text
    marketer.open("/segments/loyal?guest=nobody", 404)


def test_who_only_reads_has_no_builder(marketer: Browser, sign_in: SignIn) -> None:
    marketer.send("/segments/new", NEW)
    analyst = sign_in("analyst")
    assert "/console/segments/loyal/edit" not in analyst.open("/segments/loyal").links
    analyst.open("/segments/loyal/edit", 403)
    sign_in("front_desk").open("/segments", 403)


def test_counting_begins_once_however_often_the_button_is_sent(marketer: Browser) -> None:
    marketer.send("/segments/new", NEW)
    page = marketer.open("/segments/loyal")
    first, second = (marketer.send("/segments/loyal/count", {}, page).headers["Location"] for _ in range(2))
    assert first == second


def large(conditions: int, groups: int = 0) -> dict[str, str]:
    """A rule as a form has it: conditions under one group, and then groups of one condition each."""
    one = {"trait": "stats.last_departure.days_since", "op": "gte", "value": "365"}
    heads = [f"rule.and.{at}" for at in range(conditions)]
    heads += [f"rule.and.{conditions + at}.or.0" for at in range(groups)]
    fields = {f"{head}.{name}": value for head in heads for name, value in one.items()}
    return {"rule.kind": "and", **{f"rule.and.{conditions + at}.kind": "or" for at in range(groups)}, **fields}


LARGEST_PAGE = 400_000
"""Bytes before they are compressed, of the largest rule that is taken."""


@pytest.mark.exhaustive(quick=())
def test_the_largest_rule_that_is_taken_is_shown_on_a_page_that_loads(marketer: Browser) -> None:
    made = marketer.send("/segments/new", {"id": "large", "name": "Large", **large(51, 49)})
    assert made.status_code == 303, shown(made).text
    response = marketer.ask("GET", "/console/segments/large/edit")
    assert 200_000 < len(response.body) < LARGEST_PAGE
    full = shown(response)
    assert len([each for each in full.form("/segments/large/edit") if each.endswith(".trait")]) == 100
    refused = marketer.send("/segments/large/edit", {"act": "add:rule"}, full)
    assert refused.status_code == 400
    assert "has more than 100 conditions" in shown(refused).text
    assert len(refused.body) < LARGEST_PAGE
    assert marketer.send("/segments/large/edit", {"act": "group:rule"}, full).status_code == 400


@pytest.mark.parametrize("rule", [large(600), large(0, 400)], ids=["conditions", "groups"])
@pytest.mark.parametrize("act", ["", "show", "preview"])
def test_a_rule_that_nobody_typed_is_refused_at_its_field_and_not_shown_again(
    marketer: Browser, rule: dict[str, str], act: str
) -> None:
    response = marketer.send("/segments/new", {"id": "huge", "name": "Huge", **rule, **({"act": act} if act else {})})
    assert response.status_code == 400
    assert "rule has more than" in shown(response).text
    assert len(response.body) < 20_000
    assert shown(response).form("/segments/new")["name"] == "Huge"
    assert SEGMENTS.listed() == []
