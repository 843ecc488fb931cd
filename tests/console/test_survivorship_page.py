"""Whose word counts, in the browser: for all, for one hotel, and what it makes of one guest before it is saved."""

import pytest

from chalicelib.canonical.ids import ConnectionId, leaf_of_profile
from chalicelib.settings import store as settings
from tests import tables
from tests.builders import PORTO, at, guest
from tests.console.conftest import Page, SignIn
from tests.entrypoints.conftest import Ingest

AT = "/settings/survivorship"
ONE = leaf_of_profile(ConnectionId("api"), "g1")
EMAIL = "anna.lee@example.com"


@pytest.fixture(autouse=True)
def anna(ingest: Ingest) -> None:
    whole, part = {"street": "Ring 1", "city": "Vienna"}, {"city": "Wien"}
    ingest(guest("g1", email=EMAIL, address=whole, property_id=PORTO.id))
    ingest(guest("g2", email=EMAIL, address=part, property_id=PORTO.id, changed_at=at(5)))


def test_rules_are_saved_field_by_field_and_the_rest_of_the_settings_stays(sign_in: SignIn) -> None:
    admin, group = sign_in(), "guests.survivorship"
    admin.send("/settings", {"cap_mails": "5"})
    sent = {f"{group}.address.by": "longest", f"{group}.phone.sources": "crm, wifi", f"{group}.phone.verified": []}
    assert admin.send(AT, sent).headers["Location"] == f"/console{AT}?done=saved"
    kept = settings.get()
    assert {name: (rule.by, rule.sources, rule.verified) for name, rule in kept.guests.survivorship.items()} == {
        "address": ("longest", (), True),
        "phone": ("newest", ("crm", "wifi"), False),
    }
    assert kept.cap_mails == 5
    assert "crm wifi" in admin.open(AT).attributes("input", "value")
    admin.send(AT, {f"{group}.phone.sources": "", f"{group}.phone.verified": "yes", f"{group}.address.by": "newest"})
    assert settings.get().guests.survivorship == {}


def test_a_hotel_has_its_own_until_nothing_is_said_there(sign_in: SignIn) -> None:
    admin, own = sign_in(), f"guests.survivorship_at.{PORTO.id}"
    path = f"{AT}/{PORTO.id}"
    admin.send(path, {f"{own}.address.by": "longest"})
    assert [*settings.get().guests.survivorship_at[PORTO.id]] == ["address"]
    assert settings.get().guests.survivorship == {}
    assert "Rules of its own" in admin.open(AT).words
    admin.send(path, {f"{own}.address.by": "newest"})
    assert settings.get().guests.survivorship_at == {}
    admin.open(f"{AT}/nowhere", 404)


@pytest.mark.parametrize("hotel", ["", f"/{PORTO.id}"])
def test_what_it_makes_of_a_guest_is_shown_and_nothing_is_kept(hotel: str, sign_in: SignIn) -> None:
    admin = sign_in()
    admin.open(f"{AT}{hotel}")
    before = tables.state()
    name = f"guests.survivorship_at.{PORTO.id}" if hotel else "guests.survivorship"
    chosen = {"find": EMAIL, "found": EMAIL, "guest": ONE}
    answer = admin.send(f"{AT}{hotel}", {f"{name}.address.by": "longest", **chosen, "act": "look"})
    page = Page(answer.body.decode())
    assert "Changed" in page.words
    assert page.text.count("Ring 1, Vienna") == 1
    assert 'value="longest" selected' in answer.body.decode()
    assert {key: row for key, row in tables.state().items() if "AUDIT" not in str(key)} == {
        key: row for key, row in before.items() if "AUDIT" not in str(key)
    }


def test_what_is_no_source_is_told_at_its_field(sign_in: SignIn) -> None:
    refused = sign_in().send(AT, {"guests.survivorship.phone.sources": "No Source!"})
    assert refused.status_code == 400
    assert "guests.survivorship.phone.sources-fault" in refused.body.decode()
    assert settings.get().guests.survivorship == {}
