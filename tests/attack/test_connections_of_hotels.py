"""What a connection that a hotel's own key set up may say of other hotels' guests: no more than that key."""

from typing import Any

import pytest

from chalicelib.canonical.batch import Message
from chalicelib.canonical.ids import ConnectionId, leaf_of_profile
from chalicelib.ingest import actions
from tests.attack.hotels import GROUP, Hotels
from tests.builders import PORTO, VIENNA, at, guest
from tests.entrypoints.conftest import Key

OWN = ConnectionId("own-porto")
MAIL, OTHER, PHONE = "anna@lee.example", "other@lee.example", "+43 660 1234567"
ANNA, NAMESAKE = Hotels.leaf(VIENNA), Hotels.leaf(VIENNA, "g2")
NAMES = [("Ben", "Poe"), ("Cleo", "Ray"), ("Dora", "Kim"), ("Eve", "Fox")]
OF_PORTO = "admin@porto"


@pytest.fixture(autouse=True)
def anna(hotels: Hotels) -> None:
    hotels.post(VIENNA, guest(email=MAIL, phone=PHONE), guest("g2", email=OTHER))
    assert not hotels.joined(ANNA, NAMESAKE)


def set_up(hotels: Hotels, key: Key, **more: object) -> None:
    hotels.hub.put(
        f"/v1/connections/{OWN}",
        {"vendor": "canonical", "secrets": ["whsec_" + "A" * 32], "properties": {PORTO.id: PORTO.id}, **more},
        key=key,
    )


def push(*snapshots: dict[str, Any]) -> None:
    body = {"v": 1, "connection": OWN, "vendor": "canonical", "request": "q", "received_at": at(0)}
    assert actions.ingest_notices([Message("m1", {**body, "body": {"snapshots": list(snapshots)}})]) == {}


def strangers() -> list[dict[str, Any]]:
    return [guest(f"s{number}", *name, email=MAIL) for number, name in enumerate(NAMES)]


@pytest.mark.parametrize(("key", "hers"), [(OF_PORTO, True), ("admin", False)])
def test_names_at_her_address_close_it_only_as_the_group_s_word(hotels: Hotels, key: Key, *, hers: bool) -> None:
    set_up(hotels, key)
    push(*strangers())
    assert (hotels.shown(GROUP, ANNA)[""]["traits"]["email"] == MAIL) is hers


@pytest.mark.parametrize(("key", "one"), [(OF_PORTO, False), ("admin", True)])
def test_a_record_that_fits_two_makes_them_one_only_as_the_group_s_word(hotels: Hotels, key: Key, *, one: bool) -> None:
    set_up(hotels, key)
    push(guest("p1", email=OTHER, phone=PHONE))
    assert hotels.joined(ANNA, NAMESAKE) is one


def test_what_it_says_is_a_claim_also_of_a_guest_without_a_hotel(hotels: Hotels) -> None:
    set_up(hotels, OF_PORTO)
    push(*({name: value for name, value in each.items() if name != "property_id"} for each in strangers()))
    assert hotels.shown(GROUP, ANNA)[""]["traits"]["email"] == MAIL


def test_a_connection_of_the_group_that_a_hotel_s_key_changes_is_that_hotel_s_from_then_on(hotels: Hotels) -> None:
    """It may have given it a secret of its own."""
    set_up(hotels, "admin")
    set_up(hotels, OF_PORTO, secrets=["whsec_" + "B" * 32])
    push(*strangers())
    assert hotels.shown(GROUP, ANNA)[""]["traits"]["email"] == MAIL


def test_whom_it_names_by_an_address_that_is_theirs_is_joined(hotels: Hotels) -> None:
    set_up(hotels, OF_PORTO)
    push(guest("p1", "A", "Lee", email=MAIL))
    assert hotels.joined(ANNA, str(leaf_of_profile(OWN, "p1")))
