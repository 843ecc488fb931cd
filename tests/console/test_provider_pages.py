"""Signing in by the provider of the company: there with a cookie, and back with a code."""

from contextlib import suppress
from dataclasses import replace
from urllib.parse import urlencode

import pytest

from chalicelib.access import attempts, sessions
from chalicelib.access.staff.model import Staff
from chalicelib.canonical import time
from chalicelib.canonical.errors import TooMany
from tests.access.staffed import somebody
from tests.access.test_provider import Peer, provider
from tests.console.conftest import HUB, Browser, Page
from tests.console.test_sign_in import ELSEWHERE, SESSION, cookies_of

__all__ = ["provider"]
BACK = f"{HUB}/console/sign-in/provider/back"


@pytest.fixture
def anna(provider: Peer, nobody: Browser) -> Staff:
    at = int(time.now().timestamp())
    provider.claims, provider.back = {"iat": at, "exp": at + 300}, BACK
    somebody("root")
    return somebody("anna")


def left(browser: Browser, path: str = "/sign-in/provider?next=/guests") -> tuple[str, str]:
    """Where the browser is led, and the cookie it keeps."""
    response = browser.ask("GET", f"/console{path}")
    assert response.status_code == 303
    (told,) = cookies_of(response)
    assert told.startswith("__Host-xenia-away=")
    return str(response.headers["Location"]), told.partition(";")[0]


def back(browser: Browser, code: str, state: str, cookie: str) -> tuple[int, str, list[str]]:
    of_browser = replace(browser, headers={"Cookie": cookie})
    response = of_browser.ask("GET", f"/console/sign-in/provider/back?code={code}&state={state}")
    return response.status_code, str(response.headers.get("Location", "")), cookies_of(response)


def test_who_has_an_account_there_is_signed_in_and_led_on(nobody: Browser, provider: Peer, anna: Staff) -> None:
    assert "/console/sign-in/provider?next=%2Fguests" in nobody.open("/sign-in?next=/guests").links
    address, cookie = left(nobody)
    status, led_to, told = back(nobody, *provider.authorize(address), cookie)
    assert (status, led_to) == (303, "/console/guests")
    values = dict(each.partition(";")[0].split("=", 1) for each in told)
    signed_in = sessions.of_cookie(values[SESSION], time.now())
    assert signed_in
    assert signed_in.staff == anna
    assert values["__Host-xenia-away"] == ""


@pytest.mark.parametrize("elsewhere", [each for each in ELSEWHERE if each.isprintable()])
def test_the_provider_leads_to_no_page_but_ours(nobody: Browser, provider: Peer, anna: Staff, elsewhere: str) -> None:
    address, cookie = left(nobody, f"/sign-in/provider?{urlencode({'next': elsewhere})}")
    assert back(nobody, *provider.authorize(address), cookie)[:2] == (303, "/console")


def test_who_comes_back_in_another_browser_or_with_a_wrong_answer_is_told_so(
    nobody: Browser,
    provider: Peer,
    anna: Staff,
) -> None:
    address, cookie = left(nobody)
    code, state = provider.authorize(address)
    for given in ((code, state, ""), (code, "x", cookie), ("", "", cookie)):
        assert back(nobody, *given)[0] == 403
    provider.claims |= {"nonce": "another"}
    assert back(nobody, code, state, cookie) == (403, "", [])
    assert sessions.listed(anna.id, time.now()) == []


def test_without_a_provider_there_is_no_such_way(nobody: Browser) -> None:
    assert not any("provider" in each for each in nobody.open("/sign-in").links)
    response = nobody.ask("GET", "/console/sign-in/provider")
    assert response.status_code == 404
    assert "This page does not exist" in Page(response.body.decode()).text


def test_nobody_has_the_provider_asked_as_often_as_they_like(nobody: Browser, provider: Peer, anna: Staff) -> None:
    left(nobody)
    now = time.now()
    for _ in range(attempts.TRIES_FROM_NETWORK.most):
        with suppress(TooMany):
            attempts.take(attempts.TRIES_FROM_NETWORK, "127.0.0.1", now)
    assert nobody.ask("GET", "/console/sign-in/provider").status_code == 429
