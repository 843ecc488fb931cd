"""The provider of identities under Settings: set where it answers, and its secret never shown."""

import pytest

from chalicelib.access.provider import store
from tests.access.test_provider import SECRET, Peer, provider
from tests.console.conftest import HUB, Browser, Page, SignIn

__all__ = ["provider"]
AT = "/settings/identity-provider"


@pytest.fixture
def admin(provider: Peer, sign_in: SignIn) -> Browser:
    """Nothing is set yet."""
    store.delete()
    return sign_in()


def asked(provider: Peer, **more: str) -> dict[str, str]:
    return {"issuer": provider.issuer, "client_id": "hub", "client_secret": SECRET, **more}


def test_a_provider_is_set_and_shown_without_its_secret_with_the_address_that_it_must_know(
    admin: Browser, provider: Peer
) -> None:
    assert f"{HUB}/console/sign-in/provider/back" in admin.open(AT).text.replace(" ", "")
    response = admin.send(AT, asked(provider, demanded_of_admins="yes"))
    assert response.headers["Location"] == f"/console{AT}?done=saved"
    page = admin.open(AT)
    assert SECRET not in page.html
    assert (page.form(AT)["issuer"], page.form(AT)["client_secret"]) == (provider.issuer, "")
    kept = store.get()
    assert kept
    assert (store.opened(kept), kept.demanded_of_admins) == (SECRET, True)
    assert any("/sign-in/provider" in each for each in admin.open("/sign-in").links)


def test_a_secret_that_is_left_empty_stays_and_a_box_that_is_not_ticked_is_off(admin: Browser, provider: Peer) -> None:
    admin.send(AT, asked(provider, demanded_of_admins="yes"))
    page = admin.open(AT)
    sent = {name: value for name, value in page.form(AT).items() if name not in ("action", "demanded_of_admins")}
    assert admin.post(AT, sent).status_code == 303
    kept = store.get()
    assert kept
    assert (store.opened(kept), kept.demanded_of_admins) == (SECRET, False)


@pytest.mark.parametrize(
    ("more", "field"),
    [({"issuer": "https://10.0.0.1"}, "issuer"), ({"issuer": "x"}, "issuer"), ({"client_id": ""}, "client_id")],
)
def test_what_is_no_provider_is_told_at_its_field_and_nothing_is_kept(
    admin: Browser, provider: Peer, more: dict[str, str], field: str
) -> None:
    response = admin.send(AT, asked(provider, **more))
    page = Page(response.body.decode())
    assert response.status_code == 400
    assert f'id="{field}-fault"' in page.html
    assert store.get() is None


def test_it_is_taken_away_after_a_page_that_says_what_it_means(admin: Browser, provider: Peer) -> None:
    admin.open(f"{AT}/delete", 404)
    admin.send(AT, asked(provider))
    assert "everybody signs in by mail" in admin.open(f"{AT}/delete").text
    assert store.get()
    assert admin.send(f"{AT}/delete").headers["Location"] == f"/console{AT}?done=deleted"
    assert store.get() is None


def test_a_stale_form_is_told_who_changed_it_and_what_was_typed_is_kept(
    admin: Browser, provider: Peer, sign_in: SignIn
) -> None:
    other = sign_in(name="ben")
    admin.send(AT, asked(provider))
    before = other.open(AT)
    admin.send(AT, {"client_id": "two"})
    refused = other.send(AT, {"client_id": "three"}, before)
    page = Page(refused.body.decode())
    assert refused.status_code == 409
    assert "You saw version 1 of the identity provider; version 2 is kept now" in page.text
    assert page.form(AT)["client_id"] == "three"
    assert other.send(AT, {}, page).status_code == 303


@pytest.mark.parametrize(
    ("role", "hotels"), [("marketer", ()), ("front_desk", ()), ("analyst", ()), ("admin", ("vienna",))]
)
def test_only_an_admin_of_the_group_finds_it(
    admin: Browser, provider: Peer, sign_in: SignIn, role: str, hotels: tuple[str, ...]
) -> None:
    admin.send(AT, asked(provider))
    them = sign_in(role, *hotels)
    for path in (AT, f"{AT}/delete"):
        them.open(path, 403)
    assert store.get()
