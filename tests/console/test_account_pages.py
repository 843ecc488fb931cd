"""Companies and agencies in the console: what their reservations came to, and what admins write of them."""

import pytest

from chalicelib.accounts import store
from chalicelib.canonical.ids import account_of, leaf_of_profile
from chalicelib.connections.model import API
from tests.builders import PORTO, guest, reservation
from tests.console.conftest import SignIn
from tests.entrypoints.conftest import Ingest

LEE = account_of(API, "c1")
ANNA, BO = leaf_of_profile(API, "g1"), leaf_of_profile(API, "g2")
AT = f"/accounts/{LEE}"


@pytest.fixture(autouse=True)
def told(ingest: Ingest) -> None:
    ingest(
        guest("c1", None, "Lee and Sons", person=False),
        reservation("r1", guest("g1", email="anna@lee.example"), company_id="c1", status="checked_out"),
        reservation("r2", guest("g2", "Bo"), company_id="c1", property_id=PORTO.id, status="checked_out"),
    )


def test_who_may_see_a_hotel_s_companies_sees_their_stays_there(sign_in: SignIn) -> None:
    for role in ("admin", "marketer", "front_desk", "analyst"):
        assert f"/console{AT}" in sign_in(role).open("/accounts").links
    whole = sign_in("admin").open(AT)
    assert {"Lee and Sons", "Company", "€400.00", "r1", "r2"} <= set(whole.words)
    desk = sign_in("front_desk", "vienna")
    seen = desk.open(AT)
    assert {"€200.00", "r1"} <= set(seen.words)
    assert "r2" not in seen.words
    assert f"/console/guests/{ANNA}" in seen.links
    assert "Lee and Sons" not in desk.open("/accounts?named=south").text
    desk.open(f"{AT}/edit", 403)
    desk.open(f"/accounts/{account_of(API, 'c2')}", 404)


def test_an_admin_renames_adds_a_contact_and_takes_one_off(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    admin.send(f"{AT}/edit", {"name": "Lee Ltd", "kind": "agency", "domains": "lee.example\r\n"})
    page = admin.open(f"{AT}/contacts?q=anna@lee.example")
    assert f'value="{ANNA}"' in page.html
    token = page.html.partition('name="_token" value="')[2].partition('"')[0]
    for guest_id, role in ((ANNA, "billing"), (BO, "booker")):
        admin.post(f"{AT}/contacts", {"_token": token, "guest": guest_id, "role": role})
    shown = admin.open(AT)
    assert {"Lee Ltd", "Travel agency", "lee.example", "Pays bills", "Books"} <= set(shown.words)
    admin.send(f"{AT}/edit", {"name": "Lee Ltd", "kind": "agency", "domains": "lee.example", "contacts": BO})
    kept = store.WRITTEN.required(LEE)
    assert ([each.guest for each in kept.contacts], kept.domains) == ([BO], ("lee.example",))
    answer = admin.send(f"{AT}/edit", {"name": "Lee Ltd", "kind": "agency", "domains": "no domain"})
    assert (answer.status_code, 'id="domains-fault"' in answer.body.decode()) == (400, True)


def test_an_admin_makes_one_that_no_reservation_names(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    answer = admin.send("/accounts/new", {"name": "North Tours", "kind": "agency", "domains": ""})
    assert answer.status_code == 303
    assert "North Tours" in admin.open("/accounts").text
    assert "North Tours" not in sign_in("front_desk", "vienna").open("/accounts").text
