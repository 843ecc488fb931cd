"""The rules of consent in the browser: those in force, the company's own, and what a hotel attests."""

import json

import pytest

from chalicelib.properties import store as properties
from chalicelib.settings import legal_store
from tests.builders import VIENNA
from tests.console.conftest import Page, SignIn

AT = "/settings/consent"
RULE = {
    "id": "pt",
    "name": "Portugal",
    "countries": ["PT"],
    "express": ["confirmed"],
    "sources": [{"law": "Our lawyer", "section": "letter", "url": "https://lawyer.example"}],
    "look_again_on": "2020-01-01",
}


def test_the_rules_stand_with_their_sources_and_the_day_to_look_again(sign_in: SignIn) -> None:
    admin = sign_in()
    page = admin.open(AT)
    assert "Germany" in page.text
    assert "https://www.gesetze-im-internet.de/uwg_2004/__7.html" in page.html
    assert "not verified" in page.text
    assert "your own" not in page.text
    assert admin.send(AT, {"rules": json.dumps([RULE]), "texts": ""}).status_code == 303
    page = admin.open(AT)
    assert "your own" in page.text
    assert "due" in page.words
    assert json.loads(page.form(AT)["rules"])[0]["id"] == "pt"
    admin.send(AT, {"rules": "", "texts": ""})
    assert legal_store.get().rules == ()


@pytest.mark.parametrize(
    ("typed", "told"),
    [("[{", "is no JSON"), (json.dumps([{**RULE, "express": []}]), "rules.0.express")],
)
def test_what_is_no_rule_is_told_and_what_was_typed_stays(sign_in: SignIn, typed: str, told: str) -> None:
    response = sign_in().send(AT, {"rules": typed, "texts": ""})
    page = Page(response.body.decode())
    assert response.status_code == 400
    assert told in page.html
    assert page.form(AT)["rules"].strip() == typed
    assert legal_store.get().rules == ()


def test_a_hotel_attests_in_its_form_and_keeps_it_with_the_next_change(sign_in: SignIn) -> None:
    admin, at = sign_in(), f"/settings/properties/{VIENNA.id}"
    asked = admin.open(at).form(at)
    told = {"attestations.opt_out_offered": "2026-01-01", "attestations.compared_with_ecg": "2026-02-01"}
    assert admin.send(at, {**asked, **told}).status_code == 303
    assert admin.send(at, {**admin.open(at).form(at), "name": "Hotel Wien"}).status_code == 303
    kept = properties.get(VIENNA.id)
    assert kept
    assert kept.name == "Hotel Wien"
    attested = kept.attestations.model_dump(mode="json", exclude_defaults=True)
    assert attested == {"opt_out_offered": "2026-01-01", "compared_with_ecg": "2026-02-01"}
