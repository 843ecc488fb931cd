"""The rules of consent over the API: those in force, the company's own, and which one decides about a guest."""

from typing import Any

import pytest

from chalicelib.canonical.ids import leaf_of_profile
from chalicelib.connections.model import API
from chalicelib.properties import store as properties
from chalicelib.properties.model import Attestations, Property
from tests.builders import PORTO, VIENNA, guest, reservation
from tests.entrypoints.conftest import Hub, Ingest
from tests.entrypoints.test_access import fields

ANNA = leaf_of_profile(API, "g1")
PATH, RULES = "/v1/consent-settings", "/v1/consent-rules?limit=100"
BERLIN = Property.model_validate({**PORTO.model_dump(), "id": "porto", "country": "DE"})
RULE: dict[str, Any] = {
    "id": "pt",
    "name": "Portugal",
    "countries": ["PT"],
    "express": ["confirmed"],
    "double_opt_in": True,
    "sources": [{"law": "Our lawyer", "section": "letter", "url": "https://lawyer.example"}],
    "look_again_on": "2020-01-01",
}
TEXT = {"id": "news-1", "language": "en", "text": "I want news.", "since": "2026-01-01"}


def rules(hub: Hub) -> dict[str, Any]:
    return {each["id"]: each for each in hub.get(RULES)["items"]}


def test_the_hub_s_rules_are_in_force_until_the_company_writes_its_own(hub: Hub) -> None:
    before = rules(hub)
    assert {"eu", "de", "at", "it", "fr", "gb", "ch", "tr", "kr", "jp", "ae", "br", "au", "ca", "us"} < before.keys()
    assert all(each["sources"] and not each["own"] for each in before.values())
    kept = hub.call("PUT", PATH, {"rules": [RULE]}).json_body
    assert kept["version"] == 1
    after = rules(hub)
    assert (after["pt"]["own"], after["pt"]["is_due"]) == (True, True)
    assert "PT" not in after["eu"]["countries"]
    assert hub.call("PUT", PATH, {"rules": [RULE]}).json_body["version"] == 1
    hub.call("PUT", PATH, {"rules": []})
    assert rules(hub) == before


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"rules": [{**RULE, "express": []}]}, "rules.0.express"),
        ({"rules": [{**RULE, "express": ["confirmed", "maybe"]}]}, "rules.0.express.1"),
        ({"rules": [{**RULE, "countries": ["PT", "ZZ"]}]}, "rules.0.countries.1"),
        ({"rules": [RULE, {**RULE, "countries": []}]}, "rules"),
        ({"rules": [RULE, {**RULE, "id": "other"}]}, "rules"),
        ({"rules": [{**RULE, "id": "a-name-that-is-too-long"}]}, "rules.0.id"),
        ({"rules": [{**RULE, "sources": []}]}, "rules.0.sources"),
        ({"rules": [{**RULE, "lapse": {"months": 0, "after": ["stay"]}}]}, "rules.0.lapse.months"),
        ({"rules": [{**RULE, "lapse": {"months": 3, "after": ["stay", "open"]}}]}, "rules.0.lapse.after.1"),
        ({"rules": [{**RULE, "look_again_on": "soon"}]}, "rules.0.look_again_on"),
        ({"texts": [TEXT, TEXT]}, "texts"),
        ({"texts": [{**TEXT, "language": "english"}]}, "texts.0.language"),
    ],
)
def test_what_is_no_rule_is_refused_with_its_field_and_changes_nothing(hub: Hub, body: Any, field: str) -> None:
    hub.call("PUT", PATH, {"rules": [RULE]})
    answer = hub.call("PUT", PATH, body)
    assert (answer.status_code, fields(answer)) == (400, [field])
    assert hub.get(PATH)["rules"][0]["id"] == "pt"


def test_a_text_that_was_kept_stays_as_it_is(hub: Hub) -> None:
    hub.call("PUT", PATH, {"texts": [TEXT]})
    for texts in ([], [{**TEXT, "text": "I want nothing."}]):
        answer = hub.call("PUT", PATH, {"texts": texts})
        assert (answer.status_code, fields(answer)) == (400, ["texts"])
    more = {**TEXT, "id": "news-2", "since": "2026-02-01"}
    assert len(hub.call("PUT", PATH, {"texts": [TEXT, more]}).json_body["texts"]) == 2


def test_who_saw_an_older_version_is_refused(hub: Hub) -> None:
    hub.call("PUT", PATH, {"rules": [RULE]})
    answer = hub.call("PUT", PATH, {"rules": []}, If_Match="0")
    assert answer.status_code == 409


def answer(hub: Hub, key: str | None = None) -> tuple[str, bool, str | None, str | None]:
    told = hub.get(f"/v1/guests/{ANNA}/consents", **({"key": key} if key else {}))["laws"]
    (found,) = (each for each in told if each["purpose"] == "marketing")
    return found["law"], found["allowed"], found["denied"], found["until"]


def test_a_guest_s_consents_tell_which_rule_decides_and_until_when(hub: Hub, ingest: Ingest) -> None:
    anna = guest(email="anna@mail.example", country="FR", marketing_email=True)
    ingest(reservation("r1", anna, property_id=VIENNA.id))
    law, allowed, denied, until = answer(hub)
    assert (law, allowed, denied) == ("fr.express", True, None)
    assert until == "2029-01-01T00:00:00.000000Z"
    hub.call("PUT", f"/v1/guests/{ANNA}/consents/email/marketing", {"state": "withdrawn"})
    assert answer(hub) == ("objection", False, "withdrawn", None)


def test_a_later_stay_is_told_as_what_keeps_a_yes_alive(hub: Hub, ingest: Ingest) -> None:
    anna = guest(email="anna@mail.example", country="FR", marketing_email=True)
    ingest(reservation("r1", anna, property_id=VIENNA.id, status="checked_out"))
    assert answer(hub) == ("fr.express", True, None, "2029-02-03T00:00:00.000000Z")


def test_a_sale_is_told_where_nobody_said_anything(hub: Hub, ingest: Ingest) -> None:
    anna = guest(email="anna@mail.example", country="GB")
    ingest(reservation("r1", anna, property_id=VIENNA.id, status="checked_out"))
    properties.put(VIENNA.model_copy(update={"country": "GB"}))
    assert answer(hub) == ("gb", False, "no_consent", None)
    since = Attestations.model_validate({"opt_out_offered": "2020-01-01"})
    properties.put(VIENNA.model_copy(update={"country": "GB", "attestations": since}))
    assert answer(hub) == ("gb.sale", True, None, None)


def test_a_rule_does_not_tell_a_hotel_where_else_its_guest_was(hub: Hub, ingest: Ingest) -> None:
    properties.put(BERLIN)
    anna = guest(email="anna@mail.example", country="AT", marketing_email=True)
    ingest(reservation("r1", anna, property_id=VIENNA.id), reservation("r2", anna, property_id=BERLIN.id))
    assert answer(hub) == ("de", False, "double_opt_in_missing", None)
    assert answer(hub, "front_desk@vienna")[:2] == ("at.express", True)


def test_a_receipt_says_how_with_which_text_in_which_language_where_and_from_which_device(
    hub: Hub, ingest: Ingest
) -> None:
    ingest(reservation("r1", guest(), property_id=VIENNA.id))
    hub.call("PUT", PATH, {"texts": [TEXT, {**TEXT, "language": "de", "text": "Ich will Neues."}]})
    said = {
        "how": "tablet at the desk",
        "text": "news-1",
        "language": "de",
        "source": "reception",
        "ip": "2001:DB8::1",
    }
    consents = f"/v1/guests/{ANNA}/consents"
    assert hub.call("PUT", f"{consents}/email/marketing", {"state": "explicit", **said}).status_code == 200
    (receipt,) = hub.get(consents)["history"]
    assert receipt["words"] == "Ich will Neues."
    assert {**receipt["proof"], **said, "ip": "2001:db8::1"} == receipt["proof"]
    assert receipt["proof"].keys() - said.keys() == {"key_id"}, "and whose key said so"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"text": "news-9"}, "text"), ({"text": "news-1", "language": "fr"}, "text"), ({"ip": "somewhere"}, "ip")],
)
def test_a_receipt_with_a_text_that_nobody_wrote_is_refused(
    hub: Hub, ingest: Ingest, wrong: dict[str, str], field: str
) -> None:
    ingest(reservation("r1", guest(), property_id=VIENNA.id))
    hub.call("PUT", PATH, {"texts": [TEXT]})
    answer = hub.call("PUT", f"/v1/guests/{ANNA}/consents/email/marketing", {"state": "explicit", **wrong})
    assert (answer.status_code, fields(answer)) == (400, [field])
    assert hub.get(f"/v1/guests/{ANNA}/consents")["history"] == []
