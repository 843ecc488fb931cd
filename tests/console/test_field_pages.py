"""Fields that the group defines: made on a page of the settings, filled in on a guest's."""

from collections.abc import Callable

import pytest

from tests.builders import guest, reservation
from tests.console.conftest import SignIn
from tests.console.test_guest_pages import AT

Ingest = Callable[..., None]
DEFINED = "/settings/fields"
TAB = f"{AT}/fields"


@pytest.fixture(autouse=True)
def anna(ingest: Ingest) -> None:
    ingest(reservation("r1", guest()))


def define(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    admin.send(DEFINED, {"name": "shoe_size", "label": "Shoe size", "kind": "number"})
    admin.send(DEFINED, {"name": "car", "label": "Car", "kind": "choice", "choices": "small\r\nlarge\r\n"})
    admin.send(DEFINED, {"name": "late_riser", "label": "Sleeps long", "kind": "flag"})


def test_an_admin_defines_fields_and_takes_one_away(sign_in: SignIn) -> None:
    define(sign_in)
    admin = sign_in("admin")
    assert {"Shoe size", "fields.shoe_size", "Whole number", "small, large"} <= set(admin.open(DEFINED).words)
    admin.send(f"{DEFINED}/car/delete")
    assert "fields.car" not in admin.open(DEFINED).text
    assert "fields.shoe_size" in admin.open(DEFINED).text
    admin.open(f"{DEFINED}/car/delete", 404)
    answer = admin.send(DEFINED, {"name": "Hat size", "label": "Hat", "kind": "number"})
    assert (answer.status_code, 'id="name-fault"' in answer.body.decode()) == (400, True)
    sign_in("marketer").open(DEFINED, 403)


def test_a_front_desk_fills_them_in_and_others_read_them(sign_in: SignIn) -> None:
    assert "No field is defined yet." in sign_in("front_desk", "vienna").open(TAB).text
    define(sign_in)
    desk = sign_in("front_desk", "vienna")
    desk.send(TAB, {"fields.shoe_size": "42", "fields.car": "large", "fields.late_riser": "true"})
    form = desk.open(TAB).form(TAB)
    assert [form[f"fields.{name}"] for name in ("shoe_size", "car", "late_riser")] == ["42", "large", "true"]
    assert {"Shoe size", "42", "Sleeps long", "Yes"} <= set(sign_in("analyst").open(TAB).words)
    desk.send(TAB, {"fields.shoe_size": ""})
    assert desk.open(TAB).form(TAB)["fields.shoe_size"] == ""


def test_what_may_not_stand_there_is_told_at_its_field_and_stays_typed(sign_in: SignIn) -> None:
    define(sign_in)
    answer = sign_in("front_desk", "vienna").send(TAB, {"fields.shoe_size": "large"})
    assert answer.status_code == 400
    assert 'id="fields.shoe_size-fault"' in answer.body.decode()
    assert 'value="large"' in answer.body.decode()
    sign_in("front_desk", "porto").open(TAB, 404)
