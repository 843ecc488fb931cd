"""Two people before one form under Settings or Connections: the later one is told of it, and loses nothing."""

from dataclasses import dataclass
from typing import Any

import pytest

from tests.console.conftest import Browser, Page, SignIn

SECRET = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
HOTEL = {"id": "linz", "name": "Linz", "time_zone": "Europe/Vienna", "country": "AT", "currency": "EUR"}
CONNECTION = {"id": "pms", "vendor": "canonical", "properties": "H1 = vienna", "secrets": SECRET}


BRAND = {"id": "alpine", "name": "Alpine"}
SETTINGS = "the settings"


@dataclass(frozen=True)
class Shared:
    """`new` makes it at `made_at`, what it `is`; `at` changes it. `theirs` and `mine` are other values of one field."""

    made_at: str
    new: dict[str, Any]
    at: str
    field: str
    theirs: str
    mine: str
    called: str


FORMS = [
    Shared(
        "/settings/properties/new", HOTEL, "/settings/properties/linz", "name", "Linz I", "Linz II", "this property"
    ),
    Shared(
        "/settings/brands/new",
        BRAND,
        "/settings/brands/alpine",
        "sender",
        "a@alpine.example",
        "b@alpine.example",
        SETTINGS,
    ),
    Shared(
        "/connections/new", CONNECTION, "/connections/pms/edit", "channels", "A = ota", "B = direct", "this connection"
    ),
]


def made(admin: Browser, form: Shared) -> None:
    response = admin.send(form.made_at, form.new)
    assert response.status_code == 303, response.body


@pytest.mark.parametrize("form", FORMS, ids=lambda each: each.at)
def test_a_stale_form_says_who_changed_what_keeps_what_was_typed_and_means_it_the_next_time(
    sign_in: SignIn, form: Shared
) -> None:
    anna, ben = sign_in(name="anna"), sign_in(name="ben")
    made(anna, form)
    before = ben.open(form.at)
    assert anna.send(form.at, {form.field: form.theirs}).status_code == 303
    refused = ben.send(form.at, {form.field: form.mine}, before)
    page = Page(refused.body.decode())
    assert refused.status_code == 409
    seen = int(before.form(form.at)["_version"])
    assert f"You saw version {seen} of {form.called}; version {seen + 1} is kept now" in page.text
    assert "by staff " in page.text
    assert "What you typed is still here" in page.text
    assert page.form(form.at)[form.field] == form.mine
    assert anna.open(form.at).form(form.at)[form.field] == form.theirs
    assert ben.send(form.at, {}, page).status_code == 303
    assert anna.open(form.at).form(form.at)[form.field] == form.mine


@pytest.mark.parametrize("form", FORMS, ids=lambda each: each.at)
def test_a_form_that_is_sent_twice_is_done_once(sign_in: SignIn, form: Shared) -> None:
    anna = sign_in(name="anna")
    new = anna.open(form.made_at)
    assert [anna.send(form.made_at, form.new, new).status_code for _ in range(2)] == [303, 303]
    before = anna.open(form.at)
    for _ in range(2):
        assert anna.send(form.at, {form.field: form.theirs}, before).status_code == 303
    seen = int(before.form(form.at)["_version"])
    assert anna.open(form.at).form(form.at)["_version"] == str(seen + 1)


@pytest.mark.parametrize("form", FORMS, ids=lambda each: each.at)
def test_what_two_make_at_once_is_the_first_ones_and_the_other_is_told(sign_in: SignIn, form: Shared) -> None:
    anna, ben = sign_in(name="anna"), sign_in(name="ben")
    of_ben = ben.open(form.made_at)
    made(anna, form)
    refused = ben.send(form.made_at, {**form.new, form.field: form.mine}, of_ben)
    assert refused.status_code == 400
    assert "There is one with this id" in Page(refused.body.decode()).text
