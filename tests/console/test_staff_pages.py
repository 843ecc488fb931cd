"""Who works with the hub, in the browser: invited, changed, signed out, ended."""

import json
from dataclasses import replace

from chalicelib.access import sessions
from chalicelib.access.staff import store
from chalicelib.access.staff.model import Staff
from chalicelib.canonical import time
from chalicelib.canonical.ids import StaffId
from tests.console.conftest import Browser, Page, SignIn
from tests.fakes import received, waiting

BEN = {"name": "Ben", "email": "Ben@Hotel.example", "role": "front_desk", "properties": ["vienna"]}


def invited(admin: Browser) -> str:
    response = admin.send("/settings/staff/new", BEN)
    assert response.status_code == 303, response.body
    return str(response.headers["Location"]).removeprefix("/console").partition("?")[0]


def person(path: str) -> Staff:
    kept = store.get(StaffId(path.rpartition("/")[2]))
    assert kept
    return kept


def test_somebody_is_invited_once_with_one_mail_however_often_the_form_is_sent(sign_in: SignIn) -> None:
    admin = sign_in()
    form = admin.open("/settings/staff/new")
    first, second = (admin.send("/settings/staff/new", BEN, form).headers["Location"] for _ in range(2))
    assert first == second
    assert waiting("send") == 1
    page = admin.open("/settings/staff?named=ben")
    assert "ben@hotel.example" in page.text
    assert "Front desk" in page.text


def test_an_invitation_is_mailed_in_the_language_that_the_form_says_and_at_first_in_the_pages(sign_in: SignIn) -> None:
    admin = replace(sign_in(), headers={"Accept-Language": "fr"})
    page = admin.open("/settings/staff/new")
    assert page.form("/settings/staff/new")["language"] == "fr"
    admin.send("/settings/staff/new", {**BEN, "language": "el"})
    told = json.loads(received("send")["Records"][0]["body"])
    assert told["subject"] == "Πρόσκληση στον κόμβο επισκεπτών"


def test_an_address_that_somebody_has_is_told_and_what_was_typed_stays(sign_in: SignIn) -> None:
    admin = sign_in()
    invited(admin)
    response = admin.send("/settings/staff/new", BEN)
    page = Page(response.body.decode())
    assert response.status_code == 409
    assert page.form("/settings/staff/new")["name"] == "Ben"
    wrong = Page(admin.send("/settings/staff/new", {**BEN, "email": "ben"}).body.decode())
    assert wrong.attributes("input", "aria-describedby") == ["email-fault"]


def test_a_stale_change_of_somebody_is_refused_and_the_next_one_means_it(sign_in: SignIn) -> None:
    admin = sign_in()
    path = invited(admin)
    before = admin.open(path)
    admin.send(path, {"role": "analyst"})
    late = admin.send(path, {"role": "marketer"}, before)
    assert late.status_code == 409
    assert admin.send(path, {}, Page(late.body.decode())).status_code == 303
    kept = store.get(StaffId(path.rpartition("/")[2]))
    assert kept
    assert (kept.role, kept.properties) == ("marketer", ("vienna",))


def test_a_session_and_an_access_are_ended_after_a_page_that_says_what_it_means(sign_in: SignIn) -> None:
    admin = sign_in()
    path = invited(admin)
    ben = Browser(admin.client, sessions.begin(person(path), time.now(), "Firefox"))
    (end,) = [each.removeprefix("/console") for each in admin.open(path).links if "/sessions/" in each]
    assert "signed out at once" in admin.open(end).text
    ben.open("/")
    admin.send(end)
    assert ben.ask("GET", "/console").status_code == 303
    admin.open(end, 404)
    assert "stays in the audit" in admin.open(f"{path}/end").text
    admin.send(f"{path}/end")
    admin.open(path, 404)


def test_an_admin_of_one_hotel_neither_sees_nor_makes_people_of_another(sign_in: SignIn) -> None:
    path = invited(sign_in())
    porto = sign_in("admin", "porto")
    porto.open(path, 404)
    assert "ben@hotel.example" not in porto.open("/settings/staff").text
    assert porto.send("/settings/staff/new", {**BEN, "email": "carl@hotel.example"}).status_code == 403
    sign_in("marketer").open("/settings/staff", 403)
