"""Lists that others keep over the API, and what is held by them: a made-up register, from its settings to a run."""

import hashlib
from typing import Any

import pytest

from chalicelib.aws.settings import Settings
from chalicelib.messages import sending
from chalicelib.properties import store as hotels
from tests.entrypoints.conftest import Hub
from tests.mail_fakes import FakeSes
from tests.messages.mailboxes import LATER, guest_of
from tests.messages.test_countries import ANNA, EVER, asked, booked, opened, person, tell

HASH = hashlib.sha256(ANNA.encode()).hexdigest()
REGISTER = {"id": "robinson", "hash": "sha256", "valid_days": 30}
RULE = {
    "id": "gb", "name": "Britain", "countries": ["GB"], "express": ["guest"], "look_again_on": "2030-01-01",
    "implied": [{"kind": "sale", "off_register": "robinson"}],
    "sources": [{"law": "Law", "section": "1", "url": "https://law.example"}],
}  # fmt: skip
AT = "/v1/registers/robinson"
TODAY = "2026-11-23"


@pytest.fixture
def registered(hub: Hub) -> Hub:
    hub.put("/v1/consent-settings", {"registers": [REGISTER], "rules": [RULE]})
    return hub


def took(hub: Hub, *hashes: str, made_on: str = TODAY, status: int = 200) -> Any:
    response = hub.call("POST", f"{AT}/hashes", {"made_on": made_on, "hashes": [*hashes]})
    assert response.status_code == status, response.body
    return response.json_body


def test_a_list_is_in_force_once_it_is_whole(registered: Hub) -> None:
    assert registered.get("/v1/registers")["items"] == [{**REGISTER, "made_on": None, "in_force": False}]
    assert took(registered, HASH)["in_force"] is False
    assert registered.put(f"{AT}/list", {"made_on": TODAY})["in_force"] is True
    assert registered.get("/v1/registers")["items"] == [{**REGISTER, "made_on": TODAY, "in_force": True}]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"made_on": TODAY, "hashes": [HASH, "x" * 64]}, "hashes.1"),
        ({"made_on": TODAY, "hashes": [HASH[:40]]}, "hashes.0"),
        ({"made_on": TODAY, "hashes": [ANNA]}, "hashes.0"),
        ({"made_on": TODAY, "hashes": []}, "hashes"),
        ({"made_on": "2099-01-01", "hashes": [HASH]}, "made_on"),
    ],
)
def test_what_is_no_hash_of_the_register_is_refused_at_its_field_and_nothing_is_kept(
    registered: Hub, body: dict[str, Any], field: str
) -> None:
    response = registered.call("POST", f"{AT}/hashes", body)
    assert response.status_code == 400
    assert [each["field"] for each in response.json_body["errors"]] == [field]
    assert ANNA not in str(response.json_body)


def test_a_register_that_nobody_set_is_not_there(registered: Hub) -> None:
    assert registered.call("PUT", "/v1/registers/other/list", {"made_on": TODAY}).status_code == 404


def test_who_is_on_the_list_is_held_on_the_strength_of_a_sale_until_they_say_yes(
    registered: Hub, aws: Settings
) -> None:
    ses = FakeSes().install()
    tell(opened(opt_out_offered=EVER), person(country="GB"), booked())
    assert became() == ("no_consent", "gb")
    took(registered, HASH)
    registered.put(f"{AT}/list", {"made_on": TODAY})
    assert became() == ("on_list", "gb")
    laws = registered.get(f"/v1/guests/{guest_of('g1')}/consents")["laws"]
    assert {each["denied"] for each in laws if each["purpose"] == "marketing"} >= {"on_list"}
    took(registered, "0" * 64, made_on="2026-11-24")
    registered.put(f"{AT}/list", {"made_on": "2026-11-24"})
    assert became("n2") == ("sent", "gb.sale")
    assert ses.recipients == [ANNA]
    assert hotels.by_id()


def became(run: str = "n1") -> tuple[str, str]:
    whose = guest_of("g1")
    outcome = sending.send(asked(run=run), [whose], LATER).outcomes[whose]
    from chalicelib.messages import store

    kept = store.message(whose, asked(run=run).id)
    return outcome.reason or outcome.code, outcome.law or (kept.law if kept and kept.law else "")
