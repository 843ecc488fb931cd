"""What somebody may try who reads the addresses and forms of the console closely."""

import pytest

from chalicelib.entrypoints.console.pages.sign_in import OURS
from chalicelib.entrypoints.console.rendering import Brand
from tests.console.conftest import SignIn


@pytest.mark.parametrize(
    "form", [{f"rule.and.{'9' * 5000}.trait": "x"}, {"act": f"remove:rule.and.{'9' * 5000}"}], ids=["field", "button"]
)
def test_a_number_that_is_too_long_to_be_one_counts_as_none(sign_in: SignIn, form: dict[str, str]) -> None:
    sent = sign_in().send("/segments/new", {"id": "x", "name": "x", "rule.kind": "and", "act": "show", **form})
    assert sent.status_code == 200


@pytest.mark.parametrize("wanted", ["/..", "/../u/token", "/guests/../../u", "/./guests", "//evil.test", "/guests/."])
def test_nobody_is_led_out_of_the_console_by_signing_in(wanted: str) -> None:
    assert not OURS.fullmatch(wanted)
    assert OURS.fullmatch("/guests/..a/b.c/.d")


@pytest.mark.parametrize("logo", ["https://a.test;sandbox/x.png", "https://a.test,sandbox/x.png", "https://*/x.png"])
def test_an_address_of_a_logo_says_nothing_else_in_the_policy(logo: str) -> None:
    assert Brand("Hotel", logo, "#000000").images == ""
    assert Brand("Hotel", "https://a.test:8443/x.png", "#000000").images == " https://a.test:8443"
