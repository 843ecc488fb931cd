"""The record of processing is a page to read and to print."""

from tests.builders import PORTO
from tests.console.conftest import SignIn

AT = "/settings/processing-record"


def test_an_admin_of_the_group_reads_it(sign_in: SignIn) -> None:
    text = sign_in().open(AT).text
    assert "Simple Email Service" in text
    assert "three years after it was closed" in text


def test_other_roles_and_hotels_find_no_page(sign_in: SignIn) -> None:
    sign_in("front_desk").open(AT, status=403)
    sign_in("admin", PORTO.id).open(AT, status=403)
