"""Households in the console: a front desk says who lives together, and who does no more."""

import pytest

from chalicelib.canonical.ids import leaf_of_profile
from chalicelib.connections.model import API
from tests.builders import PORTO, guest, reservation
from tests.console.conftest import SignIn
from tests.console.test_guest_pages import AT
from tests.entrypoints.conftest import Ingest

BO, CY = leaf_of_profile(API, "g2"), leaf_of_profile(API, "g3")
TAB = f"{AT}/household"


@pytest.fixture(autouse=True)
def told(ingest: Ingest) -> None:
    ingest(reservation("r1", guest(), companions=[guest("g2", "Bo")]))
    ingest(reservation("r2", guest("g3", "Cy", "Ray", email="cy@ray.example")))
    ingest(reservation("r3", guest("g4", "Di", "Fox", email="di@fox.example"), property_id=PORTO.id))


def test_a_front_desk_puts_two_together_and_takes_one_out(sign_in: SignIn) -> None:
    desk = sign_in("front_desk", "vienna")
    page = desk.open(TAB)
    assert {"Nobody is known to live with this guest.", "Bo Lee", "Named in one reservation"} <= set(page.words)
    assert f"/console{TAB}/{BO}" in page.links
    assert f"/console{TAB}/{CY}" in desk.open(f"{TAB}?q=cy@ray.example").links
    desk.send(f"{TAB}/{BO}")
    desk.send(f"{TAB}/{CY}")
    page = desk.open(TAB)
    assert {"Bo Lee", "Cy Ray", "Lives elsewhere"} <= set(page.words)
    assert "Might live with this guest" not in page.words
    assert "Cy Ray" in desk.open(f"/guests/{BO}/household").words
    desk.send(f"{TAB}/{BO}")
    assert "Named in one reservation" in desk.open(TAB).words
    assert "Lives elsewhere" not in desk.open(f"/guests/{BO}/household").words


def test_others_look_and_change_nothing_and_no_hotel_sees_another_s_guests(sign_in: SignIn) -> None:
    analyst = sign_in("analyst")
    assert f"/console{TAB}/{BO}" not in analyst.open(TAB).links
    analyst.open(f"{TAB}/{BO}", 403)
    sign_in("front_desk", "porto").open(TAB, 404)
    desk = sign_in("front_desk", "vienna")
    assert "Nobody was found. Guests of other hotels are not shown." in desk.open(f"{TAB}?q=di@fox.example").words
