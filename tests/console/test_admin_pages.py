"""Hotels, keys, connections and dead letters in the browser."""

import json

import pytest

from chalicelib.access import actions as access
from chalicelib.access.model import KeyAsked
from chalicelib.canonical.batch import Message
from chalicelib.canonical.ids import ConnectionId, PropertyId
from chalicelib.connections import store as connections
from chalicelib.dead_letters import actions as dead_letters
from chalicelib.entrypoints.api.paging import MOST
from chalicelib.entrypoints.console.pages.connections import OUTCOMES, STATES, lines, pairs
from chalicelib.properties import store as properties
from chalicelib.settings import actions as setting
from chalicelib.settings import store as settings
from chalicelib.settings.guest_rules import GuestRules
from chalicelib.settings.matching import AUTO_FROM, Matching
from chalicelib.settings.model import HubSettings
from tests.access.staffed import AT, OPERATOR, somebody
from tests.builders import VIENNA
from tests.console.conftest import Page, SignIn

HOTEL = {"id": "linz", "name": "Linz", "time_zone": "Europe/Vienna", "country": "AT", "currency": "EUR"}
SECRET = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
CONNECTION = {"id": "pms", "vendor": "canonical", "properties": "H1 = vienna\n H2=porto ", "channels": "WEB = direct"}


def test_a_hotel_is_made_changed_and_deleted_after_a_page_that_says_what_it_means(sign_in: SignIn) -> None:
    admin = sign_in()
    admin.send("/settings/properties/new", {**HOTEL, "mail_domains": "linz.example\r\nx.example"})
    kept = properties.get(PropertyId("linz"))
    assert kept
    assert kept.mail_domains == ("linz.example", "x.example")
    admin.send("/settings/properties/linz", {"name": "Linz an der Donau"})
    assert "Linz an der Donau" in admin.open("/settings/properties").text
    assert "its guests stays" in admin.open("/settings/properties/linz/delete").text
    assert properties.get(PropertyId("linz"))
    admin.send("/settings/properties/linz/delete")
    assert properties.get(PropertyId("linz")) is None


def test_a_zone_that_is_none_is_told_at_its_field(sign_in: SignIn) -> None:
    response = sign_in().send("/settings/properties/new", {**HOTEL, "time_zone": "Europe/Viena"})
    page = Page(response.body.decode())
    assert response.status_code == 400
    assert "Europe/Vienna" in page.text
    assert page.form("/settings/properties/new")["time_zone"] == "Europe/Viena"


def test_a_key_is_shown_once_and_the_form_sent_twice_makes_one(sign_in: SignIn) -> None:
    admin = sign_in()
    form = admin.open("/settings/keys/new")
    asked = {"name": "PMS", "role": "integration", "properties": ["vienna", "porto"]}
    first, second = (Page(admin.send("/settings/keys/new", asked, form).body.decode()) for _ in range(2))
    (key,) = [each for each in first.words if each.startswith("xk_")]
    assert key in second.words
    (kept,) = access.kept()
    assert (kept.properties, access.sign_in(f"Bearer {key}").role) == (("vienna", "porto"), "integration")
    assert key not in admin.open("/settings/keys").text
    admin.send(f"/settings/keys/{kept.key_id}/end")
    assert list(access.kept()) == []


def test_nobody_of_one_hotel_makes_a_key_for_all(sign_in: SignIn) -> None:
    admin = sign_in("admin", "vienna")
    page = admin.open("/settings/keys/new")
    assert "all hotels" not in page.text
    refused = admin.send("/settings/keys/new", {"name": "x", "role": "admin", "everywhere": "yes"}, page)
    assert refused.status_code == 403
    assert "name only properties of your own" in refused.body.decode()


def test_a_connection_is_made_and_its_secret_never_shown(sign_in: SignIn) -> None:
    admin = sign_in()
    response = admin.send("/connections/new", {**CONNECTION, "secrets": SECRET})
    assert response.headers["Location"] == "/console/connections/pms?done=saved", response.body
    kept = connections.get(ConnectionId("pms"))
    assert kept
    assert (dict(kept.properties), dict(kept.channels)) == ({"H1": "vienna", "H2": "porto"}, {"WEB": "direct"})
    pages = [admin.open(path).html for path in ("/connections", "/connections/pms", "/connections/pms/edit")]
    assert not any(SECRET in each for each in pages)
    assert "Nothing came yet" in pages[1]
    admin.send("/connections/pms/edit", {"channels": ""})
    after = connections.get(ConnectionId("pms"))
    assert after
    assert (dict(after.channels), after.sealed_secrets) == ({}, kept.sealed_secrets)
    admin.send("/connections/pms/delete")
    assert connections.get(ConnectionId("pms")) is None


def test_a_line_that_says_nothing_right_is_told_at_the_list_it_stands_in(sign_in: SignIn) -> None:
    response = sign_in().send("/connections/new", {**CONNECTION, "channels": "WEB = nonsense"})
    page = Page(response.body.decode())
    assert response.status_code == 400
    assert page.attributes("textarea", "aria-invalid") == ["true"]
    assert page.form("/connections/new")["channels"] == "WEB = nonsense"


def test_lines_are_pairs_and_back() -> None:
    assert pairs(lines({"a": "b", "c d": "e=f"})) == {"a": "b", "c d": "e=f"}
    assert pairs("a\n\n = b") == {"a": "", "": "b"}


def test_every_state_and_outcome_has_a_name() -> None:
    assert all(STATES.values())
    assert all(OUTCOMES.values())


@pytest.fixture
def letter(sign_in: SignIn) -> str:
    """The address of one that could not be processed."""
    body = {"request": "q1", "vendor": "canonical", "connection": "pms", "body": "<b>"}
    message = Message("m-q1", body, {}, json.dumps(body))
    dead_letters.set_aside("inbox", message, reason="no_such_hotel", archived=True)
    page = sign_in().open("/connections/dead-letters")
    return next(each.removeprefix("/console") for each in page.links if "/dead-letters/" in each)


def test_a_dead_letter_is_opened_and_put_away_after_a_page_that_says_what_it_means(
    letter: str, sign_in: SignIn
) -> None:
    admin = sign_in(name="ben")
    page = admin.open(letter)
    assert "no_such_hotel" in page.text
    assert "&lt;b&gt;" in page.html or "\\u003cb" in page.html
    assert "never processed" in admin.open(f"{letter}/purge").text
    assert admin.send(f"{letter}/purge").status_code == 303
    assert "everything was processed" in admin.open("/connections/dead-letters").text
    admin.open(letter, 404)


def test_a_dead_letter_goes_back_to_its_queue(letter: str, sign_in: SignIn) -> None:
    admin = sign_in(name="ben")
    assert admin.send(letter).headers["Location"].endswith("?done=redriven")


def test_another_hotels_admin_sees_none_of_it(letter: str, sign_in: SignIn) -> None:
    sign_in("admin", name="carl").send("/connections/new", {**CONNECTION, "properties": "H1 = vienna"})
    porto = sign_in("admin", "porto")
    for path in ("/connections/pms", "/connections/pms/edit", letter, "/settings/properties/vienna"):
        porto.open(path, 404)
    porto.open("/settings/properties/vienna/delete", 403)
    assert "/console/connections/pms" not in porto.open("/connections").links


@pytest.mark.parametrize("role", ["marketer", "front_desk", "analyst"])
def test_who_is_no_admin_opens_none_of_it(sign_in: SignIn, role: str) -> None:
    browser = sign_in(role)
    for path in ("/connections", "/connections/new", "/settings/keys", "/settings", "/connections/dead-letters"):
        browser.open(path, 403)
    assert browser.open("/settings/properties/vienna").attributes("fieldset", "disabled")


def test_a_secret_is_changed_over_with_two_valid_for_a_while(sign_in: SignIn) -> None:
    admin = sign_in()
    admin.send("/connections/new", {**CONNECTION, "secrets": SECRET})
    form = admin.open("/connections/pms/secrets")
    first, second = (Page(admin.send("/connections/pms/secrets", {}, form).body.decode()) for _ in range(2))
    (made,) = [each for each in first.words if each.startswith("whsec_")]
    assert made in second.words
    page = admin.open("/connections/pms/secrets")
    ends = [each.removeprefix("/console") for each in page.links if each.endswith("/end")]
    assert len(ends) == 2
    assert made not in page.html
    assert "the other one" in admin.open(ends[0]).text
    admin.send(ends[0])
    kept = connections.get(ConnectionId("pms"))
    assert kept
    assert len(kept.sealed_secrets) == 1
    admin.open(ends[0], 404)


def test_a_connection_is_tried_and_keeps_nothing(sign_in: SignIn) -> None:
    admin = sign_in()
    admin.send("/connections/new", {**CONNECTION, "secrets": SECRET})
    page = Page(admin.send("/connections/pms/test").body.decode())
    assert "It works" in page.text
    assert "Nothing came yet" in admin.open("/connections/pms").text


def test_a_new_hotel_takes_no_other_hotels_place_and_its_form_sent_twice_makes_one(sign_in: SignIn) -> None:
    admin = sign_in()
    new = {"id": "lima", "name": "Lima", "time_zone": "America/Lima", "country": "PE", "currency": "PEN"}
    page = admin.open("/settings/properties/new")
    assert [admin.send("/settings/properties/new", new, page).status_code for _ in range(2)] == [303, 303]
    refused = admin.send("/settings/properties/new", {**new, "id": "vienna"})
    assert refused.status_code == 400
    assert Page(refused.body.decode()).attributes("input", "aria-describedby")[0].startswith("id-")
    assert properties.get(PropertyId("vienna")) == VIENNA


def test_a_new_connection_takes_no_other_ones_place_and_its_form_sent_twice_makes_one(sign_in: SignIn) -> None:
    admin = sign_in()
    page = admin.open("/connections/new")
    new = {**CONNECTION, "secrets": SECRET}
    assert [admin.send("/connections/new", new, page).status_code for _ in range(2)] == [303, 303]
    assert admin.send("/connections/new", {**new, "channels": ""}).status_code == 400
    kept = connections.get(ConnectionId("pms"))
    assert kept
    assert dict(kept.channels) == {"WEB": "direct"}


def test_a_key_is_ended_however_many_there_are(sign_in: SignIn) -> None:
    admin = sign_in()
    made = [access.create(OPERATOR, KeyAsked(name="x", role="analyst", properties=("*",)),
                          access.secret_of(str(number)), AT).key_id for number in range(MOST + 1)]  # fmt: skip
    assert admin.send(f"/settings/keys/{max(made)}/end").status_code == 303


def test_a_person_keeps_the_hotels_that_stand_far_down_the_list(sign_in: SignIn) -> None:
    for number in range(MOST):
        properties.put(VIENNA.model_copy(update={"id": f"a{number:03}"}))
    who = somebody("ida", "front_desk", "vienna")
    page = sign_in().open(f"/settings/staff/{who.id}")
    assert page.form(f"/settings/staff/{who.id}")["properties"] == "vienna"


def test_thresholds_are_set_told_at_their_field_and_the_weights_stay(sign_in: SignIn) -> None:
    admin, weights = sign_in(), {"born": {"same": 12.5}}
    setting.save(HubSettings(guests=GuestRules(matching=Matching.model_validate({"weights": weights}))))
    admin.send("/settings", {"guests.matching.auto_from": "35.5", "guests.matching.review_from": "22"})
    kept = settings.get().guests.matching
    assert (kept.auto_from, kept.review_from, kept.weights) == (35.5, 22, weights)
    refused = admin.send("/settings", {"guests.matching.auto_from": "21"})
    assert refused.status_code == 400
    page = Page(refused.body.decode())
    assert page.form("/settings")["guests.matching.auto_from"] == "21"
    assert "must not be below review_from" in page.text
    assert admin.send("/settings", {"guests.matching.review_from": "many"}).status_code == 400
    admin.send("/settings", {"guests.matching.auto_from": ""})
    assert settings.get().guests.matching.auto_from == AUTO_FROM


def test_what_is_an_office_s_is_set_line_by_line_and_told_at_its_field(sign_in: SignIn) -> None:
    admin = sign_in()
    admin.send("/settings", {"guests.role_words": "vastus\r\nkpt", "guests.agency_domains": "trips.example"})
    kept = settings.get().guests
    assert (kept.role_words, kept.agency_domains, kept.house_telephones) == (("vastus", "kpt"), ("trips.example",), ())
    admin.send("/settings", {"accent": "#0a7d5c"})
    assert settings.get().guests == kept
    refused = admin.send("/settings", {"guests.house_telephones": "0158880"})
    assert refused.status_code == 400
    assert Page(refused.body.decode()).form("/settings")["guests.house_telephones"] == "0158880"


def test_who_prepares_what_is_set_line_by_line_and_outlives_other_changes(sign_in: SignIn) -> None:
    admin = sign_in()
    admin.send("/settings", {"departments": "pillow = reception\r\nview = nobody"})
    assert settings.get().departments == {"pillow": "reception", "view": "nobody"}
    admin.send("/settings", {"accent": "#0a7d5c"})
    assert settings.get().departments == {"pillow": "reception", "view": "nobody"}
    refused = admin.send("/settings", {"departments": "pillow = spa"})
    assert refused.status_code == 400
    assert Page(refused.body.decode()).form("/settings")["departments"] == "pillow = spa"
    admin.send("/settings", {"departments": ""})
    assert settings.get().departments == {}


def test_the_page_of_a_reservation_in_the_pms_is_set_with_a_connection(sign_in: SignIn) -> None:
    admin = sign_in()
    page = "https://pms.example/r/{reservation}"
    admin.send("/connections/new", {**CONNECTION, "secrets": SECRET, "desk_url": page})
    assert page in admin.open("/connections/pms").text
    refused = admin.send("/connections/pms/edit", {"desk_url": "https://pms.example/"})
    assert refused.status_code == 400
    assert 'href="#desk_url"' in refused.body.decode()
    kept = connections.get(ConnectionId("pms"))
    assert kept
    assert kept.desk_url == page
