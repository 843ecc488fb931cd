"""Commissions and rates are set on a page of the settings, and what a guest spent by them is shown with the stays."""

from chalicelib.settings import spend_store
from tests.builders import guest, reservation
from tests.console.conftest import SignIn
from tests.console.test_guest_pages import AT
from tests.entrypoints.conftest import Ingest

PAGE = "/settings/spend"
OTA = {
    "commissions.0.basis_points": "1500",
    "commissions.0.base": "room",
    "commissions.0.channel": "ota",
    "commissions.0.since": "2026-01-01",
}
RATES = {"currency": "EUR", "rates": "USD 2026-01-01 0.9\r\n\r\nUSD 2026-02-01 0.5\r\n"}


def test_an_admin_sets_commissions_and_rates_and_ends_one(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    assert "No commission yet" in admin.open(PAGE).text
    admin.send(PAGE, OTA)
    admin.send(PAGE, RATES)
    kept = spend_store.get()
    assert ([each.basis_points for each in kept.commissions], kept.commissions[0].channel) == ([1500], "ota")
    assert [(str(each.since), each.rate) for each in kept.rates] == [("2026-01-01", "0.9"), ("2026-02-01", "0.5")]
    page = admin.open(PAGE)
    assert {"15 %", "Room revenue"} <= set(page.words)
    assert "USD 2026-01-01 0.9 USD 2026-02-01 0.5" in page.text
    admin.send(PAGE, {"currency": "", "rates": ""})
    assert (spend_store.get().currency, spend_store.get().rates) == (None, ())
    admin.send(f"{PAGE}/0/delete")
    assert spend_store.get().commissions == ()
    admin.open(f"{PAGE}/0/delete", 404)
    sign_in("marketer").open(PAGE, 403)


def test_what_is_wrong_is_told_at_its_field_and_stays_typed(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    admin.send(PAGE, OTA)
    second = {name.replace("0", "1", 1): value for name, value in OTA.items()}
    answer = admin.send(PAGE, second)
    assert (answer.status_code, 'id="commissions.1.since-fault"' in answer.body.decode()) == (400, True)
    assert 'value="1500"' in answer.body.decode()
    for rates in ("USD 2026-01-01", "USD 2026-01-01 0.9 more", "USD soon 0.9"):
        answer = admin.send(PAGE, {"currency": "EUR", "rates": rates})
        assert (answer.status_code, 'id="rates-fault"' in answer.body.decode()) == (400, True)
    assert (len(spend_store.get().commissions), spend_store.get().rates) == (1, ())


def test_the_stays_of_a_guest_tell_what_was_spent_net_of_commissions(sign_in: SignIn, ingest: Ingest) -> None:
    admin = sign_in("admin")
    admin.send(PAGE, OTA)
    admin.send(PAGE, RATES)
    told = {"status": "checked_out", "channel": "ota"}
    ingest(reservation("r1", guest(), **told))
    ingest(reservation("r2", guest(), **told, arrival="2026-03-01", departure="2026-03-02", currency="USD"))
    ingest(reservation("r3", guest(), **told, arrival="2026-04-01", departure="2026-04-02", currency="CHF"))
    page = sign_in("front_desk", "vienna").open(f"{AT}/stays")
    assert {"What this guest spent", "€200.00", "€30.00", "€170.00", "All, in EUR", "€255.00"} <= set(page.words)
    assert "Not in the sum, for want of a rate: CHF." in page.words
